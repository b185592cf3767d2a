"""The embedded PostgreSQL starts whatever an earlier run, a crash or another user left behind."""

import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import psutil
import psycopg
import pytest

from keshi_web.config import postgres

START = [sys.executable, "-m", "keshi_web.config.postgres", "start", "--folder"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may pass, with a short name; the server in it ends with the test."""
    above = Path(tempfile.mkdtemp(prefix="keshi-"))
    above.chmod(0o755)
    yield above / "postgres"
    postgres.stop(above / "postgres")
    shutil.rmtree(above)


def number(folder: Path) -> int:
    return int((folder / "data/postmaster.pid").read_text().split("\n")[0])


def store(running: postgres.Running, word: str) -> None:
    with running.connect() as connection:
        connection.execute("create table if not exists kept (word text)")
        connection.execute("insert into kept values (%s)", [word])


def kept(running: postgres.Running) -> list[str]:
    with running.connect() as connection:
        return [word for (word,) in connection.execute("select word from kept")]


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until_gone(pid: int) -> None:
    patience = time.monotonic() + 20
    while not gone(pid):
        assert time.monotonic() < patience
        time.sleep(0.01)


def test_a_killed_server_comes_back_with_everything_that_was_written(folder: Path) -> None:
    first = postgres.ensure_running(folder)
    store(first, "课时")
    pid = number(folder)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    again = postgres.ensure_running(folder)
    assert kept(again) == ["课时"]
    assert number(folder) != pid


def test_a_killed_server_whose_child_is_still_at_work(folder: Path) -> None:
    running = postgres.ensure_running(folder)
    store(running, "before")
    with running.connect() as busy, ThreadPoolExecutor(1) as pool:
        child = busy.info.backend_pid
        query = pool.submit(busy.execute, "select count(*) from generate_series(1, 100000000000)")
        pid = number(folder)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        assert kept(postgres.ensure_running(folder)) == ["before"]
        assert gone(child)
        with pytest.raises(psycopg.OperationalError):
            query.result()


def test_the_lock_file_of_a_dead_server_names_another_program_by_now(folder: Path) -> None:
    running = postgres.ensure_running(folder)
    store(running, "before")
    postgres.stop(folder)
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            (folder / "data/postmaster.pid").write_text(f"{other.pid}\n{folder}/data\n1\n5432\n")
            (folder / "run/.s.PGSQL.5432.lock").write_text(f"{other.pid}\n")
            assert kept(postgres.ensure_running(folder)) == ["before"]
            assert other.poll() is None
        finally:
            other.kill()


def test_an_interrupted_creation_is_made_anew(folder: Path) -> None:
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new/PG_VERSION").write_text("18\n")
    (folder / "data").mkdir()
    assert postgres.ensure_running(folder)


def test_four_processes_start_it_at_once_and_get_one_server(folder: Path) -> None:
    started = [subprocess.Popen([*START, str(folder)], stdout=subprocess.PIPE) for _ in range(4)]
    answers = {process.communicate()[0] for process in started}
    assert [process.returncode for process in started] == [0, 0, 0, 0]
    assert len(answers) == 1
    servers = [
        p for p in psutil.process_iter(["cmdline"]) if str(folder / "data") in (p.info["cmdline"] or [])
    ]
    assert len(servers) <= 1


def test_the_application_is_no_superuser_and_may_make_databases(folder: Path) -> None:
    with postgres.ensure_running(folder).connect() as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls, rolcreatedb, current_user from pg_roles where rolname = current_user"
        ).fetchone()
        assert row == (False, False, True, "keshi")
        assert connection.execute(r"select '课时' ~ '^\w+$', 'É' = upper('é')").fetchone() == (True, True)


def test_a_path_too_long_for_a_socket(folder: Path) -> None:
    deep = folder.parent / ("很长的目录名" * 8) / "postgres"
    running = postgres.ensure_running(deep)
    try:
        assert running.host == "127.0.0.1"
        store(running, "far")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host=running.host, port=running.port, user="postgres", password="wrong", dbname="postgres"
            )
        assert kept(postgres.ensure_running(deep)) == ["far"]
        postgres.stop(deep)
        assert kept(postgres.ensure_running(deep)) == ["far"]
    finally:
        postgres.stop(deep)


def test_stop_leaves_a_server_alone_that_others_use(folder: Path) -> None:
    running = postgres.ensure_running(folder)
    with running.connect():
        assert not postgres.stop(folder, only_idle=True)
    assert postgres.stop(folder)
    assert not postgres.stop(folder)
    assert postgres.running(folder) is None


def test_nothing_a_statement_holds_gets_into_the_log(folder: Path) -> None:
    with postgres.ensure_running(folder).connect() as connection:
        connection.execute("create table person (number text primary key)")
        connection.execute("insert into person values ('never-in-a-log')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values ('never-in-a-log')")
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute("select never_there from person where number = %s", ["never-in-a-log"])
    postgres.stop(folder)
    assert "never-in-a-log" not in (folder / "log/server.log").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who can become somebody else")
class TestAsRoot:
    def test_a_closed_parent_folder_stays_closed(self, folder: Path) -> None:
        folder.parent.chmod(0o700)
        store(postgres.ensure_running(folder), "closed")
        assert folder.parent.stat().st_mode & 0o777 == 0o700
        postgres.stop(folder)
        folder.parent.chmod(0o755)
        assert kept(postgres.ensure_running(folder)) == ["closed"]

    def test_an_ordinary_user_and_root_share_one_database(self, folder: Path) -> None:
        user = pwd.getpwnam("nobody")
        os.chown(folder.parent, user.pw_uid, user.pw_gid)
        assert as_user(user, folder) == "running"
        assert (folder / "data").stat().st_uid == user.pw_uid
        store(postgres.ensure_running(folder), "shared")
        postgres.stop(folder)
        store(postgres.ensure_running(folder), "by root")
        postgres.stop(folder)
        assert as_user(user, folder) == "running"
        assert kept(postgres.ensure_running(folder)) == ["shared", "by root"]

    def test_a_database_of_roots_is_refused_to_others_with_a_reason(self, folder: Path) -> None:
        postgres.ensure_running(folder)
        postgres.stop(folder)
        assert "belongs to another user" in as_user(pwd.getpwnam("nobody"), folder)


def as_user(user: pwd.struct_passwd, folder: Path) -> str:
    """Start the server from a process of `user`: "running", or why not."""
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    process = fork.Process(target=_start_as, args=(user, folder, answers))
    process.start()
    answer = answers.get()
    process.join()
    return answer


def _start_as(user: pwd.struct_passwd, folder: Path, answers: "SimpleQueue[str]") -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    try:
        postgres.ensure_running(folder)
        answers.put("running")
    except Exception as error:
        answers.put(repr(error))
