"""A directory held by one process at a time."""

import fcntl
import os
from pathlib import Path


class Held(Exception):
    """The directory cannot be held; the message says by whom it is or why."""


class Hold:
    """The hold on a directory: given back by `release`, and by the system when the process ends in any way."""

    def __init__(self, directory: Path) -> None:
        """Makes the directory when it is missing; raises Held."""
        try:
            _make_directory(directory)
            handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Held(f"Cannot use {error.filename}: {error.strerror}.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode().strip()
            os.close(handle)
            raise Held(
                f"The data in {directory} are in use by process {holder}. Stop it, or choose another directory."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle: int | None = handle

    def release(self) -> None:
        """Lets others hold the directory."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _make_directory(directory: Path) -> None:
    """For its owner alone; made by root, others may pass through, as PostgreSQL's user must."""
    if not directory.exists():
        directory.mkdir(parents=True)
        directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
