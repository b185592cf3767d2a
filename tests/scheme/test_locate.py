"""Positions in a TOML text, compared with what a parser sees there."""

import tomllib
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keshi.scheme import scheme_root
from keshi.scheme.locate import positions

SAMPLE = dedent("""\
    # [not.a.table]
    id = "a # b = c"   # x = 1
    title = { zh = "标题", en = 'it, { is = "x" }' }
    list = [1, 2, { a = 1, b = [2, { c = 3 }] }]
    many = [
      "one",  # comment with ] and = signs
      { k = "v" },
    ]
    a.b."c d" = 5
    text = \"\"\"
    [[items]]
    x = 1
    \"\"\"
    raw = '''one ''' # after
    after = true

    [parameters]
    hour = { value = 45, unit = "minute" }
    "quoted key" = 7.5
    day=2020-03-01

    [[items]]
    id = "first"
      [[items.rules]]
      id = "r0"
      holds = 'a == "b"'
      [[items.rules]]
      id = "r1"
    [items.advance]
    each = "1"
    [[items]]
    id = "second"
      [[items.rules]]
      id = "r2"
    [ "x.y".z ]
    w = -1
    """)


def at(path):
    return positions(SAMPLE)[path]


def line_of(piece, nth=0):
    lines = [number for number, line in enumerate(SAMPLE.splitlines(), start=1) if piece in line]
    return lines[nth]


@pytest.mark.parametrize(
    ("path", "piece", "nth", "column"),
    [
        ("id", "id = ", 0, 7),
        ("title", "title", 0, 9),
        ("title.zh", "title", 0, 17),
        ("title.en", "title", 0, 28),
        ("list", "list", 0, 8),
        ("list[2]", "list", 0, 15),
        ("list[2].a", "list", 0, 21),
        ("list[2].b", "list", 0, 28),
        ("list[2].b[1]", "list", 0, 32),
        ("list[2].b[1].c", "list", 0, 38),
        ("many", "many", 0, 8),
        ("many[1]", "k = ", 0, 3),
        ("many[1].k", "k = ", 0, 10),
        ("a.b.c d", "a.b", 0, 13),
        ("after", "after = ", 0, 9),
        ("parameters", "[parameters]", 0, 1),
        ("parameters.hour", "hour", 0, 8),
        ("parameters.hour.value", "hour", 0, 18),
        ("parameters.hour.unit", "hour", 0, 30),
        ("parameters.quoted key", "quoted key", 0, 16),
        ("parameters.day", "day=", 0, 5),
        ("items[0]", "[[items]]", 1, 1),
        ("items[0].id", 'id = "first"', 0, 7),
        ("items[0].rules[0]", "[[items.rules]]", 0, 3),
        ("items[0].rules[0].id", '"r0"', 0, 9),
        ("items[0].rules[0].holds", "holds", 0, 12),
        ("items[0].rules[1].id", '"r1"', 0, 9),
        ("items[0].advance.each", "each", 0, 9),
        ("items[1].id", '"second"', 0, 7),
        ("items[1].rules[0].id", '"r2"', 0, 9),
        ("x.y.z.w", "w = -1", 0, 5),
    ],
)
def test_a_value_is_found_where_it_stands(path, piece, nth, column):
    assert at(path) == (line_of(piece, nth), column)


def test_what_only_looks_like_a_key_is_none():
    assert set(positions(SAMPLE)) >= {"id", "after"}
    assert not {"x", "not.a.table", "is", "title.is"} & set(positions(SAMPLE))


def paths(value, path=""):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from paths(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from paths(part, f"{path}[{index}]")
    yield path


@pytest.mark.parametrize("file", sorted(scheme_root().glob("*/scheme.toml")), ids=lambda f: f.parent.name)
def test_every_formula_of_every_notice_is_found_at_its_first_character(file):
    text = file.read_text(encoding="utf-8")
    found = positions(text)
    lines = text.splitlines()
    values = dict(leaves(tomllib.loads(text)))
    for path, value in values.items():
        if isinstance(value, str) and not path.endswith("]"):
            line, column = found[path]
            assert lines[line - 1][column - 1 :].startswith(value)
    assert any(path.endswith(".amount") for path in values)


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path, value


@given(st.text("ab.[]{}=,\"'#\n 1", max_size=80))
def test_no_text_stops_the_search(text):
    positions(text)


names = st.text("abcde", min_size=1, max_size=3)
trees = st.dictionaries(
    names,
    st.recursive(
        st.integers(0, 9),
        lambda inner: st.dictionaries(names, inner, min_size=1) | st.lists(inner, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
)


def inline(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {inline(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return str(value)


@given(trees)
def test_inline_values_are_found_at_their_first_character(tree):
    text = "\n".join(f"{key} = {inline(value)}" for key, value in tree.items())
    assert tomllib.loads(text) == tree
    found = positions(text)
    lines = text.splitlines()
    for path, value in leaves(tree):
        if not path.endswith("]"):
            line, column = found[path]
            assert lines[line - 1][column - 1 :].startswith(str(value))
