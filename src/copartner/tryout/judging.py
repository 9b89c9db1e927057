"""Two sets of rules side by side: what differs between them, and which answers that turns."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from copartner.policy.actions import Action
from copartner.policy.decide import Decision, decide_cold
from copartner.policy.evaluate import covers
from copartner.policy.facts import Facts, Role, Side
from copartner.policy.rename import Shape, shape
from copartner.policy.rule import Rule
from copartner.policy.rulebook import RuleSet
from copartner.policy.tree import Entity, Literal, Members, walk
from copartner.tryout.asking import About, Way
from copartner.tryout.model import Turn

# The roles that users of a side can have.
ROLES = {
    Side.PARTNER: (
        *(Role.GLOBAL_ADMIN, Role.USER_MANAGEMENT_ADMIN, Role.ADMIN_AGENT, Role.SALES_AGENT, Role.HELPDESK_AGENT),
        *(Role.BILLING_ADMIN, Role.USER),
    ),
    Side.CUSTOMER: (
        *(Role.GLOBAL_ADMIN, Role.USER_MANAGEMENT_ADMIN, Role.BILLING_ADMIN, Role.DELEGATION_ADMIN, Role.USER),
    ),
}
_MEMO_LIMIT = 10_000
_BREATH = 0.005  # seconds for which nobody else is served


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that turns, for users of these roles; `rule` is absent where the rules could not be applied."""

    action: str
    how: str
    turn: Turn
    rule: str | None
    text: str
    roles: tuple[str, ...]


class Judge:
    """Decides by both sets, each shape of facts once; only about what a changed rule covers."""

    def __init__(self, before: RuleSet, after: RuleSet) -> None:
        self.before = before
        self.after = after
        differing = _differing(before, after)
        self.changed = tuple(dict.fromkeys(rule.id for rule in differing))
        schema = after.schema
        self._covered = {
            (action, kind)
            for action, applies in schema.actions.items()
            for kind in applies.resources
            if any(covers(rule.policy, schema, action, kind) for rule in differing)
        }
        self.actions = frozenset(Action(action) for action, _ in self._covered)
        self.shapes = 0
        self._asked: dict[tuple[int, Shape], tuple[Change, ...]] = {}
        self._decided: dict[tuple[str, Shape], Change | None] = {}
        self._plans: dict[int, tuple[tuple[Action, tuple[Role, ...]], ...]] = {}
        self._rested = time.perf_counter()

    def concerns(self, way: Way) -> int:
        """How many actions of a way a changed rule covers."""
        return len(self._plan(way))

    async def ask(self, way: Way, about: About) -> tuple[Change, ...]:
        """What turns of the requests made in a way."""
        facts = way.facts(about)
        key = id(way), shape(facts)
        found = self._asked.get(key)
        if found is None:
            self.shapes += 1
            found = await self._turned(way, facts)
            if len(self._asked) >= _MEMO_LIMIT:
                self._asked.clear()
            self._asked[key] = found
        await self.rest()
        return found

    async def again(self, action: str, facts: Facts) -> Change | None:
        """What turns of a decision that was made from these facts."""
        key = action, shape(facts)
        if key not in self._decided:
            self.shapes += 1
            if len(self._decided) >= _MEMO_LIMIT:
                self._decided.clear()
            turned = self._compared(Action(action), facts)
            roles = tuple(str(role) for role in facts.principal.roles)
            self._decided[key] = Change(action, "", *turned, roles) if turned else None
        await self.rest()
        return self._decided[key]

    async def rest(self) -> None:
        """Let others have the processor where this had it for long."""
        if time.perf_counter() - self._rested > _BREATH:
            await asyncio.sleep(0)
            self._rested = time.perf_counter()

    async def _turned(self, way: Way, facts: Facts) -> tuple[Change, ...]:
        found: dict[tuple[Action, Turn, str | None, str], list[str]] = {}
        for action, roles in self._plan(way):
            for role in roles:
                held = (role,) if role is Role.USER else (role, Role.USER)
                asked = replace(facts, principal=replace(facts.principal, roles=held))
                if turned := self._compared(action, asked):
                    found.setdefault((action, *turned), []).append(str(role))
                await self.rest()
        return tuple(
            Change(action, way.how, turn, rule, text, tuple(roles))
            for (action, turn, rule, text), roles in found.items()
        )

    def _compared(self, action: Action, facts: Facts) -> tuple[Turn, str | None, str] | None:
        was, would = decide_cold(self.before, action, facts), decide_cold(self.after, action, facts)
        if was.allowed == would.allowed:
            return None
        if was.allowed:
            # Denied by a rule that objects now, else for want of the permit that granted it.
            return Turn.DENIED, *_deciding(would, self.after, was, self.before)
        return Turn.ALLOWED, *_deciding(was, self.before, would, self.after)

    def _plan(self, way: Way) -> tuple[tuple[Action, tuple[Role, ...]], ...]:
        """The actions of a way that a changed rule covers, each with the roles that could be allowed it."""
        known = self._plans.get(id(way))
        if known is None:
            kind = way.resource.__name__
            known = self._plans[id(way)] = tuple(
                (action, self._roles(action, kind, way.side))
                for action in sorted(way.actions)
                if (action, kind) in self._covered
            )
        return known

    def _roles(self, action: Action, kind: str, side: Side) -> tuple[Role, ...]:
        named: set[str] = set()
        for ruleset in (self.before, self.after):
            for rule in ruleset.rules:
                if rule.permits and covers(rule.policy, ruleset.schema, action, kind):
                    roles = _roles_in(rule)
                    if not roles:
                        return ROLES[side]
                    named |= roles
        return tuple(role for role in ROLES[side] if role in named)


def _differing(before: RuleSet, after: RuleSet) -> list[Rule]:
    """The rules of either set that the other has not, whatever is written beside them."""

    def meaning(rule: Rule | None) -> dict[str, object] | None:
        return None if rule is None else {key: value for key, value in rule.form.items() if key != "annotations"}

    return [
        rule
        for ours, theirs in ((before, after), (after, before))
        for rule in ours.rules
        if meaning(theirs.by_id.get(rule.id)) != meaning(rule)
    ]


def _roles_in(rule: Rule) -> set[str]:
    """The roles that a rule speaks of."""
    spoken: Iterable[Literal] = (
        literal
        for condition in rule.policy.conditions
        for part in walk(condition.body)
        for literal in (part.items if isinstance(part, Members) else (part,))
        if isinstance(literal, Literal)
    )
    return {it.value.id for it in spoken if isinstance(it.value, Entity) and it.value.type == "Role"}


def _deciding(denial: Decision, denying: RuleSet, grant: Decision, granting: RuleSet) -> tuple[str | None, str]:
    """The rule by which an answer turns: the first that objects on the denying side, else the permit of the other."""
    if denial.rules:
        return denial.rules[0], denying.rule(denial.rules[0]).text
    if denial.doubt:
        return None, f"The rules could not be applied to these facts: {denial.doubt[0]}"
    return grant.rules[0], granting.rule(grant.rules[0]).text
