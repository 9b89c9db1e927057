"""The judge of the plays notices each single wall that is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.postgres import Server
from support.walls.judge import (
    DirectoryChangeError,
    DirectorySightError,
    ForeignChangeError,
    SaleChangeError,
    SaleSightError,
)
from support.walls.perform import NONE, new_seed, on_stage, perform
from support.walls.stage import Walls

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]
Record = Callable[[str, object], None]


@pytest.mark.parametrize(
    ("walls", "error"),
    [
        (Walls(row_security=False, rules=True, without=frozenset({"mp-subscription"})), SaleChangeError),
        (Walls(row_security=False, rules=True, without=frozenset({"mp-visibility"})), SaleSightError),
        (Walls(row_security=False, rules=True, without=frozenset({"rel-own-request"})), ForeignChangeError),
        (Walls(row_security=False, rules=True, without=frozenset({"rel-addressee"})), ForeignChangeError),
        (Walls(row_security=True, rules=False, opened=frozenset({"subscription"})), SaleChangeError),
        (Walls(row_security=True, rules=False, opened=frozenset({"cart"})), SaleChangeError),
        (Walls(row_security=True, rules=False, opened=frozenset({"purchase_order"})), SaleSightError),
        (Walls(row_security=True, rules=False, opened=frozenset({"relationship_request"})), ForeignChangeError),
        (Walls(row_security=True, rules=False, ungated=True), DirectoryChangeError),
        (NONE, SaleChangeError),
        (NONE, SaleSightError),
        (NONE, DirectorySightError),
    ],
    ids=str,
)
def test_the_judge_notices_a_missing_wall(
    postgres: Server, tmp_path: Path, record_property: Record, walls: Walls, error: type[AssertionError]
) -> None:
    chosen = new_seed()
    record_property("seed", chosen)
    with on_stage(postgres, tmp_path, walls) as stage, pytest.raises(error) as found:
        perform(stage, plays=2000, steps=40, chosen=chosen, watched=(error,))
    record_property("found", str(found.value)[:300])
