"""What reviewers of filing found, so that it does not come back."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from keshi.identity import make_id_number
from keshi.settlement.settle import settle
from keshi_web.accounts.models import User
from keshi_web.api.v1.show import enrolment
from keshi_web.catalogue.models import Course, Listing, Platform, Teacher
from keshi_web.classes.completeness import agreement_asked, open_points
from keshi_web.classes.models import UNLIKE, Filing
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import changes, drafts, roster, storing
from keshi_web.classes.services.papers import people_for_papers
from keshi_web.common import clock as service_clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.files.models import Attachment
from keshi_web.organisations.models import Blacklisting, Organisation
from keshi_web.people.models import AccessLog, Person
from keshi_web.people.services import NewPerson, enrol_people
from keshi_web.people.words import Field
from keshi_web.schemes import impact, library

from .conftest import CITIES, Desk
from .rosters import pasted, rows, workbook

Make = Callable[..., Filing]
At = Callable[[Filing], Desk]
SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db
NUMBER = make_id_number("440203", date(1979, 3, 4), 321)
PHONE = "139" + "0000" + "0321"
FACTS = {"category": "employee", "relation": "contract"}


@pytest.fixture
def strangers(file: Make, desk: At) -> Filing:
    """A draft whose firm guesses the number of a person in the vault and gives another name and phone."""
    enrol_people([NewPerson("测试真名", NUMBER)])
    people = desk(file("shaoguan", "draft"))
    roster.add(people.pk, Row("王假名", NUMBER, PHONE, dict(FACTS)), by=people.provider)
    return people.filing


def test_another_name_adds_no_phone_to_a_known_person(strangers: Filing) -> None:
    row = strangers.enrolments.select_related("person").get()
    assert not row.named_alike
    assert Person.objects.get(pk=row.person_id).phone is None


def test_a_provider_is_not_told_the_name_behind_a_number(
    strangers: Filing, desk: At, sign_in: SignIn
) -> None:
    provider, clerk = desk(strangers).provider, desk(strangers).clerk
    row = strangers.enrolments.select_related("person").get()
    masked = row.person.name_masked
    number = strangers.process.number
    firm = sign_in("shaoguan-jia")
    for page in ("roster", "people", "check"):
        text = firm.get(reverse(f"classes:{page}", args=[number])).content.decode()
        assert masked not in text
    assert str(UNLIKE) in firm.get(reverse("classes:people", args=[number])).content.decode()
    assert row.name_for(clerk) == masked
    assert enrolment(row)["name_masked"] == ""
    (printed,) = people_for_papers(strangers, by=provider)
    assert (printed["name"], printed["phone"], printed["id_number"]) == (str(UNLIKE), "", NUMBER)
    assert AccessLog.objects.get(person=row.person).fields == [Field.ID_NUMBER]


# ---------------------------------------------------------------------------------------------------------
# What a roster says


BROUGHT = {"minutes": "9999", "completed": True, "exam_passed": True, "certificate.number": "1"}


def test_a_roster_says_nothing_about_the_outcome_of_the_training(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "draft"))
    sound = [Row(name, number, facts=FACTS | BROUGHT | {"post": "车工"}) for name, number, *_ in rows(2)]
    roster.add_rows(people.pk, sound, by=people.provider)
    for row in people.filing.enrolments.all():
        assert {"trainee.relation", "trainee.post"} == set(row.facts)


def test_mending_a_row_adds_no_fact_that_was_not_asked_for(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "draft"))
    made = roster.paste(people.pk, pasted(rows(1)), by=people.provider)
    given = {
        "fact:minutes": "9999",
        "fact:completed": "true",
        "fact:anything": "x",
        "fact:relation": "contract",
    }
    roster.mend(made.pk, 0, given, by=people.provider)
    storing.store_import(made.pk, by=people.provider)
    assert set(people.filing.enrolments.get().facts) == {"trainee.relation"}


def test_a_third_partys_platform_asks_for_the_five_contents_of_the_agreement(file: Make, desk: At) -> None:
    """乌海 区 二(三)1: 协议应明确培训的方式、内容、期限、费用、双方责任."""
    people = desk(file("wuhai", "draft"))
    platform = people.filing.platform
    assert platform is not None
    assert platform.operator_id != people.filing.organisation_id

    def asked() -> list[str]:
        return [point.text for point in open_points(people.filing) if "第三方平台" in point.text]

    assert not asked()  # the sample's own agreement is whole
    without = {"agreement": {"method": "录播", "content": "规程", "term": "45天", "fee": "", "duties": " "}}
    drafts.save_plan(people.pk, {}, facts={}, answers=without, by=people.provider)
    (told,) = asked()
    assert "培训费用、双方责任" in told
    assert platform.name in told
    drafts.save_plan(people.pk, {}, facts={}, answers={"agreement": {}}, by=people.provider)
    assert "培训方式、培训内容、培训期限、培训费用、双方责任" in asked()[0]
    with pytest.raises(NotAllowed, match="第三方平台"):
        people.does("provider", "submit")
    # Its own platform needs no agreement, nor does a free one that the bureau recommends.
    Platform.objects.filter(pk=platform.pk).update(operator=people.filing.organisation_id)
    assert not asked()
    Platform.objects.filter(pk=platform.pk).update(operator=None, free=True)
    assert asked()
    Listing.objects.filter(platform=platform).update(ground=Listing.Ground.RECOMMENDED)
    assert not asked()


@pytest.mark.parametrize("slug", [slug for slug in CITIES if slug != "wuhai"])
def test_other_notices_ask_for_an_agreement_with_a_delegate_only(file: Make, desk: At, slug: str) -> None:
    filing = file(slug, "draft")
    assert agreement_asked(filing, filing.scheme) is None


def test_the_name_of_a_roster_file_keeps_no_number(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "draft"))
    upload = SimpleUploadedFile(f"../{NUMBER} 名册.xlsx", workbook(rows(1)))
    made = roster.upload(people.pk, upload, by=people.provider)
    assert NUMBER not in made.file_name
    assert made.file_name.endswith("名册.xlsx")
    assert "/" not in made.file_name


# ---------------------------------------------------------------------------------------------------------
# Who hands in


@pytest.fixture
def bar(desk: At) -> Callable[[Filing], None]:
    """Bar the filing's organisation from today on."""

    def do(filing: Filing) -> None:
        paper = Attachment.objects.filter(sealed=False).earliest("at")
        Blacklisting.objects.create(
            organisation=filing.organisation, reason="名册不实", document_number="韶人社〔2020〕9号", document=paper,
            office=filing.process.office, by_id=desk(filing).leader.user_id, valid_from=service_clock.today(),
        )  # fmt: skip

    return do


def test_a_barred_organisation_does_not_hand_in(ready: Make, desk: At, bar: Callable[[Filing], None]) -> None:
    people = desk(ready("shaoguan"))
    bar(people.filing)
    assert any("黑名单（韶人社〔2020〕9号）" in str(point) for point in open_points(people.filing))
    with pytest.raises(NotAllowed, match=r"黑名单.*申诉"):
        people.does("provider", "submit")
    Blacklisting.objects.filter(organisation=people.filing.organisation).update(
        valid_until=service_clock.today() - timedelta(days=1), valid_from=date(2020, 1, 1)
    )
    assert people.does("provider", "submit").process.state == "submitted"


@pytest.mark.parametrize("state", ["registered", "submitted", "rejected"])
def test_an_organisation_that_is_not_verified_does_not_hand_in(ready: Make, desk: At, state: str) -> None:
    people = desk(ready("shaoguan"))
    Organisation.objects.filter(pk=people.provider.organisation_id).update(state=state)
    with pytest.raises(NotAllowed, match="尚未通过核实"):
        people.does("provider", "submit")


def test_a_closed_organisation_starts_no_filing(file: Make, desk: At) -> None:
    from dataclasses import replace

    filing = file("shaoguan", "draft")
    by = replace(desk(filing).provider, reads_only=True)
    with pytest.raises(NotAllowed, match="已注销"):
        drafts.create_draft(filing.organisation, filing.scheme_version, filing.item, by=by)


def test_a_refused_upload_leaves_nothing(file: Make, sign_in: SignIn) -> None:
    handed_in, draft = file("shaoguan", "submitted"), file("shaoguan", "draft")
    client = sign_in("shaoguan-jia")
    before = Attachment.objects.count()
    for filing, material in ((handed_in, "licence"), (draft, "no-such-material")):
        address = reverse("classes:hand-in", args=[filing.process.number, material])
        answer = client.post(address, {"file": SimpleUploadedFile("证明.pdf", PDF)})
        assert answer.status_code == 422
    assert Attachment.objects.count() == before


PDF = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""


# ---------------------------------------------------------------------------------------------------------
# What an amendment may refer to


@pytest.mark.parametrize(
    ("changes_of", "said"),
    [
        (lambda other: {"platform": 10**6}, "平台不在可选范围"),
        (lambda other: {"administrator": other.user}, "申报单位的人员"),
        (lambda other: {"delegate": 10**6}, "没有登记"),
        (lambda other: {"delegate": other.unverified}, "尚未通过核实"),
        (lambda other: {"delegate": other.own}, "不能是申报单位本身"),
        (lambda other: {"modules": [MODULE | {"course_id": other.course}]}, "课程或教师不属于"),
        (lambda other: {"modules": [MODULE | {"teacher_id": other.teacher}]}, "课程或教师不属于"),
    ],
)
def test_an_amendment_refers_only_to_what_the_form_offers(
    file: Make, desk: At, changes_of: Callable[[Any], dict[str, Any]], said: str
) -> None:
    people = desk(file("shaoguan", "approved"))
    own = people.filing.organisation_id
    foreign = (
        Course.objects.exclude(owner_id=own).filter(platform=None, owner__state="verified").earliest("pk")
    )
    firm = (
        Organisation.objects.exclude(pk__in=[own, foreign.owner_id]).filter(state="verified").earliest("pk")
    )
    Organisation.objects.filter(pk=firm.pk).update(state="submitted")
    other = SimpleNamespace(
        user=User.objects.get(username="yingkou-jia").pk, unverified=firm.pk, own=own, course=foreign.pk,
        teacher=Teacher.objects.exclude(organisation_id=own).earliest("pk").pk,
    )  # fmt: skip
    with pytest.raises(Invalid, match=said):
        changes.ask_for_amendment(people.pk, changes_of(other), "企业排产调整", by=people.provider)
    assert not people.filing.amendments.exists()


MODULE = {"kind": "common", "name": "安全与防疫", "hours": 40, "epidemic_prevention": True}


def test_a_preview_of_a_new_version_looks_at_past_classes(file: Make) -> None:
    handed_in, draft = file("shaoguan", "submitted"), file("shaoguan", "draft")
    version = handed_in.scheme_version
    cases, worked = impact.cases_for(version)
    found = dict(cases)
    assert not worked
    assert handed_in.process.number in found
    assert draft.process.number not in found
    case = found[handed_in.process.number]
    assert len(case.trainees) == handed_in.head_count
    assert settle(case, library.get(version)).trainees
    looked = impact.preview(version, version)
    assert (looked.worked, looked.persons, looked.difference) == (False, (), 0)
    assert looked.classes >= 1
