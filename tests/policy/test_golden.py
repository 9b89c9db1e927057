"""The golden table of roles is what the engine says today."""

from pathlib import Path

from copartner.proof.golden import table
from support.rulebook import RULEBOOK

GOLDEN = Path(__file__).parent / "golden" / "roles.md"


def test_the_golden_table_is_up_to_date() -> None:
    assert table(RULEBOOK) == GOLDEN.read_text(encoding="utf-8"), (
        "roles changed: run `python -m copartner.proof.golden tests/policy/golden/roles.md` and review the difference"
    )
