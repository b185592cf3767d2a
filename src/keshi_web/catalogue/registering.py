"""The process by which an organisation is registered for a platform: it asks, the city's centre registers."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import ORGANISATION_ROLES, Role
from keshi_web.catalogue.models import Registration
from keshi_web.workflow.table import Side, State, Transition, Workflow, register

CENTRE = frozenset({Role.EVALUATOR})


def _subject(process: Any) -> Registration:
    found = Registration.objects.select_related("platform", "organisation__region", "scheme_version").get(
        process=process
    )
    found.process = process
    return found


def _decide(process: Any, event: str, by: Any, version: int | None, given: Mapping[str, Any]) -> Any:
    from keshi_web.catalogue.services.registrations import act

    return act(process, event, by=by, version=version, given=given)


REGISTRATION = register(
    Workflow(
        name="platform-registration",
        title=_("平台使用登记"),
        start="draft",
        icon="id-badge-2",
        states=(
            State("draft", _("草稿"), Side.PROVIDER),
            State("submitted", _("待登记"), Side.OFFICE, "blue"),
            State("registered", _("已登记"), Side.NOBODY, "green", final=True),
            State("refused", _("未予登记"), Side.NOBODY, "red", final=True),
            State("withdrawn", _("已撤回"), Side.NOBODY, "grey", final=True),
        ),
        transitions=(
            Transition(
                "submit", ("draft",), "submitted", _("申请登记"), ORGANISATION_ROLES, at="provider",
                notifies=(Side.OFFICE,),
            ),
            Transition(
                "register", ("submitted",), "registered", _("准予登记"), CENTRE, notifies=(Side.PROVIDER,),
                tone="success", bulk=True,
            ),
            Transition(
                "refuse", ("submitted",), "refused", _("不予登记"), CENTRE, needs=("reason", "remedy"),
                notifies=(Side.PROVIDER,), tone="danger",
            ),
            Transition(
                "withdraw", ("submitted",), "withdrawn", _("撤回"), ORGANISATION_ROLES, at="provider",
                notifies=(Side.OFFICE,), tone="secondary", aside=True,
            ),
        ),
        subject_of=_subject,
        url=lambda process: reverse("catalogue:registration", args=[process.number]),
        act=_decide,
    )
)  # fmt: skip
