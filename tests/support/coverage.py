"""Which operations of the contract a foreign client drove, and how each ended, from the emulator's own log.

Kept whole as `.copartner/coverage/CLIENT.json`. What was answered with a success has to stand in
docs/coverage/CLIENT.json, from which docs/coverage.md is made.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copartner.api.partner_center.operations import Operation, operations
from support.clients import CLIENTS
from support.tree import ROOT

KEPT = ROOT / ".copartner" / "coverage"
HELD = ROOT / "docs" / "coverage"
# With this set, what a run saw is added; a file that is deleted before is made anew, from all tests of its client.
WRITING = "COPARTNER_WRITE_COVERAGE"
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def operation_at(method: str, path: str) -> Operation | None:
    """The operation at an address as it was sent: of several that fit, the one with the fewest variable parts."""
    parts = [part.lower() for part in path.split("/") if part]
    fitting = {
        template.count("{"): operation
        for operation in operations()
        if operation.method == method
        for template in operation.paths
        if _fits(template, parts)
    }
    return fitting[min(fitting)] if fitting else None


def _fits(template: str, parts: list[str]) -> bool:
    wanted = [part.lower() for part in template.split("/") if part]
    return len(wanted) == len(parts) and all(
        part.startswith(head) if brace else part == head
        for (head, brace, _), part in zip((each.partition("{") for each in wanted), parts, strict=True)
    )


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
        operation = operation_at(method, path)
        if operation is not None:
            self.driven[operation.name].add(status)
        else:
            self.outside[f"{method} {_ID.sub('{id}', path)}"].add(status)

    def keep(self) -> None:
        """Write it down, and hold it to what is committed."""
        version = (CLIENTS / self.client / "requirements.in").read_text().strip()
        kept = {
            "client": version,
            "driven": {name: sorted(statuses) for name, statuses in sorted(self.driven.items())},
            "outside": {name: sorted(statuses) for name, statuses in sorted(self.outside.items())},
        }
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / f"{self.client}.json").write_text(json.dumps(kept, indent=2) + "\n")
        self._hold()

    def _hold(self) -> None:
        file = HELD / f"{self.client}.json"
        held = set(json.loads(file.read_text())) if file.exists() else set()
        saw = {name for name, statuses in self.driven.items() if min(statuses) < 400}
        if os.environ.get(WRITING):
            held |= saw
            file.write_text(json.dumps(sorted(held), indent=2) + "\n")
        assert saw <= held, (
            f"docs/coverage/{file.name} lacks {sorted(saw - held)}; with {WRITING}=1 the client's tests add them, and "
            "then tests/architecture/test_coverage.py writes docs/coverage.md"
        )


@contextmanager
def coverage(client: str, log: Path) -> Iterator[Coverage]:
    """The coverage of a client of tests/clients, kept at the end of the block."""
    made = Coverage(client, log)
    yield made
    made.keep()
