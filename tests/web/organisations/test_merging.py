"""Two registrations of one organisation become one, also while somebody else is at work on them."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from keshi.identity import make_uscc
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import Assignment
from keshi_web.accounts.roles import Role
from keshi_web.classes.workflow import FILING
from keshi_web.common.errors import Invalid, NotAllowed, Refusal, Stale
from keshi_web.organisations import services
from keshi_web.organisations.models import Kind, Merger, Organisation, Verification
from keshi_web.organisations.services.merging import references
from keshi_web.organisations.words import CHECKS, KindOf, State
from keshi_web.workflow.engine import open_process
from keshi_web.workflow.models import Process

from .conftest import Register

pytestmark = pytest.mark.django_db(transaction=True)

Staff = Callable[[Role, str], Actor]
DAY = date(2020, 3, 10)


def test_everything_follows_the_organisation_that_stays(verified: Register, staff: Staff) -> None:
    duplicate, admin = verified((KindOf.ENTERPRISE, KindOf.PLATFORM))
    survivor, _ = verified()
    leader = staff(Role.SECTION_LEADER, "210802")
    merger = services.merge_duplicates(duplicate.pk, survivor.pk, by=leader, reason="同一营业执照换发")
    duplicate.refresh_from_db()
    assert (duplicate.state, duplicate.survivor) == (State.MERGED, survivor)
    assert Assignment.objects.get(user_id=admin.user_id).organisation == survivor
    # The survivor is an enterprise already, so that row stays behind and is counted.
    assert merger.moved["organisations.Kind.organisation"] == {"moved": 1, "kept": 1}
    assert set(Kind.objects.filter(organisation=survivor).values_list("kind", flat=True)) == {
        "enterprise",
        "platform",
    }
    assert not duplicate.bank_accounts.filter(retired_at__isnull=True).exists()
    with pytest.raises(Stale, match="已并入"):
        services.close(duplicate.pk, by=leader, reason="x")
    with pytest.raises(Stale):
        services.merge_duplicates(survivor.pk, duplicate.pk, by=leader, reason="x")


def test_a_reference_of_any_app_follows() -> None:
    fields = {f"{field.model._meta.label}.{field.name}" for field in references()}
    assert {"accounts.Assignment.organisation", "organisations.Blacklisting.organisation"} <= fields
    assert not any("Event." in name for name in fields)
    # Who read what, and in whose name, stays true of the organisation as it was; and cannot be changed.
    assert not {"people.AccessLog.organisation", "organisations.Verification.organisation"} & fields


def test_merging_never_ends_a_blacklisting(verified: Register, staff: Staff) -> None:
    first, _ = verified()
    second, _ = verified()
    leader = staff(Role.BUREAU_LEADER, "210800")
    more = {"by": leader, "reason": "虚报", "document_number": "1号", "valid_from": DAY, "valid_until": None}
    barred = services.blacklist(first.pk, **more)
    other = services.blacklist(second.pk, **more)
    with pytest.raises(Invalid, match="都在黑名单中"):
        services.merge_duplicates(first.pk, second.pk, by=leader, reason="同一单位")
    assert not Merger.objects.exists()
    services.lift_blacklisting(second.pk, other.pk, by=leader, reason="以另一决定为准")
    services.merge_duplicates(first.pk, second.pk, by=leader, reason="同一单位")
    barred.refresh_from_db()
    assert barred.organisation == second


def test_who_may_merge_what(verified: Register, staff: Staff) -> None:
    first, admin = verified()
    second, _ = verified()
    for actor in (staff(Role.CLERK, "210800"), admin):
        with pytest.raises(NotAllowed):
            services.merge_duplicates(first.pk, second.pk, by=actor, reason="x")
    with pytest.raises(Organisation.DoesNotExist):
        services.merge_duplicates(first.pk, second.pk, by=staff(Role.BUREAU_LEADER, "440200"), reason="x")
    leader = staff(Role.BUREAU_LEADER, "210800")
    with pytest.raises(Invalid, match="自身"):
        services.merge_duplicates(first.pk, first.pk, by=leader, reason="x")
    with pytest.raises(Invalid, match="依据"):
        services.merge_duplicates(first.pk, second.pk, by=leader, reason=" ")


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts at the same moment, each on its own connection; what each gave or refused."""
    barrier = Barrier(len(acts))
    outcomes: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            outcomes[place] = act()
        except Refusal as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_a_merger_and_a_verification_at_once_end_in_one_of_two_orders(
    register: Register, complete: Callable, verified: Register, staff: Staff
) -> None:
    survivor, _ = verified()
    leader, clerk = staff(Role.BUREAU_LEADER, "210800"), staff(Role.CLERK, "210802")
    duplicate, admin = register()
    complete(duplicate, admin)
    merged, decided = at_once(
        lambda: services.merge_duplicates(duplicate.pk, survivor.pk, by=leader, reason="同一单位"),
        lambda: services.verify(duplicate.pk, by=clerk, checks=CHECKS.keys()),
    )
    duplicate.refresh_from_db()
    assert isinstance(merged, Merger)
    assert duplicate.state == State.MERGED
    assert isinstance(decided, Verification | Stale)


def test_two_clerks_at_once_decide_once(register: Register, complete: Callable, staff: Staff) -> None:
    organisation, admin = register()
    complete(organisation, admin)
    clerks = [staff(Role.CLERK, "210802") for _ in range(2)]
    outcomes = at_once(
        lambda: services.verify(organisation.pk, by=clerks[0], checks=CHECKS.keys()),
        lambda: services.reject(organisation.pk, by=clerks[1], reason="执照不清晰"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Stale", "Verification"]
    assert Verification.objects.count() == 1


def test_two_mergers_of_each_other_do_not_wait_forever(verified: Register, staff: Staff) -> None:
    first, _ = verified()
    second, _ = verified()
    leader = staff(Role.BUREAU_LEADER, "210800")
    outcomes = at_once(
        lambda: services.merge_duplicates(first.pk, second.pk, by=leader, reason="同一单位"),
        lambda: services.merge_duplicates(second.pk, first.pk, by=leader, reason="同一单位"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Merger", "Stale"]


def test_work_begun_while_a_merger_runs_follows_or_is_refused(verified: Register, staff: Staff) -> None:
    duplicate, admin = verified()
    survivor, _ = verified()
    leader = staff(Role.BUREAU_LEADER, "210800")

    def begin() -> Process:
        return open_process(
            FILING, prefix="KB", title="x", chain=[duplicate.region], organisation_id=duplicate.pk, by=admin
        )

    merged, *begun = at_once(
        lambda: services.merge_duplicates(duplicate.pk, survivor.pk, by=leader, reason="同一单位"),
        begin,
        begin,
    )
    assert isinstance(merged, Merger)
    assert all(isinstance(one, Process | Stale) for one in begun)
    assert not Process.objects.filter(organisation=duplicate).exists()
    with pytest.raises(Stale, match="已并入"):
        begin()


def waiting() -> int:
    """How many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # within a transaction the first look would stay
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def until(holds: Callable[[], bool]) -> None:
    """Ask again and again, for a minute at most."""
    for _ in range(6000):
        if holds():
            return
        Event().wait(0.01)
    raise AssertionError("it did not come to that")


def test_a_decision_that_writes_of_an_organisation_does_not_wait_for_its_merger(
    verified: Register, staff: Staff
) -> None:
    duplicate, admin = verified()
    survivor, _ = verified()
    leader = staff(Role.BUREAU_LEADER, "210800")
    older, newer = (
        open_process(
            FILING, prefix="KB", title="x", chain=[duplicate.region], organisation_id=duplicate.pk, by=admin
        )
        for _ in range(2)
    )
    held = Event()

    def decide() -> str:
        with transaction.atomic():
            # An amendment is locked before its class, as `classes.services.changes` does.
            Process.objects.select_for_update().get(pk=newer.pk)
            held.set()
            until(lambda: waiting() > 0)  # the merger, which has both organisations, comes to the case
            Process.objects.select_for_update().get(pk=older.pk)
            # What a decision writes may name the organisation: a foreign key asks that it stays.
            Kind.objects.create(organisation=duplicate, kind=KindOf.PLATFORM, valid_from=DAY)
        return "decided"

    def merge() -> Merger:
        held.wait(60)
        return services.merge_duplicates(duplicate.pk, survivor.pk, by=leader, reason="同一营业执照")

    decided, merged = at_once(decide, merge)
    assert decided == "decided"
    assert isinstance(merged, Merger)
    assert not Process.objects.filter(organisation=duplicate).exists()
    assert Kind.objects.filter(organisation=survivor, kind=KindOf.PLATFORM).exists()


def test_two_who_register_one_code_at_once_make_one(register: Register) -> None:
    uscc = make_uscc("210802", "MC000001")
    outcomes = at_once(lambda: register(uscc=uscc), lambda: register(uscc=uscc))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Invalid", "tuple"]
    assert "已经登记" in str(next(one for one in outcomes if isinstance(one, Invalid)))
    assert Organisation.objects.filter(uscc=uscc).count() == 1
