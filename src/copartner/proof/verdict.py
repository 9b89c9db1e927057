"""What the check of a changed rulebook answers; plain data, so that it travels as JSON."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """What the parties of a story are called; who has no name here is told as "one partner" and the like."""

    actor: str | None = None
    other: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """An invariant that a version breaks, with one request that would be allowed, told in English and German.

    `actions` are all that break it, `action` the one of the story; `rules` the forbids that would stop it no longer.
    """

    invariant: str
    promise: str
    action: str
    story: str
    story_german: str
    actions: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """What somebody can do before a version and nobody afterwards, from a day on."""

    action: str
    text: str
    text_german: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a version keeps every promise.

    `holds` is true only when every question was answered and no promise breaks; `undecided` says why it is not known.
    `stories` tell of broken promises and refuse the version. `ended` tells of policies of the programme that would
    count no more, `lost` of what nobody could do any more: both are for whoever approves it to weigh.
    """

    holds: bool
    undecided: str | None
    stories: tuple[BrokenPromise, ...] = ()
    ended: tuple[BrokenPromise, ...] = ()
    lost: tuple[Lost, ...] = ()
    questions: int = 0
    seconds: float = 0.0
