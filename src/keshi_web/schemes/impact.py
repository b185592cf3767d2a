"""What a new version would have meant for past classes: who gains, who loses, and how much."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from keshi.case import Case, read_case
from keshi.identity import mask_id_number
from keshi.problems import BadInput
from keshi.settlement.impact import Change, impact
from keshi.settlement.settle import settle
from keshi.settlement.worked import worked_cases
from keshi_web.common.language import lang
from keshi_web.schemes import library
from keshi_web.schemes.models import SchemeVersion

Source = Callable[[SchemeVersion], Iterable[tuple[str, Case]]]
"""Past classes that a version judged, each with the name it is known by."""

_sources: list[Source] = []


def register_case_source(source: Source) -> None:
    """Let the app that keeps the classes hand them over; called once, when that app is ready."""
    if source not in _sources:
        _sources.append(source)


ROSTER_DIGITS = 5
"""No identity number is so short; rosters hold up to 99 999 people."""


@dataclass(frozen=True)
class Person:
    """One person whose outcome differs; amounts in fen, the identity number masked or that on the roster."""

    source: str
    masked: str
    before: int
    after: int
    eligible_before: bool
    eligible_after: bool
    hours_before: int | None
    hours_after: int | None

    @property
    def difference(self) -> int:
        """Gained (negative: lost), in fen."""
        return self.after - self.before


@dataclass(frozen=True)
class CaseChange:
    """One class in which something changes: people and the change of its sum, in fen."""

    source: str
    people: int
    difference: int


@dataclass(frozen=True)
class Unsettled:
    """A class that the new version cannot judge, and why."""

    source: str
    reason: str


@dataclass(frozen=True)
class Preview:
    """Totals over all classes, in fen, and everything that changes, the largest loss first."""

    classes: int
    people: int
    before: int
    after: int
    persons: tuple[Person, ...]
    cases: tuple[CaseChange, ...]
    unsettled: tuple[Unsettled, ...]
    worked: bool = False
    """The classes are the scheme's worked cases: there are no past ones yet."""

    @property
    def gaining(self) -> int:
        """People who would receive more."""
        return sum(person.difference > 0 for person in self.persons)

    @property
    def losing(self) -> int:
        """People who would receive less."""
        return sum(person.difference < 0 for person in self.persons)

    @property
    def difference(self) -> int:
        """Of the sums, in fen."""
        return self.after - self.before


def preview(
    old: SchemeVersion, new: SchemeVersion, cases: Iterable[tuple[str, Case]] | None = None
) -> Preview:
    """Settle past classes under both versions; without `cases` those that `cases_for` finds.

    A class that the old version itself cannot settle says nothing about the change and is left out.
    """
    worked = False
    if cases is None:
        cases, worked = cases_for(old)
    first, second = library.get(old), library.get(new)
    classes = people = before = after = 0
    persons: list[Person] = []
    changed: list[CaseChange] = []
    unsettled: list[Unsettled] = []
    for source, case in cases:
        try:
            settle(case, first)
        except BadInput:
            continue
        try:
            found = impact([(source, case)], first, second)
        except BadInput as error:
            unsettled.append(Unsettled(source, error.problems[0].text(lang())))
            continue
        classes += 1
        people, before, after = people + found.people, before + found.before, after + found.after
        if found.changes:
            persons += [_person(change) for change in found.changes]
            changed.append(CaseChange(source, len(found.changes), found.after - found.before))
    return Preview(
        classes=classes,
        people=people,
        before=before,
        after=after,
        persons=tuple(sorted(persons, key=lambda person: (person.difference, person.source))),
        cases=tuple(sorted(changed, key=lambda case: (case.difference, case.source))),
        unsettled=tuple(unsettled),
        worked=worked,
    )


def cases_for(version: SchemeVersion) -> tuple[Iterable[tuple[str, Case]], bool]:
    """Past classes of the version, or, where there are none, its worked cases (then the second is True)."""
    past = [case for source in _sources for case in source(version)]
    return (past, False) if past else (list(_worked(version)), True)


def _worked(version: SchemeVersion) -> Iterator[tuple[str, Case]]:
    """The worked cases that can be read; those that show bad input cannot."""
    for worked in worked_cases(library.folder_of(version)):
        try:
            yield worked.shows[lang()], read_case(worked.structure, scheme=version.scheme)
        except BadInput:
            continue


def _shown(number: str) -> str:
    """An identity number masked; people of past classes stand there by their number on the roster."""
    return number if len(number) <= ROSTER_DIGITS else mask_id_number(number)


def _person(change: Change) -> Person:
    return Person(
        source=change.source,
        masked=_shown(change.before.id_number),
        before=change.before.amount,
        after=change.after.amount,
        eligible_before=change.before.eligible,
        eligible_after=change.after.eligible,
        hours_before=change.before.class_hours,
        hours_after=change.after.class_hours,
    )
