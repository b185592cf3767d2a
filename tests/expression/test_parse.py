"""What the formula language lets in, and how it says no."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expression.formulas import names
from keshi.expression import Source, names_in, parse
from keshi.expression.nodes import (
    Binary,
    Call,
    Comparison,
    Constant,
    Either,
    Listing,
    Logic,
    Name,
    Unary,
    walk,
)
from keshi.problems import BadInput

REFUSED = {
    "attribute of a call": "max(a, b).real",
    "call of an attribute": "a.strip()",
    "call of a call": "f()()",
    "import": "__import__('os').system('ls')",
    "dunder of a text": "'x'.__class__",
    "dunder of a list": "[].__class__.__bases__",
    "lambda": "lambda: 1",
    "list comprehension": "[x for x in y]",
    "generator": "max(x for x in y)",
    "dictionary": "{1: 2}",
    "set": "{1}",
    "subscript": "a[0]",
    "slice": "a[1:2]",
    "f-string": "f'{a}'",
    "walrus": "(a := 1)",
    "starred argument": "max(*a)",
    "starred list": "[*a, b]",
    "double-starred argument": "lookup(t, **a)",
    "repeated key": "sum_paid(year=2020, year=2021)",
    "power": "a ** 2",
    "matrix product": "a @ b",
    "shift": "a << 2",
    "bits": "a | b",
    "bit not": "~a",
    "plus sign": "+a",
    "await": "await a",
    "bytes": "b'x'",
    "ellipsis": "...",
    "escaped quote": r"'it\'s'",
    "escaped letter": r"a == '\x6blass'",
    "unknown escape": r"'\d'",
    "continued line": "a + \\ b",
}  # fmt: skip
NO_FIGURES = [
    "1e5", "1E5", "1.5e3", "1j", "0x1F", "0b1", "0o7", "1if", "2.x", "１２", "9" * 40, "1." + "9" * 40,
]  # fmt: skip
NOT_PYTHON = ["", " ", "a +", "a b", "a if b", "(a", "a)", "if", "a = 1", "a; b", "a == ", "'open",
              "def f(): 1",
              "import os", "class", "a.", ".a", "not", "a,,b", "1 2", "a\0b", "'\ud800'", "yield", "*a",
              "\ta"]  # fmt: skip


def problem(text, **place):
    with pytest.raises(BadInput) as refusal:
        parse(Source(text, **place))
    (found,) = refusal.value.problems
    assert found.line("zh")
    assert found.line("en")
    return found


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_in_the_language_is_refused(text):
    assert problem(text).code == "formula-not-allowed"


@pytest.mark.parametrize("text", NO_FIGURES)
def test_a_figure_is_a_plain_decimal(text):
    assert problem(text).code == "formula-number-form"


@pytest.mark.parametrize("text", NOT_PYTHON)
def test_what_cannot_be_read_is_refused(text):
    assert problem(text).code == "formula-syntax"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * 2_001, "formula-too-long"),
        ("1+" * 500_000 + "1", "formula-too-long"),
        ("(" * 1_000_000, "formula-too-long"),
        ("a\nb", "formula-one-line"),
        ("a +\r b", "formula-one-line"),
        ("-" * 100 + "a", "formula-too-deep"),
        ("-" * 1_999 + "a", "formula-too-deep"),
        ("not " * 400 + "a", "formula-too-deep"),
        ("a+" * 900 + "a", "formula-too-deep"),
        ("[" * 90 + "a" + "]" * 90, "formula-too-deep"),
        ("max(a, " * 70 + "a" + ")" * 70, "formula-too-deep"),
        ("a if a else " * 80 + "a", "formula-too-deep"),
        ("klass.starts_on", "formula-unknown-name"),
        ("'klass'", "formula-unknown-name"),
    ],
)
def test_formulas_stay_short_flat_and_on_one_line(text, code):
    found = problem(text)
    assert found.code == code
    assert len(found.line()) < 5_000


def test_the_limits_themselves_are_allowed():
    assert len(parse(Source("a" * 2_000)).name) == 2_000
    assert len(list(walk(parse(Source("-" * 60 + "a"))))) == 61
    assert problem("-" * 61 + "a").code == "formula-too-deep"
    assert parse(Source("9" * 31)).value == 10**31 - 1
    assert problem("9" * 32).code == "formula-number-form"


def test_a_name_may_have_as_many_dots_as_fit():
    assert parse(Source(".".join("a" * 1_000))).name == ".".join("a" * 1_000)


@pytest.mark.parametrize(
    ("text", "where", "below"),
    [
        ("a ** 2", "1:1", "^^^^^^"),
        ("a + b ** 2", "1:5", "    ^^^^^^"),
        # a wide character takes two columns on a screen and one in a file
        ("x == '中文' and y ** 2", "1:15", "      　　      ^^^^^^"),
        ("'中文' ** '文'", "1:1", "^" * 14),
        ("单位 + (", "1:6", "　　   ^"),
        ("a ** '１' ", "1:1", "^" * 9),
    ],
)
def test_the_caret_stands_under_the_part_in_question(text, where, below):
    found = problem(text)
    assert found.where == where
    assert found.excerpt == f"    {text}\n    {below}".replace(
        "      　　      ^^^^^^", " " * 6 + "　　" + " " * 6 + "^" * 6
    )


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("a == '中' and max(b)(c)", 13),
        ("a + 1e5", 4),
        ("'中文' == 0x1F", 8),
        (r"'中' == '\n'", 8),
        ("f(a=1, a=22)", 9),
        ("f(中=1, 中=22)", 9),
        ("f(**kw)", 4),
        ("a + klass.b", 4),
        ("a.b.c[0]", 0),
        ("1 + a.f().b", 4),
    ],
)
def test_problems_point_at_their_column(text, start):
    assert problem(text).where == f"1:{start + 1}"
    assert problem(text, file="scheme.toml", line=12, column=9).where == f"scheme.toml:12:{start + 9}"


def test_without_a_known_line_the_file_alone_is_named():
    assert problem("a b", file="scheme.toml: items[0].amount").where == "scheme.toml: items[0].amount"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7.5", Fraction(15, 2)),
        ("0.1", Fraction(1, 10)),
        ("0.30000000000000000000001", Fraction(30000000000000000000001, 10**23)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("5.0", 5),
        ("1_000", 1000),
        ("1_000.25", Fraction(4001, 4)),
        ("0", 0),
        ("True", True),
        ("None", None),
        ("'中文'", "中文"),
        ('"x"', "x"),
        ("''", ""),
    ],
)
def test_constants_are_exact(text, value):
    node = parse(Source(text))
    assert node.value == value
    assert type(node.value) is type(value)


def test_decimals_after_chinese_text_are_exact():
    node = parse(Source("x == '线上课时' and y * 7.5 > 0.1"))
    assert [part.value for part in walk(node) if isinstance(part, Constant)] == [
        "线上课时",
        Fraction(15, 2),
        Fraction(1, 10),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("class.starts_on", {"class.starts_on"}),
        ("class . starts_on", {"class.starts_on"}),
        ("class.platform.recommended", {"class.platform.recommended"}),
        ("subclass.x + class_hours", {"subclass.x", "class_hours"}),
        ("(class.a)-class.b", {"class.a", "class.b"}),
        ("trainee.minutes", {"trainee.minutes"}),
        ("x.klas + classy.a", {"x.klas", "classy.a"}),
        ("lookup(standard, level=class.level)", {"standard", "class.level"}),
        ("class.a if class.b else class.c", {"class.a", "class.b", "class.c"}),
        ("[class.a, b]", {"class.a", "b"}),
        ("not class.a", {"class.a"}),
    ],
)
def test_names_of_the_class_are_read_although_python_reserves_the_word(text, names):
    assert names_in(parse(Source(text))) == names


def test_the_word_class_inside_a_text_stays():
    node = parse(Source("class.project == 'class.a of class . b'"))
    assert node.right.value == "class.a of class . b"
    assert node.left.name == "class.project"


def test_a_word_class_without_a_fact_is_refused():
    assert problem("class + 1").code == "formula-syntax"
    assert problem("facts.class.a").code == "formula-syntax"


def test_the_tree_has_the_shape_of_the_formula():
    node = parse(Source("min(a, -b) if not c and d in [1, 2] else e // 2"))
    assert isinstance(node, Either)
    assert isinstance(node.then, Call)
    assert (node.then.function, len(node.then.arguments), node.then.named) == ("min", 2, ())
    assert isinstance(node.then.arguments[1], Unary)
    assert (node.then.arguments[1].operator, node.then.arguments[1].operand.name) == ("-", "b")
    assert isinstance(node.condition, Logic)
    assert (node.condition.operator, len(node.condition.operands)) == ("and", 2)
    assert node.condition.operands[0].operator == "not"
    assert isinstance(node.condition.operands[1], Comparison)
    assert isinstance(node.condition.operands[1].right, Listing)
    assert isinstance(node.otherwise, Binary)
    assert (node.otherwise.operator, node.otherwise.left.name, node.otherwise.right.value) == ("//", "e", 2)
    assert (node.start, node.end) == (0, 47)


def test_several_words_of_or_are_one_node():
    node = parse(Source("a or b or c"))
    assert (node.operator, [part.name for part in node.operands]) == ("or", ["a", "b", "c"])


def test_named_arguments_keep_their_names_and_order():
    node = parse(Source("lookup(t, b=1, a=2)"))
    assert [(name, part.value) for name, part in node.named] == [("b", 1), ("a", 2)]
    assert [type(part) for part in node.parts()] == [Name, Constant, Constant]


def test_a_chain_of_comparisons_means_both():
    node = parse(Source("1 < a <= b != c"))
    assert (node.operator, node.start, node.end) == ("and", 0, 15)
    assert [(part.operator, part.start, part.end) for part in node.operands] == [
        ("<", 0, 5),
        ("<=", 4, 10),
        ("!=", 9, 15),
    ]


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"])
def test_every_comparison_is_kept_as_written(operator):
    assert parse(Source(f"a {operator} b")).operator == operator


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%"])
def test_every_operation_is_kept_as_written(operator):
    node = parse(Source(f"a {operator} b"))
    assert (node.operator, node.left.name, node.right.name) == (operator, "a", "b")


@pytest.mark.parametrize("text", ["(a, b)", "a, b", "[a, b]"])
def test_a_list_may_be_written_with_round_brackets(text):
    assert [item.name for item in parse(Source(text)).items] == ["a", "b"]


@given(st.text(max_size=60) | st.text("abc.class 0123456789+-*/%()[]=<>'\"中,_ifelsnotdr\\", max_size=60))
def test_no_text_whatever_does_more_than_being_refused(text):
    try:
        node = parse(Source(text))
    except BadInput as refusal:
        (found,) = refusal.problems
        assert found.line("zh")
        assert found.line("en")
    else:
        for part in walk(node):
            assert 0 <= part.start <= part.end <= len(text)


@given(names)
def test_names_of_the_test_vocabulary_are_formulas(values):
    for name in values:
        assert parse(Source(name)).name == name


def test_a_broken_line_is_shown_on_one():
    assert problem("a +\nb").excerpt == "    a + b\n    ^"


@pytest.mark.parametrize(
    ("text", "where", "below"),
    [
        (")a", "1:1", "^"),
        ("a + + * b", "1:7", "      ^"),
        ("a == 'open", "1:6", "     ^"),
        ("a +", "1:3", "  ^"),
        ("1 + 'a\\b' + 'c\\d'", "1:7", "      ^"),
        ("a + 0x1F + 0x2F", "1:5", "    ^^^^"),
        ("a + klass.x + klass.y", "1:5", "    ^^^^^"),
        ("a +\nb", "1:1", "^"),
        ("f(a=1, a=22, b=3)", "1:10", "         ^^"),
        ("max(a, b)(c) + 1", "1:1", "^" * 12),
    ],
)
def test_every_refusal_marks_its_piece(text, where, below):
    found = problem(text)
    assert found.where == where
    assert found.excerpt.partition("\n")[2] == f"    {below}"


def test_refusals_tell_the_limits_and_names():
    assert problem("a" * 2_001).params == {"most": 2_000}
    assert problem("a" * 2_001).excerpt == "    " + "a" * 200 + "…\n    ^"
    assert problem("-" * 61 + "a").params == {"most": 60}
    assert problem("klass.x").params == {"name": "klass"}


def test_every_part_knows_where_it_stands():
    text = "min(a, -b) if not c and class.d in [1, 2.5] or x is None else (e // 2) * '中文'"
    assert [text[part.start : part.end] for part in walk(parse(Source(text)))] == [
        text,
        "not c and class.d in [1, 2.5] or x is None",
        "not c and class.d in [1, 2.5]",
        "not c",
        "c",
        "class.d in [1, 2.5]",
        "class.d",
        "[1, 2.5]",
        "1",
        "2.5",
        "x is None",
        "x",
        "None",
        "min(a, -b)",
        "a",
        "-b",
        "b",
        "(e // 2) * '中文'",
        "e // 2",
        "e",
        "2",
        "'中文'",
    ]
