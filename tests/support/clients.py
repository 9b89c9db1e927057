"""Foreign clients, each in an environment of its own made from its lock, which names no registry."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.tree import ROOT

_MADE = ROOT / ".venv" / "clients"
CLIENTS = ROOT / "tests" / "clients"


def environment(name: str) -> Path:
    """The Python of the environment of tests/clients/NAME, made at its first use and kept until its lock changes."""
    lock = CLIENTS / name / "requirements.txt"
    digest = sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    place = _MADE / f"{name}-{digest}"
    _MADE.mkdir(parents=True, exist_ok=True)
    with (_MADE / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (place / "complete").exists():
            _run(sys.executable, "-m", "venv", "--clear", str(place))
            pip = (str(place / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
            _run(*pip, "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", str(lock))
            (place / "complete").touch()
    return place / "bin" / "python"


def drive(name: str, script: str, asked: dict[str, Any], more: Mapping[str, str] | None = None) -> Any:
    """What a script of tests/clients/NAME, run in its own environment, writes to be told this.

    `more` are further environment variables; of this process's own it sees none.
    """
    done = subprocess.run(
        [str(environment(name)), str(CLIENTS / name / script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=100,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(CLIENTS), **(more or {})},
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
