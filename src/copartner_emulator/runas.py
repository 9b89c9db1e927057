"""The operating system user as which PostgreSQL runs."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path


class Unnamed(Exception):
    """The user has no entry in the system's list of users."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """A user to change to, or nobody to change to when we are not root."""

    name: str
    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        """Hands a file or directory to the user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def can_run(self, command: list[str]) -> bool:
        """Whether that user can run a program at all, which fails where a directory above it is closed to it."""
        try:
            return self.run(command).returncode == 0
        except PermissionError:
            return False

    def can_enter(self, directory: Path) -> bool:
        """Whether that user can go through a directory and all above it."""
        return self.can_run(["test", "-x", str(directory)])

    def run(
        self, command: list[str], *, env: dict[str, str] | None = None, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end as that user, from the root directory."""
        user, group = (self.uid, self.gid) if self.switch else (None, None)
        return subprocess.run(
            command,
            cwd="/",
            env=env,
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=user,
            group=group,
            extra_groups=[] if self.switch else None,
        )


def choose(cluster: Path) -> RunAs:
    """Ourselves; as root, whom PostgreSQL refuses, an existing cluster's owner or else `nobody`. Raises Unnamed."""
    me = os.geteuid()
    if me != 0:
        return _entry(me, os.getegid(), switch=False)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return _entry(owner.st_uid, owner.st_gid, switch=True)
    nobody = pwd.getpwnam("nobody")
    return RunAs("nobody", nobody.pw_uid, nobody.pw_gid, switch=True)


def _entry(uid: int, gid: int, *, switch: bool) -> RunAs:
    try:
        return RunAs(pwd.getpwuid(uid).pw_name, uid, gid, switch)
    except KeyError:
        raise Unnamed(f"The user {uid} has no name, which PostgreSQL needs: give it a line in /etc/passwd.") from None
