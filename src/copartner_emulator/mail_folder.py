"""Letters in the emulator: nobody gets them, each is a file to read."""

import asyncio
from pathlib import Path

from copartner.mail.model import Letter
from copartner.mail.rules import message_of
from copartner_emulator.readyfile import replace_private

SENDER = "copartner@emulator.example"


class MailFolder:
    """A directory with a file `.eml` for each letter, in the order in which they were written."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def send(self, letter: Letter) -> None:
        """Write the letter; a second time it is the same file."""
        await asyncio.to_thread(self._write, letter)

    def _write(self, letter: Letter) -> None:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        file = self._directory / f"{letter.written_at:%Y%m%dT%H%M%SZ}-{letter.id}.eml"
        replace_private(file, message_of(letter, SENDER).as_string())
