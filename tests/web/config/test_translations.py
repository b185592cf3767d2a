"""The tool that keeps the English complete: what it finds, and that Django reads what it writes."""

import gettext
from pathlib import Path

import pytest

import po_files
import translations
from po_files import Key

PO = """
# a remark
msgid ""
msgstr "Language: en"

msgid "备案"
msgstr "filing"

#, fuzzy
msgid "旧文"
msgstr "old"

msgctxt "按钮"
msgid "退回"
msgstr "Return "
"“%(name)s”\\n"

msgid "%(n)s 人"
msgid_plural "%(n)s 人次"
msgstr[0] "one person"
msgstr[1] "%(n)s people"
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service of one app, `desk`."""
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "SERVICE", tmp_path / "src")
    folder = tmp_path / "src" / "desk"
    (folder / "templates" / "desk").mkdir(parents=True)
    (folder / "locale/en/LC_MESSAGES").mkdir(parents=True)
    (folder / "__init__.py").touch()
    return folder


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = translations.main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.err + printed.out


def test_everything_of_the_format_is_read(tmp_path: Path) -> None:
    (tmp_path / "django.po").write_text(PO, encoding="utf-8")
    found = po_files.read_po(tmp_path / "django.po")
    assert found[Key(None, "备案", None)].texts == ["filing"]
    assert found[Key(None, "旧文", None)].fuzzy
    assert found[Key("按钮", "退回", None)].texts == ["Return “%(name)s”\n"]
    assert found[Key(None, "%(n)s 人", "%(n)s 人次")].texts == ["one person", "%(n)s people"]


def test_pythons_gettext_reads_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "django.po").write_text(PO, encoding="utf-8")
    po_files.write_mo(po_files.read_po(tmp_path / "django.po"), tmp_path / "django.mo")
    with (tmp_path / "django.mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("备案") == "filing"
    assert english.gettext("旧文") == "旧文"
    assert english.pgettext("按钮", "退回") == "Return “%(name)s”\n"
    assert english.ngettext("%(n)s 人", "%(n)s 人次", 1) == "one person"
    assert english.ngettext("%(n)s 人", "%(n)s 人次", 5) == "%(n)s people"


PAGE = """<h1>
{% translate "六" %}</h1>{% blocktranslate count n=n trimmed %}
  七
{% plural %}
  八{{ n }}
{% endblocktranslate %}
<a title="{% translate '九' context '题' %}">{{ _("十") }}</a>
<p>官</p>{# zh only: an official form #}
{# 说明 #}
"""


def test_texts_are_found_in_code_and_templates(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (service / "views.py").write_text(
        '\n_("一" "二")\n_(variable)\nngettext("三", "四", n)\npgettext("按钮", "五")\n'
    )
    (service / "templates/desk/page.html").write_text(PAGE)
    code, said = outcome(capsys)
    assert code == 1
    assert said.splitlines() == [
        'src/desk/templates/desk/page.html:2: no English for "六"',
        'src/desk/templates/desk/page.html:2: no English for "七"',
        'src/desk/templates/desk/page.html:7: no English for "九"',
        'src/desk/templates/desk/page.html:7: no English for "十"',
        'src/desk/views.py:2: no English for "一二"',
        'src/desk/views.py:4: no English for "三"',
        'src/desk/views.py:5: no English for "五"',
    ]
    code, entries = outcome(capsys, "--missing")
    assert code == 0
    assert 'msgid "七"\nmsgid_plural "八%(n)s"\nmsgstr[0] ""' in entries


def test_chinese_outside_of_the_tags_is_a_fault(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (service / "templates/desk/page.html").write_text("\n<p>裸</p>\n")
    assert outcome(capsys) == (
        1,
        "src/desk/templates/desk/page.html:2: Chinese text outside of {% translate %}: <p>裸</p>\n",
    )


def test_a_complete_app_is_compiled(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (service / "views.py").write_text('_("备案")\n')
    (service / translations.CATALOGUE).write_text('msgid "备案"\nmsgstr "filing"\n')
    assert outcome(capsys) == (0, "")
    made = service / "locale/en/LC_MESSAGES/django.mo"
    stamp = made.stat().st_mtime_ns
    assert outcome(capsys, "--compile") == (0, "")
    assert made.stat().st_mtime_ns == stamp


def test_unused_fuzzy_and_lost_places_are_faults(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (service / "views.py").write_text('_("用%(a)s")\n_(f"{b}")\n_("糊")\n')
    (service / translations.CATALOGUE).write_text(
        'msgid "用%(a)s"\nmsgstr "use %(b)s"\n\nmsgid "无"\nmsgstr "none"\n\n#, fuzzy\nmsgid "糊"\nmsgstr "blur"\n'
    )
    code, said = outcome(capsys, "--app", "desk")
    assert code == 1
    assert "django.po:1: other places than the Chinese text: %(a)s, %(b)s" in said
    assert 'django.po:4: no longer used: "无"' in said
    assert "marked fuzzy" in said
    assert "views.py:2: _(f" in said


def test_one_text_with_two_translations_is_a_fault(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = service.parent / "other"
    (other / "locale/en/LC_MESSAGES").mkdir(parents=True)
    for folder, english in ((service, "case"), (other, "matter")):
        (folder / "__init__.py").touch()
        (folder / "views.py").write_text('_("案件")\n')
        (folder / translations.CATALOGUE).write_text(f'msgid "案件"\nmsgstr "{english}"\n')
    code, said = outcome(capsys)
    assert code == 1
    assert 'src/other/locale/en/LC_MESSAGES/django.po:1: "案件" is "case" in desk' in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("msgid 备案\n", ":1: not a line"),
        ('msgid "备案\\"\nmsgstr "x"\n', ":1: a broken text"),
        ('msgid "备案"\n\nmsgid "二"\nmsgstr "x"\n', ":1: no msgstr"),
        ('msgid "二"\nmsgstr "x"\nmsgid "二"\nmsgstr "y"\n', ":3: .*translated twice"),
    ],
)
def test_a_broken_file_says_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "django.po").write_text(text, encoding="utf-8")
    with pytest.raises(po_files.PoError, match=said):
        po_files.read_po(tmp_path / "django.po")
