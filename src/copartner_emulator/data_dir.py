"""The directory in which an emulator keeps its data, and the options it was made with."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from copartner.kernel.secrets import KeyFile
from copartner_emulator.hold import Hold
from copartner_emulator.readyfile import replace_private

DEFAULT_WORLD = "multi-partner"
DEFAULT_CLOUD = "commercial"


class Contradiction(Exception):
    """An option differs from what the data were made with; the message names both."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for when the data were made: `clock` None is the present, `offset` the clock's distance."""

    world: str
    cloud: str
    clock: date | None
    offset: timedelta

    def check(self, world: str | None, cloud: str | None, clock: date | None) -> None:
        """Raises Contradiction when a given option differs from the kept one; one that is not given agrees."""
        kept_clock = str(self.clock) if self.clock else "the present"
        for name, given, kept in (
            ("--world", world, self.world),
            ("--cloud", cloud, self.cloud),
            ("--clock", str(clock) if clock else None, kept_clock),
        ):
            if given is not None and given != kept:
                raise Contradiction(
                    f"{name} {given} contradicts the data, which were made with {kept}. "
                    f"Leave {name} out, or choose another directory with --data."
                )


class DataDir:
    """An emulator's directory, held by this process."""

    def __init__(self, path: Path) -> None:
        """Raises hold.Held when another process has it."""
        self.path = path.absolute()
        self._hold = Hold(self.path)

    @property
    def postgres(self) -> Path:
        """Where PostgreSQL's files are."""
        return self.path / "postgres"

    @property
    def passwords(self) -> Path:
        """Who signs in with what."""
        return self.path / "passwords.json"

    @property
    def mail(self) -> Path:
        """Letters that were written to people."""
        return self.path / "mail"

    @property
    def tls(self) -> Path:
        """Certificates, theirs and of those who signed them."""
        return self.path / "tls"

    @property
    def _file(self) -> Path:
        return self.path / "options.json"

    def options(self, world: str | None, cloud: str | None, clock: date | None, now: datetime) -> Options:
        """The kept options when they agree with the given ones, else new ones; a clock starts at midnight UTC."""
        if self._file.exists():
            kept = self._read()
            kept.check(world, cloud, clock)
            return kept
        start = datetime(clock.year, clock.month, clock.day, tzinfo=UTC) if clock else now
        return Options(world or DEFAULT_WORLD, cloud or DEFAULT_CLOUD, clock, start - now)

    def keep(self, options: Options) -> None:
        """Remembers the options, once what they name is known to exist."""
        kept = {
            "world": options.world,
            "cloud": options.cloud,
            "clock": str(options.clock) if options.clock else None,
            "offset": options.offset.total_seconds(),
        }
        replace_private(self._file, json.dumps(kept) + "\n")

    def keep_offset(self, offset: timedelta) -> None:
        """Remembers how far the programme's clock was moved."""
        self.keep(replace(self._read(), offset=offset))

    def key_file(self) -> KeyFile:
        """The key under which the database's secrets are encrypted, made at the first start."""
        file = self.path / "key"
        return KeyFile.open(file) if file.exists() else KeyFile.create(file)

    def release(self) -> None:
        """Lets another process use the directory."""
        self._hold.release()

    def _read(self) -> Options:
        kept = json.loads(self._file.read_text())
        clock = date.fromisoformat(kept["clock"]) if kept["clock"] else None
        return Options(kept["world"], kept["cloud"], clock, timedelta(seconds=kept["offset"]))
