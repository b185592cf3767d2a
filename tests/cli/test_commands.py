"""The other commands."""

import json
import shutil
from pathlib import Path

import pytest

from keshi.cli.group import COMMANDS
from keshi.scheme import scheme_root

LINJIANG = Path(__file__).parents[2] / "docs" / "examples" / "linjiang-2021"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(run, name) -> None:
    ran = run(name, "--help")
    assert ran.code == 0
    assert f"keshi {name}" in ran.out
    assert "示例" in ran.out


def test_help_lists_all_commands(run) -> None:
    ran = run("--help")
    assert ran.code == 0
    for name in COMMANDS:
        assert name in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["settle"], "缺少"),
        (["settel"], "没有这个命令"),
        (["settle", "x", "--formt", "json"], "--format"),
        (["workdays", "2020-02-30"], "不是日期"),
        (["describe", "a", "-o"], "-o"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese(run, arguments, told) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert told in ran.err


def test_the_sixth_city_needs_no_code(run) -> None:
    ran = run("check", LINJIANG)
    assert ran.code == 0
    assert "linjiang-2021" in ran.out
    settled = run("settle", LINJIANG / "cases" / "base.toml", "--scheme", LINJIANG, "--format", "json").json()
    assert settled["trainees"][0]["amount"] == "950.00"


def test_check_tells_a_case_that_disagrees(run, tmp_path) -> None:
    copy = tmp_path / "linjiang"
    shutil.copytree(LINJIANG, copy)
    scheme = copy / "scheme.toml"
    scheme.write_text(scheme.read_text(encoding="utf-8").replace('"27.5"', '"27.4"'), encoding="utf-8")
    ran = run("check", copy)
    assert ran.code == 1
    assert "427.50" in ran.err
    assert "427.40" in ran.err


def test_check_tells_all_problems_of_a_scheme_with_line_and_column(run, tmp_path) -> None:
    copy = tmp_path / "linjiang"
    shutil.copytree(LINJIANG, copy)
    scheme = copy / "scheme.toml"
    text = scheme.read_text(encoding="utf-8")
    text = text.replace("min(tiered, cost_share", "min(tiered + class_hours, cost_share")
    text = text.replace('"trainee.completed"', '"trainee.complted"')
    scheme.write_text(text, encoding="utf-8")
    ran = run("check", copy)
    assert ran.code == 2
    line = text[: text.index("min(tiered + class_hours")].count("\n") + 1
    assert f"{scheme}:{line}:15: " in ran.err
    assert "yuan 与 class_hour" in ran.err
    assert "trainee.completed" in ran.err


def test_overlapping_versions_are_refused(run, tmp_path) -> None:
    for name in ("a", "b"):
        shutil.copytree(LINJIANG, tmp_path / name)
    ran = run("check", tmp_path)
    assert ran.code == 2
    assert "同时适用" in ran.err


@pytest.mark.parametrize("scheme", sorted(path.parent.name for path in scheme_root().glob("*/scheme.toml")))
def test_each_notice_is_described(run, scheme, tmp_path) -> None:
    page = run("describe", scheme).out
    assert page.startswith("# ")
    output = tmp_path / "page.md"
    assert run("describe", scheme, "-o", output).code == 0
    assert output.read_text(encoding="utf-8") == page


def test_explain_shows_what_would_change_the_outcome(run, case, write) -> None:
    ran = run("explain", write(case), "--person", "测试甲")
    assert ran.code == 0
    assert "max(0, min(1200.00, 1000 - 870.00))" in ran.out
    assert "壹佰叁拾元整" in ran.out
    assert "2020-03-04" in ran.out, "filed two days later it would be four workdays"
    assert case["trainees"][0]["id_number"] not in ran.out


@pytest.mark.parametrize("person", ["测试癸", "0", "2"])
def test_explain_needs_somebody_in_the_list(run, case, write, person) -> None:
    assert run("explain", write(case), "--person", person).code == 2


def test_diff_tells_who_gains_and_who_loses(run, tmp_path) -> None:
    copy = tmp_path / "linjiang"
    shutil.copytree(LINJIANG, copy)
    scheme = copy / "scheme.toml"
    scheme.write_text(scheme.read_text(encoding="utf-8").replace('"27.5"', '"30"'), encoding="utf-8")
    ran = run("diff", LINJIANG, copy, "--cases", LINJIANG / "cases" / "base.toml")
    assert ran.code == 0
    assert "parameters.second_rate.value" in ran.out
    assert "+50.00" in ran.out
    assert "950.00" in ran.out
    assert "没有差别" in run("diff", LINJIANG, LINJIANG).out


def test_diff_refuses_a_folder_without_cases(run, tmp_path) -> None:
    assert run("diff", LINJIANG, LINJIANG, "--cases", tmp_path).code == 2


def test_id_checks_numbers_and_hides_them(run, case) -> None:
    number = case["trainees"][0]["id_number"]
    ran = run("id", number)
    assert (ran.code, "无误" in ran.out, number in ran.out) == (0, True, False)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    ran = run("id", wrong, number)
    assert (ran.code, wrong in ran.out) == (2, False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["2020-01-23", "--add", "5"], "2020-02-07"),
        (["2020-04-24", "--add", "5"], "2020-04-30"),
        (["2020-04-30", "--add", "5"], "2020-05-11"),
        (["2020-06-18", "--add", "5"], "2020-06-28 周日"),
        (["2020-09-30", "--add", "5"], "2020-10-14"),
        (["2020-03-09", "--before", "5"], "2020-03-02"),
        (["2020-03-02", "--until", "2020-03-10"], "6 个工作日，8 天"),
        (["2020-11-30", "--months", "3"], "2021-02-28"),
        (["2020-04-24", "--add", "5", "--closed", "2020-04-27"], "2020-05-06"),
    ],
)
def test_workdays(run, arguments, told) -> None:
    ran = run("workdays", *arguments)
    assert ran.code == 0
    assert told in ran.out


def test_workdays_beyond_the_published_calendar(run) -> None:
    ran = run("workdays", "2035-01-01", "--add", "1")
    assert ran.code == 2
    assert "2035" in ran.err


def honest_log(minutes: int) -> list[dict[str, object]]:
    """A person watches a lesson for so many minutes, a beat every 20 s, and answers every check at once."""

    def at(seconds: int) -> str:
        return f"2020-03-10T{9 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}+08:00"

    events: list[dict[str, object]] = [
        {"at": at(0), "type": "lesson", "enrolment": "E1", "lesson": "L1", "length_ms": minutes * 60_000},
        {"at": at(0), "type": "sign-in"},
        {"at": at(0), "type": "start", "session": "s1", "enrolment": "E1", "lesson": "L1"},
    ]
    for number in range(minutes * 3):
        start = number * 20_000
        beat = {"type": "beat", "session": "s1", "seq": number + 1, "segments": [[start, start + 20_000]]}
        events.append({"at": at((number + 1) * 20), **beat, "playing": True, "visible": True})
        events.append({"at": at((number + 1) * 20), "type": "answer", "correct": True})
    return [
        *events,
        {"at": at(minutes * 60), "type": "finish"},
        {"at": at(minutes * 60), "type": "answer", "correct": True},
    ]


def test_an_honest_hour_is_credited_whole(run, tmp_path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps(honest_log(60)), encoding="utf-8")
    found = run("hours", path, "--minutes-per-hour", "45", "--format", "json").json()
    assert (found["confirmed_minutes"], found["class_hours"], found["provisional_ms"]) == ("60", 1, 0)
    assert "1 课时" in run("hours", path, "--minutes-per-hour", "45").out


def test_a_case_may_bring_events_instead_of_minutes(run, case, write) -> None:
    del case["trainees"][0]["minutes"]
    case["trainees"][0]["events"] = honest_log(95)
    found = run("settle", write(case), "--format", "json").json()["trainees"][0]
    assert (found["class_hours"], found["amount"]) == (2, "60.00")


@pytest.mark.parametrize("content", ['{"events": 3}', "{}", '[{"type": "beat"}]', "[1]"])
def test_a_log_that_cannot_be_read_is_refused(run, tmp_path, content) -> None:
    path = tmp_path / "events.json"
    path.write_text(content, encoding="utf-8")
    assert run("hours", path).code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run, shell) -> None:
    assert "keshi" in run("completion", shell).out
