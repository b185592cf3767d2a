"""Case files: JSON and TOML, and what a file can be instead."""

import json
from datetime import date
from decimal import Decimal

import pytest

from keshi.case import files, load_structure, read_case
from keshi.problems import BadInput
from support.cases import structure
from support.people import id_number


def refused(path, **options):
    with pytest.raises(BadInput) as refusal:
        load_structure(path, **options)
    (found,) = refusal.value.problems
    assert found.line("zh")
    assert found.line("en")
    assert str(path) in found.where
    return found


def written(tmp_path, content, name="case.json"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_json_case_is_read(tmp_path):
    found = load_structure(written(tmp_path, json.dumps(structure())))
    assert read_case(found).trainees[0].id_number == id_number(0)


def test_decimals_keep_their_digits(tmp_path):
    assert load_structure(written(tmp_path, '{"a": 0.1, "b": 1e2}')) == {
        "a": Decimal("0.1"),
        "b": Decimal("1e2"),
    }
    found = load_structure(written(tmp_path, "a = 0.1\nb = 2020-03-01", "case.toml"))
    assert found == {"a": Decimal("0.1"), "b": date(2020, 3, 1)}


def test_a_byte_order_mark_does_not_matter(tmp_path):
    assert load_structure(written(tmp_path, b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}
    assert load_structure(written(tmp_path, b"\xef\xbb\xbfa = 1", "case.TOML")) == {"a": 1}


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": Infinity}', "Infinity is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": 1, "b": 2, "a": 3}', "key 'a' is given twice"),
        ('{"x": {"a": 1, "a": 1}}', "key 'a' is given twice"),
        ("[" * 100_000, None),
        ('{"a": ' + "9" * 5_000 + "}", None),
    ],
    ids=["nan", "infinity", "minus infinity", "key twice", "inner key twice", "deep", "huge number"],
)
def test_what_json_does_not_allow_is_refused(tmp_path, content, detail):
    found = refused(written(tmp_path, content))
    assert found.code == "file-json"
    assert detail is None or found.params["detail"] == detail


def test_a_repeated_key_that_is_a_person_is_not_quoted(tmp_path):
    found = refused(written(tmp_path, f'{{"{id_number(4)}": 1, "{id_number(4)}": 2}}'))
    assert id_number(4)[4:16] not in found.line()


def test_broken_json_names_line_and_column(tmp_path):
    path = written(tmp_path, '{\n  "a": 1,\n  "b" 2\n}')
    assert refused(path).where == f"{path}:3:7"


def test_broken_toml_names_its_line(tmp_path):
    found = refused(written(tmp_path, "a = 1\nb = = 2", "case.toml"))
    assert found.code == "file-toml"
    assert "line 2" in found.params["detail"]
    assert refused(written(tmp_path, "a = 1\na = 2", "case.toml")).code == "file-toml"


@pytest.mark.parametrize(
    ("content", "kind"), [("[1]", "list"), ("3", "int"), ('"x"', "str"), ("null", "NoneType")]
)
def test_a_case_is_an_object(tmp_path, content, kind):
    found = refused(written(tmp_path, content))
    assert (found.code, found.value) == ("case-object", kind)


def test_a_list_will_do_where_one_is_asked_for(tmp_path):
    assert load_structure(written(tmp_path, "[1]"), lists=True) == [1]
    assert refused(written(tmp_path, "3"), lists=True).code == "case-object"


def test_files_that_cannot_be_read(tmp_path):
    assert refused(tmp_path / "none.json").code == "file-absent"
    assert refused(written(tmp_path, "培训人员名册".encode("gbk"))).code == "file-not-utf8"
    assert refused(written(tmp_path, "{}".encode("utf-16"))).code == "file-not-utf8"
    assert refused(written(tmp_path, b'{"a": "\xff"}')).code == "file-not-utf8"
    assert refused(tmp_path).code == "file-unreadable"
    assert refused(written(tmp_path, b"")).code == "file-json"


def test_a_file_as_large_as_allowed_is_read_and_no_larger(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 2 * 1024**2)
    allowed = b'{"a": "' + b"x" * (2 * 1024**2 - 9) + b'"}'
    assert len(allowed) == 2 * 1024**2
    assert load_structure(written(tmp_path, allowed))
    found = refused(written(tmp_path, allowed + b" "))
    assert (found.code, found.params) == ("file-too-large", {"most": 2})


def test_toml_that_nests_or_counts_beyond_reason_is_refused(tmp_path):
    assert refused(written(tmp_path, "a = " + "[" * 100_000, "case.toml")).params["detail"]
    assert refused(written(tmp_path, "a = " + "9" * 5_000, "case.toml")).params["detail"]
