"""Becomes PostgreSQL in a child that dies with its parent: `python guard.py PARENT UID GID PROGRAM ARGUMENT...`.

A program of its own and not code between fork and exec, because the emulator has threads when it restarts PostgreSQL.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Changes the user, binds its life to the parent's, and executes the program."""
    parent, uid, gid = (int(number) for number in sys.argv[1:4])
    libc = ctypes.CDLL(None, use_errno=True)
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of user, which would clear it. SIGQUIT makes PostgreSQL end its own children before itself.
    if sys.platform == "linux" and libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:  # the parent died before its death could be signalled
        sys.exit(1)
    os.execv(sys.argv[4], sys.argv[4:])


if __name__ == "__main__":
    main()
