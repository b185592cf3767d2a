"""What a provider changed between two submissions, so that nobody has to read everything again."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from keshi.vocabulary import vocabulary
from keshi_web.classes.models import Filing, PlanSnapshot
from keshi_web.common.language import lang

UNDER_REVIEW = ("submitted", "endorsed", "supplemented")


@dataclass(frozen=True)
class Difference:
    """One thing that changed, in words."""

    what: str
    before: str
    after: str


def since_last(filing: Filing) -> list[Difference]:
    """The changes of the last submission against the one before; empty for a first one or outside of a review."""
    if filing.process.state not in UNDER_REVIEW:
        return []
    newest = list(filing.snapshots.exclude(event="start").order_by("-id")[:2])
    return between(newest[1], newest[0]) if len(newest) == 2 else []


def between(earlier: PlanSnapshot, later: PlanSnapshot) -> list[Difference]:
    """What differs between two snapshots of a plan and its roster."""
    found = [
        Difference(_label(name), _said(name, earlier.plan.get(name)), _said(name, later.plan.get(name)))
        for name in later.plan
        if name not in ("facts", "modules") and earlier.plan.get(name) != later.plan.get(name)
    ]
    before, after = earlier.plan["facts"], later.plan["facts"]
    facts = vocabulary()
    found += [
        Difference(getattr(facts[name].label, lang()), _plain(before.get(name)), _plain(after.get(name)))
        for name in dict.fromkeys((*before, *after))
        if name in facts and before.get(name) != after.get(name)
    ]
    if earlier.plan["modules"] != later.plan["modules"]:
        found.append(
            Difference(_("培训大纲"), _hours(earlier.plan["modules"]), _hours(later.plan["modules"]))
        )
    if earlier.roster_digest != later.roster_digest:
        people = [_("%(n)d 人") % {"n": one.head_count} for one in (earlier, later)]
        found.append(Difference(_("培训人员名册"), people[0], people[1]))
    return found


def _label(name: str) -> str:
    return str(Filing._meta.get_field(name).verbose_name)


def _said(name: str, value: Any) -> str:
    field = Filing._meta.get_field(name)
    if value is None or not field.is_relation or name == "occupation":
        return _plain(value)
    return str(field.related_model.objects.filter(pk=value).first() or "")  # type: ignore[union-attr]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else str(value)


def _hours(modules: list[dict[str, Any]]) -> str:
    return "；".join(f"{row['name']} {row['hours']}" for row in modules)
