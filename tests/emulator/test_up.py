"""`copartner up` from outside: what it prints, keeps, refuses and survives."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from copartner_emulator.serving import listen
from support.running import Running, refused, start, up


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def postgres_of(running: Running) -> int:
    """Its process id; 0 between two of them."""
    try:
        return int((running.data / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError):
        return 0


def answers(running: Running, path: str = "/health/ready") -> bool:
    try:
        return httpx.get(f"{running.url}{path}", timeout=5).is_success
    except httpx.HTTPError:
        return False


def test_a_first_and_a_second_start(place: Path) -> None:
    with up(place / "data", "--clock", "2020-11-29") as first:
        assert answers(first, "/health/live")
        assert answers(first)
        assert first.ready["clock"].startswith("2020-11-29T00:00:")
        assert {tenant["kind"] for tenant in first.ready["tenants"]} == {"partner", "customer", "operator"}
        ready_file = place / "data.ready.json"
        assert ready_file.stat().st_mode & 0o777 == 0o600
        assert (place / "data" / "passwords.json").stat().st_mode & 0o777 == 0o600
        server = postgres_of(first)
        code, printed = first.interrupt()
    assert code == 0
    assert not ready_file.exists()
    assert not Path(f"/proc/{server}").exists()
    for wanted in (first.url, "2020-11-29", "multi-partner", "commercial", "passwords.json", "TOKEN=$(curl"):
        assert wanted in printed
    with up(place / "data") as second:
        assert second.ready["tenants"] == first.ready["tenants"]
        assert second.ready["clock"].startswith("2020-11-29T00:0")


def test_the_printed_lines_work_when_pasted(used: Path) -> None:
    with up(used / "data") as running:
        _, printed = running.interrupt()
    lines = [line.strip() for line in printed.splitlines() if "curl" in line]
    with up(used / "data", "--port", running.url.rpartition(":")[2]):
        pasted = subprocess.run(
            ["sh", "-c", "\n".join(f"{line}\necho" for line in lines)], capture_output=True, text=True, check=False
        )
    customers, link = pasted.stdout.split("\n")[1:3]
    assert '"totalCount"' in customers, pasted.stdout + pasted.stderr
    assert '"url"' in link


def test_two_on_the_same_data(used: Path) -> None:
    with up(used / "data") as running:
        code, printed = refused(used / "data")
        assert (code, "in use by process" in printed) == (1, True)
        assert answers(running)


def test_what_is_answered_is_sent_at_once() -> None:
    with listen(0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            # By this asyncio knows that the socket can be told not to wait.
            assert accepted.proto == socket.IPPROTO_TCP


def test_a_taken_port(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, printed = refused(place / "data", "--port", str(port))
    assert (code, f"Cannot listen on port {port}" in printed) == (1, True)


def test_what_contradicts_the_data_or_does_not_exist(used: Path) -> None:
    for data, option, value, said in (
        ("fresh", "--world", "atlantis", "atlantis"),
        ("fresh", "--cloud", "mars", "the clouds are commercial, us-government, 21vianet"),
        ("data", "--cloud", "us-government", "contradicts the data, which were made with commercial"),
    ):
        code, printed = refused(used / data, option, value)
        assert (code, said in " ".join(printed.split()), "Traceback" in printed) == (1, True, False), printed
        assert not (used / "fresh" / "options.json").exists()


def test_a_killed_postgresql_comes_back(used: Path) -> None:
    with up(used / "data") as running:
        for _ in range(2):
            before = postgres_of(running)
            os.kill(before, signal.SIGKILL)
            until(lambda was=before: postgres_of(running) not in (0, was))
            until(lambda: answers(running))


def test_a_killed_emulator_takes_postgresql_along_and_starts_again(used: Path) -> None:
    with up(used / "data") as running:
        running.kill()
    with up(used / "data") as again:
        assert again.ready["tenants"] == running.ready["tenants"]
        assert answers(again)


def test_it_ends_while_starting(place: Path) -> None:
    process = start(place / "data")
    until(lambda: (place / "data" / "options.json").exists())
    process.terminate()
    printed, _ = process.communicate(timeout=30)
    assert process.returncode in (0, 130), printed
    with up(place / "data") as running:
        assert answers(running)
