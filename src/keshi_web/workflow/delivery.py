"""Sending a message out of the service: the address is looked up now, the words are in the receiver's language."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from keshi_web.common import clock, sealed
from keshi_web.common.errors import NotAllowed
from keshi_web.workflow import sms
from keshi_web.workflow.models import Channel, Delivery, Preference
from keshi_web.workflow.texts import words_of


def send(delivery_id: int) -> None:
    """Send a delivery once. One that was sent already is left alone, so a repeated job sends nothing twice.

    Raises:
        sms.NotSent: for now; the attempt and its reason are kept. Also while another process sends it.
        sms.Refused: for good; the delivery is marked as failed.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("message__user")
            .filter(pk=delivery_id, state=Delivery.State.WAITING)
            .first()
        )
        if delivery is None:
            if Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING).exists():
                # Another sends it, or was cut off and the database has not noticed: ask again later.
                raise sms.NotSent("being sent")
            return
        delivery.attempts += 1
        try:
            with translation.override(delivery.message.user.language):
                _SENDERS[Channel(delivery.channel)](delivery)
        except sms.NotSent as error:
            delivery.last_error = str(error)[:200]
            if isinstance(error, sms.Refused):
                delivery.state = Delivery.State.FAILED
            failure: sms.NotSent | None = error
        else:
            delivery.state, delivery.sent_at, delivery.last_error = Delivery.State.SENT, clock.now(), ""
            failure = None
        delivery.save()
    if failure is not None and not isinstance(failure, sms.Refused):
        raise failure


def give_up(delivery_id: int) -> None:
    """Mark a delivery as failed after the last attempt."""
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING).update(state=Delivery.State.FAILED)


def again(delivery_id: int) -> None:
    """Try a failed delivery anew, for the system administrator.

    Raises NotAllowed when it has not failed.
    """
    from keshi_web.workflow.tasks import deliver

    with transaction.atomic():
        waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.FAILED).update(
            state=Delivery.State.WAITING, last_error="", attempts=F("attempts")
        )
        if not waiting:
            raise NotAllowed(_("只有发送失败的消息可以重发。"))
        deliver.defer(delivery_id=delivery_id)


def _email(delivery: Delivery) -> None:
    user = delivery.message.user
    if not user.email:
        raise sms.Refused(_("用户没有登记电子邮箱"))
    words = words_of(delivery.message.kind, delivery.message.params)
    link = f"{settings.BASE_URL}{delivery.message.url}" if delivery.message.url else ""
    text = "\n\n".join(filter(None, (words.body, link)))
    try:
        EmailMessage(words.title, text, to=[user.email]).send()
    except smtplib.SMTPRecipientsRefused:
        raise sms.Refused(_("邮件服务器拒收此地址")) from None
    except (smtplib.SMTPException, OSError) as error:
        # Only the class: the server's own words may repeat the address.
        raise sms.NotSent(type(error).__name__) from None


def _sms(delivery: Delivery) -> None:
    wish = Preference.objects.filter(user=delivery.message.user).first()
    number = sealed.column(Preference, "phone").get(wish) if wish else None
    if not number:
        raise sms.Refused(_("用户没有登记手机号码"))
    sms.backend().send(number, words_of(delivery.message.kind, delivery.message.params).title)


_SENDERS = {Channel.EMAIL: _email, Channel.SMS: _sms}
