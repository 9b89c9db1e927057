"""The manager of PostgreSQL: who it runs as, who may sign in, and what survives a death."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from copartner_emulator import postgres as manager
from copartner_emulator.postgres import EmbeddedPostgres, PostgresError
from support.postgres import in_thread
from support.running import copied

VERSIONS = ["embedded", *(["15"] if Path("/usr/lib/postgresql/15/bin/postgres").exists() else [])]
HOLDER = """
import sys, time
from pathlib import Path
from copartner_emulator.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), wanted="embedded")
server.start()
print(server.pid, server.superuser_url, flush=True)
time.sleep(600)
"""


@contextmanager
def running(directory: Path, wanted: str = "embedded", durable: bool = False) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(directory, wanted=wanted, durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def ask(url: str, *statements: str) -> Any:
    """The first value the last statement answers."""
    answers: list[Any] = []

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                answers.append(await connection.fetchval(statement))
        finally:
            await connection.close()

    in_thread(run())
    return answers[-1]


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def ended(pid: int) -> bool:
    """Whether a process is gone, or waits for a parent to notice: a container's first process may be slow to."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def holder(prepared: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """Another process that runs PostgreSQL on `prepared`/pg: the process, PostgreSQL's id, a URL."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(prepared / "pg")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid, url = process.stdout.readline().split()
    yield process, int(pid), url
    process.kill()
    process.wait()
    process.stdout.close()
    until(lambda: ended(pid))


@pytest.mark.parametrize("wanted", VERSIONS)
def test_roles_own_no_more_than_they_need(place: Path, wanted: str) -> None:
    with running(place / "pg", wanted) as server:
        roles = ask(
            server.superuser_url,
            "SELECT string_agg(concat_ws(' ', rolname, rolsuper, rolcreaterole, rolcreatedb, rolinherit, rolbypassrls),"
            " ',' ORDER BY rolname) FROM pg_roles WHERE rolname IN ('copartner_owner', 'copartner_login')",
        )
        assert roles == "copartner_login f f f f f,copartner_owner f t f t f"
        assert ask(server.owner_url, "CREATE SCHEMA made", "SELECT current_user::text") == "copartner_owner"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(server.login_url, "CREATE TABLE public.mine (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(server.login_url.replace("/copartner?", "/postgres?"), "SELECT 1")
        assert ask(server.superuser_url, "SHOW listen_addresses") == ""


def test_nobody_is_trusted(prepared: Path) -> None:
    with running(prepared / "pg") as server:
        for url in (server.login_url, server.owner_url, server.superuser_url):
            wrong = url.replace(url.split(":")[2].split("@")[0], "wrong")
            with pytest.raises(asyncpg.InvalidPasswordError):
                ask(wrong, "SELECT 1")
        secrets_mode = (prepared / "pg" / "secrets.json").stat().st_mode & 0o777
        socket_mode = Path(server.login_url.split("host=")[1]).stat().st_mode & 0o777
        assert (secrets_mode, socket_mode) == (0o600, 0o700)


def test_it_never_runs_as_root(prepared: Path) -> None:
    with running(prepared / "pg") as server:
        owner = Path(f"/proc/{server.pid}").stat().st_uid
        assert owner == (65534 if os.geteuid() == 0 else os.geteuid())


def test_words_compare_by_code_point(prepared: Path) -> None:
    with running(prepared / "pg") as server:
        assert ask(server.login_url, "SELECT 'a' > 'B' AND lower('Ä') = 'ä'")


@pytest.mark.parametrize("wanted", VERSIONS)
def test_a_killed_server_loses_nothing_committed(place: Path, wanted: str) -> None:
    with running(place / "pg", wanted, durable=True) as server:
        ask(server.owner_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id")
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: not server.is_alive())
        began = time.monotonic()
        server.restart()
        assert time.monotonic() - began < 10
        assert ask(server.owner_url, "SELECT count(*) FROM kept") == 1000


def test_it_dies_with_its_parent_and_starts_again(
    holder: tuple[subprocess.Popen[str], int, str], prepared: Path
) -> None:
    process, pid, url = holder
    ask(url, "CREATE TABLE kept AS SELECT 1 AS id")
    process.kill()
    process.wait()
    with running(prepared / "pg", durable=True) as server:  # at once: it waits for the old server by itself
        assert ended(pid)
        assert ask(server.superuser_url, "SELECT id FROM kept") == 1


def test_a_second_process_is_told_who_has_the_data(
    holder: tuple[subprocess.Popen[str], int, str], prepared: Path
) -> None:
    with pytest.raises(PostgresError, match=f"in use by process {holder[0].pid}"):
        EmbeddedPostgres(prepared / "pg").start()
    assert ask(holder[2], "SELECT 1") == 1


def test_a_warm_start_is_quick(prepared: Path) -> None:
    began = time.monotonic()
    with running(prepared / "pg") as server:
        assert time.monotonic() - began < 2
        assert ask(server.login_url, "SELECT 1") == 1


def test_the_path_may_be_long(place: Path) -> None:
    long = place / "a directory with spaces" / ("x" * 150)
    with running(long) as server:
        assert ask(server.login_url, "SELECT 1") == 1


def test_a_directory_only_root_enters_is_worked_round(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "_ELSEWHERE", place / "elsewhere")
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):
        with running(closed / "pg") as server:
            assert ask(server.login_url, "SELECT 1") == 1
            assert bool(server.notices) == (os.geteuid() == 0)
            link = closed / "pg" / "cluster"
            assert link.is_symlink() == (os.geteuid() == 0)
            if link.is_symlink():
                assert (link.readlink().parent / "belongs-to").read_text() == str(closed / "pg")


def test_a_note_of_a_process_that_is_something_else_is_ignored(prepared: Path) -> None:
    with running(prepared / "pg") as server:
        note = prepared / "pg" / "cluster" / "postmaster.pid"
        left = note.read_text().replace(str(server.pid), str(os.getpid()), 1)
    note.write_text(left)
    with running(prepared / "pg") as server:
        assert ask(server.login_url, "SELECT 1") == 1


def test_an_interrupted_first_start_is_done_again(place: Path) -> None:
    half = place / "pg" / "cluster.making"
    half.mkdir(parents=True)
    (place / "pg").chmod(0o711)
    (half / "PG_VERSION").write_text("18")
    with running(place / "pg") as server:
        assert ask(server.login_url, "SELECT 1") == 1
    assert not half.exists()


def test_a_copy_of_the_data_runs_beside_the_original(prepared: Path) -> None:
    with running(prepared / "pg") as server:
        ask(server.owner_url, "CREATE TABLE kept AS SELECT 1 AS id")
    copied(prepared / "pg", prepared / "copy")
    with running(prepared / "pg") as one, running(prepared / "copy") as two:
        ask(two.owner_url, "UPDATE kept SET id = 2")
        assert (ask(one.owner_url, "SELECT id FROM kept"), ask(two.owner_url, "SELECT id FROM kept")) == (1, 2)


def test_data_without_their_passwords_are_refused(prepared: Path) -> None:
    (prepared / "pg" / "secrets.json").unlink()
    with pytest.raises(PostgresError, match=r"secrets\.json is missing"):
        EmbeddedPostgres(prepared / "pg").start()


def test_data_of_another_version_are_refused(prepared: Path) -> None:
    (prepared / "pg" / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 14"):
        EmbeddedPostgres(prepared / "pg").start()


def test_why_it_does_not_start_is_told(prepared: Path) -> None:
    (prepared / "pg" / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(PostgresError, match="no_such_setting"):
        EmbeddedPostgres(prepared / "pg").start()


def test_only_the_main_thread_starts_it(place: Path) -> None:
    refused: list[Exception] = []

    def start() -> None:
        try:
            EmbeddedPostgres(place / "pg").start()
        except PostgresError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(refused[0])


def test_nothing_is_left_when_it_stopped(prepared: Path) -> None:
    with running(prepared / "pg") as server:
        socket_directory = Path(server.login_url.split("host=")[1])
        pid = server.pid
        assert socket_directory.is_dir()
    assert not socket_directory.exists()
    assert ended(pid)
    assert not (prepared / "pg" / "cluster" / "postmaster.pid").exists()
