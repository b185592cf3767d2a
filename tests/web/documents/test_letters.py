"""Letters: their words, their numbers, how they are kept, and how the public checks them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from syrupy.assertion import SnapshotAssertion

from keshi_web.common.errors import Invalid
from keshi_web.documents import letters, queries, services
from keshi_web.documents.models import Document
from web.documents.facts import LETTERS
from web.documents.reading import absent, pages, pdf_text, typefaces
from web.documents.samples import ID_NUMBER

OFFICE = {"office_name": "临江市江东区人力资源和社会保障局", "office_key": "jiangdong"}


def issue(kind: str = "receipt", **changed: object) -> Document:
    """A letter of a kind to a made-up enterprise."""
    given = {"subject": "classes.filing:12", **OFFICE, "addressee": "临江市某某机械制造有限公司"}
    return services.issue_letter(kind, facts=LETTERS[kind], actor=None, **{**given, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(letters.templates()))
def test_every_kind_of_letter_is_worded(kind: str, snapshot: SnapshotAssertion) -> None:
    assert (
        letters.templates()[kind].title + "\n" + "\n".join(letters.paragraphs(kind, LETTERS[kind]))
        == snapshot
    )


@pytest.mark.parametrize("kind", sorted(letters.templates()))
def test_a_letter_needs_no_more_than_it_says(kind: str) -> None:
    template = letters.templates()[kind]
    least = {name: LETTERS[kind][name] for name in template.needs}
    text = "".join(letters.paragraphs(kind, least))
    assert "{" not in text
    assert "[[" not in text
    assert "None" not in text


def test_a_letter_that_lacks_a_fact_is_not_issued() -> None:
    facts = {name: value for name, value in LETTERS["approval"].items() if name not in ("standard", "notice")}
    with pytest.raises(Invalid, match="notice、standard"):
        letters.paragraphs("approval", facts)


def test_a_letter_against_somebody_names_the_remedies_once() -> None:
    for kind, changed in (
        ("refusal", {}),
        ("refusal", {"remedy": "可依法申请行政复议或者提起行政诉讼"}),
        ("revocation", {}),
        ("evaluation-result", {"negative": True}),
        ("amendment", {"negative": True}),
    ):
        text = "".join(letters.paragraphs(kind, {**LETTERS[kind], **changed}))
        assert text.count("行政复议") - text.count("行政复议机关") == 1
        assert text.count("提起行政诉讼") == 1
    for kind in ("evaluation-result", "amendment"):
        assert "行政复议" not in "".join(letters.paragraphs(kind, {**LETTERS[kind], "negative": False}))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(letters.templates()))
def test_a_letter_prints_what_was_issued(kind: str) -> None:
    document = issue(kind)
    pdf = services.render_letter(document)
    content = services.content_of(document)
    office = OFFICE["office_name"]
    head = [office, document.title, document.number, "临江市某某机械制造有限公司："]
    assert absent([*head, *content.paragraphs, office, "2020年3月10日"], pdf_text(pdf)) == []
    assert document.digest in pdf_text(pdf)
    assert document.code is not None
    assert document.code in pdf_text(pdf)
    assert services.render_letter(document) == pdf
    assert all(embedded for _name, embedded in typefaces(pdf))


@pytest.mark.django_db
def test_a_letter_stays_as_issued_when_its_template_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    document = issue("refusal")
    before = services.render_letter(document)
    monkeypatch.setattr(letters, "templates", dict)
    again = Document.objects.get(pk=document.pk)
    assert services.render_letter(again) == before


@pytest.mark.django_db
def test_numbers_run_by_office_series_and_year(clock) -> None:  # type: ignore[no-untyped-def]
    assert [issue(kind).number for kind in ("approval", "provisional", "return", "approval")] == [
        "线训审〔2020〕1号",
        "线训审〔2020〕2号",
        "线训补〔2020〕1号",
        "线训审〔2020〕3号",
    ]
    assert issue("approval", office_key="jiangxi").number == "线训审〔2020〕1号"
    clock(date(2021, 1, 4))
    assert issue("approval").number == "线训审〔2021〕1号"


@pytest.mark.django_db
def test_a_letter_that_is_rolled_back_leaves_no_gap() -> None:
    assert issue().number == "线训受〔2020〕1号"
    point = transaction.savepoint()
    assert issue().number == "线训受〔2020〕2号"
    transaction.savepoint_rollback(point)
    assert issue().number == "线训受〔2020〕2号"


@pytest.mark.django_db(transaction=True)
def test_eight_clerks_at_once_get_numbers_without_gap_or_double() -> None:
    def work(_clerk: int) -> list[str]:
        try:
            return [issue("return", office_key="busy").number for _letter in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as clerks:
        numbers = [number for found in clerks.map(work, range(8)) for number in found]
    assert sorted(numbers) == sorted(f"线训补〔2020〕{serial}号" for serial in range(1, 41))


@pytest.mark.django_db(transaction=True)
def test_a_number_is_given_only_in_the_transaction_that_uses_it() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        services.next_number("jiangdong", "receipt", 2020)


@pytest.mark.django_db
def test_a_letter_holds_no_identity_number() -> None:
    facts = {**LETTERS["return"], "defects": [{"what": f"第14行{ID_NUMBER}有误"}]}
    with pytest.raises(Invalid, match="身份证号码") as refused:
        services.issue_letter("return", subject="x:1", **OFFICE, addressee="某公司", facts=facts, actor=None)
    assert ID_NUMBER not in str(refused.value)
    assert not Document.objects.filter(subject="x:1").exists()


@pytest.mark.django_db
def test_the_public_finds_a_letter_by_its_code() -> None:
    document = issue("approval")
    assert document.code is not None
    for typed in (
        document.code,
        document.code.lower(),
        document.code.replace("-", " "),
        f" {document.code} ",
    ):
        found = queries.find_by_code(typed)
        assert found is not None
        assert found == queries.Verified(
            number=document.number,
            title="线上培训开班审核通知书",
            office=OFFICE["office_name"],
            addressee="临江市某某机械制造有限公司",
            issued_on=date(2020, 3, 10),
            digest=document.digest,
            revoked_on=None,
        )
        assert found.holds


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKLM-NPQR", "' or 1=1 --", "中" * 16, "A" * 5000])
def test_an_unknown_code_finds_nothing(typed: str) -> None:
    issue()
    assert queries.find_by_code(typed) is None


@pytest.mark.django_db
def test_a_revoked_letter_says_so_and_is_revoked_once(clock) -> None:  # type: ignore[no-untyped-def]
    document = issue("approval")
    clock(date(2020, 4, 2))
    with pytest.raises(Invalid, match="请填写撤销理由"):
        services.revoke(document, reason=" ", actor=None)
    services.revoke(document, reason="班级编号有误，另行发文", actor=None)
    found = queries.find_by_code(document.code or "")
    assert found is not None
    assert (found.holds, found.revoked_on) == (False, date(2020, 4, 2))
    with pytest.raises(Invalid, match="此前已经撤销"):
        services.revoke(document, reason="再次", actor=None)


@pytest.mark.django_db
def test_an_issued_letter_cannot_be_edited_or_deleted() -> None:
    document = issue()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(title="改")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        document.delete()


@pytest.mark.django_db
def test_content_that_does_not_fit_its_digest_is_not_printed() -> None:
    document = issue()
    document.content["addressee"] = "别的公司"
    with pytest.raises(ValueError, match="not the one issued"):
        services.render_letter(document)


@pytest.mark.django_db
def test_the_papers_of_a_subject_come_newest_first() -> None:
    first, second = issue("receipt"), issue("approval")
    issue("receipt", subject="classes.filing:13")
    assert list(queries.of_subject("classes.filing:12")) == [second, first]


@pytest.mark.parametrize("defects", [9, 10, 11, 12, 13])
def test_office_and_day_never_stand_alone_on_a_page(defects: int) -> None:
    content = letters.Content(
        kind="return", title="一次性告知补正通知书", number="线训补〔2020〕1号", office="临江市人力资源和社会保障局",
        addressee="测试甲公司", paragraphs=["培训大纲未写明各模块学习时长。" * 3] * defects, day=date(2020, 3, 20),
    )  # fmt: skip
    *_before, last = pages(letters.draw_letter(content, code="AAAA", address="https://keshi.example/check/"))
    assert "培训大纲未写明各模块学习时长" in last
