"""What guards every page: tokens, sessions, headers, texts that try to be code, rates, numbers in wrong places."""

from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from keshi.identity import make_id_number
from keshi_web.accounts import attempts
from keshi_web.accounts.actor import actor_of
from keshi_web.accounts.models import Assignment, Delegation, SessionRecord, User
from keshi_web.accounts.roles import Role
from keshi_web.accounts.services import delegations, holding
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.personal_numbers import hidden_in, kind_in
from keshi_web.documents.queries import find_by_code
from keshi_web.files.names import clean_name
from keshi_web.organisations import services as organisations
from keshi_web.people.models import Person
from keshi_web.regions.models import Region

from .walk import FORM, addresses, ask, digest, signed_in

pytestmark = pytest.mark.usefixtures("sample_database")
CITY = (
    "yingkou-jia", "yingkou-210802-clerk", "yingkou-210802-section", "yingkou-leader", "yingkou-auditor", "sysadmin",
)  # fmt: skip
PAYLOAD = '"><script>attack()</script>{{ 7|add:"1" }}\' onx=attack()'


def test_no_form_is_taken_without_its_token(yingkou: SimpleNamespace) -> None:
    wrong = []
    clients = {username: signed_in(username) for username in ("yingkou-jia", "yingkou-210802-clerk")}
    before = digest()
    for username, client in clients.items():
        client.handler.enforce_csrf_checks = True
        role = Role(Assignment.objects.get(user__username=username).role)
        for one in addresses(yingkou.values):
            if one.name == "accounts:sign-in":
                continue  # an old tab's form leads whoever is signed in already to where they are
            if one.allows(role) and client.post(one.path, FORM).status_code != 403:
                wrong.append(one.name)
    assert not wrong
    assert digest() == before


@pytest.mark.parametrize("username", CITY)
def test_looking_changes_nothing(
    username: str, yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    """But: printing an official form is noted, as is reading a contact for it; an opened message is marked as read; who
    begins to enrol a second factor is shown a secret that counts for nothing until a code has proved it."""
    noted = {"documents_document", "organisations_reading", "workflow_message", "accounts_secondfactor"}
    client = enter_as(username)
    before = digest()
    for one in addresses(yingkou.values):
        ask(client, "get", one.path)
    after = digest()
    assert {table for table in after if after[table] != before[table]} <= noted


@pytest.mark.parametrize("username", CITY)
def test_pages_of_people_stay_in_no_cache_and_in_no_frame(
    username: str, yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    client = enter_as(username)
    wrong = []
    for one in addresses(yingkou.values):
        answer = client.get(one.path)
        if answer.streaming:
            b"".join(answer)
        if answer.wsgi_request.user.is_authenticated:
            kept = answer.headers.get("Cache-Control", "")
            if "no-store" not in kept:
                wrong.append((one.name, kept))
        for header, value in (
            ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ):  # fmt: skip
            if answer.headers.get(header) != value:
                wrong.append((one.name, header))
        if (
            "camera=()" not in answer.headers["Permissions-Policy"]
            or "Content-Security-Policy" not in answer.headers
        ):
            wrong.append((one.name, "policies"))
    assert not wrong


@pytest.mark.parametrize(
    "target",
    [
        "https://attack.example/",
        "//attack.example/",
        "\\\\attack.example",
        "javascript:attack()",
        "/\t/a.example",
    ],
)
def test_nobody_is_led_to_another_site(target: str, enter_as: Callable[[str], Client]) -> None:
    client = enter_as("yingkou-210802-clerk")
    held = Assignment.objects.get(user__username="yingkou-210802-clerk").pk
    for name, form in (
        ("accounts:language", {"language": "en"}), ("accounts:act-as", {"assignment": held}),
        ("ui:view", {"toggle": "large"}), ("accounts:confirm", {"as_sample": "1"}),
    ):  # fmt: skip
        answer = client.post(f"{reverse(name)}?next={quote(target)}", {**form, "next": target})
        assert "attack" not in answer.get("Location", ""), name
        assert not answer.get("Location", "/").startswith(("//", "\\", "/\t"))


def test_a_planted_session_is_left_before_it_holds_anything(rolled_back: None) -> None:
    user = User.objects.get(username="yingkou-210802-clerk")
    User.objects.filter(pk=user.pk).update(password=make_password("long enough to guess"))
    attacker, victim = Client(), Client()
    attacker.post(reverse("accounts:language"), {"language": "en"})
    session = attacker.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    victim.cookies["sessionid"] = planted
    sign_in = {"username": user.username, "password": "long enough to guess"}
    assert victim.post(reverse("accounts:sign-in"), sign_in).status_code == 302
    assert victim.cookies["sessionid"].value != planted
    attacker.cookies["sessionid"] = planted
    assert (
        attacker.get(reverse("accounts:enrol")).status_code == 302
    )  # to the password, nothing is pending there
    assert "pending_sign_in" not in attacker.session


def test_a_session_ends_after_its_longest_time_however_busy(rolled_back: None) -> None:
    client = signed_in("yingkou-jia")
    SessionRecord.objects.filter(user__username="yingkou-jia").update(
        started_at=clock.machine_now() - attempts.timedelta(hours=8, seconds=1)
    )
    assert reverse("accounts:sign-in") in client.get(reverse("workflow:queue"))["Location"]


def test_names_are_shown_and_never_run(yingkou: SimpleNamespace, enter_as: Callable[[str], Client]) -> None:
    """What people type as a name, project, note or file name is text on every page of the case."""
    firm, filing = yingkou.firm, yingkou.filing
    type(firm).objects.filter(pk=firm.pk).update(name=PAYLOAD, address=PAYLOAD)
    type(filing).objects.filter(pk=filing.pk).update(project=PAYLOAD)
    type(filing.process).objects.filter(pk=filing.process_id).update(title=PAYLOAD)
    filing.modules.update(name=PAYLOAD, content=PAYLOAD)
    filing.materials.update(not_applicable=PAYLOAD)
    firm.blacklistings.update(reason=PAYLOAD, appeal=PAYLOAD)
    filing.imports.update(file_name=PAYLOAD)
    for user in yingkou.users.values():
        User.objects.filter(pk=user.pk).update(name=PAYLOAD[:60])
    seen = 0
    for username in CITY:
        client = enter_as(username)
        for one in addresses(yingkou.values):
            answer = client.get(one.path)
            if answer.streaming or "text/html" not in answer.get("Content-Type", ""):
                continue
            text = answer.content.decode()
            seen += "&lt;script&gt;attack()" in text
            assert "<script>attack()" not in text, one.name
            assert "' onx=attack()" not in text, one.name
            assert "{{ 7" in text or "&lt;script&gt;attack()&lt;/script&gt;" not in text, one.name
    assert seen > 20


def test_people_of_a_closed_firm_only_read(
    yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    firm, client = yingkou.firm, enter_as("yingkou-jia")
    assert client.get(reverse("classes:filing", args=[yingkou.filing.process.number])).status_code == 200
    type(firm).objects.filter(pk=firm.pk).update(state="closed")
    before = digest()
    assert client.get(reverse("classes:filing", args=[yingkou.filing.process.number])).status_code == 200
    for one in addresses(yingkou.values):
        if one.roles and Role.PROVIDER_ADMIN in one.roles and len(one.roles) < len(Role):
            assert ask(client, "post", one.path) in (403, 404), one.name
    assert digest() == before


def test_a_stand_in_who_leaves_the_office_acts_no_more(yingkou: SimpleNamespace) -> None:
    lent = Delegation.objects.latest("pk")
    standing = actor_of(lent.to, lent.assignment_id)
    assert standing is not None
    assert standing.standing_in_for == lent.assignment.user_id
    holding.release(lent.to.assignments.get(), by=None)
    assert actor_of(lent.to, lent.assignment_id) is None


def test_a_stand_in_lends_nothing_on_and_holds_no_opposed_desk(yingkou: SimpleNamespace) -> None:
    maker, checker = yingkou.users["yingkou-finance"], yingkou.users["yingkou-finance-check"]
    colleague = yingkou.users["yingkou-clerk"]
    today = clock.today()

    def lend(holder: User) -> Delegation:
        acting = actor_of(holder)
        assert acting is not None
        return delegations.delegate(
            colleague.pk, valid_from=today, valid_until=today, reason="休假", actor=acting
        )

    lent = lend(maker)
    with pytest.raises(NotAllowed, match="财务经办与财务复核"):
        lend(checker)
    standing = actor_of(colleague, lent.assignment_id)
    assert standing is not None
    with pytest.raises(NotAllowed, match="不能再委托"):
        delegations.delegate(maker.pk, valid_from=today, valid_until=today, reason="休假", actor=standing)
    office = Region.objects.get(key="210800")
    for role in (Role.FINANCE_CHECKER, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            holding.hold(colleague, role, office_id=office.pk, by=None)


def test_delegations_of_different_posts_do_not_stand_in_each_others_way(yingkou: SimpleNamespace) -> None:
    today = clock.today()
    for holder in ("yingkou-section", "yingkou-finance"):
        acting = actor_of(yingkou.users[holder])
        assert acting is not None
        delegations.delegate(
            yingkou.users["yingkou-clerk"].pk,
            valid_from=today,
            valid_until=today,
            reason="休假",
            actor=acting,
        )


def test_numbers_cannot_be_tried_one_after_another(enter_as: Callable[[str], Client]) -> None:
    client = enter_as("yingkou-jia")
    form = {"id_number": make_id_number("210802", clock.today().replace(year=1980), 77), "name": ""}
    address = reverse("people:find")
    user = User.objects.get(username="yingkou-jia")
    for _time in range(attempts.SEARCH.failures - 1):
        attempts.spend(attempts.SEARCH, user.pk)
    assert client.post(address, form).status_code == 200
    assert client.post(address, form).status_code == 403


def test_a_letters_code_cannot_be_tried_one_after_another(
    rolled_back: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keshi_web.accounts import origin

    token = origin._current.set(origin.Origin("192.0.2.7"))
    try:
        for _time in range(attempts.LETTER.failures):
            assert find_by_code("AAAA-BBBB-CCCC-DDDD") is None
        with pytest.raises(NotAllowed):
            find_by_code("AAAA-BBBB-CCCC-DDDD")
    finally:
        origin._current.reset(token)


def test_registrations_from_one_address_are_counted(rolled_back: None) -> None:
    for _time in range(attempts.REGISTRATION.failures):
        attempts.spend(attempts.REGISTRATION, "192.0.2.8")
    with pytest.raises(NotAllowed, match="频繁"):
        attempts.spend(attempts.REGISTRATION, "192.0.2.8")
    attempts.spend(attempts.REGISTRATION, "192.0.2.9")


def test_old_counters_are_forgotten_by_the_nightly_job(rolled_back: None) -> None:
    from keshi_web.accounts.models import Throttle
    from keshi_web.accounts.tasks import forget_attempts

    attempts.spend(attempts.SEARCH, 1)
    Throttle.objects.create(
        key="address:192.0.2.1", count=3, since=clock.machine_now() - attempts.timedelta(days=2)
    )
    forget_attempts(timestamp=0)
    assert list(Throttle.objects.filter(key__startswith="address:192.0.2.1")) == []
    assert Throttle.objects.filter(key="search:1").exists()


def test_a_number_of_a_person_gets_into_no_text(yingkou: SimpleNamespace) -> None:
    number = make_id_number("210802", clock.today().replace(year=1980), 78)
    for written in (
        number,
        f"{number[:6]} {number[6:14]} {number[14:]}",
        number.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        assert kind_in(f"见{written}材料"), written
        assert number not in hidden_in(f"见{written}")
    assert number not in clean_name(f"张_{number}.jpg")
    leader = actor_of(yingkou.users["yingkou-leader"])
    assert leader is not None
    for text in (number, "13800000001"):
        with pytest.raises(Invalid, match="号码"):
            organisations.close(yingkou.firm.pk, by=leader, reason=f"法人{text}已注销")
        with pytest.raises(Invalid, match="号码"):
            delegations.delegate(
                yingkou.users["yingkou-clerk"].pk, valid_from=clock.today(), valid_until=clock.today(),
                reason=text, actor=leader,
            )  # fmt: skip


def test_a_number_on_a_roster_does_not_tell_who_it_is(yingkou: SimpleNamespace) -> None:
    """A firm that writes somebody's number with a made-up name on its draft learns neither name nor phone."""
    from keshi_web.classes.models import Enrolment, Filing

    stranger = Person.objects.exclude(enrolments__filing__organisation=yingkou.firm).first()
    assert stranger is not None
    draft = Filing.objects.get(organisation=yingkou.firm, process__state="draft")
    Enrolment.objects.create(filing=draft, person=stranger, number=1, named_alike=False)
    firm = actor_of(yingkou.users["yingkou-jia"])
    assert firm is not None
    from keshi_web.people.queries import visible_to

    assert not visible_to(firm).filter(pk=stranger.pk).exists()


def test_hostile_names_of_files_do_not_break_out_of_the_header() -> None:
    from keshi_web.documents.responses import pdf_response
    from keshi_web.files.responses import download_response

    for name in ('a"; filename="b.exe', "a\r\nSet-Cookie: x=1", "\u202efdp.exe", "../../etc/passwd"):
        for header in (
            download_response(b"", clean_name(name), "text/plain")["Content-Disposition"],
            pdf_response(b"", name)["Content-Disposition"],
        ):
            assert header.startswith("attachment;")
            assert "\r" not in header
            assert "\n" not in header
            assert "/" not in header
            assert header.count("filename") <= 2


def test_wild_numbers_are_bad_requests_and_no_errors(
    yingkou: SimpleNamespace, enter_as: Callable[[str], Client]
) -> None:
    """Digits beyond every column, digits of other scripts, nothing at all: never a server error."""
    wild = ("9" * 30, "²", "٣", "-1", "", "1" * 5000)
    found = []
    for username in ("yingkou-jia", "yingkou-210802-clerk", "yingkou-leader"):
        client = enter_as(username)
        for one in addresses(yingkou.values):
            for text in wild:
                form = {"ids": text, "task": text, "page": text, "revision": text, "version": text, "assignment": text,
                        "modules-TOTAL_FORMS": text, "add": "1", "leave": text, "to": text}  # fmt: skip
                for answer in (
                    client.get(one.path, {"page": text, "with": text, "size": text}),
                    client.post(one.path, form),
                ):
                    if answer.streaming:
                        b"".join(answer)
                    if answer.status_code >= 500:
                        found.append((username, one.name, answer.wsgi_request.method, text[:8]))
    assert not found


def test_an_upload_keeps_no_number_in_its_name(rolled_back: None) -> None:
    from keshi_web.files.kinds import TEXTS
    from keshi_web.files.services import store

    number = make_id_number("210802", clock.today().replace(year=1980), 79)
    kept = store(
        ContentFile("备注".encode(), name=f"{number}.txt"), actor_id=None, purpose="test", allowed=TEXTS
    )
    assert number not in kept.name
    assert kept.name.endswith(".txt")
