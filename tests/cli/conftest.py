"""The command run in this process: arguments in, output and exit code out."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keshi.cli import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def command(*arguments: str | Path) -> Ran:
        from keshi.cli import output

        output.console.cache_clear()
        output.errors.cache_clear()
        monkeypatch.setattr(sys, "argv", ["keshi", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return Ran(int(left.value.code or 0), captured.out, captured.err)

    return command


def base_case() -> dict[str, Any]:
    """A complete case of 韶关: one person, 1 830 minutes, 870 yuan had this year."""
    return {
        "scheme": "shaoguan-2020",
        "item": "on-the-job",
        "as_of": "2020-06-01",
        "facts": {"epidemic_ended_on": None},
        "organisation": {"kind": "enterprise", "name": "韶关某机械厂", "region": "440203"},
        "class": {
            "code": "SG-1",
            "project": "数控车工",
            "training_type": "in-post",
            "occupation": "6-18-01-01",
            "level": 5,
            "filed_on": "2020-03-02",
            "starts_on": "2020-03-10",
            "ends_on": "2020-03-31",
            "claimed_on": "2020-04-20",
            "free_of_charge": True,
            "platform": {"recommended": True, "evaluated_on": None},
        },
        "trainees": [
            {
                "name": "测试甲",
                "id_number": "440203199001010017",
                "category": "employee",
                "relation": "contract",
                "minutes": "1830",
                "completed": True,
                "history": [
                    {
                        "scheme": "shaoguan-2020",
                        "item": "on-the-job",
                        "project": "安全生产",
                        "started_on": "2020-02-01",
                        "ended_on": "2020-02-20",
                        "occupation": None,
                        "level": None,
                        "amount": "870.00",
                    }
                ],
                "other_subsidies": [],
            }
        ],
    }


@pytest.fixture
def case() -> dict[str, Any]:
    from datetime import date

    from keshi.identity import make_id_number

    found = base_case()
    found["trainees"][0]["id_number"] = make_id_number("440203", date(1990, 1, 1), 1)
    return found


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Any], Path]:
    def to_file(structure: Any) -> Path:
        path = tmp_path / "case.json"
        path.write_text(json.dumps(structure, ensure_ascii=False), encoding="utf-8")
        return path

    return to_file
