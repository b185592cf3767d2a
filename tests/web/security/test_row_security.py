"""The second net: what a query shows that somebody forgot to scope."""

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from keshi_web.accounts.actor import Actor, scope_of
from keshi_web.accounts.middleware import ActorMiddleware
from keshi_web.classes.lines import FilingLine
from keshi_web.classes.models import Enrolment, Filing
from keshi_web.classes.sample import actor
from keshi_web.common.row_security import NOBODY, SYSTEM, beyond_scope, current, of_user, seeing
from keshi_web.organisations.models import BankAccount, Contact
from keshi_web.organisations.services import sharing_account
from keshi_web.people.models import AccessLog, CategoryPeriod, Person, PersonEvent
from keshi_web.people.words import Act, Purpose, Turn
from keshi_web.workflow.models import Process

pytestmark = [pytest.mark.usefixtures("sample_database"), pytest.mark.django_db]
GUARDED = (Process, Filing, FilingLine, Enrolment, Person)
OF_THEM = (CategoryPeriod, PersonEvent, Contact, BankAccount, BankAccount.pgh_event_model)


def counted() -> dict[str, int]:
    """What unscoped queries of everything find."""
    return {model.__name__: model.objects.count() for model in (*GUARDED, *OF_THEM)}


@pytest.fixture
def providers() -> list[Actor]:
    return [actor("yingkou-jia"), actor("jinan-jia")]


def test_an_unscoped_query_in_a_providers_request_finds_only_its_own(providers: list[Actor]) -> None:
    own, _other = providers
    seen: dict[str, object] = {}

    def careless_view(request: HttpRequest) -> HttpResponse:
        seen["organisations"] = set(Filing.objects.all().values_list("organisation_id", flat=True))
        seen["processes"] = set(Process.objects.values_list("organisation_id", flat=True))
        seen["enrolments"] = set(Enrolment.objects.values_list("filing__organisation_id", flat=True))
        seen["people"] = Person.objects.count()
        seen["scope"] = current()
        return HttpResponse()

    class Recognised(ActorMiddleware):
        def _recognise(self, request: HttpRequest) -> None:
            request.actor = own

    client = Client()
    client.force_login(_user(own), backend="django.contrib.auth.backends.ModelBackend")
    request = RequestFactory().get("/")
    request.user, request.session = _user(own), client.session
    Recognised(careless_view)(request)
    assert seen["organisations"] == seen["processes"] == seen["enrolments"] == {own.organisation_id}
    mine = Person.objects.filter(enrolments__filing__organisation_id=own.organisation_id).distinct().count()
    employed = Person.objects.filter(employments__organisation_id=own.organisation_id).distinct().count()
    assert 0 < mine <= seen["people"] <= mine + employed < Person.objects.count()
    assert seen["scope"] == scope_of(own)
    assert current() == SYSTEM


def _user(of: Actor) -> object:
    from keshi_web.accounts.models import User

    return User.objects.get(pk=of.user_id)


@pytest.mark.parametrize(
    "username", ["yingkou-jia", "yingkou-210802-clerk", "yingkou-leader", "yingkou-province", "jinan-auditor"]
)
def test_the_net_is_as_wide_as_the_scope_of_the_queries(username: str) -> None:
    one = actor(username)
    scoped = {
        "Process": set(Process.objects.visible_to(one).values_list("pk", flat=True)),
        "Filing": set(Filing.objects.visible_to(one).values_list("pk", flat=True)),
        "FilingLine": set(FilingLine.objects.visible_to(one).values_list("pk", flat=True)),
    }
    with seeing(scope_of(one)):
        for model in (Process, Filing, FilingLine):
            assert set(model.objects.values_list("pk", flat=True)) == scoped[model.__name__], model
    assert scoped["Filing"] == scoped["FilingLine"]


def test_who_is_nobody_sees_nothing() -> None:
    for scope in (NOBODY, of_user(actor("sysadmin").user_id)):
        with seeing(scope):
            assert set(counted().values()) == {0}


def test_a_connection_that_was_told_nothing_sees_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('keshi.path_from', null, true), set_config('keshi.path_until', null, true)"
        )
        cursor.execute("select count(*) from workflow_process")
        assert cursor.fetchone() == (0,)


def test_a_row_cannot_be_moved_or_made_outside_of_the_scope(providers: list[Actor]) -> None:
    own, other = providers
    foreign = Process.objects.filter(organisation_id=other.organisation_id)[0]
    with seeing(scope_of(own)):
        assert Process.objects.filter(pk=foreign.pk).update(title="改") == 0
        mine = Process.objects.all()[0]
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Process.objects.filter(pk=mine.pk).update(organisation_id=other.organisation_id)
    foreign.refresh_from_db()
    assert foreign.title != "改"


def test_drafts_are_seen_by_their_organisation_alone(providers: list[Actor]) -> None:
    own, _other = providers
    drafts = Process.objects.filter(received_at=None, organisation_id=own.organisation_id).count()
    assert drafts
    with seeing(scope_of(actor("yingkou-leader"))):
        assert not Process.objects.filter(received_at=None).exists()
    with seeing(scope_of(own)):
        assert Process.objects.filter(received_at=None).count() == drafts


def test_reads_are_seen_by_who_read_and_who_may_see_the_person(providers: list[Actor]) -> None:
    own, other = providers
    person = Enrolment.objects.filter(filing__organisation_id=own.organisation_id)[0].person
    AccessLog.objects.create(
        person=person, user_id=own.user_id, role=own.role, organisation_id=own.organisation_id,
        act=Act.SEARCH, fields=[], purpose=Purpose.FILING, case="search:1",
    )  # fmt: skip
    for one, found in (
        (own, 1),
        (actor("yingkou-leader"), 1),
        (other, 0),
        (actor("jinan-leader"), 0),
    ):
        with seeing(scope_of(one)):
            assert AccessLog.objects.filter(person_id=person.pk, case="search:1").count() == found


def test_what_a_person_is_and_what_happened_to_the_record_follow_the_person(providers: list[Actor]) -> None:
    own, other = providers
    person = Enrolment.objects.filter(filing__organisation_id=own.organisation_id)[0].person
    CategoryPeriod.objects.create(
        person=person, category="veteran", valid_from=date(1999, 1, 1), proof="退役证 测1号"
    )
    PersonEvent.objects.create(person=person, turn=Turn.CATEGORY, ground="登记：退役军人")
    for model in (CategoryPeriod, PersonEvent):
        for one, found in (
            (own, True), (actor("yingkou-leader"), True), (other, False), (actor("jinan-leader"), False),
        ):  # fmt: skip
            with seeing(scope_of(one)):
                assert model.objects.filter(person_id=person.pk).exists() is found, (model, one)
    with seeing(scope_of(other)):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            PersonEvent.objects.create(person=person, turn=Turn.CATEGORY, ground="冒名")
        assert not CategoryPeriod.objects.filter(person_id=person.pk).update(valid_until=date(2000, 1, 1))


def test_contacts_and_accounts_are_seen_by_their_organisation_and_its_offices(providers: list[Actor]) -> None:
    own, other = providers
    for model in (Contact, BankAccount, BankAccount.pgh_event_model):
        assert model.objects.filter(organisation_id=own.organisation_id).exists()
        for one, found in (
            (own, True), (actor("yingkou-210802-clerk"), True), (actor("yingkou-province"), True),
            (other, False), (actor("jinan-leader"), False),
        ):  # fmt: skip
            with seeing(scope_of(one)):
                seen = set(model.objects.values_list("organisation_id", flat=True))
                assert (own.organisation_id in seen) is found, (model, one)
                assert one.office or seen <= {one.organisation_id}
    with seeing(scope_of(other)):
        assert not BankAccount.objects.filter(organisation_id=own.organisation_id).update(bank="改")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            BankAccount.objects.filter(organisation_id=other.organisation_id).update(
                organisation_id=own.organisation_id
            )


def test_the_same_account_in_another_city_is_found_from_within_the_scope(providers: list[Actor]) -> None:
    other = providers[1]
    mine, foreign = (BankAccount.objects.filter(organisation_id=one.organisation_id)[0] for one in providers)
    BankAccount.objects.filter(pk=foreign.pk).update(account_index=mine.account_index)
    with seeing(scope_of(actor("yingkou-leader"))):
        assert other.organisation_id in {one.pk for one in sharing_account(mine)}


def test_a_look_beyond_the_scope_ends_with_its_block(providers: list[Actor]) -> None:
    everything = Process.objects.count()
    with seeing(scope_of(providers[0])):
        own = Process.objects.count()
        with beyond_scope("this test"):
            assert Process.objects.count() == everything
        assert Process.objects.count() == own < everything


def test_a_failed_act_leaves_no_wider_scope(providers: list[Actor]) -> None:
    with seeing(scope_of(providers[0])):
        own = Process.objects.count()
        with pytest.raises(IntegrityError), transaction.atomic(), beyond_scope("this test"):
            Process.objects.create(
                number=Process.objects.all()[0].number, office_id=1, chain=[1], turn="office"
            )
        assert Process.objects.count() == own
        with beyond_scope("this test"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Process.objects.create(
                    number=Process.objects.all()[0].number, office_id=1, chain=[1], turn="office"
                )
            assert Process.objects.count() > own
        assert Process.objects.count() == own
    assert current() == SYSTEM


def test_the_applications_role_cannot_fall_through_the_net() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute(
            "select relname, relrowsecurity, relforcerowsecurity from pg_class"
            " where oid in (select polrelid from pg_policy) order by 1"
        )
        guarded = cursor.fetchall()
    assert all(enabled and forced for _name, enabled, forced in guarded)
    models = (*GUARDED, *OF_THEM, AccessLog)
    assert {model._meta.db_table for model in models} <= {name for name, *_ in guarded}


def test_public_pages_and_the_sign_in_work_without_a_scope() -> None:
    client = Client()
    for page in (reverse("accounts:sign-in"), "/health/ready/"):
        assert client.get(page).status_code == 200, page
    client.post(reverse("accounts:sign-in-as-sample"), {"username": "yingkou-jia"})
    answer = client.get(reverse("classes:filings"))
    assert answer.status_code == 200
    own = Filing.objects.filter(organisation_id=actor("yingkou-jia").organisation_id)
    assert all(filing.process.number in answer.content.decode() for filing in own.select_related("process"))


def test_lines_of_the_list_follow_their_cases(providers: list[Actor]) -> None:
    filing = Filing.objects.filter(organisation_id=providers[0].organisation_id)[0]
    with seeing(scope_of(providers[0])):
        Filing.objects.filter(pk=filing.pk).update(project="另一个项目", head_count=77)
        Process.objects.filter(pk=filing.process_id).update(due_on=None, suspended=True)
    line = FilingLine.objects.get(pk=filing.pk)
    assert (line.project, line.head_count, line.due_on, line.suspended) == ("另一个项目", 77, None, True)
    assert "另一个项目" in line.text
    type(filing.organisation).objects.filter(pk=filing.organisation_id).update(name="改名测试有限公司")
    assert FilingLine.objects.get(pk=filing.pk).organisation_name == "改名测试有限公司"


def test_every_filing_has_its_line() -> None:
    for line in FilingLine.objects.select_related("filing__process", "filing__organisation"):
        filing, process = line.filing, line.filing.process
        assert (line.number, line.path, line.state, line.received) == (
            process.number, process.path, process.state, process.received_at is not None,
        )  # fmt: skip
        assert (line.organisation_name, line.project, line.starts_on) == (
            filing.organisation.name, filing.project, filing.starts_on,
        )  # fmt: skip
    assert FilingLine.objects.count() == Filing.objects.count()
