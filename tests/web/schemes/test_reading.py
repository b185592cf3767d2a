"""Pages about schemes in words: every rule is there, every clause leads somewhere, differences are named."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from keshi.scheme import Scheme, all_schemes, load_scheme
from keshi_web.regions.models import Region
from keshi_web.schemes.anchors import clause_anchor
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.reading.comparing import differences
from keshi_web.schemes.reading.page import clauses, sections
from keshi_web.schemes.reading.words import Words

from .conftest import LINJIANG

SCHEMES = [*all_schemes(), load_scheme(LINJIANG)]


@pytest.fixture(params=["zh-hans", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
def test_every_rule_of_a_notice_stands_on_its_page(scheme: Scheme, language):
    found = sections(scheme)
    texts = {
        cell.text for section in found for table in section.tables for row in table.rows for cell in row.cells
    }
    lang = "en" if language == "en" else "zh"
    file = scheme.file
    for rule in (
        *file.requirements, *file.limits, *file.exclusions, *file.sequences, *file.clocks, *file.steps,
        *file.materials, *file.evaluations, *file.returns, *file.duties, *file.blends, file.hours,
    ):  # fmt: skip
        assert rule.text.of(lang) in texts
    for item in file.items:
        assert any(item.title.of(lang) in section.title for section in found)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
def test_every_clause_leads_to_what_it_rules(scheme: Scheme):
    found = sections(scheme)
    linked = {
        cell.anchor for s in found for t in s.tables for row in t.rows for cell in row.cells if cell.clause
    }
    entries = clauses(found)
    assert linked == {entry.anchor for entry in entries}
    assert all(entry.rules for entry in entries)
    anchors = {row.anchor for s in found for t in s.tables for row in t.rows} | {s.anchor for s in found}
    anchors |= {table.anchor for section in found for table in section.tables}
    assert {anchor for entry in entries for _text, anchor in entry.rules if anchor} <= anchors


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
def test_two_clauses_never_share_an_anchor(scheme: Scheme):
    entries = clauses(sections(scheme))
    assert len({entry.anchor for entry in entries}) == len(entries)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
def test_formulas_in_words_name_no_variable(scheme: Scheme):
    words = Words(scheme)
    for rules in scheme.rules.values():
        for formula in rules.formulas():
            assert not re.search(r"\b(class|trainee|organisation)\.|\w_\w", words.formula(formula.text)), (
                formula.text
            )


def test_the_amount_of_shaoguan_reads_like_the_notice():
    (shaoguan,) = [scheme for scheme in SCHEMES if scheme.id == "shaoguan-2020"]
    item = next(section for section in sections(shaoguan) if section.anchor == "item-on-the-job")
    texts = [cell.text for row in item.tables[0].rows for cell in row.cells]
    assert "课时数 × 30元/课时" in texts or "课时 × 30元/课时" in texts


def test_clause_anchors_are_stable():
    assert clause_anchor("附件1 一(四)") == "clause-附件1-一-四"


def test_sample_tables_and_readings_are_marked():
    (jinan,) = [scheme for scheme in SCHEMES if scheme.id == "jinan-2020"]
    tables = next(section for section in sections(jinan) if section.anchor == "tables").tables
    assert [table.sample for table in tables][:1] == [True]
    assert any(
        cell.reading for s in sections(jinan) for t in s.tables for row in t.rows for cell in row.cells
    )


def _amended(tmp_path: Path, *pairs: tuple[str, str]) -> Scheme:
    folder = tmp_path / "new"
    folder.mkdir()
    text = (LINJIANG / "scheme.toml").read_text(encoding="utf-8")
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "scheme.toml").write_text(text, encoding="utf-8")
    return load_scheme(folder)


def test_a_changed_figure_is_shown_with_its_unit(tmp_path):
    old = load_scheme(LINJIANG)
    new = _amended(tmp_path, ('value = "27.5"', 'value = "25.5"'))
    (group,) = differences(old, new)
    (change,) = group.changes
    assert (change.before, change.after, change.kind) == ("27.5元/课时", "25.5元/课时", "changed")


def test_changed_formulas_and_new_rules_are_shown_in_words(tmp_path):
    old = load_scheme(LINJIANG)
    new = _amended(
        tmp_path,
        ("months_after(class.ends_on, 3)", "months_after(class.ends_on, 6)"),
        (
            "[[requirements]]",
            '[[requirements]]\nid = "new-rule"\nof = "class"\nmanual = true\nclause = "九"\n'
            'text = { zh = "新的要求", en = "a new requirement" }\n\n[[requirements]]',
        ),
    )
    changes = [change for group in differences(old, new) for change in group.changes]
    added = next(change for change in changes if change.kind == "added")
    assert added.rule == "新的要求"
    formula = next(change for change in changes if change.code_after)
    assert "class." not in formula.before + formula.after
    assert formula.before != formula.after


def test_equal_versions_have_no_differences():
    scheme = load_scheme(LINJIANG)
    assert differences(scheme, scheme) == []


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
def test_every_place_on_the_page_has_an_address_of_its_own_and_every_link_a_place(scheme: Scheme):
    found = sections(scheme)
    file = scheme.file
    version = SchemeVersion(
        scheme=file.id,
        number=file.version,
        region=Region(name="某市"),
        notice=file.notice,
        issued_on=file.issued_on,
    )
    page = render_to_string(
        "schemes/_sections.html",
        {"version": version, "file": file, "sections": found, "clauses": clauses(found), "issuer": "某局"},
    )
    places = re.findall(r' id="([^"]+)"', page)
    assert len(places) == len(set(places)), sorted(p for p in places if places.count(p) > 1)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(places)
