"""What a batch refuses: columns, types, rows; always by name, with counts and masked examples, nothing half-written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.batch.kit import person

from keshi.problems import BadInput
from keshi.scheme import find_scheme
from keshi.settlement.batch import settle_batch

SCHEME = find_scheme("shaoguan-2020")
A, B, C = person(1), person(2), person(3)
START, END = date(2020, 3, 10), date(2020, 3, 31)
LISTS = pa.list_(pa.string())
Tables = dict[str, dict[str, Any]]


def tables() -> Tables:
    """Two classes of 韶关, three people; one had 870 yuan this year."""
    return {
        "classes": {
            "class_id": ["C1", "C2"], "as_of": [date(2020, 6, 1)] * 2, "organisation_kind": ["enterprise"] * 2,
            "organisation_region": ["440203"] * 2, "class_project": ["P1", "P2"],
            "class_training_type": ["in-post"] * 2,
            "class_filed_on": [date(2020, 3, 2)] * 2, "class_starts_on": [START] * 2, "class_ends_on": [END] * 2,
            "class_claimed_on": [date(2020, 4, 20), date(2020, 4, 21)], "class_free_of_charge": [True] * 2,
            "class_platform_recommended": [True] * 2, "class_occupation": ["6-01", "6-02"], "class_level": [5, 4],
        },
        "trainees": {
            "class_id": ["C1", "C1", "C2"], "id_number": [A, B, C], "category": ["employee"] * 3,
            "relation": ["contract"] * 3, "minutes": [1_830, 1_830, 900], "completed": [True] * 3,
            "other_subsidies": pa.array([[], [], []], pa.list_(pa.string())),
        },
        "history": {
            "id_number": [A], "scheme": ["shaoguan-2020"], "item": ["on-the-job"], "project": ["P0"],
            "started_on": [date(2020, 2, 1)], "ended_on": [date(2020, 2, 20)], "amount": [87_000],
            "occupation": ["6-09"], "level": [5],
        },
    }  # fmt: skip


def settle(folder: Path, found: Tables, **how: Any) -> Any:
    paths = {}
    for name, columns in found.items():
        paths[name] = folder / f"{name}.parquet"
        pq.write_table(pa.table(columns), paths[name])
    scheme, item = how.pop("scheme", SCHEME), how.pop("item", None)
    history = paths.get("history")
    return settle_batch(
        paths["trainees"], history, paths["classes"], scheme, item, folder / "out.parquet", **how
    )


def refused(folder: Path, found: Tables, **how: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        settle(folder, found, **how)
    assert not (folder / "out.parquet").exists()
    assert not list(folder.glob(".*"))
    return caught.value


def rows(folder: Path) -> list[tuple[Any, ...]]:
    found = pq.read_table(folder / "out.parquet").to_pylist()
    return sorted((r["class_id"], r["id_number"], r["amount_fen"]) for r in found)


def test_the_set_itself_is_settled(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    summary = settle(tmp_path, tables(), progress=lambda *step: told.append(step))
    assert rows(tmp_path) == [("C1", A, 13_000), ("C1", B, 100_000), ("C2", C, 60_000)]
    assert (summary.rows, summary.eligible, summary.amount, summary.payable) == (3, 3, 173_000, 173_000)
    assert summary.absent == ("class.platform.evaluated_on",)
    assert [number for _, number, _ in told] == [1, 2, 3, 4, 5]


def test_without_history_and_with_classes_that_nobody_is_in(tmp_path: Path) -> None:
    found = tables()
    del found["history"]
    found["trainees"] = {name: values[:1] for name, values in found["trainees"].items()}
    settle(tmp_path, found, threads=1, memory_limit="500MB")
    assert rows(tmp_path) == [("C1", A, 100_000)]


def test_an_empty_roster(tmp_path: Path) -> None:
    found = tables()
    found["trainees"] = pa.table(found["trainees"]).slice(0, 0)  # type: ignore[assignment]
    assert settle(tmp_path, found).rows == 0


def test_class_ids_may_be_numbers(tmp_path: Path) -> None:
    found = tables()
    found["classes"]["class_id"] = [10, 9]
    found["trainees"]["class_id"] = [10, 10, 9]
    settle(tmp_path, found)
    assert rows(tmp_path)[0] == (9, C, 60_000)


def test_decimals_are_exact(tmp_path: Path) -> None:
    found = tables()
    minutes = [Decimal("1799.999999"), Decimal("1800.000000"), Decimal("899.9")]
    found["trainees"]["minutes"] = pa.array(minutes, pa.decimal128(38, 6))
    found["history"]["amount"] = pa.array([Decimal("999.99")], pa.decimal128(38, 2))
    found["history"]["id_number"] = [B]
    settle(tmp_path, found)
    assert rows(tmp_path) == [("C1", A, 100_000), ("C1", B, 1), ("C2", C, 57_000)]


def test_a_text_column_may_be_dictionary_encoded_and_a_path_odd(tmp_path: Path) -> None:
    found = tables()
    found["trainees"]["category"] = pa.array(["employee"] * 3).dictionary_encode()
    odd = tmp_path / "it's [a] *"
    odd.mkdir()
    settle(odd, found)
    assert len(rows(odd)) == 3


def test_grants_of_the_set_are_history_in_claim_order(tmp_path: Path) -> None:
    found = tables()
    found["trainees"]["id_number"] = [A, B, B]
    settle(tmp_path, found)
    assert rows(tmp_path) == [("C1", A, 13_000), ("C1", B, 100_000), ("C2", B, 0)]
    found["classes"]["class_claimed_on"] = [date(2020, 4, 21), date(2020, 4, 20)]
    settle(tmp_path, found)
    assert rows(tmp_path) == [("C1", A, 13_000), ("C1", B, 40_000), ("C2", B, 60_000)]


Change = Callable[[Tables], Any]


def put(file: str, column: str, values: Any) -> Change:
    return lambda found: found[file].__setitem__(column, values)


def without(file: str, column: str) -> Change:
    return lambda found: found[file].pop(column)


BAD: dict[str, tuple[Change, str, str]] = {
    "missing fact": (without("trainees", "minutes"), "batch-column-missing", "学习分钟数"),
    "missing class fact": (without("classes", "class_ends_on"), "batch-column-missing", "结束日期"),
    "missing id": (without("trainees", "id_number"), "batch-column-missing", "身份证号码"),
    "missing class id": (without("classes", "class_id"), "batch-column-missing", "class_id"),
    "missing as-of": (without("classes", "as_of"), "batch-column-missing", "测算日期"),
    "missing exclusion": (without("trainees", "other_subsidies"), "batch-column-missing", "已享受的其他补贴"),
    "missing past amount": (without("history", "amount"), "batch-column-missing", "补贴金额"),
    "missing past id": (without("history", "id_number"), "batch-column-missing", "身份证号码"),
    "float": (put("trainees", "minutes", [1.0, 2.0, 3.0]), "batch-column-type", "DOUBLE"),
    "text for number": (put("trainees", "minutes", ["1", "2", "3"]), "batch-column-type", "学习分钟数"),
    "time for day": (
        put("classes", "class_starts_on", pa.array([0, 0], pa.timestamp("us"))), "batch-column-type", "开班日期"),
    "too fine": (
        put("trainees", "minutes", pa.array([Decimal("1")] * 3, pa.decimal128(18, 7))), "batch-column-type", "6"),
    "class ids of two types": (put("trainees", "class_id", [1, 1, 2]), "batch-column-type", "class_id"),
    "judgement as text": (put("classes", "judgement_target_reached", ["a", "b"]), "batch-column-type", "target-"),
    "item as number": (put("classes", "item", [1, 2]), "batch-column-type", "item"),
    "unknown column": (put("trainees", "minuts", [1, 2, 3]), "case-unknown-key-near", "minutes"),
    "strange column": (put("history", "zzz", [1]), "case-unknown-key", "zzz"),
    "unknown judgement": (put("classes", "judgement_x", [True, None]), "case-judgement-unknown", "x"),
    "unknown item": (put("classes", "item", ["on-the-job", "x"]), "batch-item-unknown", "on-the-job"),
    "null item": (put("classes", "item", ["on-the-job", None]), "batch-item-unknown", "null"),
    "same person twice": (put("trainees", "id_number", [A, A, C]), "batch-rows-person-twice", "1"),
    "negative minutes": (put("trainees", "minutes", [-1, 5, -1]), "batch-rows-least", "2"),
    "huge minutes": (put("trainees", "minutes", [10**15, 5, 5]), "batch-rows-large", "1"),
    "unknown choice": (put("trainees", "category", ["boss", "employee", "employee"]), "batch-rows-choice", "人员类别"),
    "unknown subsidy": (put("trainees", "other_subsidies", [["x"], [], []]), "batch-rows-choice", "已享受的其他补贴"),
    "null in a list": (
        put("trainees", "other_subsidies", pa.array([[None], [], []], LISTS)), "batch-rows-choice", "1"),
    "no such class": (put("trainees", "class_id", ["C1", "C9", None]), "batch-rows-no-class", "2"),
    "null id": (put("trainees", "id_number", [None, B, C]), "batch-rows-id", "1"),
    "small x": (put("trainees", "id_number", [A, person(3)[:17] + "x", "12"]), "batch-rows-id", "2"),
    "exponent": (put("trainees", "id_number", ["4402031980010112e2", "+44020319800101112", C]), "batch-rows-id", "2"),
    "zero in front": (put("trainees", "id_number", ["044020319800101112", B, C]), "batch-rows-id", "1"),
    "null past id": (put("history", "id_number", pa.array([None], pa.string())), "batch-rows-id", "history"),
    "class twice": (put("classes", "class_id", ["C1", "C1"]), "batch-rows-class-twice", "C1"),
    "null class id": (put("classes", "class_id", ["C1", None]), "batch-rows-null", "班级标识"),
    "empty class id": (put("classes", "class_id", ["C1", ""]), "batch-rows-null", "班级标识"),
    "no end": (put("classes", "class_ends_on", [END, None]), "batch-rows-null", "结束日期"),
    "ends before start": (put("classes", "class_starts_on", [START, date(2021, 1, 1)]), "batch-rows-ends-before", "C2"),
    "region": (put("classes", "organisation_region", ["440203", "44020"]), "batch-rows-region", "1"),
    "blank text": (put("classes", "class_project", ["甲　", "P2"]), "batch-rows-text", "培训项目"),
    "empty text": (put("history", "scheme", [""]), "batch-rows-text", "政策"),
    "past without end": (put("history", "ended_on", pa.array([None], pa.date32())), "batch-rows-null", "结束日期"),
    "past ends before": (put("history", "started_on", [date(2020, 3, 1)]), "batch-rows-ends-before", "1"),
    "past negative": (put("history", "amount", [-1]), "batch-rows-least", "1"),
    "past parts of a fen": (
        put("history", "amount", pa.array([Decimal("1.005")], pa.decimal128(9, 3))), "batch-rows-fen", "1"),
    "past too much": (put("history", "amount", [10**15 + 1]), "batch-too-large", "1"),
    "level out of range": (put("history", "level", [6]), "batch-rows-most", "5"),
    "level in parts": (
        put("history", "level", pa.array([Decimal("4.5")], pa.decimal128(9, 1))), "batch-rows-whole", "技能等级"),
    "before our era": (
        put("history", "ended_on", pa.array([-800_000], pa.int32()).cast(pa.date32())), "batch-rows-date", "1"),
    "year without calendar": (
        put("classes", "class_filed_on", [date(1999, 1, 1)] * 2), "batch-calendar-year-unknown", "workdays"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_by_name(tmp_path: Path, name: str) -> None:
    change, code, said = BAD[name]
    found = tables()
    change(found)
    error = refused(tmp_path, found)
    lines = [problem.line("zh") + problem.line("en") for problem in error.problems if problem.code == code]
    assert lines, [problem.code for problem in error.problems]
    assert said in lines[0]
    assert not any(number in line for number in (A, B, C) for line in lines)


def test_files_that_are_not_there_or_not_parquet(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    absent = tmp_path / "absent.parquet"
    with pytest.raises(BadInput) as caught:
        settle_batch(absent, None, absent, SCHEME, None, out)
    assert caught.value.problems[0].code == "file-absent"
    absent.write_text("no parquet")
    with pytest.raises(BadInput) as caught:
        settle_batch(absent, None, absent, SCHEME, None, out)
    assert caught.value.problems[0].code == "batch-not-parquet"


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    found = tables()
    settle(tmp_path, found)
    with pytest.raises(BadInput) as caught:
        settle_batch(
            tmp_path / "trainees.parquet",
            None,
            tmp_path / "classes.parquet",
            SCHEME,
            None,
            tmp_path / "no" / "out.parquet",
        )
    assert caught.value.problems[0].code == "batch-resources"


def test_an_item_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    jinan = find_scheme("jinan-2020")
    assert refused(tmp_path, tables(), scheme=jinan).problems[0].code == "batch-item-needed"
    assert refused(tmp_path, tables(), item="no-such").problems[0].code == "item-unknown"
    found = tables()
    found["classes"]["item"] = ["on-the-job"] * 2
    settle(tmp_path, found, item="on-the-job")
    with pytest.raises(BadInput) as caught:
        settle(tmp_path, found, scheme=jinan, item="special-operation")
    assert caught.value.problems[0].code == "batch-item-unknown"


def test_judgements_decide_and_null_is_not_judged(tmp_path: Path) -> None:
    found = tables()
    found["classes"]["judgement_target-reached"] = [False, None]
    settle(tmp_path, found)
    output = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert {row["class_id"]: row["failed"] for row in output} == {"C1": ["target-reached"], "C2": []}


def test_an_old_output_stays_when_the_new_set_is_refused(tmp_path: Path) -> None:
    settle(tmp_path, tables())
    before = (tmp_path / "out.parquet").read_bytes()
    found = tables()
    found["trainees"]["minutes"] = [-1, 1, 1]
    with pytest.raises(BadInput):
        settle(tmp_path, found)
    assert (tmp_path / "out.parquet").read_bytes() == before
