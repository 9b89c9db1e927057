"""The programme's clock in the emulator: the machine's time and a distance to it."""

from datetime import UTC, datetime, timedelta

from copartner.kernel.clock import Clock


class MovableClock:
    """Runs with the machine's clock, at a distance that can be changed."""

    def __init__(self, machine: Clock, offset: timedelta) -> None:
        self._machine = machine
        self.offset = offset

    def now(self) -> datetime:
        """The programme's time in UTC."""
        return self._machine.now() + self.offset

    def move_to(self, moment: datetime) -> None:
        """Moves forward to a moment (ValueError when it is past: going back is a snapshot restored)."""
        offset = moment.astimezone(UTC) - self._machine.now()
        if offset < self.offset:
            raise ValueError(f"The programme's clock already shows {self.now():%Y-%m-%d %H:%M} and only moves forward.")
        self.offset = offset
