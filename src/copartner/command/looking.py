"""What somebody could do next and why not the rest, for whoever shows it; nothing is recorded by looking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.policy.actions import Action
from copartner.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why the caller cannot do something now, and what would help, in the caller's language."""

    sentence: str
    steps: tuple[str, ...]


# None for what is allowed.
May = Mapping[Action, Obstacle | None]


def may(ctx: Context, facts: Facts, actions: Iterable[Action]) -> May:
    """What the rules would say to the caller's doing each of these to the thing of the facts."""
    return {action: _obstacle(ctx, facts, action) for action in actions}


def _obstacle(ctx: Context, facts: Facts, action: Action) -> Obstacle | None:
    said = objection(ctx, action, facts)
    return None if said is None else Obstacle(said.summary, said.steps)
