"""How a play is put on: a stage, a seed, and Hypothesis that makes it up."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from copartner.policy.facts import Cloud
from support.postgres import Server
from support.walls.judge import ForeignChangeError, ForeignSightError
from support.walls.on_behalf import OnBehalf
from support.walls.stage import Stage, Walls

ALL = Walls(row_security=True, rules=True)
RULES_ALONE = Walls(row_security=False, rules=True)
ROWS_ALONE = Walls(row_security=True, rules=False)
NONE = Walls(row_security=False, rules=False)
BOTH = (ForeignChangeError, ForeignSightError)


@contextmanager
def on_stage(postgres: Server, place: Path, walls: Walls, cloud: Cloud = Cloud.COMMERCIAL) -> Iterator[Stage]:
    """A stage in a database of its own."""
    with postgres.database() as database:
        stage = Stage(database, place, walls, cloud)
        try:
            yield stage
        finally:
            stage.close()


def new_seed() -> int:
    """A seed that no earlier run had, or the one that COPARTNER_TEST_SEED names to have that run again."""
    return int(os.environ.get("COPARTNER_TEST_SEED") or secrets.randbits(32))


def perform(
    stage: Stage, *, plays: int, steps: int, chosen: int, watched: tuple[type[AssertionError], ...] = BOTH
) -> None:
    """Have Hypothesis make up plays from a seed; raises what the judge raises."""
    machine = type("Play", (OnBehalf,), {"stage": stage, "watched": watched})
    run_state_machine_as_test(
        seed(chosen)(machine),
        settings=settings(
            max_examples=plays,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
