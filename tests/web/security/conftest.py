"""The sample cities with one of everything in Yingkou, for tests that try to reach it from elsewhere."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from keshi_web.accounts.models import Assignment, Delegation, User
from keshi_web.catalogue.models import CatalogueEntry, Course, Listing, Platform, Teacher
from keshi_web.classes.models import Filing
from keshi_web.classes.official import forms_of
from keshi_web.common import clock
from keshi_web.documents.models import Document
from keshi_web.files.models import Attachment
from keshi_web.organisations.models import Blacklisting, DispatchAgreement, Organisation
from keshi_web.people.models import CategoryPeriod, Employment, PersonExport
from keshi_web.regions.models import Region
from keshi_web.schemes.models import RegionalFact, SchemeVersion
from keshi_web.workflow.models import Message, Process
from support.sample import sample_database, settings_day

from .walk import signed_in

__all__ = ["sample_database", "settings_day"]


@pytest.fixture
def rolled_back(sample_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What the test writes is gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def enter_as(rolled_back: None) -> Callable[[str], Client]:
    """`enter_as("yingkou-auditor")`: the browser of a sample person, signed in once in a test."""
    made: dict[str, Client] = {}

    def of(username: str) -> Client:
        if username not in made:
            made[username] = signed_in(username)
        return made[username]

    return of


@pytest.fixture
def yingkou(rolled_back: None) -> SimpleNamespace:
    """The firm Yingkou 甲 at the office 210802 with one of everything, and the values of all addresses."""
    firm = Organisation.objects.get(
        assignments__user__username="yingkou-jia", assignments__role="provider-admin"
    )
    users = {user.username: user for user in User.objects.filter(username__startswith="yingkou")}
    filing = Filing.objects.get(organisation=firm, process__state="submitted")
    approved = Filing.objects.get(organisation=firm, process__state="approved")
    paper = Attachment.objects.filter(sealed=False).earliest("at")
    office = filing.process.office
    today = clock.today()
    leader = users["yingkou-leader"]
    agency = Organisation.objects.filter(region=firm.region, kinds__kind="dispatch-agency").first() or firm
    agreement = DispatchAgreement.objects.create(
        agency=agency, user_enterprise=firm, valid_from=today, entered_by=users["yingkou-jia"], document=paper
    )
    barred = Blacklisting.objects.create(
        organisation=firm, reason="测试", document_number="1", document=paper, office=office, by=leader,
        valid_from=today + timedelta(days=300),
    )  # fmt: skip
    export = PersonExport.objects.create(
        user=users["yingkou-jia-training"], role="training-admin", organisation=firm,
        people=[filing.enrolments.earliest("number").person_id], fields=["name"], purpose="filing", case="filing:1",
    )  # fmt: skip
    published = SchemeVersion.objects.filter(
        region__path__startswith=Region.objects.get(key="210800").path
    ).first()
    assert published is not None
    draft = SchemeVersion.objects.get(pk=published.pk)
    draft.pk, draft.number, draft.state = None, 99, "draft"
    for name in ("approved_by", "approved_at", "published_by", "published_at", "checked_by", "checked_at"):
        setattr(draft, name, None)
    draft.save()
    draft.files.create(path="scheme.toml", content=b"", size=0)
    fact = RegionalFact.objects.create(
        region=Region.objects.get(key="210800"), name="epidemic_ended_on", value="2020-04-01", declared_on=today,
        document_number="1", document=paper, declared_by=users["yingkou-clerk"],
    )  # fmt: skip
    delegation = Delegation.objects.create(
        assignment=Assignment.objects.get(user=users["yingkou-210802-clerk"]), to=users["yingkou-210802-section"],
        valid_from=today, valid_until=today, reason="出差", made_by=users["yingkou-210802-clerk"],
    )  # fmt: skip
    made = filing.imports.create(
        file_name="名册.xlsx", state="preview", by=users["yingkou-jia"], rows_total=0, rows_read=0
    )
    document = Document.objects.filter(subject=f"classes.filing:{approved.pk}").first()
    assert document is not None
    session = users["yingkou-jia"].session_records.create(digest="0" * 64)
    message = Message.objects.filter(user__username__startswith="yingkou-210802").first()
    assert message is not None
    number = filing.process.number
    person = filing.enrolments.earliest("number").person_id
    known = CategoryPeriod.objects.create(
        person_id=person,
        category="poor-labourer",
        valid_from=today,
        attachment=paper,
        recorded_by=users["yingkou-clerk"],
    )
    employed = Employment.objects.filter(person_id=person, organisation=firm).first()
    if employed is None:
        employed = Employment.objects.create(
            person_id=person, organisation=firm, relation="contract", valid_from=today
        )
    admin = users["yingkou-jia-training"]
    values: dict[str, list[Any]] = {
        "accounts:token": ["now"],
        "accounts:session_id": [session.pk],
        "accounts:delegation_id": [delegation.pk],
        "accounts:user_id": [admin.pk],
        "accounts:assignment_id": [admin.assignments.earliest("pk").pk],
        "people:person_id": [person],
        "people:export_id": [export.pk],
        "people:period_id": [known.pk],
        "people:employment_id": [employed.pk],
        "schemes:pk": [draft.pk],
        "schemes:name": ["scheme.toml"],
        "schemes:scheme": [draft.scheme],
        "schemes:number": [99],
        **{f"schemes:{name}:pk": [fact.pk] for name in ("fact-approve", "fact-refuse", "fact-document")},
        "organisations:pk": [firm.pk],
        "organisations:role": ["contact"],
        "organisations:kind_id": [firm.kinds.earliest("pk").pk],
        "organisations:row_id": [barred.pk],
        "organisations:dispatch-document:row_id": [agreement.pk],
        "organisations:account_id": [firm.bank_accounts.earliest("entered_at").pk],
        "organisations:contact_id": [firm.contacts.earliest("entered_at").pk],
        "workflow:process_id": [filing.process_id],
        "workflow:act": [
            {"process_id": filing.process_id, "event": event}
            for event in ("endorse", "return", "approve", "withdraw", "revoke")
        ],
        "workflow:bulk": [{"kind": "filing", "event": "endorse"}, {"kind": "filing", "event": "approve"}],
        "workflow:delivery_id": [],
        "workflow:message_id": [message.pk],
        "classes:number": [number],
        "classes:material": [],
        "classes:hand-in": [{"number": number, "material": filing.materials.earliest("pk").material}],
        **{
            f"classes:{name}:material_id": [filing.materials.earliest("pk").pk]
            for name in ("take-back", "material")
        },
        "classes:enrolment_id": [filing.enrolments.earliest("number").pk],
        "classes:import_id": [made.pk],
        "classes:index": [0],
        "classes:task_id": [filing.tasks.earliest("pk").pk],
        "classes:form": [
            {"number": number, "form_id": one, "kind": kind}
            for one in [form.id for form in forms_of(filing, filing.scheme)][:1]
            for kind in ("pdf", "docx")
        ],
        "classes:letter": [{"number": approved.process.number, "document_id": document.pk}],
        "classes:amend": [{"number": approved.process.number}],
        "classes:amendment": [{"number": "BG2020999999"}],
    }
    values.update(catalogue_values(firm))
    return SimpleNamespace(values=values, firm=firm, filing=filing, users=users)


def catalogue_values(firm: Organisation) -> dict[str, list[Any]]:
    """Things of the catalogue of Yingkou that are its own: not listed yet, or changed by their own office only."""
    city = "/210000/210800/"
    found = Process.objects.filter(kind__startswith="evaluation", path__startswith=city).first()
    platform = Platform.objects.create(
        name="测试未列入平台",
        operator=firm,
        url="https://px.example.cn/",
        icp="测ICP备20200009号",
        functions="签到",
    )
    course = Course.objects.filter(owner=firm).exclude(
        pk__in=Listing.objects.filter(platform=None).values("course")
    )
    teacher = Teacher.objects.filter(organisation=firm)
    listing = Listing.objects.filter(region__path__startswith=city)
    entry = CatalogueEntry.objects.filter(region__path__startswith=city)
    return {
        "catalogue:number": [found.number] if found else [],
        **{f"catalogue:{name}:pk": [platform.pk] for name in ("platform", "edit-platform", "list-platform")},
        **{f"catalogue:{name}:pk": [course.earliest("pk").pk] for name in ("course", "edit-course")},
        "catalogue:teacher:pk": [teacher.earliest("pk").pk],
        "catalogue:delist:pk": [listing.earliest("pk").pk],
        "catalogue:end-entry:pk": [entry.earliest("pk").pk],
    }
