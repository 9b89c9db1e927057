"""Which operations of the contract a foreign client drove, and how each ended, from the emulator's own log.

Kept as `.copartner/coverage/CLIENT.json`, from which docs/coverage.md can be made.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copartner.app import known_addresses
from support.clients import CLIENTS
from support.tree import ROOT

KEPT = ROOT / ".copartner" / "coverage"
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one client drove: statuses by operation, named as in the answer 501, or by method and path outside it."""

    client: str
    log: Path
    driven: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    outside: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Whatever is asked during the block is the client's."""
        before = len(self._lines())
        yield
        for line in self._lines()[before:]:
            self._add(line["method"], line["path"], line["status"])

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def _add(self, method: str, path: str, status: int) -> None:
        _, place = known_addresses().find(path)
        name = place.known.get(method) if place else None
        if name:
            self.driven[name].add(status)
        else:
            self.outside[f"{method} {_ID.sub('{id}', path)}"].add(status)

    def keep(self) -> None:
        """Write it down."""
        version = (CLIENTS / self.client / "requirements.in").read_text().strip()
        kept = {
            "client": version,
            "driven": {name: sorted(statuses) for name, statuses in sorted(self.driven.items())},
            "outside": {name: sorted(statuses) for name, statuses in sorted(self.outside.items())},
        }
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / f"{self.client}.json").write_text(json.dumps(kept, indent=2) + "\n")


@contextmanager
def coverage(client: str, log: Path) -> Iterator[Coverage]:
    """The coverage of a client of tests/clients, kept at the end of the block."""
    made = Coverage(client, log)
    yield made
    made.keep()
