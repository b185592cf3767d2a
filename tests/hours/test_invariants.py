"""The ten things that hold whatever a trainee tries, in logs that the adversary writes."""

from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from keshi.hours import (
    Machine,
    Row,
    Rules,
    State,
    credit_events,
    decode_events,
    keyed_draw,
    with_record,
)

from .adversary import SEED, SMALL, VARIANTS
from .attack import attack, modest, randoms, variants
from .kit import Entry, beat, entry, lesson, sign_in, start
from .slow import ms_of


def overlap(spans: list[tuple[int, int]]) -> bool:
    return any(before[1] > after[0] for before, after in pairwise(sorted(spans)))


@modest
@given(randoms, variants)
def test_two_tabs_earn_no_more_than_one(rng: Random, variant: dict[str, Any]) -> None:
    _, _, _, credited = attack(rng, variant)
    assert not overlap([(r.wall_start_ms, r.wall_end_ms) for r in credited.rows])
    assert all(
        r.wall_end_ms - r.wall_start_ms == r.media_end_ms - r.media_start_ms > 0 for r in credited.rows
    )


@modest
@given(randoms, variants)
def test_no_minute_of_a_lesson_is_paid_twice_and_none_beyond_it(rng: Random, variant: dict[str, Any]) -> None:
    _, _, slow, credited = attack(rng, variant)
    lessons: dict[tuple[str, str, str], list[Row]] = {}
    for row in credited.rows:
        if row.status != "void":
            lessons.setdefault((row.enrolment, row.lesson, row.lesson_version), []).append(row)
    for (enrolment, name, _), rows in lessons.items():
        spans = [(r.media_start_ms, r.media_end_ms) for r in rows]
        assert not overlap(spans)
        length = slow.lessons[enrolment, name][0]["length"]
        assert min(spans)[0] >= 0
        assert max(end for _, end in spans) <= length


@modest
@given(randoms, variants, st.data())
def test_replays_never_raise_the_total(rng: Random, variant: dict[str, Any], data: st.DataObject) -> None:
    rules, log, _, credited = attack(rng, variant)
    beats = [i for i, e in enumerate(log) if e["type"] == "beat"]
    again = list(log)
    for i in sorted(data.draw(st.lists(st.sampled_from(beats), max_size=10)), reverse=True):
        # The same bytes once more, at any later moment.
        later = data.draw(st.integers(i + 1, len(log)))
        again.insert(later, {**log[i], "at": again[later - 1]["at"]})
    replayed = credit_events(again, rules, seed=SEED, person="p")
    assert replayed.rows_json() == credited.rows_json()


@modest
@given(randoms)
def test_late_and_reordered_beats_never_raise_the_total(rng: Random) -> None:
    """Honest play, its beats delivered in any order at the same moments."""
    rules = Rules(**SMALL, no_skip=rng.random() < 0.5, challenges=False)

    def total(order: list[int]) -> int:
        steps = [lesson(length=10_000), sign_in(), start(0)]
        for k, n in enumerate(order):
            steps.append(beat(20 * k + 20, n, (20 * n, 20 * n + 20)))
        return credit_events([s.entry for s in steps], rules).confirmed_ms

    shuffled = list(range(12))
    rng.shuffle(shuffled)
    assert total(shuffled) <= total(sorted(shuffled))


@modest
@given(randoms, variants)
def test_no_client_clock_matters(rng: Random, variant: dict[str, Any]) -> None:
    rules, log, _, credited = attack(rng, variant)
    # One lie per number, so that what was the same beat stays the same.
    lies = {(e["session"], e["seq"]): f"{rng.random()}" for e in log if e["type"] == "beat"}
    lied = [
        {**e, "client_at": lies[e["session"], e["seq"]], "rate": "16"} if e["type"] == "beat" else e
        for e in log
    ]
    assert credit_events(lied, rules, seed=SEED, person="p").rows_json() == credited.rows_json()


@modest
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0] * 8 + [5, 30, 500])), max_size=40))
def test_a_server_clock_that_steps_back_creates_nothing(moves: list[tuple[int, int]]) -> None:
    """However often the clock steps back, no more is credited than time really passed."""
    steps = [lesson(length=10_000), sign_in(), start(0)]
    real = clock = media = 0
    for seq, (passes, back) in enumerate(moves):
        real += passes
        clock += passes - back
        step = beat(clock, seq, (media, media + 1_000))
        steps.append(step)
        media = credit_events([s.entry for s in steps], Rules(**SMALL)).provisional_ms
    assert media <= real


@modest
@given(randoms, variants)
def test_silence_earns_nothing(rng: Random, variant: dict[str, Any]) -> None:
    rules, log, _, credited = attack(rng, variant)
    for told in credited.answers:
        assert told.credited_ms <= (rules.max_gap_ms if told.type == "beat" else 0)
    beats = sum(e["type"] == "beat" for e in log)
    assert sum(told.credited_ms for told in credited.answers) <= beats * rules.max_gap_ms
    for row in credited.rows:
        heard = [ms_of(e["at"]) for e in log if e.get("session") == row.session and e.get("seq") == row.seq]
        assert any(at - rules.max_gap_ms <= row.wall_start_ms < row.wall_end_ms <= at for at in heard)


@modest
@given(randoms)
def test_without_skipping_what_is_covered_is_a_beginning(rng: Random) -> None:
    rules, log, _, _ = attack(rng, SMALL)
    machine, state = Machine(keyed_draw(SEED, "p", rules.challenge_after_ms), rules), State("p")
    for at, event in decode_events(log):
        machine.apply(state, at, event)
        for course in state.courses.values():
            for versions in course.lessons.values():
                for study in versions:
                    if study.live_from_ms is None:
                        edges = [0, *(edge for part in study.covered for edge in part)]
                        holes = [b - a for a, b in zip(edges[::2], edges[1::2], strict=False)]
                        assert all(0 <= hole <= rules.hole_ms for hole in holes)


@modest
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=12),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from([None, 40, 150]),
    st.integers(-200, 200),
    st.randoms(use_true_random=False),
)
def test_splitting_beats_never_pays_less(
    stretches: list[int], speed: int, no_skip: bool, cap: int | None, from_midnight: int, rng: Random
) -> None:
    """A player at any speed that goes on where the answer says, reporting in whole stretches or in pieces."""
    rules = Rules(**SMALL, no_skip=no_skip, daily_cap_ms=cap)

    def total(pieces: list[int]) -> int:
        machine, state = Machine(keyed_draw(SEED, "", rules.challenge_after_ms), rules), State()
        now = 15 * 3_600_000 + from_midnight
        first = [lesson(now, length=100_000), sign_in(now), start(now)]
        place = 0
        for at, event in decode_events([s.entry for s in first]):
            machine.apply(state, at, event)
        for seq, piece in enumerate(pieces):
            now += piece
            [(at, event)] = decode_events([beat(now, seq, (place, place + piece * speed)).entry])
            outcome = machine.apply(state, at, event)
            resume = outcome.answer.resume_ms
            place = place + piece * speed if resume is None else resume
            if outcome.opened is not None:
                [(at, event)] = decode_events([entry(now, "answer", correct=True)])
                machine.apply(state, at, event)
        return state.confirmed_ms + state.waiting_ms

    split = []
    for stretch in stretches:
        cut = rng.randint(0, stretch)
        split += [piece for piece in (cut, stretch - cut) if piece]
    assert total(split) >= total(stretches)


@modest
@given(randoms, st.sampled_from([v for v in VARIANTS if "daily_cap_ms" in v]))
def test_no_day_exceeds_its_cap_and_midnight_splits_exactly(rng: Random, variant: dict[str, Any]) -> None:
    rules, log, _, credited = attack(rng, variant)
    machine, state = Machine(keyed_draw(SEED, "p", rules.challenge_after_ms), rules), State("p")
    for at, event in decode_events(log):
        machine.apply(state, at, event)
        assert all(0 <= ms <= (rules.daily_cap_ms or 0) for ms in state.days.values())
    for row in credited.rows:
        assert (row.wall_start_ms + 28_800_000) // 86_400_000 == (
            row.wall_end_ms - 1 + 28_800_000
        ) // 86_400_000
    for day in credited.days:
        on_day = [r for r in credited.rows if rules.date_of(r.wall_start_ms).isoformat() == day.date]
        assert day.confirmed_ms == sum(r.ms for r in on_day if r.status == "confirmed")
        assert day.provisional_ms == sum(r.ms for r in on_day if r.status == "provisional")
        assert day.void_ms == sum(r.ms for r in on_day if r.status == "void")


@modest
@given(st.lists(st.integers(16_000, 24_000), min_size=1, max_size=160), st.integers(0, 60_000), st.binary())
def test_an_honest_viewer_is_credited_every_millisecond(stretches: list[int], wait: int, seed: bytes) -> None:
    """Real rules, real time: beats of 20 s ± 20 %, right answers in time, a last check at the end."""
    rules = Rules()
    machine, state = Machine(keyed_draw(seed, "", rules.challenge_after_ms), rules), State()

    def tell(ms: int, made: Entry) -> Any:
        [(at, event)] = decode_events([made])
        return machine.apply(state, at, event)

    now = 15 * 3_600_000 - 600_000
    for step in (lesson(now, length=10_000_000), sign_in(now), start(now)):
        tell(now, step.entry)
    place = 0
    for seq, stretch in enumerate(stretches):
        now += stretch
        outcome = tell(now, beat(now, seq, (place, place + stretch)).entry)
        place += stretch
        assert (outcome.answer.credited_ms, outcome.answer.resume_ms) == (stretch, place)
        if outcome.opened is not None:
            now += wait
            assert tell(now, entry(now, "answer", correct=True)).answer.confirmed_ms == place
    if state.waiting:
        tell(now, entry(now, "finish"))
        tell(now + wait, entry(now + wait, "answer", correct=True))
    assert (state.confirmed_ms, state.waiting_ms, state.void_ms) == (place, 0, 0)


@modest
@given(randoms, variants)
def test_recomputing_from_the_record_gives_the_same_rows_byte_for_byte(
    rng: Random, variant: dict[str, Any]
) -> None:
    rules, log, _, credited = attack(rng, variant, steps=90)
    again = credit_events(with_record(log, credited), rules, seed=b"another seed", person="p")
    assert again.rows_json() == credited.rows_json()
    assert credit_events(log, rules, seed=SEED, person="p").rows_json() == credited.rows_json()
