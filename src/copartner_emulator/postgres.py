"""PostgreSQL as a child of this process, with its files in a directory of ours.

It listens on a Unix socket alone, in a directory only its user can enter, and every role signs in with a random
password kept in a 0600 file.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from copartner_emulator import binaries, cluster, runas
from copartner_emulator.hold import Held, Hold

_LARGEST_LOG = 10 * 1024 * 1024
_LONGEST_SOCKET = 107
_ELSEWHERE = Path("/var/lib/copartner")
_GUARD = Path(__file__).with_name("guard.py")
_STILL_IN_USE = "pre-existing shared memory block"


class PostgresError(Exception):
    """PostgreSQL cannot be started; the text says why."""


class EmbeddedPostgres:
    """One PostgreSQL server on one directory; at most one process at a time may hold it."""

    def __init__(self, data_dir: Path, *, wanted: str | None = None, durable: bool = True) -> None:
        """`wanted` is "embedded" or a major version; `durable` off loses data at a crash and is for tests."""
        self.data_dir = data_dir.absolute()
        self.notices: list[str] = []
        self._wanted = wanted
        self._durable = durable
        self._cluster = self.data_dir / "cluster"
        self._log = self.data_dir / "postgres.log"
        self._hold: Hold | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._runas: runas.RunAs
        self._binaries: binaries.Binaries
        self._socket_directory: Path
        self._passwords: cluster.Passwords

    @property
    def owner_url(self) -> str:
        """The database as its owner, for migrations alone."""
        return self.url(cluster.OWNER, self._passwords.owner)

    @property
    def login_url(self) -> str:
        """The database as the role that serves requests and owns nothing."""
        return self.url(cluster.LOGIN, self._passwords.login)

    @property
    def superuser_url(self) -> str:
        """The maintenance database as superuser, which made roles and database; tests clone databases with it."""
        return self.url(cluster.SUPERUSER, self._passwords.superuser, database="postgres")

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise PostgresError("PostgreSQL is not started.")
        return self._process.pid

    def url(self, role: str, password: str, *, database: str = cluster.DATABASE) -> str:
        """A connection URL through the socket."""
        return f"postgresql://{role}:{password}@/{database}?host={self._socket_directory}"

    def start(self) -> None:
        """Starts the server and returns when it answers; makes the cluster at the first start. Main thread only."""
        if threading.current_thread() is not threading.main_thread():
            raise PostgresError("Start PostgreSQL from the main thread: it ends when the thread that started it ends.")
        if self.is_alive():
            return
        try:
            self._hold = Hold(self.data_dir)
        except Held as error:
            raise PostgresError(str(error)) from error
        try:
            self._prepare()
            self._launch()
        except BaseException as error:
            self.stop()
            if isinstance(error, cluster.BrokenCluster | binaries.NoBinaries | runas.Unnamed | OSError):
                raise PostgresError(str(error)) from error
            raise

    def stop(self) -> None:
        """Ends the server: open transactions are rolled back, committed ones are on disk."""
        if self._process is not None:
            for how, patience in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                if self._process.poll() is not None:
                    break
                self._process.send_signal(how)
                try:
                    self._process.wait(patience)
                except subprocess.TimeoutExpired:
                    continue
            self._process = None
            with contextlib.suppress(OSError):
                self._socket_directory.rmdir()
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    def restart(self) -> None:
        """Starts the server again after it died; keeps the hold on the data meanwhile."""
        if self._hold is None:
            self.start()
        elif not self.is_alive():
            self._launch()

    def is_alive(self) -> bool:
        """Whether the server process runs."""
        return self._process is not None and self._process.poll() is None

    def _prepare(self) -> None:
        self._runas = runas.choose(self._cluster)
        found = binaries.find(self._wanted)
        self._binaries = binaries.reachable_by(self._runas, found) if self._runas.switch else found
        fresh = not self._cluster.exists()
        if fresh:
            self._place()
        self._passwords = cluster.passwords(self.data_dir / "secrets.json", fresh=fresh)
        if fresh:
            cluster.make(self._cluster.resolve(), self._binaries, self._runas, self._passwords, durable=self._durable)
        self._check_version()
        self._socket_directory = self._make_socket_directory()
        moved = [str(self._binaries.directory)] if self._binaries.directory != found.directory else []
        moved += [str(self._cluster.resolve())] if self._cluster.is_symlink() else []
        if moved:
            used = " and ".join(moved)
            self.notices = [f"PostgreSQL runs as {self._runas.name}, who cannot enter this directory; it uses {used}."]

    def _place(self) -> None:
        """Puts a new cluster where the server's user can enter; a link in our directory says where."""
        if self._cluster.is_symlink():
            elsewhere = self._cluster.readlink()
        elif self._runas.switch and not self._runas.can_enter(self.data_dir):
            elsewhere = _ELSEWHERE / secrets.token_hex(6) / "cluster"
            self._cluster.symlink_to(elsewhere)
        else:
            return
        elsewhere.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        (elsewhere.parent / "belongs-to").write_text(str(self.data_dir))  # for whoever finds it and wonders

    def _check_version(self) -> None:
        made_by = (self._cluster / "PG_VERSION").read_text().strip()
        if made_by != str(self._binaries.major):
            raise PostgresError(
                f"The data in {self.data_dir} were made by PostgreSQL {made_by}, and {self._binaries.directory} is "
                f"{self._binaries.major}. Install that version again, or choose another directory."
            )

    def _make_socket_directory(self) -> Path:
        """A short path kept from start to start, because a socket's path has at most 107 bytes."""
        note = self.data_dir / "socket-directory"
        inode = str(self._cluster.stat().st_ino)  # a copy of the data must not share the directory of the original
        if note.exists():
            path, _, kept_for = note.read_text().partition("\n")
            kept = Path(path)
            if kept_for == inode and kept.is_dir() and not kept.is_symlink() and kept.stat().st_uid == self._runas.uid:
                return kept
        for base in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
            if len(base) + len("/copartner-12345678/.s.PGSQL.5432") <= _LONGEST_SOCKET and self._may_use(Path(base)):
                made = Path(tempfile.mkdtemp(prefix="copartner-", dir=base))
                self._runas.own(made)
                note.write_text(f"{made}\n{inode}")
                return made
        raise PostgresError("No short writable directory for a socket: set TMPDIR to one.")

    def _may_use(self, base: Path) -> bool:
        return os.access(base, os.W_OK) and (not self._runas.switch or self._runas.can_enter(base))

    def _launch(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            self._forget_stale_pid(deadline)
            size = self._log.stat().st_size if self._log.exists() else 0
            self._process = self._spawn(keep_log=size < _LARGEST_LOG)
            said = self._wait_until_ready(deadline, size if size < _LARGEST_LOG else 0)
            if said is None:
                return
            if _STILL_IN_USE not in said or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL did not start: {said or 'no reason given'} (log: {self._log})")
            time.sleep(0.1)  # processes of a killed server are still ending

    def _spawn(self, *, keep_log: bool) -> subprocess.Popen[bytes]:
        switches = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_directory),
            "unix_socket_permissions": "0700",
            "port": "5432",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "off",
            "max_connections": "100",
        }
        if not self._durable:
            switches |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
        # -I and -S: an interpreter without site packages starts in a hundredth of a second.
        command = [sys.executable, "-I", "-S", str(_GUARD), str(os.getpid())]
        command += [str(self._runas.uid), str(self._runas.gid), str(self._binaries.directory / "postgres")]
        command += ["-D", str(self._cluster.resolve())]
        for name, value in switches.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab" if keep_log else "wb") as log:
            return subprocess.Popen(
                command,
                cwd="/",
                env=cluster.environment(self._binaries),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal must reach us first
            )

    def _wait_until_ready(self, deadline: float, log_start: int) -> str | None:
        """None when the server answers, else what it said before it ended."""
        process = self._process
        status = self._cluster / "postmaster.pid"
        while process is not None and process.poll() is None:
            lines = _lines(status)
            if len(lines) >= 8 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready":
                return None
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                return "it took more than 30 seconds"
            time.sleep(0.005)
        with self._log.open("rb") as log:
            log.seek(log_start)
            return log.read().decode(errors="replace").strip()

    def _forget_stale_pid(self, deadline: float) -> None:
        """Waits for a server that is still ending, and removes a note left by one that is gone.

        PostgreSQL itself would refuse to start when an unrelated process has got the noted id.
        """
        note = self._cluster / "postmaster.pid"
        while lines := _lines(note):
            if not lines[0].strip().isdigit() or not self._is_server(int(lines[0])):
                note.unlink(missing_ok=True)
                return
            if time.monotonic() > deadline - 15:
                raise PostgresError(
                    f"Another PostgreSQL, process {lines[0].strip()}, runs on {self._cluster}. Stop it."
                )
            time.sleep(0.02)

    def _is_server(self, pid: int) -> bool:
        try:
            return os.readlink(f"/proc/{pid}/cwd") == str(self._cluster.resolve())
        except OSError:
            return False


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except FileNotFoundError:
        return []
