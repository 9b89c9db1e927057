"""`make run` from a fresh clone, wherever it lies and whoever runs it."""

import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.tree import ROOT

# Root tries an ordinary user too, one that every system has; an ordinary user has only itself.
USERS = ["myself", *(["another"] if os.geteuid() == 0 else [])]
ANOTHER = pwd.getpwnam("daemon").pw_uid


@pytest.fixture(params=USERS)
def user(request: pytest.FixtureRequest) -> int:
    return ANOTHER if request.param == "another" else os.geteuid()


def clone(target: Path, user: int) -> None:
    """The committed state, owned by that user."""
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(target)], check=True)
    if user != os.geteuid():
        subprocess.run(["chown", "-R", str(user), str(target)], check=True)


def make(directory: Path, user: int, home: Path, *arguments: str) -> subprocess.Popen[str]:
    """make, as that user, with little else in its environment than how to reach a package registry."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http"))}
    return subprocess.Popen(
        ["make", *arguments],
        cwd=directory,
        env={**kept, "PATH": os.environ["PATH"], "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        user=user if user != os.geteuid() else None,
        group=user if user != os.geteuid() else None,
        extra_groups=[] if user != os.geteuid() else None,
    )


@contextmanager
def running(directory: Path, user: int, home: Path) -> Iterator[str]:
    """The address of a running copartner, ended as by Ctrl-C."""
    process = make(directory, user, home, "run", "PORT=0")
    assert process.stdout is not None
    printed = ""
    try:
        deadline = time.monotonic() + 300
        while not (found := re.search(r"copartner runs at (http://\S+)", printed)):
            assert time.monotonic() < deadline, printed
            if select.select([process.stdout], [], [], 1)[0]:
                line = process.stdout.readline()
                assert line, f"make run ended: {printed}"
                printed += line
        yield found.group(1)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)


@pytest.mark.verify
@pytest.mark.timeout(900)
def test_from_a_closed_home_and_a_long_path_with_spaces(place: Path, user: int) -> None:
    home = place / "a home with spaces"
    home.mkdir(mode=0o700)
    os.chown(home, user, -1)
    directory = home / ("x" * (150 - len(str(home)) - 1))
    clone(directory, user)
    passwords = directory / ".copartner" / "passwords.json"
    with running(directory, user, home) as url:
        assert httpx.get(f"{url}/health/ready").status_code == 200
        first = passwords.read_text()
    began = time.monotonic()
    with running(directory, user, home) as url:
        assert time.monotonic() - began < 30
        assert httpx.get(f"{url}/health/ready").status_code == 200
        assert passwords.read_text() == first
    cleaned = make(directory, user, home, "clean")
    said, _ = cleaned.communicate(timeout=60)
    assert cleaned.returncode == 0, said
    assert not (directory / ".copartner").exists()


@pytest.mark.verify
@pytest.mark.timeout(900)
def test_after_the_directory_was_moved(place: Path) -> None:
    me = os.geteuid()
    clone(place / "before", me)
    made = make(place / "before", me, place, ".venv/.runtime")
    said, _ = made.communicate(timeout=600)
    assert made.returncode == 0, said
    shutil.move(place / "before", place / "after")
    with running(place / "after", me, place) as url:
        assert httpx.get(f"{url}/health/ready").status_code == 200


def test_without_python_it_says_what_to_install(place: Path) -> None:
    tools = place / "tools"
    tools.mkdir()
    for name in ("sh", "cat", "make", "rm", "pwd"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    shutil.copy(ROOT / "Makefile", place / "Makefile")
    (place / "requirements").mkdir()
    for name in ("requirements/runtime.txt", "pyproject.toml"):
        (place / name).touch()
    done = subprocess.run(
        ["make", "run"], cwd=place, env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert "python3-venv" in done.stderr
