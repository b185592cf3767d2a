"""A whole log of one person credited at once: for the command line, for cases, and to recompute."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal

import msgspec
from msgspec import Struct

from keshi.hours.credit import Answer, Challenge, Row, clock, sentence
from keshi.hours.decode import decode_events
from keshi.hours.draws import Draw, keyed_draw, recorded_draw
from keshi.hours.events import Event, Header, Recorded
from keshi.hours.machine import Machine
from keshi.hours.rules import DEFAULT, MINUTE_MS, SECOND_MS, Rules
from keshi.hours.state import State
from keshi.messages import Lang, message
from keshi.problems import BadInput, Problem

Settled = Literal["confirmed", "void"]


class EventAnswer(Struct, frozen=True):
    """What one entry of the log did. A beat that is only repeated credits 0 here and says `repeated`.

    `opened` is the check it opened, `settled_ms` how much credit a check decided at it, and which way.
    """

    at_ms: int
    type: str
    credited_ms: int
    reason: str | None
    answer: Answer
    flag: str | None = None
    opened: Challenge | None = None
    settled: Settled | None = None
    settled_ms: int = 0


class Day(Struct, frozen=True):
    """Credit of one local day, ms by status."""

    date: str
    confirmed_ms: int = 0
    provisional_ms: int = 0
    void_ms: int = 0


class Credited(Struct, frozen=True):
    """The rows of one person and what they sum to. Only confirmed time counts."""

    rows: tuple[Row, ...]
    answers: tuple[EventAnswer, ...]
    days: tuple[Day, ...]
    confirmed_ms: int
    provisional_ms: int
    void_ms: int
    rules: Rules

    @property
    def confirmed_minutes(self) -> Fraction:
        """Confirmed minutes, exactly."""
        return Fraction(self.confirmed_ms, MINUTE_MS)

    def rows_json(self) -> bytes:
        """The rows byte for byte, for a digest or a comparison with what the books hold."""
        return msgspec.json.encode(self.rows)

    def explain(self, lang: Lang = "zh") -> list[str]:
        """The log in sentences: what earned nothing and why, checks, then the days and the sums.

        Entries in a row that earned nothing for the same reason share a sentence.
        """
        lines = []
        for alike in _runs(self.answers):
            told = alike[0]
            when = local_time(told.at_ms, self.rules)
            if told.settled is not None:
                lines.append(message(f"hours-{told.settled}", lang, when=when, time=clock(told.settled_ms)))
            if told.opened is not None:
                deadline_s = (told.opened.deadline_ms - told.opened.opened_ms) // SECOND_MS
                lines.append(message("hours-opened", lang, when=when, seconds=deadline_s))
            if told.reason is not None:
                event = message(f"hours-event-{told.type}", lang)
                why = sentence(told.reason, lang, told.answer.gap_ms)
                if len(alike) == 1:
                    lines.append(message("hours-nothing", lang, when=when, event=event, why=why))
                else:
                    until = local_time(alike[-1].at_ms, self.rules)
                    run = {"when": when, "until": until, "event": event, "count": len(alike), "why": why}
                    lines.append(message("hours-nothing-run", lang, **run))
        for day in self.days:
            lines.append(
                _sums("hours-day", lang, day.date, day.confirmed_ms, day.provisional_ms, day.void_ms)
            )
        lines.append(_sums("hours-total", lang, "", self.confirmed_ms, self.provisional_ms, self.void_ms))
        return lines


def _runs(answers: Iterable[EventAnswer]) -> list[list[EventAnswer]]:
    """Neighbours that only say the same reason, together; a gap has a length of its own and stands alone."""
    runs: list[list[EventAnswer]] = []
    for told in answers:
        plain = told.settled is None and told.opened is None and told.reason not in (None, "gap")
        before = runs[-1][-1] if runs else None
        if plain and before is not None and (before.type, before.reason) == (told.type, told.reason):
            runs[-1].append(told)
        else:
            runs.append([told])
    return runs


def credit_events(
    events: list[dict[str, object]],
    rules: Rules = DEFAULT,
    *,
    where: str = "events",
    seed: bytes = b"",
    person: str = "",
) -> Credited:
    """Credit the log of one person, entries in the order of server time.

    A log with a `rules` entry at its head or with any `challenge` entry is a complete record: its checks are
    taken from it, the seed is not used, and the rows come out byte for byte as they were. Any other log is
    raw: checks open by the draw of `seed` and `person`, and what no `answer` in it confirms does not count.

    Raises:
        BadInput: entries that cannot be read, or a record that does not fit the rules.
    """
    inputs = decode_events(events, where)
    entries = [event for _, event in inputs]
    recorded = [event.threshold_ms for event in entries if isinstance(event, Recorded)]
    _check_record(entries, rules, where)
    if recorded or any(isinstance(event, Header) for event in entries):
        draw = recorded_draw([ms for ms in recorded if ms is not None], rules.challenge_after_ms[1])
    else:
        draw = keyed_draw(seed, person, rules.challenge_after_ms)
    credited = replay(inputs, draw, rules, person)
    differing = [i for i, told in enumerate(credited.answers) if told.flag == "record-differs"]
    if differing:
        raise BadInput(
            Problem("hours-record-differs", f"{where}[{i}]", str(events[i]["at"])) for i in differing
        )
    return credited


def replay(
    inputs: Iterable[tuple[int, Event]], draw: Draw, rules: Rules = DEFAULT, person: str = ""
) -> Credited:
    """Credit typed inputs, each with its server time in ms, from an empty state."""
    machine = Machine(draw, rules)
    state = State(person)
    rows: list[Row] = []
    answers: list[EventAnswer] = []
    for at, event in inputs:
        outcome = machine.apply(state, at, event)
        rows.extend(outcome.rows)
        for row in outcome.settled:
            rows[row.number - 1] = row
        settled: Settled | None = None
        if outcome.settled:
            settled = "confirmed" if outcome.settled[0].status == "confirmed" else "void"
        answers.append(
            EventAnswer(
                at,
                event.__struct_config__.tag,  # type: ignore[arg-type]
                0 if outcome.repeated else outcome.answer.credited_ms,
                "repeated" if outcome.repeated else outcome.answer.reason,
                outcome.answer,
                outcome.flag,
                outcome.opened,
                settled,
                sum(row.ms for row in outcome.settled),
            )
        )
    return Credited(
        tuple(rows),
        tuple(answers),
        _days(rows, rules),
        state.confirmed_ms,
        state.waiting_ms,
        state.void_ms,
        rules,
    )


def with_record(events: Sequence[dict[str, object]], credited: Credited) -> list[dict[str, object]]:
    """The log with its rule version at the head and each check where it opened: no seed is needed again."""
    if not events:
        return []
    log: list[dict[str, object]] = [
        {"at": events[0]["at"], "type": "rules", "version": credited.rules.version}
    ]
    for event, told in zip(events, credited.answers, strict=True):
        log.append(event)
        if told.opened is not None:
            log.append({"at": event["at"], "type": "challenge", "threshold_ms": told.opened.threshold_ms})
    return log


def local_time(at_ms: int, rules: Rules = DEFAULT) -> str:
    """A moment as people of the place write it, to the second: `2020-03-10 09:00:00`."""
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms + rules.utc_offset_ms)
    return f"{local:%Y-%m-%d %H:%M:%S}"


def _check_record(entries: Sequence[Event], rules: Rules, where: str) -> None:
    """A record must be of these rules, say so at its head, and hold only thresholds they can draw."""
    least, most = rules.challenge_after_ms
    problems = []
    for index, event in enumerate(entries):
        if isinstance(event, Header):
            if index != 0:
                problems.append(Problem("hours-header-late", f"{where}[{index}]"))
            if event.version != rules.version:
                place = f"{where}[{index}].version"
                problems.append(
                    Problem("hours-other-rules", place, event.version, {"version": rules.version})
                )
        elif (
            isinstance(event, Recorded)
            and event.threshold_ms is not None
            and not least <= event.threshold_ms <= most
        ):
            place = f"{where}[{index}].threshold_ms"
            params = {"least": least, "most": most}
            problems.append(Problem("hours-threshold-outside", place, str(event.threshold_ms), params))
    if problems:
        raise BadInput(problems)


def _days(rows: Iterable[Row], rules: Rules) -> tuple[Day, ...]:
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        day = sums.setdefault(rules.date_of(row.wall_start_ms).isoformat(), {})
        day[f"{row.status}_ms"] = day.get(f"{row.status}_ms", 0) + row.ms
    return tuple(Day(date, **sums[date]) for date in sorted(sums))


def _sums(key: str, lang: Lang, date: str, confirmed: int, waiting: int, void: int) -> str:
    return message(key, lang, date=date, confirmed=clock(confirmed), waiting=clock(waiting), void=clock(void))
