"""One class per city and state, made by the real acts on the days they would have happened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from keshi_web.accounts.actor import Actor
from keshi_web.classes.models import Filing
from keshi_web.classes.sample import CITIES, FIRST_DAY, City, actor, file_class
from keshi_web.classes.services.decisions import act
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.workflow.models import Process

MARK = "批量样本"
"""Begins the project of every pattern, which is how they are found again."""
Steps = tuple[str, ...]
STATES: dict[str, tuple[str, Steps]] = {
    "draft": ("draft", ()),
    "submitted": ("submitted", ()),
    "returned": ("returned", ()),
    "endorsed": ("endorsed", ()),
    "approved": ("approved", ()),
    "withdrawn": ("submitted", ("withdraw",)),
    "refused": ("endorsed", ("refuse",)),
    "revoked": ("approved", ("revoke",)),
    "provisional": ("endorsed", ("approve-provisionally",)),
    "supplemented": ("endorsed", ("approve-provisionally", "supplement")),
    "running": ("approved", ("start",)),
    "interrupted": ("approved", ("start", "interrupt")),
    "resuming": ("approved", ("start", "interrupt", "ask-to-resume")),
    "finished": ("approved", ("start", "finish")),
}
"""By state: how far the sample carries a class, and the events from there."""
REASON = {"reason": "材料与实际情况不符。", "remedy": "可以补正材料后重新申请。", "note": "情况属实。"}


@dataclass(frozen=True)
class Pattern:
    """A case to be repeated: its process and where it stands."""

    process: Process
    city: City


def patterns(cities: Iterable[City] = CITIES, states: Iterable[str] = tuple(STATES)) -> list[Pattern]:
    """The patterns, made where they are missing.

    A state that a notice does not provide for (a provisional approval, say) has none, nor one that lies ahead of
    the day it is.
    """
    found = []
    for city in cities:
        for place, state in enumerate(states):
            process = _there(city, state) or _make(
                city, state, (100 * CITIES.index(city) + 100 + 12 * place) % 500
            )
            if process is not None and process.changed_at <= clock.now():
                found.append(Pattern(process, city))
    return found


def _there(city: City, state: str) -> Process | None:
    filings = Filing.objects.filter(
        project=f"{MARK} {state}", scheme_version__scheme=city.scheme, process__state=state
    )
    filing = filings.select_related("process__office").first()
    return filing.process if filing else None


def _make(city: City, state: str, serial: int) -> Process | None:
    stage, steps = STATES[state]
    people: dict[str, Callable[[], Actor | None]] = {
        "provider": lambda: actor(f"{city.slug}-{city.provider}"),
        "office": lambda: actor(f"{city.slug}-{city.district}-clerk"),
        "above": lambda: actor(f"{city.slug}-leader"),
        "system": lambda: None,
    }
    try:
        with transaction.atomic(), clock.standing_on(FIRST_DAY):
            filing = file_class(city, stage, f"{MARK} {state}", serial=serial)
            for event in steps:
                process = Process.objects.get(pk=filing.process_id)
                transition = process.workflow.find(event, process.state)
                assert transition is not None
                given = {**REASON, "due_on": FIRST_DAY + timedelta(days=30)}
                wanted = {
                    name: given[name] for name in (*transition.needs, *transition.offers) if name in given
                }
                with clock.standing_on(_day_of(event, filing)):
                    act(process, event, by=people[transition.at](), given=wanted)
            return Process.objects.select_related("office").get(pk=filing.process_id)
    except Refusal:
        return None


def _day_of(event: str, filing: Filing) -> date:
    filing.refresh_from_db()
    assert filing.starts_on is not None
    assert filing.ends_on is not None
    match event:
        case "start":
            return filing.starts_on
        case "interrupt" | "ask-to-resume":
            return filing.starts_on + timedelta(days=7)
        case "finish":
            return filing.ends_on + timedelta(days=1)
        case _other:
            return FIRST_DAY + timedelta(days=1)
