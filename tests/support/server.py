"""Keeps one PostgreSQL for a test run, `server.py DIRECTORY WATCHED_PROCESS WANTED`; ends when that process ends."""

import json
import os
import select
import shutil
import sys
from pathlib import Path

from copartner_emulator.postgres import EmbeddedPostgres


def main() -> None:
    """Starts PostgreSQL, says where it is in `server.json`, waits, and removes everything."""
    directory, watched, wanted = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    watch = os.pidfd_open(watched)
    postgres = EmbeddedPostgres(directory / "postgres", wanted=wanted, durable=False)
    postgres.start()
    try:
        said = directory / "server.json.new"
        said.write_text(json.dumps([postgres.superuser_url, postgres.owner_url, postgres.login_url]))
        said.rename(directory / "server.json")
        select.select([watch], [], [])
    finally:
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
