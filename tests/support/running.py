"""`copartner up` as a process, as a script starts it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COPARTNER = Path(sys.executable).with_name("copartner")


@dataclass(frozen=True, slots=True)
class Running:
    """One running emulator: its process, what its ready file said, its data."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    data: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return str(self.ready["url"])

    def kill(self) -> None:
        """Kills it as a power failure would."""
        self.process.kill()
        self.process.wait()

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C; the exit code and everything it printed."""
        self.process.send_signal(signal.SIGINT)
        printed, _ = self.process.communicate(timeout=30)
        return self.process.returncode, printed


def start(data: Path, *options: str) -> subprocess.Popen[str]:
    """Starts `copartner up` on a free port; both its outputs are one."""
    return subprocess.Popen(
        [str(COPARTNER), "up", "--data", str(data), "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )


def refused(data: Path, *options: str) -> tuple[int, str]:
    """The exit code and output of a start that ends by itself."""
    process = start(data, *options)
    try:
        printed, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, printed


@contextmanager
def up(data: Path, *options: str) -> Iterator[Running]:
    """A running emulator, ended at the end of the block if it still runs."""
    ready_file = data.with_name(data.name + ".ready.json")
    ready_file.unlink(missing_ok=True)  # one a killed emulator left
    process = start(data, "--ready-file", str(ready_file), *options)
    try:
        deadline = time.monotonic() + 90
        while not ready_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise AssertionError(f"copartner up did not become ready: {process.communicate()[0]}")
            time.sleep(0.02)
        yield Running(process, json.loads(ready_file.read_text()), data)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def temporary_place() -> Iterator[Path]:
    """A fresh directory anybody may pass through, which pytest's own is not when root runs it."""
    made = Path(tempfile.mkdtemp(prefix="copartner-test-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made)


def copied(source: Path, target: Path) -> None:
    """A copy with owners and modes, as only cp makes it."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def remove_data_elsewhere(below: Path) -> None:
    """Removes what root's emulators had to put outside a directory that is about to go."""
    for note in Path("/var/lib/copartner").glob("*/belongs-to"):
        if Path(note.read_text()).is_relative_to(below):
            shutil.rmtree(note.parent)
