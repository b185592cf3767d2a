"""`make demo`: the whole site on this machine, with sample cities. Ctrl-C ends everything that was started.

One process that prepares the database and watches over two others, the web server and the worker; when one of them dies
it is started again. Everything lives in .keshi/: remove .keshi/postgres and .keshi/uploads to begin anew.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from keshi_web.config import postgres

ROOT = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("KESHI_HOME") or ROOT / ".keshi")
DATABASE = HOME / "postgres"
FIRST_PORT = int(os.environ.get("KESHI_PORT") or 8000)
PATIENCE = 60.0
"""Seconds that the web server may take to answer."""
LONGEST_PAUSE = 30.0
"""Seconds between two starts of a program that keeps dying."""


class Ended(Exception):
    """The user wants to stop."""


class Watched:
    """A program that is started again when it ends by itself, with growing pauses."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.pause = 1.0
        self.due = 0.0
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches this process only, which then ends the others in order.
        return subprocess.Popen(self.command, cwd=ROOT, env=self.environment, start_new_session=True)

    def look_after(self, now: float) -> None:
        """Start it again if it has ended and its pause is over."""
        if self.process.poll() is None:
            return
        if not self.due:
            print(
                f"{self.name} ended ({self.process.returncode}); starting it again in {self.pause:.0f} s",
                flush=True,
            )
            self.due = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif now >= self.due:
            self.due = 0.0
            self.process = self._start()

    def end(self) -> None:
        """Ask it to finish what it does; after ten seconds it has to."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 1 when something could not be started."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    environment = {
        **os.environ, "KESHI_DEMO": "1", "KESHI_TODAY": os.environ.get("KESHI_TODAY") or "2020-04-20",
        "DJANGO_SETTINGS_MODULE": "keshi_web.config.settings",
    }  # fmt: skip
    environment.pop("KESHI_TESTING", None)
    own_database = "DATABASE_URL" not in environment and postgres.running(DATABASE) is None
    watched: list[Watched] = []
    try:
        for step in (["migrate", "--verbosity=0"], ["sample"]):
            done = subprocess.run(
                [sys.executable, "manage.py", *step], cwd=ROOT, env=environment, check=False
            )
            if done.returncode:
                return 1
        port = free_port(FIRST_PORT)
        address = f"http://localhost:{port}"
        environment["KESHI_BASE_URL"] = address
        server = ["uvicorn", "keshi_web.config.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
        watched.append(
            Watched("web", [sys.executable, "-m", *server, "--no-access-log", "--lifespan=off"], environment)
        )
        watched.append(Watched("worker", [sys.executable, "manage.py", "worker"], environment))
        if not wait_for(f"http://127.0.0.1:{port}/health/ready/", watched[0]):
            print("demo: the web server does not answer; its words are above", file=sys.stderr)
            return 1
        print(
            f"\n  课时示范站点 / the demonstration:  {address}/"
            f"\n  登录页可一键以任一示例账户登录 / one click signs in as any sample account"
            f"\n  业务日期 / the day is {environment['KESHI_TODAY']}.  Ctrl-C 结束 / ends it.\n",
            flush=True,
        )
        while True:
            time.sleep(0.5)
            for program in watched:
                program.look_after(time.monotonic())
    except Ended:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for program in reversed(watched):
            program.end()
        if own_database:
            with contextlib.suppress(postgres.PostgresFailed):
                postgres.stop(DATABASE, only_idle=True)


def free_port(first: int) -> int:
    """The first free port from `first` on; raises SystemExit when twenty are taken."""
    for port in range(first, first + 20):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(
        f"demo: ports {first} to {first + 19} are all in use; name another: KESHI_PORT=9000 make demo"
    )


def wait_for(address: str, server: Watched) -> bool:
    """Whether the server says within a minute that it is ready; says what it answers otherwise."""
    patience = time.monotonic() + PATIENCE
    answer = ""
    while time.monotonic() < patience and server.process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return bool(json.load(response)["status"] == "ok")
        except urllib.error.HTTPError as error:
            answer = error.read().decode(errors="replace")
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    print(answer, file=sys.stderr)
    return False


def _end(_number: int, _frame: FrameType | None) -> None:
    raise Ended


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Ended:
        sys.exit(0)
