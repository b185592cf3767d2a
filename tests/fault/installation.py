"""Starting, stopping and killing the parts of an installation, and people at its pages."""

import contextlib
import http.client
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil
import psycopg
from django.db import connections

from keshi_web.config import postgres
from support.sample import DAY

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0
"""Seconds after which something that must come has not come; nothing waits longer than it takes."""


@dataclass
class Answer:
    """What came back: a status of 0 means that the line was cut."""

    status: int
    text: str = ""
    address: str = ""


class Person:
    """A browser without scripts: cookies, forms, redirects followed."""

    def __init__(self, base: str, username: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )
        given = self.form("/accounts/sign-in/")
        self.post("/accounts/sign-in/sample/", {**given, "username": username})
        assert any(cookie.name.endswith("sessionid") for cookie in self.jar), username

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask(urllib.request.Request(self.base + path))

    def post(self, path: str, fields: dict[str, str], file: tuple[str, str, bytes] | None = None) -> Answer:
        """A form; with a file (control, name, content) as browsers send one."""
        headers = {"Referer": self.base + path}
        if file is None:
            body = urllib.parse.urlencode(fields).encode()
        else:
            mark = "----form"
            headers["Content-Type"] = f"multipart/form-data; boundary={mark}"
            parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                     for name, value in fields.items()]  # fmt: skip
            control, name, content = file
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{control}"; filename="{name}"\r\n\r\n'
            body = b"".join([*parts, head.encode(), content, f"\r\n--{mark}--\r\n".encode()])
        return self._ask(urllib.request.Request(self.base + path, body, headers))

    def form(self, path: str) -> dict[str, str]:
        """The hidden controls of a page's form, its token among them."""
        page = self.get(path)
        assert page.status == 200, page
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.read().decode("utf-8", "replace"), answer.url)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode("utf-8", "replace"), error.url or "")
        except (OSError, http.client.HTTPException) as problem:
            return Answer(0, repr(problem))


@dataclass
class Installation:
    """PostgreSQL in a folder, and the processes that a test has started."""

    cluster: Path
    uploads: Path
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    base: str = ""

    @property
    def running(self) -> postgres.Running:
        """The server; raises AssertionError when it does not answer."""
        found = postgres.running(self.cluster)
        assert found is not None
        return found

    def environment(self) -> dict[str, str]:
        """What the processes are told."""
        running = self.running
        where = (
            f":{running.port}/{running.host}"
            if running.host.startswith("/")
            else f"{running.host}:{running.port}"
        )
        return {
            **os.environ, "PYTHONFAULTHANDLER": "1", "KESHI_UPLOADS": str(self.uploads),
            "DATABASE_URL": f"postgres://keshi:{running.password}@{where}/work",
        }  # fmt: skip

    def start(self, command: list[str], log: str, day: date = DAY, **more: object) -> subprocess.Popen[bytes]:
        """A process of the service; what it says goes to a file."""
        with (self.folder / log).open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, stdout=file, stderr=file,
                env={**self.environment(), "KESHI_TODAY": day.isoformat()}, **more,  # type: ignore[call-overload]
            )  # fmt: skip
        self.processes.append(process)
        return process

    def web(self, **more: object) -> subprocess.Popen[bytes]:
        """A web process that answers at `base`."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        process = self.start(
            ["-m", "uvicorn", "keshi_web.config.asgi:application", "--port", str(port), "--lifespan", "off",
             "--no-access-log"], "web.log", **more,
        )  # fmt: skip

        def answers() -> bool:
            assert process.poll() is None, self.doing()
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{self.base}/health/ready/", timeout=5),
            ):
                return True
            return False

        until(answers, self.doing)
        return process

    def worker(self, *arguments: str, day: date = DAY) -> subprocess.Popen[bytes]:
        """A worker, on a day."""
        return self.start(["manage.py", "worker", *arguments], "worker.log", day)

    def person(self, username: str) -> Person:
        """A sample person, signed in."""
        return Person(self.base, username)

    def kill_database(self) -> None:
        """SIGKILL to the postmaster, as the kernel's killer of memory eaters does; its children follow."""
        number = int((self.cluster / "data/postmaster.pid").read_text().split("\n", 1)[0])
        children = psutil.Process(number).children()
        os.kill(number, signal.SIGKILL)
        psutil.wait_procs(children, timeout=PATIENCE)
        connections.close_all()

    def restart_database(self) -> None:
        """Start it again; it recovers by itself."""
        postgres.ensure_running(self.cluster)

    @contextlib.contextmanager
    def holding(self, statement: str) -> Iterator[psycopg.Connection]:
        """Hold a lock, so that whoever needs it stands still in the middle of a transaction."""
        with self.running.connect(user=postgres.OWNER, name="work") as other:
            other.autocommit = False
            other.execute(statement)
            yield other
            with contextlib.suppress(psycopg.Error):
                other.rollback()

    def transactions(self) -> int:
        """How many transactions others have open: what a killed client began ends when the database notices."""
        with self.running.connect(user=postgres.OWNER, name="work") as look:
            row = look.execute(
                "select count(*) from pg_stat_activity where datname = 'work' and xact_start is not null"
                " and pid <> pg_backend_pid()"
            ).fetchone()
            return int(row[0]) if row else 0

    def wait_for_lock(self, count: int = 1) -> None:
        """Until so many transactions stand still at a lock."""

        def standing() -> bool:
            with self.running.connect(user=postgres.OWNER, name="work") as look:
                row = look.execute(
                    "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = 'work'"
                ).fetchone()
                return row is not None and row[0] >= count

        until(standing, self.doing)

    def wait_for_end(self) -> None:
        """Until no transaction of others is open."""
        until(lambda: not self.transactions(), self.doing)

    def doing(self) -> str:
        """What everybody is at, for the message of a test that waited in vain."""
        with self.running.connect(user=postgres.OWNER, name="work") as look:
            rows = look.execute(
                "select pid, state, wait_event_type, wait_event, pg_blocking_pids(pid), now() - xact_start,"
                " left(query, 160) from pg_stat_activity where datname = 'work' and pid <> pg_backend_pid()"
            ).fetchall()
        ends = [(path.name, path.read_text()[-3000:]) for path in self.folder.glob("*.log")]
        ended = [(process.args, process.poll()) for process in self.processes]
        return "\n".join(map(str, ["what is awaited did not come; there is", *rows, *ended, *ends]))

    def close(self) -> None:
        """End what runs."""
        for process in self.processes:
            process.kill()
            process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, and wait until it is gone."""
    process.kill()
    process.wait()


def until(true: Callable[[], bool], instead: Callable[[], str] = lambda: "it did not come") -> None:
    """Wait until something holds; AssertionError after PATIENCE, with what there is instead."""
    patience = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < patience, instead()
        time.sleep(0.02)
