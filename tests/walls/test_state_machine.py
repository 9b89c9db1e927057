"""Four partners and three customers do what they like; no partner sees or changes what another sold."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis.stateful import RULE_MARKER

from support.postgres import Server
from support.walls.delegating import Delegating
from support.walls.judge import DirectoryChangeError, SaleChangeError, SaleSightError
from support.walls.perform import ALL, NONE, ROWS_ALONE, RULES_ALONE, new_seed, on_stage, perform
from support.walls.stage import Walls

PLAYS, STEPS = 16, 30
Record = Callable[[str, object], None]


@pytest.mark.parametrize("walls", [ALL, RULES_ALONE, ROWS_ALONE], ids=["all", "rules-alone", "rows-alone"])
def test_no_partner_sees_or_changes_what_another_sold(
    postgres: Server, tmp_path: Path, record_property: Record, walls: Walls
) -> None:
    chosen = new_seed()
    record_property("seed", chosen)
    with on_stage(postgres, tmp_path, walls) as stage:
        perform(stage, plays=PLAYS, steps=STEPS, chosen=chosen)
        assert stage.outcomes["place_order", "done"] >= PLAYS // 2, "nothing was sold, so nothing was at stake"
        if walls.rules:
            assert any("mp-" in outcome for _, outcome in stage.outcomes), "nobody tried what belongs to another"


@pytest.mark.parametrize("error", [SaleChangeError, SaleSightError, DirectoryChangeError])
def test_without_walls_a_play_finds_it_by_itself(
    postgres: Server, tmp_path: Path, record_property: Record, error: type[AssertionError]
) -> None:
    chosen = new_seed()
    record_property("seed", chosen)
    with on_stage(postgres, tmp_path, NONE) as stage, pytest.raises(error) as found:
        perform(stage, plays=500, steps=STEPS, chosen=chosen, watched=(error,))
    record_property("found", str(found.value)[:300])


def test_no_act_of_the_play_hides_another() -> None:
    acts = Counter(
        name for kind in Delegating.__mro__ for name, made in vars(kind).items() if hasattr(made, RULE_MARKER)
    )
    assert len(acts) > 40
    assert [name for name, defined in acts.items() if defined > 1] == []
