"""Production starts only with everything it needs, and then without a warning of Django's deployment check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NEEDED = {
    "KESHI_SECRET_KEY": "Zr8" * 30 + "-_#kq5T",
    "KESHI_VAULT_KEYS": "keys.json",
    "KESHI_HOSTS": "training.example.cn",
    "KESHI_BASE_URL": "https://training.example.cn",
    "DATABASE_URL": "postgres://keshi:pass@localhost:1/keshi",
}


def manage(*arguments: str, without: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in {**NEEDED, **more}.items() if name != without}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], **given},
    )  # fmt: skip


def test_the_deployment_check_finds_nothing() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_a_missing_variable_stops_the_start_with_its_name(name: str) -> None:
    done = manage("check", without=name)
    assert done.returncode != 0
    assert name in done.stderr


def test_sample_data_is_refused() -> None:
    done = manage("sample")
    assert done.returncode != 0
    assert "KESHI_DEMO" in done.stderr


def test_static_files_are_collected_with_their_digests(tmp_path: Path) -> None:
    done = manage("collectstatic", "--no-input", "--verbosity=0", KESHI_STATIC=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("vendor/tabler/tabler.min.*.css"))
