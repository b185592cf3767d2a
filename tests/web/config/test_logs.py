"""Nothing that goes through the log names a person, whoever wrote the entry."""

import json
import logging
import subprocess
import sys

import pytest
import structlog

from keshi_web.config.redaction import HIDDEN, redact, redact_entry, redacted
from support.people import id_number

NUMBER = id_number(7)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"person{NUMBER}x",
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "13800138000",
        "138-0013-8000",
        "138 0013 8000",
        "6222 0212 3456 7890 123",
        "6222021234567890",
        "0751-8812345",
        "88812345",
    ],
)
def test_numbers_of_persons_are_hidden(text: str) -> None:
    assert redact(f"before {text}, after").replace("person", "").replace("x,", ",") in {
        f"before {HIDDEN}, after",
        f"before 0751-{HIDDEN}, after",
    }


@pytest.mark.parametrize(
    "text",
    [
        "filing 204715",
        "2020-03-10T08:15:00.123456Z",
        "2020-03-10 08:15:00",
        "440203",
        "12 345 yuan",
        "v0.1.0",
    ],
)
def test_dates_codes_and_small_numbers_stay(text: str) -> None:
    assert redact(text) == text


def test_a_database_error_quotes_no_row() -> None:
    said = redact(
        'duplicate key value violates unique constraint "one_name"\nDETAIL:  Key (name)=(测试甲) already exists.\n'
        "CONTEXT:  SQL function"
    )
    assert "测试甲" not in said
    assert "one_name" in said
    assert "CONTEXT:  SQL function" in said


def test_every_depth_of_an_entry_is_redacted() -> None:
    entry = {
        "event": "x",
        "rows": [{"id": NUMBER, NUMBER: (1, int(NUMBER[:17]))}],
        "at": object(),
        "n": 3,
        "ok": True,
    }
    made = redact_entry(None, "info", entry)
    assert NUMBER[:17] not in repr(made)
    assert made["n"] == 3
    assert made["ok"] is True
    assert redacted(None) is None


PROGRAM = f"""
import logging, structlog
from keshi_web.config import logs
import logging.config
logging.config.dictConfig(logs.set_up(readable=False, level="INFO"))
structlog.contextvars.bind_contextvars(request_id="a" * 32, user=7)
structlog.get_logger("keshi.test").info("read {NUMBER}", phone="13800138000", note="课时")
logging.getLogger("django.db").warning("lost %s", "{NUMBER}")
try:
    raise ValueError("no account 6222021234567890")
except ValueError:
    logging.getLogger("library").exception("failed")
"""


def test_our_entries_and_those_of_libraries_come_out_alike() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    for number in (NUMBER, "13800138000", "6222021234567890"):
        assert number not in done.stderr
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert [entry["level"] for entry in entries] == ["info", "warning", "error"]
    assert entries[0]["user"] == 7
    assert entries[0]["request_id"] == "a" * 32
    assert entries[0]["note"] == "课时"
    assert entries[1]["event"] == f"lost {HIDDEN}"
    assert "Traceback" in entries[2]["exception"]


def test_the_running_service_uses_it() -> None:
    assert structlog.is_configured()
    handlers = [handler.formatter for handler in logging.getLogger().handlers]
    assert any(isinstance(formatter, structlog.stdlib.ProcessorFormatter) for formatter in handlers)
