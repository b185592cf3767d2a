"""Changing a record of the vault: phone, account, name, the link to an account; merging and erasing."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from keshi.identity import check_bank_card, check_mobile
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.queries import running
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.personal_numbers import refuse_in
from keshi_web.common.row_security import beyond_scope
from keshi_web.common.saving import save
from keshi_web.common.sealed import column
from keshi_web.files.models import Attachment
from keshi_web.files.services import destroy
from keshi_web.people.models import BankAccount, Person, PersonEvent
from keshi_web.people.queries import visible_to
from keshi_web.people.retention import accounts_past_retention, people_past_retention
from keshi_web.people.services.reading import find_by_id_number
from keshi_web.people.words import Purpose, Turn
from keshi_web.people.writing import (
    account_index,
    masked_name,
    name_bucket,
    normal_name,
    normal_number,
    phone_index,
)

_NOTHING = {
    "name": None,
    "id_number": None,
    "phone": None,
    "id_number_index": None,
    "phone_index": None,
    "name_index": None,
    "name_masked": "",
    "id_number_masked": "",
}


@transaction.atomic
def change_phone(person: Person, phone: str, *, actor: Actor, ground: str = "") -> None:
    """Record another phone. Raises Person.DoesNotExist, NotAllowed, Invalid."""
    held = held_by(person, actor)
    number = normal_number(phone)
    problem = check_mobile(number)
    if problem:
        raise Invalid(_("手机号码有误。"), [problem])
    column(Person, "phone").put(held, number)
    held.phone_index = phone_index(number)
    held.save(update_fields=["phone", "phone_index"])
    note(held, Turn.PHONE, actor, ground)


@transaction.atomic
def change_account(person: Person, number: str, bank: str, *, actor: Actor, ground: str = "") -> BankAccount:
    """Record the account a person is paid to; the one before is closed and kept for its period.

    `ground` says on whose word; a trainee's own needs none.

    Raises:
        Person.DoesNotExist, NotAllowed.
        Invalid: an impossible number, or one that stands in another person's name.
    """
    held = held_by(person, actor)
    if actor.of_provider and held.accounts.filter(until__isnull=True).exists():
        # Whoever pays a person's subsidy to another account takes it: that is the person's word or the bureau's.
        raise NotAllowed(_("此人已登记收款账户。更换账户由本人办理，或由经办机构核验后办理。"))
    digits = normal_number(number)
    problem = check_bank_card(digits)
    if problem:
        raise Invalid(_("银行账号有误。"), [problem])
    held.accounts.filter(until__isnull=True).update(until=clock.now())
    account = BankAccount(person=held, bank=bank.strip(), recorded_by_id=actor.user_id)
    column(BankAccount, "number").put(account, digits)
    account.number_index = account_index(digits)
    save(account)
    note(held, Turn.ACCOUNT, actor, ground)
    return account


@transaction.atomic
def correct_name(person: Person, name: str, *, actor: Actor, ground: str) -> None:
    """Correct a name by the identity card. Only the bureau's people do that, since a name is what a payer compares.

    Raises Person.DoesNotExist, NotAllowed, Invalid.
    """
    if not actor.reviews:
        raise NotAllowed(_("姓名由人社部门依据证件更正。"))
    held = held_by(person, actor)
    clean = normal_name(name)
    if not 1 < len(clean) <= 60:
        raise Invalid(_("姓名须为 2 至 60 个字。"))
    column(Person, "name").put(held, clean)
    held.name_index, held.name_masked = name_bucket(clean), masked_name(clean)
    held.save(update_fields=["name", "name_index", "name_masked"])
    note(held, Turn.NAME, actor, ground)


@transaction.atomic
def link_user(person: Person, username: str, *, actor: Actor, ground: str) -> None:
    """Let a trainee's account see its own record, once the bureau has seen that they are the same person.

    Only the bureau's people do that: whoever is linked reads everything of the person.

    Raises:
        Person.DoesNotExist, NotAllowed.
        Invalid: no trainee's account, or one of another person.
    """
    if not actor.reviews:
        raise NotAllowed(_("本人账号由人社部门核验后关联。"))
    held = held_by(person, actor)
    trainee = Assignment.objects.filter(
        running(), user__username=username.strip().lower(), user__is_active=True, role=Role.TRAINEE
    ).first()
    if trainee is None:
        raise Invalid(_("该账号不是学员账号，或已关联另一人。"))
    held.user_id = trainee.user_id
    try:
        with transaction.atomic(), beyond_scope("an account is linked once, to whomever it is"):
            held.save(update_fields=["user"])
            # The table of accounts is not sealed: it calls people by their mask.
            User.objects.filter(pk=trainee.user_id).update(name=held.name_masked)
    except IntegrityError:
        raise Invalid(_("该账号不是学员账号，或已关联另一人。")) from None
    note(held, Turn.USER, actor, ground)


@transaction.atomic
def merge(loser: Person, survivor: Person, *, actor: Actor, ground: str) -> Person:
    """Lead one record to another of the same person (as after a corrected number); the survivor.

    The survivor takes over account, categories and employments where it has none at that time. The record that was
    given up stays readable, and whoever finds it by its number is led on.

    Raises:
        NotAllowed: not a leader's act, or the same record.
        Person.DoesNotExist: outside of the scope.
        Stale: one of them is merged or erased already.
    """
    if not actor.leads:
        raise NotAllowed(_("合并人员记录由负责人办理。"))
    if loser.pk == survivor.pk:
        raise NotAllowed(_("请选择两条不同的记录。"))
    pair = visible_to(actor).filter(pk__in=[loser.pk, survivor.pk]).order_by("pk")
    held = {person.pk: person for person in pair.select_for_update(of=("self",))}
    if len(held) != 2:
        raise Person.DoesNotExist
    if any(person.survivor_id or person.erased_at for person in held.values()):
        raise Stale(_("其中一条记录已合并或已删除。"))
    given_up = held[loser.pk]
    for row in (
        *given_up.categories.all(),
        *given_up.employments.all(),
        *given_up.accounts.filter(until=None),
    ):
        row.person = held[survivor.pk]
        try:
            with transaction.atomic():
                row.save(update_fields=["person"])
        except IntegrityError:  # the survivor has its own for that time
            continue
    given_up.survivor = held[survivor.pk]
    given_up.save(update_fields=["survivor"])
    note(given_up, Turn.MERGED, actor, ground)
    return held[survivor.pk]


def merge_into(loser: Person, id_number: str, *, actor: Actor, ground: str) -> Person:
    """`merge` into the record with this identity number; the search is logged as any other.

    Raises what `merge` and `find_by_id_number` raise; Invalid where nobody in scope has the number.
    """
    survivor = find_by_id_number(id_number, actor=actor, purpose=Purpose.CORRECTION)
    if survivor is None:
        raise Invalid(_("您的管辖范围内没有此证件号码的记录，请核对。"))
    return merge(loser, survivor, actor=actor, ground=ground)


@transaction.atomic
@beyond_scope("a person may be needed for a class elsewhere, which the actor does not see")
def erase(person: Person, *, actor: Actor | None, ground: str) -> None:
    """Destroy a person's sealed values with their data keys and indexes, and the papers that prove their categories;
    what was decided about them stays.

    Without an actor it is the retention period that asks. A leader may erase only whom the service needs no more.

    Raises:
        NotAllowed: not a leader's act, or the person is still needed.
        Person.DoesNotExist: outside of the scope.
    """
    if actor is not None:
        if actor.role != Role.BUREAU_LEADER:
            raise NotAllowed(_("删除个人信息由分管领导批准。"))
        visible_to(actor).get(pk=person.pk)
    if not people_past_retention().filter(pk=person.pk).exists():
        raise NotAllowed(_("该人员的信息仍在保存期限内，业务上仍需使用，不能删除。"))
    Person.objects.filter(pk=person.pk).update(**_NOTHING, user=None, erased_at=clock.now())
    person.accounts.filter(until__isnull=True).update(until=clock.now())
    person.accounts.update(number=None, number_index=None)
    papers = _destroy_proofs(person, actor, ground)
    if papers:
        ground = _("%(ground)s；证明材料 %(count)d 件一并销毁") % {"ground": ground[:150], "count": papers}
    note(person, Turn.ERASED, actor, ground)


def _destroy_proofs(person: Person, actor: Actor | None, ground: str) -> int:
    """Destroy the papers that prove the person's categories, and what names them; how many files there were."""
    papers = Attachment.objects.filter(pk__in=person.categories.values("attachment"))
    destroyed = destroy(papers, ground=ground, by_id=actor.user_id if actor else None)
    # A paper's name and number lead to a person as well. The words stay Chinese: they are kept, not shown in passing.
    person.categories.exclude(proof="").update(proof="（已随身份信息删除）")
    return destroyed


def apply_retention(*, do: bool) -> tuple[int, int]:
    """How many people and closed accounts are past their period; with `do` they are erased."""
    people, accounts = list(people_past_retention()), accounts_past_retention()
    count = accounts.count()
    if do:
        for person in people:
            erase(person, actor=None, ground=_("保存期限届满"))
        accounts.update(number=None, number_index=None)
    return len(people), count


def held_by(person: Person, actor: Actor) -> Person:
    """The record under a lock, if the actor may change it. Raises Person.DoesNotExist, NotAllowed, Stale."""
    if actor.role not in (Role.TRAINEE, Role.CLERK) and not (actor.of_provider or actor.leads):
        raise NotAllowed(_("您的角色不能更改人员信息。"))
    held = visible_to(actor).select_for_update(of=("self",)).get(pk=person.pk)
    if held.erased_at or held.survivor_id:
        raise Stale(_("该记录已合并或已删除。"))
    return held


def note(person: Person, turn: Turn, actor: Actor | None, ground: str) -> None:
    """Write down what happened to a record and on whose word; never a value."""
    refuse_in(ground)
    if actor is not None and actor.role == Role.TRAINEE:
        ground = _("本人办理")
    PersonEvent.objects.create(
        person_id=person.pk, turn=turn, by_id=actor.user_id if actor else None, ground=ground[:200]
    )
