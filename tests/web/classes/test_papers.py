"""Official forms and letters of a class: filled, masked for the bureau, printed as they were when it was handed in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from keshi_web.classes.models import Filing
from keshi_web.classes.official import form_data, forms_of, lists_people
from keshi_web.classes.services.papers import people_for_papers
from keshi_web.documents.layout import layout_path
from keshi_web.documents.models import Document, FormVersion
from keshi_web.documents.render import render_docx, render_pdf
from keshi_web.people.models import AccessLog
from keshi_web.people.services.reading import unseal_people
from web.documents.reading import pdf_text

from .conftest import CITIES, Desk

Make = Callable[..., Filing]
SignIn = Callable[..., Client]
NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9X](?![0-9])")


@pytest.mark.parametrize("slug", CITIES)
def test_every_form_of_a_city_is_filled_from_the_class(file: Make, slug: str) -> None:
    people = Desk(file(slug, "submitted"))
    filing = people.filing
    forms = forms_of(filing, filing.scheme)
    assert forms
    everything = ""
    for form in forms:
        roster = people_for_papers(filing, by=people.provider) if lists_people(form) else []
        data = form_data(filing, form, roster)
        pdf = render_pdf(form, data, layout=layout_path(filing.scheme.folder, form))
        assert render_docx(form, data, layout=layout_path(filing.scheme.folder, form)).startswith(b"PK")
        everything += pdf_text(pdf)
    opened = unseal_people([row.person for row in filing.enrolments.select_related("person")], ["id_number"])
    assert filing.process.number in everything or filing.organisation.name in everything
    if any(lists_people(form) for form in forms):
        assert all(str(values["id_number"]) in everything for values in opened.values())


@pytest.mark.parametrize("slug", CITIES)
def test_what_the_bureau_prints_shows_no_number_of_anybody(file: Make, sign_in: SignIn, slug: str) -> None:
    people = Desk(file(slug, "submitted"))
    number, city = people.filing.process.number, CITIES[slug]
    opened = unseal_people(
        [row.person for row in people.filing.enrolments.select_related("person")], ["id_number"]
    )
    secrets = {values["id_number"] for values in opened.values()}
    client = sign_in(f"{slug}-{city.district}-clerk")
    for form in forms_of(people.filing, people.filing.scheme):
        text = pdf_text(client.get(f"/classes/{number}/forms/{form.id}.pdf").content)
        assert not any(secret in text for secret in secrets if secret)
    for page in ("", "people/"):
        text = client.get(f"/classes/{number}/{page}").content.decode()
        assert not any(secret in text for secret in secrets if secret)


def test_the_providers_own_roster_shows_the_numbers_and_each_read_is_logged(
    file: Make, sign_in: SignIn
) -> None:
    people = Desk(file("wuhai", "submitted"))
    filing = people.filing
    form = next(one for one in forms_of(filing, filing.scheme) if lists_people(one))
    before = AccessLog.objects.count()
    text = pdf_text(sign_in("wuhai-jia").get(f"/classes/{filing.process.number}/forms/{form.id}.pdf").content)
    assert len(set(NUMBER.findall(text))) == filing.head_count
    rows = AccessLog.objects.filter(case=f"filing:{filing.process.number}")
    assert rows.count() == filing.head_count
    assert AccessLog.objects.count() >= before + filing.head_count


def test_a_class_prints_with_the_form_it_was_filed_with_and_the_print_is_noted_once(
    file: Make, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing = file("shaoguan", "submitted")
    client = sign_in("shaoguan-jia")
    form = forms_of(filing, filing.scheme)[0]
    address = f"/classes/{filing.process.number}/forms/{form.id}.pdf"
    version = filing.form_versions.get(form=form.id)
    title = version.definition["form"]["text"]["zh"]
    assert title[:6] in pdf_text(client.get(address).content)
    client.get(address)
    assert Document.objects.filter(kind="form", form_version=version).count() == 1
    changed = {
        **version.definition,
        "form": {**version.definition["form"], "text": {"zh": "旧版表格", "en": "Old form"}},
    }
    old = FormVersion.objects.create(
        scheme=version.scheme,
        scheme_digest="sha256:old",
        form=form.id,
        layout_digest="0" * 64,
        definition=changed,
    )
    filing.form_versions.set([old])
    assert "旧版表格" in pdf_text(client.get(address).content)


def test_letters_name_the_authority(file: Make, sign_in: SignIn) -> None:
    filing = file("shaoguan", "approved")
    client: Any = sign_in("shaoguan-jia")
    letter = Document.objects.get(letter="approval", subject=f"classes.filing:{filing.pk}")
    text = pdf_text(client.get(f"/classes/{filing.process.number}/letters/{letter.pk}.pdf").content)
    assert "韶关市武江区人力资源和社会保障局" in text
    assert filing.organisation.name in text


def _filled(filing: Filing, form_id: str) -> str:
    form = next(one for one in forms_of(filing, filing.scheme) if one.id == form_id)
    layout = layout_path(filing.scheme.folder, form)
    return pdf_text(render_pdf(form, form_data(filing, form), layout=layout))


def test_the_bureaus_opinion_stands_on_the_form_once_it_decided(file: Make) -> None:
    assert "准予开班" not in _filled(file("shaoguan", "endorsed"), "form-1")
    filing = file("shaoguan", "approved")
    letter = Document.objects.get(kind="letter", letter="approval", subject=f"classes.filing:{filing.pk}")
    text = _filled(filing, "form-1")
    assert "同意备案，准予开班" in text
    assert letter.number in text


def test_a_refusal_stands_on_the_form(file: Make) -> None:
    people = Desk(file("shaoguan", "endorsed"))
    people.does("leader", "refuse", reason="培训内容与岗位无关", remedy="可以重新申请备案")
    assert "不予备案" in _filled(people.filing, "form-1")


def test_the_syllabus_fills_the_columns_that_the_notice_prints(file: Make) -> None:
    filing = file("shaoguan", "submitted")
    module = filing.modules.first()
    assert module is not None
    assert module.goal in _filled(filing, "form-3")
    assert module.delivery in _filled(filing, "form-1")
    assert "测试教师一" in _filled(file("wuhai", "submitted"), "teaching-plan")


def test_the_list_of_materials_ticks_what_came(file: Make) -> None:
    filing = file("ankang", "submitted")
    form = next(one for one in forms_of(filing, filing.scheme) if one.id == "material-list")
    assert form_data(filing, form).values == {
        "class-application": True,
        "online-plan": True,
        "class-roster": True,
        "licence": False,
        "completion-promise": False,
        "others": "无",
    }
    filing.materials.filter(material="licence").update(not_applicable="", on_paper=True)
    filing.completion_due_on = filing.ends_on
    ticked = form_data(filing, form).values
    assert (ticked["licence"], ticked["completion-promise"]) == (True, True)
