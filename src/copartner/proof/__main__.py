"""`python -m copartner.proof`: run the proof, print what it found; `--write FILE` keeps it as a page."""

import argparse
import sys
import time
from importlib.metadata import version
from pathlib import Path

from copartner.policy.rulebook import Rulebook
from copartner.proof.prove import prove
from copartner.proof.report import page, summary


def main() -> int:
    """Run everything; 1 when any part fails."""
    parser = argparse.ArgumentParser(prog="python -m copartner.proof", description="Prove that the rules hold.")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there, as docs/proof.md is")
    parser.add_argument("--rules", type=Path, metavar="DIRECTORY", help="prove other rules than the shipped ones")
    given = parser.parse_args()
    started = time.perf_counter()
    result = prove(Rulebook.load(given.rules))
    if given.write is not None and not result.failures:
        given.write.write_text(page(result), encoding="utf-8")
    out = sys.stdout
    if not result.failures:
        tables = [line for line in page(result).splitlines() if line.startswith(("#", "|"))]
        out.write("\n".join(tables) + "\n\n")
    versions = ", ".join(f"{name} {version(name)}" for name in ("cedarpy", "z3-solver"))
    out.write(f"{summary(result)}\n{time.perf_counter() - started:.1f} seconds; {versions}\n")
    return 1 if result.failures else 0


if __name__ == "__main__":
    sys.exit(main())
