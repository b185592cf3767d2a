"""What learners are told after each input, and how a whole log is explained."""

from typing import Any

import pytest

from keshi.hours import Rules, credit_events
from keshi.hours.credit import sentence

from .cases import CASES, EIGHT, EIGHT_MINUTES, OPEN
from .kit import (
    MIDNIGHT,
    NINE_MS,
    Step,
    answer,
    beat,
    iso,
    lesson,
    ready,
    sign_in,
    start,
    step,
    watched,
)


def log(steps: list[Step]) -> list[dict[str, Any]]:
    return [s.entry for s in steps]


def test_every_answer_tells_the_learner_where_things_stand() -> None:
    steps = [
        *EIGHT_MINUTES,
        answer(OPEN + 1_000),
        beat(500_000, 25, (480_000, 519_000)),
        beat(600_000, 26, (0, 9)),
    ]
    told = [t.answer for t in credit_events(log(steps), Rules(**EIGHT)).answers]
    deadline = NINE_MS + OPEN + 60_000
    # credited, today, confirmed, waiting, reason, gap, resume, command, deadline
    fields = [tuple(getattr(a, f) for f in a.__struct_fields__) for a in told]
    assert fields[2] == (0, 0, 0, 0, None, 0, 0, None, None)
    assert fields[3] == (20_000, 20_000, 0, 20_000, None, 0, 20_000, None, None)
    assert fields[26] == (20_000, 480_000, 0, 480_000, None, 0, 480_000, "challenge", deadline)
    assert fields[27] == (0, 480_000, 480_000, 0, None, 0, None, None, None)
    assert fields[28] == (19_000, 499_000, 480_000, 19_000, None, 0, 499_000, None, None)
    assert fields[29] == (0, 499_000, 480_000, 19_000, "gap", 100_000, 499_000, None, None)


def test_a_page_sent_away_is_told_to_stop() -> None:
    steps = [
        *ready(),
        start(1, "s2"),
        beat(20_000, 1, (0, 9)),
        *EIGHT_MINUTES[3:3],
        beat(21_000, 2, (0, 9), session="s2", playing=False),
    ]
    told = credit_events(log(steps)).answers
    assert (told[4].answer.command, told[4].answer.resume_ms) == ("kicked", None)
    assert (told[5].answer.command, told[5].answer.reason, told[5].answer.gap_ms) == (None, "paused", 0)


def test_an_open_check_tells_where_to_go_on() -> None:
    steps = [*EIGHT_MINUTES, beat(500_000, 25, (480_000, 500_000))]
    answer_ = credit_events(log(steps), Rules(**EIGHT)).answers[-1].answer
    assert (answer_.reason, answer_.resume_ms, answer_.command) == ("challenge-open", 480_000, "challenge")


@pytest.mark.parametrize(
    ("segments", "earned", "resume"),
    [
        ([(0, 40_000)], 20_000, 20_000),
        ([(0, 20_000)], 20_000, None),
        ([(0, 5_000), (50_000, 70_000)], 20_000, 65_000),
        ([(0, 20_000), (50_000, 70_000)], 20_000, 50_000),
        ([(0, 25_000), (50_000, 70_000)], 20_000, 20_000),
    ],
)
def test_where_skipping_is_allowed_the_surplus_is_where_to_resume(
    segments: list[tuple[int, int]], earned: int, resume: int | None
) -> None:
    told = credit_events(log([*ready(), beat(20_000, 1, *segments)]), Rules(no_skip=False)).answers
    assert told[2].answer.resume_ms is None
    assert (told[3].credited_ms, told[3].answer.resume_ms) == (earned, resume)


def test_a_live_class_cannot_be_resumed() -> None:
    steps = [
        lesson(live_from=iso(0)),
        sign_in(),
        start(0),
        step(0, "live-play", session="s1"),
        beat(20_000, 1, (0, 5_000)),
    ]
    for no_skip in (True, False):
        told = credit_events(log([*steps, beat(40_000, 2, (0, 40_000))]), Rules(no_skip=no_skip)).answers
        assert [t.answer.resume_ms for t in told] == [None] * 6
        assert told[5].credited_ms == 20_000


def test_today_is_the_local_day() -> None:
    steps = [
        *ready(MIDNIGHT - 15_000),
        beat(MIDNIGHT + 5_000, 1, (0, 20_000)),
        sign_in(MIDNIGHT + 86_400_000),
    ]
    told = credit_events(log(steps)).answers
    assert [t.answer.today_ms for t in told[3:]] == [5_000, 0]


def test_flags_call_for_a_look() -> None:
    steps = [*ready(), *watched(1, 1), beat(30_000, 1, (9, 10)), start(31_000), lesson(31_000, length=5)]
    told = credit_events(log(steps)).answers
    assert [t.flag for t in told] == [None] * 4 + ["beat-conflict", "session-exists", "lesson-frozen"]


def test_an_explanation_reads_like_a_diary() -> None:
    steps = [
        *EIGHT_MINUTES,
        answer(OPEN + 9_000),
        *watched(25, 1, 500_000, 480_000),
        beat(530_000, 25, (480_000, 500_000)),
        beat(600_000, 26, (500_000, 560_000)),
        step(601_000, "finish"),
        answer(602_000, correct=False),
    ]
    credited = credit_events(log(steps), Rules(**EIGHT))
    assert credited.explain("en") == [
        "2020-03-10 09:08:00 a check of presence opened, to be answered within 60 s",
        "2020-03-10 09:08:09 check passed, 8:00 (min:s) confirmed",
        "2020-03-10 09:08:50 beat: The same report came again; it is not counted twice.",
        "2020-03-10 09:10:00 beat: A gap of 80 s since the last report is too long, "
        "so this stretch does not count. Keep the page open and connected.",
        "2020-03-10 09:10:01 a check of presence opened, to be answered within 60 s",
        "2020-03-10 09:10:02 check failed, 0:20 (min:s) void and to be watched again",
        "2020-03-10 09:10:02 answer to a check: The check of presence was answered wrongly "
        "and this session has stopped. Start again.",
        "2020-03-10 confirmed 8:00, waiting 0:00, void 0:20 (min:s)",
        "Total confirmed 8:00, waiting 0:00, void 0:20 (min:s); only confirmed time counts",
    ]
    assert credited.explain()[:2] == [
        "2020-03-10 09:08:00 出现在线核验，须在 60 秒内完成",
        "2020-03-10 09:08:09 核验通过，确认 8:00（分:秒）",
    ]
    assert credited.explain()[-1] == "合计 已确认 8:00，待核验 0:00，作废 0:20（分:秒）；只有已确认的计入学时"


def test_settled_credit_is_told_with_the_entry_that_settled_it() -> None:
    late = [*EIGHT_MINUTES, beat(OPEN + 60_001, 25, (480_000, 500_000))]
    told = credit_events(log(late), Rules(**EIGHT)).answers
    assert (told[-1].settled, told[-1].settled_ms, told[-1].reason) == ("void", 480_000, "check-failed")
    assert (told[-2].settled, told[-2].settled_ms) == (None, 0)
    assert (told[-1].at_ms, told[-1].type) == (NINE_MS + OPEN + 60_001, "beat")


def test_every_reason_has_its_sentence() -> None:
    reasons = {s.why for case in CASES for s in case.steps if s.why is not None}
    assert len(reasons) > 25
    for reason in reasons:
        assert sentence(reason, "zh", 0) != sentence(reason, "en", 0)


def _log(*entries: dict[str, object]) -> list[dict[str, object]]:
    lesson = {"enrolment": "E", "lesson": "L"}
    return [
        {"at": "2020-03-10T09:00:00+08:00", "type": "lesson", **lesson, "length_ms": 3_600_000},
        {"at": "2020-03-10T09:00:00+08:00", "type": "sign-in"},
        {"at": "2020-03-10T09:00:00+08:00", "type": "start", "session": "s", **lesson},
        *entries,
    ]


def test_the_place_to_go_on_is_where_real_time_ran_out_over_several_pieces() -> None:
    beat = {"type": "beat", "session": "s", "seq": 1, "playing": True, "visible": True}
    pieces = [[10_000, 20_000], [40_000, 60_000]]
    credited = credit_events(
        _log({"at": "2020-03-10T09:00:20+08:00", **beat, "segments": pieces}), Rules(no_skip=False)
    )
    assert credited.answers[-1].answer.resume_ms == 50_000, "10 s of the second piece fitted into 20 s"


def test_a_course_finished_while_a_check_is_open_ends_with_its_answer() -> None:
    events = _log()
    for number in range(1, 181):
        moment = f"2020-03-10T09:{number // 3:02d}:{number % 3 * 20:02d}+08:00"
        beat = {
            "type": "beat",
            "session": "s",
            "seq": number,
            "segments": [[(number - 1) * 20_000, number * 20_000]],
        }
        events.append({"at": moment, **beat, "playing": True, "visible": True})
        if credit_events(events).answers[-1].opened is not None:
            break
    watched = number * 20_000
    assert credit_events(events).provisional_ms == watched
    done = credit_events(
        [
            *events,
            {"at": moment, "type": "finish"},
            {"at": moment, "type": "answer", "correct": True},
            {"at": moment, "type": "start", "session": "t", "enrolment": "E", "lesson": "L"},
        ]
    )
    assert (done.confirmed_ms, done.provisional_ms) == (watched, 0)
    assert done.answers[-1].reason == "enrolment-not-active"
