"""The way of a notice into force, and what the database itself refuses."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from keshi.scheme import load_scheme
from keshi_web.accounts.roles import Role
from keshi_web.common.errors import Invalid, NotAllowed, Refusal, Stale
from keshi_web.schemes import library, queries, services
from keshi_web.schemes.models import SchemeFile, SchemeVersion
from keshi_web.schemes.states import State

from .conftest import LINJIANG

LATE = {"from = 2021-03-01": "from = 2021-07-01"}


def zipped(folder=LINJIANG, inside="linjiang-2021/") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, inside + path.relative_to(folder).as_posix())
    return buffer.getvalue()


def test_a_sixth_city_needs_data_and_no_code(clerk, leader, regions):
    version = services.upload([("临江.zip", zipped())], actor=clerk)
    assert version.state == State.DRAFT
    version = services.check(version.pk, actor=clerk)
    assert version.state == State.CHECKED
    assert len(version.report["cases"]) > 5
    services.approve(version.pk, actor=leader)
    services.publish(version.pk, actor=leader)
    (found,) = queries.for_place(regions["999901"].path, date(2021, 5, 1))
    assert found.scheme == "linjiang-2021"
    assert library.get(found.pk).digest == load_scheme(LINJIANG).digest == found.digest
    assert queries.in_force("linjiang-2021", date(2021, 12, 31)) == found
    assert queries.in_force("linjiang-2021", date(2022, 1, 1)) is None
    assert queries.for_place(regions["440200"].path, date(2021, 5, 1)) == []


def test_the_files_come_back_byte_for_byte(clerk):
    version = services.import_folder(LINJIANG, actor=clerk)
    stored = {file.path: bytes(file.content) for file in version.files.all()}
    assert stored == {
        path.relative_to(LINJIANG).as_posix(): path.read_bytes()
        for path in LINJIANG.rglob("*")
        if path.is_file()
    }


def test_a_second_process_uses_the_copy_of_the_first(clerk):
    version = services.import_folder(LINJIANG, actor=clerk)
    first = library.folder_of(version)
    library._loaded.cache_clear()
    assert library.folder_of(version) == first
    assert library.get(version).id == "linjiang-2021"


def test_importing_the_same_files_again_changes_nothing(clerk, published):
    version = published()
    assert services.import_folder(LINJIANG, actor=clerk) == version
    assert SchemeVersion.objects.count() == 1


def test_a_draft_gives_way_to_corrected_files(clerk, amended):
    first = services.import_folder(LINJIANG, actor=clerk)
    second = services.import_folder(amended(1, {"value = 20,": "value = 21,"}), actor=clerk)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.WITHDRAWN, State.DRAFT)


def test_other_content_under_a_published_number_is_refused(clerk, published, amended):
    published()
    with pytest.raises(Invalid, match="version 改为 2"):
        services.import_folder(amended(1, {"value = 20,": "value = 21,"}), actor=clerk)


def test_a_version_whose_cases_disagree_stays_a_draft(clerk, leader, amended):
    version = services.import_folder(amended(1, {"value = 20,": "value = 21,"}), actor=clerk)
    version = services.check(version.pk, actor=clerk)
    assert version.state == State.DRAFT
    assert not version.agrees
    differing = [case for case in version.report["cases"] if not case["agrees"]]
    assert differing[0]["where"].startswith("cases/")
    assert differing[0]["differs"][0]["what"]
    with pytest.raises(Stale):
        services.approve(version.pk, actor=leader)


def test_nobody_approves_what_they_imported(person, clerk):
    version = services.import_folder(LINJIANG, actor=clerk)
    services.check(version.pk, actor=clerk)
    both = replace(clerk, role=Role.BUREAU_LEADER)
    with pytest.raises(NotAllowed, match="导入人"):
        services.approve(version.pk, actor=both)
    version.refresh_from_db()
    version.approved_by_id = clerk.user_id
    with pytest.raises(IntegrityError, match="scheme_second_person"), transaction.atomic():
        version.save()


@pytest.mark.parametrize(
    ("role", "region"),
    [
        (Role.CLERK, "999901"),
        (Role.CLERK, "990000"),
        (Role.CLERK, "440200"),
        (Role.BUREAU_LEADER, "999900"),
        (Role.AUDITOR, "999900"),
    ],
)
def test_only_a_clerk_of_the_region_imports(person, role, region):
    with pytest.raises(NotAllowed):
        services.import_folder(LINJIANG, actor=person("other", role, region))
    assert not SchemeVersion.objects.exists()


@pytest.mark.parametrize(
    ("role", "region", "may"),
    [
        (Role.BUREAU_LEADER, "999900", True),
        (Role.SECTION_LEADER, "990000", True),
        (Role.BUREAU_LEADER, "999901", False),
        (Role.BUREAU_LEADER, "440200", False),
        (Role.CLERK, "999900", False),
        (Role.AUDITOR, "990000", False),
    ],
)
def test_a_leader_of_the_same_or_a_higher_office_approves(person, clerk, role, region, may):
    version = services.import_folder(LINJIANG, actor=clerk)
    services.check(version.pk, actor=clerk)
    other = person("other", role, region)
    if may:
        assert services.approve(version.pk, actor=other).state == State.APPROVED
    else:
        with pytest.raises(NotAllowed):
            services.approve(version.pk, actor=other)


def test_two_versions_for_the_same_day_are_refused_in_words(published, amended):
    published()
    with pytest.raises(
        Refusal, match=r"第2版适用于2021-07-01 至 2021-12-31.*第1版（2021-03-01 至 2021-12-31）"
    ):
        published(amended(2, LATE))
    assert SchemeVersion.objects.get(number=2).state == State.APPROVED


def test_a_successor_ends_the_earlier_version_the_day_before(published, amended):
    first = published()
    second = published(amended(2, LATE), replacing=True)
    assert queries.in_force("linjiang-2021", date(2021, 6, 30)) == first
    assert queries.in_force("linjiang-2021", date(2021, 7, 1)) == second
    first.refresh_from_db()
    assert (first.state, first.governs_until, first.applies_until) == (
        State.PUBLISHED,
        date(2021, 6, 30),
        date(2021, 12, 31),
    )


def test_a_correction_for_the_whole_period_supersedes(published, amended):
    first = published()
    second = published(amended(2, {}), replacing=True)
    first.refresh_from_db()
    assert (first.state, first.replaced_by) == (State.SUPERSEDED, second)
    assert queries.in_force("linjiang-2021", date(2021, 4, 1)) == second
    assert library.get(first.pk).id == "linjiang-2021"


def test_a_successor_may_not_leave_days_without_a_version(published, amended):
    published()
    with pytest.raises(Refusal, match="截断"):
        published(amended(2, {**LATE, "until = 2021-12-31": "until = 2021-09-30"}), replacing=True)


def test_the_database_refuses_two_versions_for_one_day(published, amended, clerk, leader):
    published()
    second = services.import_folder(amended(2, LATE), actor=clerk)
    services.check(second.pk, actor=clerk)
    second = services.approve(second.pk, actor=leader)
    second.state, second.published_at = State.PUBLISHED, second.approved_at
    with pytest.raises(IntegrityError, match="scheme_one_version_a_day"), transaction.atomic():
        second.save()


@pytest.mark.parametrize(
    "change", [{"notice": "别的文号"}, {"digest": "sha256:0"}, {"applies_until": None}, {"region_id": 1}]
)
def test_what_was_imported_cannot_be_edited(published, change):
    version = published()
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).update(**change)


def test_files_and_versions_cannot_be_deleted_or_edited(published):
    version = published()
    for act in (
        lambda: version.files.update(content=b""),
        lambda: version.files.all()._raw_delete("default"),
        lambda: SchemeVersion.objects.filter(pk=version.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert SchemeFile.objects.filter(version=version).exists()


def test_a_withdrawn_version_is_never_published_again(published, leader):
    version = published()
    services.withdraw(version.pk, actor=leader, reason="文件已废止")
    with pytest.raises(Stale):
        services.publish(version.pk, actor=leader)
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).update(state=State.PUBLISHED)
    assert queries.in_force("linjiang-2021", date(2021, 4, 1)) is None


def test_withdrawing_needs_a_reason_and_a_leader(published, clerk, leader):
    version = published()
    with pytest.raises(Invalid):
        services.withdraw(version.pk, actor=leader, reason=" ")
    with pytest.raises(NotAllowed):
        services.withdraw(version.pk, actor=clerk, reason="改正")


def test_a_region_that_is_not_registered_is_named(clerk, amended):
    with pytest.raises(Invalid, match="888800"):
        services.import_folder(amended(1, {'region = "999900"': 'region = "888800"'}), actor=clerk)


def test_what_is_being_prepared_is_seen_in_its_own_office_only(clerk, leader, person):
    version = services.import_folder(LINJIANG, actor=clerk)
    above, beside = person("sheng", Role.AUDITOR, "990000"), person("shaoguan", Role.CLERK, "440200")
    below = person("qu", Role.CLERK, "999901")
    assert version in queries.seen_by(leader)
    assert version in queries.seen_by(above)
    assert version not in queries.seen_by(beside)
    assert version not in queries.seen_by(below)
    assert version not in queries.seen_by(None)
