"""Every sentence exists in Chinese and English, with the same places, and is said somewhere."""

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

import keshi
from keshi.messages import catalogue, message
from keshi.problems import BadInput, Problem
from keshi.vocabulary import choice_label, label, vocabulary

PACKAGE = Path(keshi.__file__).parent
KEYS = sorted(catalogue())
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9_]+)+")
SPEAKERS = {"Problem", "Refused", "refuse", "problem", "message", "say", "_problem"}
"""Functions whose first text is the key of a message."""
DOCUMENTED = ("hours-field-",)
"""Names of the record's fields for whoever shows one; the manual of the record lists them."""
FORMULAS = {"template-formula", "describe-formula"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def alike(names: set[str]) -> set[str]:
    """A place may hold the other language's word: {label} in one text is {label_en} in the other."""
    return {name.removesuffix("_en") for name in names}


def constants() -> set[str]:
    """Every text in the code, and every name of a field."""
    found = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value, *node.value.split()}
            elif isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.arg | ast.keyword) and node.arg:
                found.add(node.arg)
            elif isinstance(node, ast.FunctionDef):
                found.add(node.name)
    return found


def patterns() -> set[tuple[str, str]]:
    """What stands before and after the changing part of keys that are put together: f"hours-{reason}"."""
    found = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                head = node.values[0].value
                tail = node.values[-1].value if isinstance(node.values[-1], ast.Constant) else ""
                if re.fullmatch(r"([a-z]+-)+", head):
                    found.add((head, tail))
    return found


CONSTANTS, PATTERNS = constants(), patterns()
CONSTANTS |= {
    word
    for path in PACKAGE.rglob("*.toml")
    if path.parent.name != "messages"
    for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))
}
"""Also the words of the library's own data: column headings that are recognised, facts."""


def spoken() -> list[tuple[str, ast.Call]]:
    """Calls that name a message by a plain text."""
    found = []
    for tree in TREES.values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in SPEAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((first.value, node))
    return found


SPOKEN = spoken()


@pytest.mark.parametrize("key", KEYS)
def test_a_message_has_both_languages_and_the_same_places(key):
    texts = catalogue()[key]
    assert set(texts) == {"zh", "en"}
    assert texts["zh"].strip()
    assert texts["en"].strip()
    assert alike(places(texts["zh"])) == alike(places(texts["en"]))
    assert all(name.isidentifier() for name in places(texts["zh"]) | places(texts["en"]))


@pytest.mark.parametrize("key", KEYS)
def test_a_message_is_not_the_same_in_both_languages(key):
    texts = catalogue()[key]
    assert (
        texts["zh"] != texts["en"]
        or not re.search(r"[A-Za-z一-鿿]{3}", re.sub(r"\{\w+\}", "", texts["zh"]))
        or key in FORMULAS
    )


@pytest.mark.parametrize("key", KEYS)
def test_english_texts_hold_no_chinese_sentence(key):
    quoted = re.sub(r"《[^》]*》|〔|〕|“[^”]*”", "", catalogue()[key]["en"])
    assert len(re.findall(r"[。；！？]", quoted)) == 0


@pytest.mark.parametrize("key", KEYS)
def test_a_message_is_said_somewhere(key):
    if key in CONSTANTS or key.startswith(DOCUMENTED):
        return
    fits = [
        (head, tail)
        for head, tail in PATTERNS
        if key.startswith(head) and key.endswith(tail) and len(key) > len(head) + len(tail)
    ]
    parts = {key[len(head) : len(key) - len(tail) or None] for head, tail in fits}
    known = CONSTANTS | {name for fact in vocabulary().values() for name in fact.values or {}}
    assert parts & known, f"{key} is never said"


def test_a_key_is_defined_once():
    seen = {}
    for path in sorted((PACKAGE / "messages").glob("*.toml")):
        for key in tomllib.loads(path.read_text(encoding="utf-8")):
            assert seen.setdefault(key, path) == path


@pytest.mark.parametrize("key", sorted({key for key, _ in SPOKEN if KEBAB.fullmatch(key)}))
def test_what_the_code_says_is_in_the_catalogue(key):
    assert key in catalogue() or any(f"{head}{key}{tail}" in catalogue() for head, tail in PATTERNS)


def test_most_messages_are_found_in_the_code_by_this_search():
    assert len({key for key, _ in SPOKEN} & set(KEYS)) > 150


def given_places(call: ast.Call) -> set[str] | None:
    """The places that a call fills by name; None where that cannot be seen."""
    names: set[str] = set()
    dictionaries: list[ast.expr] = []
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        if keyword.arg == "params":
            dictionaries.append(keyword.value)
        names.add(keyword.arg)
    dictionaries += call.args[3:4] if ast.unparse(call.func) == "Problem" else []
    for written in dictionaries:
        if not isinstance(written, ast.Dict) or not all(
            isinstance(key, ast.Constant) for key in written.keys
        ):
            return None
        names |= {str(key.value) for key in written.keys if isinstance(key, ast.Constant)}
    return names


def test_every_place_of_a_message_is_filled_where_it_is_said():
    for key, call in SPOKEN:
        if key not in catalogue() or ast.unparse(call.func) in ("Refused", "workbook.Refused"):
            continue  # what reads the value adds its label
        names = given_places(call)
        if names is not None:
            texts = catalogue()[key]
            wanted = places(texts["zh"]) | places(texts["en"])
            assert wanted <= names, f"{key}: {sorted(wanted - names)} in {ast.unparse(call)}"


def test_an_unknown_key_or_a_missing_place_is_an_error():
    with pytest.raises(KeyError):
        message("no-such-message")
    with pytest.raises(KeyError):
        message("case-unknown-key")
    assert message("case-unknown-key", "en", key="x") == "“x” is not known; check its name or remove it"


def test_two_files_with_the_same_key_are_an_error(tmp_path, monkeypatch):
    (tmp_path / "a.toml").write_text('[k]\nzh = "甲"\nen = "a"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('[k]\nzh = "乙"\nen = "b"\n', encoding="utf-8")
    (tmp_path / "c.txt").write_text("nothing", encoding="utf-8")
    monkeypatch.setattr("keshi.messages.files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"'k' is defined twice, again in b\.toml"):
        catalogue.__wrapped__()
    (tmp_path / "b.toml").unlink()
    assert catalogue.__wrapped__() == {"k": {"zh": "甲", "en": "a"}}


def test_a_problem_tells_place_sentence_and_value():
    told = Problem(
        "value-least", "trainees[0].minutes", "-1", {"label": "分钟", "label_en": "minutes", "least": 0}
    )
    assert told.line() == "trainees[0].minutes: “分钟”不能小于 0（填的是：-1）"
    assert told.line("en") == "trainees[0].minutes: “minutes” cannot be less than 0 (found: -1)"
    assert told.text("en") == "“minutes” cannot be less than 0"
    assert Problem("file-absent").line("en") == "there is no such file"
    assert Problem("file-absent", excerpt="x\n^").line("en") == "there is no such file\nx\n^"


def test_bad_input_carries_one_or_many_problems():
    one, other = Problem("file-absent", "a"), Problem("file-absent", "b")
    assert BadInput(one).problems == (one,)
    assert BadInput(iter([one, other])).problems == (one, other)
    assert str(BadInput([one, other])) == "a: there is no such file\nb: there is no such file"


@pytest.mark.parametrize("fact", vocabulary().values(), ids=lambda fact: fact.name)
def test_a_fact_is_labelled_in_both_languages(fact):
    for text in (fact.label, fact.source, *(fact.values or {}).values()):
        assert text.zh.strip()
        assert text.en.strip()
        assert re.search("[一-鿿]", text.zh)
        assert text.zh != text.en
    assert set(fact.sources) <= set(vocabulary())
    assert fact.derived or not fact.sources
    assert (fact.values is not None) == (fact.type in ("choice", "texts"))


def test_labels_of_facts_and_choices():
    assert (label("trainee.minutes"), label("trainee.minutes", "en")) == (
        "学习分钟数",
        "credited learning minutes",
    )
    assert label("no.such") == "no.such"
    assert choice_label("class.training_type", "in-post", "en") == "in-post"
    assert choice_label("class.training_type", "in-post") == "在岗培训"
    assert choice_label("class.training_type", "other") == "other"
    assert choice_label("no.such", "other") == "other"
    assert vocabulary()["class.platform.recommended"].room == "class"
