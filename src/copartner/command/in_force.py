"""The rulebook that this process decides by: replaced as a whole when a version of the rules is approved or taken back.

Whoever listens for changes says here what it heard. Requests keep the rules they began with; in doubt none is decided.
"""

import asyncio
from collections.abc import Awaitable, Callable

from copartner.kernel.errors import Busy
from copartner.policy.rulebook import Rulebook

_PATIENCE = 10.0  # seconds
_CHANGED = "The rules have just been changed; send the request again."


class BrokenVersions(Exception):
    """The approved versions do not fit the rules of this release, so nothing may start with them."""


class InForce:
    """The rulebook in force and its number, which counts the changes by versions.

    `behind` while the database is known, or feared, to have another one than this process.
    """

    def __init__(self, book: Rulebook, number: int = 0) -> None:
        self.book = book
        self.number = number
        self.behind = False
        # How a listener catches up; without one nothing changes but by `replace`.
        self.catch_up: Callable[[], Awaitable[None]] | None = None

    def replace(self, book: Rulebook, number: int) -> None:
        """From now on this rulebook is decided by."""
        self.book, self.number, self.behind = book, number, False

    def doubt(self) -> None:
        """Decide nothing until the listener has caught up."""
        self.behind = True

    async def settled(self) -> None:
        """Wait until the rulebook is the one that holds.

        Raises Busy when what was approved fits no longer, else what keeps the database from being asked.
        """
        if not self.behind:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                if self.catch_up is not None:
                    await self.catch_up()
        except BrokenVersions as error:
            raise Busy("Which rules hold cannot be found out just now; send the request again.") from error

    async def certain(self, number: int) -> None:
        """Raise Busy unless the rules of that number are those that hold, as far as this process heard."""
        await self.settled()
        if number != self.number:
            raise Busy(_CHANGED)

    def check(self, number: int, present: int) -> None:
        """Raise Busy when a request by the rules of one number finds another one in the database."""
        if present != self.number:
            self.behind = True
        if present != number:
            raise Busy(_CHANGED)
