"""The comparison runs from its world to its table; what it measures of a hundredth of the world says nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = ("read one subscription", "list 100 subscriptions", "check a cart out")
pytestmark = pytest.mark.verify


def test_every_request_is_measured_on_both_sides(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "bench/run.py", "--seconds=1", "--rounds=1", "--warm=1", "--processes=1"],
        cwd=ROOT,
        env=os.environ | {"BENCH_SCALE": "100", "BENCH_PLACE": str(tmp_path / "bench")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    rows = [
        line.split(" | ") for line in said.stdout.splitlines() if line.startswith(tuple(f"| {it} |" for it in REQUESTS))
    ]
    assert [row[0].removeprefix("| ") for row in rows] == list(REQUESTS), said.stdout + said.stderr
    assert all(float(row[2].replace(",", "")) > 0 and float(row[3].replace(",", "")) > 0 for row in rows)
    # What a change of the rules is tried out at, and by which engine.
    for what in (
        r"try-out of present data: [\d,]*[1-9][\d,]* subscriptions/s",
        r"try-out of decisions: [\d,]*[1-9][\d,]*/s",
        r"explanation: [\d.]+ us",
        r"cedarpy \d[\d.]+, z3 \d",
    ):
        assert re.search(what, said.stdout), what + said.stdout + said.stderr
    # Roles in force, among a hundredth, a tenth and the whole of the relationships.
    among = [line.split(" | ") for line in said.stdout.splitlines() if line.startswith("| 1") and " ms | " in line]
    assert [row[0].removeprefix("| ") for row in among] == ["10", "100", "1,000"], said.stdout + said.stderr
    assert all(float(row[2].partition(" ")[0]) > 0 for row in among)
