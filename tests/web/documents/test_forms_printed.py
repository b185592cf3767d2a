"""Every form of every scheme on paper: complete, faithful, readable, the same bytes each time."""

import io
import tomllib
from pathlib import Path

import msgspec
import pytest
from docx import Document
from pypdf import PdfReader

from keshi.scheme import Scheme, load_scheme
from keshi.scheme.model import Form
from keshi_web.documents import fonts
from keshi_web.documents.data import FormData
from keshi_web.documents.generic import generic_layout
from keshi_web.documents.layout import Layout, check, layout_path
from keshi_web.documents.render import layout_of, render_docx, render_pdf, word_template
from web.documents.reading import absent, docx_text, pages, pdf_text, squeezed, typefaces
from web.documents.samples import ADDRESS, FORMS, ID_NUMBER, LINJIANG, USCC, form, full, long, named, scheme

NOTICES = tomllib.loads((Path(__file__).parent / "notices.toml").read_text(encoding="utf-8"))
PRINTED = [(scheme_id, form_id) for scheme_id, forms in NOTICES.items() for form_id in forms]
every_form = pytest.mark.parametrize("pair", FORMS, ids=named)


def labels(form: Form) -> list[str]:
    """What a generic layout must show of a form, in any order; a roster's only table goes by the title."""
    tables = [field for field in form.fields if field.kind == "table"]
    return [
        form.text.zh,
        *(field.label.zh for field in form.fields if [field] != tables),
        *(column.zh for field in form.fields if field.kind == "table" for column in field.columns),
        *(choice.zh for field in form.fields for choice in field.choices),
        *(promise.zh for promise in form.promises),
        *(note.zh for note in form.notes),
    ]


@pytest.mark.parametrize("pair", PRINTED, ids="-".join)
def test_a_printed_form_reads_as_the_notice_prints_it(pair: tuple[str, str]) -> None:
    scheme_id, form_id = pair
    layout = layout_path(scheme(scheme_id).folder, form(scheme_id, form_id))
    assert layout, "a form that the notice prints has a layout of its own"
    notice = NOTICES[scheme_id][form_id]
    for text in (
        pdf_text(render_pdf(form(*pair), FormData(), layout=layout)),
        docx_text(render_docx(form(*pair), FormData(), layout=layout)),
    ):
        assert absent(notice["texts"], text) == []
        assert all(words in text for words in notice.get("beside", ()))


def test_every_form_that_a_notice_prints_is_in_the_list() -> None:
    assert {(s.id, f.id) for s, f in FORMS if not f.ours} == set(PRINTED)


@every_form
@pytest.mark.parametrize("content", ["empty", "full", "long"])
def test_a_form_prints(pair: tuple[Scheme, Form], content: str) -> None:
    scheme, form = pair
    data = {"empty": FormData(), "full": full(form), "long": long(form)}[content]
    layout = layout_path(scheme.folder, form)
    pdf, docx = render_pdf(form, data, layout=layout), render_docx(form, data, layout=layout)
    assert squeezed(form.text.zh) in pdf_text(pdf)
    if form.ours:
        for text in (pdf_text(pdf), docx_text(docx)):
            assert [label for label in labels(form) if squeezed(label) not in text] == []
    for name, embedded in typefaces(pdf):
        assert embedded, name
    assert "\ufffd" not in pdf_text(pdf)
    assert Document(io.BytesIO(docx)).core_properties.title == form.text.zh
    assert "{{" not in docx_text(docx)


@every_form
def test_what_was_filled_in_stands_on_the_paper(pair: tuple[Scheme, Form]) -> None:
    scheme, form = pair
    layout = layout_path(scheme.folder, form)
    data = full(form)
    for text in (
        pdf_text(render_pdf(form, data, layout=layout)),
        docx_text(render_docx(form, data, layout=layout)),
    ):
        for field in form.fields:
            if field.kind == "text":
                assert squeezed(str(data.of(field.id))) in text
            elif field.kind == "date":
                assert "2020年3月12日" in text
            elif field.kind == "choice":
                assert squeezed(f"☑{field.choices[0].zh}") in text
            elif field.kind == "table":
                assert all(squeezed(cell) in text for row in data.rows(field) for cell in row)


@pytest.mark.parametrize("kind", [render_pdf, render_docx])
def test_the_same_content_makes_the_same_bytes(kind) -> None:  # type: ignore[no-untyped-def]
    used = form("shaoguan-2020", "form-1")
    assert kind(used, full(used)) == kind(used, full(used))
    assert kind(used, full(used)) != kind(used, FormData())


def test_the_pdf_says_what_it_is() -> None:
    used = form("wuhai-2020", "annex-1")
    layout = layout_path(scheme("wuhai-2020").folder, used)
    pdf = render_pdf(used, FormData(), layout=layout, author="临江市人力资源和社会保障局")
    read = PdfReader(io.BytesIO(pdf))
    assert read.metadata is not None
    assert read.metadata.title == f"附件1 {used.text.zh}"
    assert read.metadata.author == "临江市人力资源和社会保障局"
    assert len(read.pages) == 1


def test_a_roster_of_500_runs_over_numbered_pages_with_its_header_on_each() -> None:
    used = form("shaoguan-2020", "form-4")
    layout = layout_path(scheme("shaoguan-2020").folder, used)
    found = pages(render_pdf(used, full(used, rows=500), layout=layout))
    assert len(found) > 10
    for number, page in enumerate(found, start=1):
        assert f"第{number}页共{len(found)}页" in page
        assert "序号姓名性别身份证号码手机号码平台登录账号" in page
    assert sum(page.count(ID_NUMBER) for page in found) == 500


def test_long_text_stays_within_its_cell() -> None:
    """No glyph stands right of the type area, whatever is filled in."""
    used = form("wuhai-2020", "annex-1")
    layout = layout_path(scheme("wuhai-2020").folder, used)
    data = FormData({**long(used).values, "uscc": USCC * 3, "platform-name-and-address": ADDRESS * 4})
    right = []

    def seen(text, _user, matrix, _font, _size) -> None:  # type: ignore[no-untyped-def]
        if text.strip():
            right.append(matrix[4])

    for page in PdfReader(io.BytesIO(render_pdf(used, data, layout=layout))).pages:
        page.extract_text(visitor_text=seen)
    assert max(right) < (210 - 21) * 72 / 25.4
    assert squeezed(ADDRESS * 4) in pdf_text(render_pdf(used, data, layout=layout))


def test_a_sign_without_a_typeface_is_marked_and_explained() -> None:
    used = form("wuhai-2020", "annex-1")
    found = pdf_text(render_pdf(used, FormData({"legal-representative": "测试𠮷"})))
    assert "测试〓" in found
    assert "字库中没有的字" in found
    assert "字库中没有的字" not in pdf_text(render_pdf(used, full(used)))


def test_nothing_is_printed_without_the_typefaces(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.FONTS_DIR = tmp_path
    with pytest.raises(fonts.FontsMissing, match=r"缺少字体文件 NotoSerifSC-Regular\.ttf"):
        render_pdf(form("wuhai-2020", "annex-1"), FormData())


def test_markup_and_formulas_in_a_value_are_only_text() -> None:
    used = form("wuhai-2020", "annex-1")
    nasty = "<w:br/>&{{ 7*7 }}{% raw %}#panic()$x$\\"
    data = FormData({"applicant": nasty})
    assert squeezed(nasty) in pdf_text(render_pdf(used, data))
    assert squeezed(nasty) in docx_text(render_docx(used, data))


def test_a_bureaus_own_word_template_is_used(tmp_path: Path) -> None:
    used = form("wuhai-2020", "annex-1")
    source = layout_path(scheme("wuhai-2020").folder, used)
    assert source
    layout = tmp_path / "annex-1.toml"
    layout.write_bytes(source.read_bytes())
    edited = Document(io.BytesIO(word_template(used, layout=layout)))
    edited.add_paragraph("本表由窗口收存：{{ applicant }}")
    edited.save(tmp_path / "annex-1.docx")
    assert "本表由窗口收存：临江某公司" in docx_text(
        render_docx(used, FormData({"applicant": "临江某公司"}), layout=layout)
    )


def test_a_word_template_reaches_nothing_but_its_form(tmp_path: Path) -> None:
    used = form("wuhai-2020", "annex-1")
    source = layout_path(scheme("wuhai-2020").folder, used)
    assert source
    (tmp_path / "annex-1.toml").write_bytes(source.read_bytes())
    edited = Document()
    edited.add_paragraph("{{ applicant.__class__.__mro__ }}")
    edited.save(tmp_path / "annex-1.docx")
    with pytest.raises(Exception, match="unsafe"):
        render_docx(used, FormData({"applicant": "某公司"}), layout=tmp_path / "annex-1.toml")


def test_the_word_table_has_the_merged_cells_of_the_notice() -> None:
    used = form("wuhai-2020", "annex-1")
    layout = layout_path(scheme("wuhai-2020").folder, used)
    table = Document(io.BytesIO(render_docx(used, FormData(), layout=layout))).tables[0]
    assert len(table.columns) == 6
    assert table.cell(4, 0)._tc is table.cell(8, 0)._tc  # 平台功能 beside its five questions
    assert table.cell(0, 2)._tc is table.cell(0, 5)._tc


@every_form
def test_a_layout_made_or_written_fits_its_form(pair: tuple[Scheme, Form]) -> None:
    scheme, form = pair
    check(generic_layout(form), form)
    written = layout_of(form, layout_path(scheme.folder, form))
    assert msgspec.convert(msgspec.to_builtins(written), Layout) == written


def test_a_sixth_city_prints_from_data_alone() -> None:
    """A city without layouts: the fields of other cities' forms under its own name, nothing in code."""
    city = load_scheme(LINJIANG)
    forms = [
        Form(id="filing", clause="二", text=form("shaoguan-2020", "form-1").text, fields=form(s, f).fields)
        for s, f in (
            ("shaoguan-2020", "form-1"),
            ("jinan-2020", "platform-evaluation"),
            ("yingkou-2020", "roster"),
        )
    ]
    for made in (*city.file.forms, *forms):
        assert layout_path(city.folder, made) is None
        for data in (FormData(), full(made), long(made)):
            text = pdf_text(render_pdf(made, data))
            assert [label for label in labels(made) if squeezed(label) not in text] == []
            assert docx_text(render_docx(made, data))
