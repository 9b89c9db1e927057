"""The answers that turn, counted by rule, partner and customer, in bounded memory."""

from dataclasses import dataclass, field
from datetime import datetime

from copartner.tryout.judging import Change
from copartner.tryout.model import Basis, Difference, Example, Tally, Turn, Turned

MOST_EXAMPLES = 3
MOST_SHOWN = 500
MOST_NAMED = 100
# So many groups, partners and customers are counted each by itself, what comes later together.
_MOST_COUNTED = 20_000
_OTHERS = "all others"
Counts = dict[str | None, dict[Turn, int]]


@dataclass(slots=True)
class Group:
    """Answers that turn for one partner at one customer by one rule."""

    basis: Basis
    turn: Turn
    rule: str | None
    text: str
    partner: str | None
    customer: str | None
    count: int = 0
    examples: list[Example] = field(default_factory=list)


class Findings:
    """What was found so far."""

    def __init__(self, most: int = _MOST_COUNTED) -> None:
        self._most = most
        self._groups: dict[tuple[Basis, Turn, str | None, str | None, str | None], Group] = {}
        self._turned = {basis: dict.fromkeys(Turn, 0) for basis in Basis}
        self._rules: Counts = {}
        self._texts: dict[str | None, str] = {None: "The rules could not be applied."}
        self._partners: Counts = {}
        self._customers: Counts = {}

    def add(
        self,
        basis: Basis,
        change: Change,
        count: int,
        *,
        partner: str | None,
        customer: str | None,
        asker: str,
        kind: str,
        things: tuple[str, ...],
        at: datetime | None = None,
    ) -> None:
        """Count answers that turn alike; `things` are some of what they are about, all of one kind."""
        self._turned[basis][change.turn] += count
        self._texts.setdefault(change.rule, change.text)
        for counts, name in ((self._rules, change.rule), (self._partners, partner), (self._customers, customer)):
            self._count(counts, name, change.turn, count)
        key = (basis, change.turn, change.rule, partner, customer)
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= self._most:
                return
            group = self._groups[key] = Group(basis, change.turn, change.rule, change.text, partner, customer)
        group.count += count
        for thing in things[: MOST_EXAMPLES - len(group.examples)]:
            group.examples.append(Example(change.action, change.how, asker, change.roles, kind, thing, at))

    def shown(self) -> list[Group]:
        """The groups with most answers, which an outcome shows."""
        return sorted(self._groups.values(), key=lambda it: (-it.count, it.basis, it.rule or "", it.partner or ""))[
            :MOST_SHOWN
        ]

    def tenants(self) -> set[str]:
        """The tenants whose names an outcome shows."""
        named = {one for group in self.shown() for one in (group.partner, group.customer) if one}
        named |= {example.actor for group in self.shown() for example in group.examples}
        for counts in (self._partners, self._customers):
            named |= {one for one, _ in _first(counts) if one}
        return named

    def turned(self, basis: Basis) -> Turned:
        """How many answers turn on one basis."""
        counted = self._turned[basis]
        return Turned(counted[Turn.DENIED], counted[Turn.ALLOWED])

    def differences(self, names: dict[str, str]) -> tuple[Difference, ...]:
        """The groups with most answers, with the names of tenants."""
        return tuple(
            Difference(
                basis=it.basis,
                turn=it.turn,
                rule=it.rule,
                text=it.text,
                partner_tenant_id=it.partner,
                partner=_named(it.partner, names),
                customer_tenant_id=it.customer,
                customer=_named(it.customer, names),
                count=it.count,
                examples=tuple(
                    Example(
                        action=one.action,
                        how=one.how,
                        actor=names.get(one.actor, one.actor),
                        roles=one.roles,
                        resource_type=one.resource_type,
                        resource_id=one.resource_id,
                        at=one.at,
                    )
                    for one in it.examples
                ),
            )
            for it in self.shown()
        )

    def beyond(self) -> int:
        """How many answers turn outside the groups shown."""
        every = sum(count for counted in self._turned.values() for count in counted.values())
        return every - sum(group.count for group in self.shown())

    def rules(self) -> tuple[Tally, ...]:
        """The rules by which answers turn."""
        return _tallies(self._rules, {name: text for name, text in self._texts.items() if name}, self._texts[None])

    def partners(self, names: dict[str, str]) -> tuple[Tally, ...]:
        """The partners for which most answers turn."""
        return _tallies(self._partners, names, "no partner")

    def customers(self, names: dict[str, str]) -> tuple[Tally, ...]:
        """The customers at which most answers turn."""
        return _tallies(self._customers, names, "no customer")

    def _count(self, counts: Counts, key: str | None, turn: Turn, count: int) -> None:
        if key not in counts and len(counts) >= self._most:
            key = _OTHERS
        counts.setdefault(key, dict.fromkeys(Turn, 0))[turn] += count


def _named(tenant: str | None, names: dict[str, str]) -> str | None:
    return None if tenant is None else names.get(tenant, tenant)


def _first(counts: Counts) -> list[tuple[str | None, dict[Turn, int]]]:
    every = sorted(counts.items(), key=lambda it: (it[0] == _OTHERS, -sum(it[1].values()), it[0] or ""))
    return every[:MOST_NAMED]


def _tallies(counts: Counts, names: dict[str, str], nobody: str) -> tuple[Tally, ...]:
    """Those with most answers, and all others together."""
    first = [it for it in _first(counts) if it[0] != _OTHERS]
    shown = {name for name, _ in first}
    rest = [counted for name, counted in counts.items() if name not in shown]
    made = [
        Tally(name, nobody if name is None else names.get(name, name), counted[Turn.DENIED], counted[Turn.ALLOWED])
        for name, counted in first
    ]
    if rest:
        denied, allowed = (sum(counted[turn] for counted in rest) for turn in (Turn.DENIED, Turn.ALLOWED))
        made.append(Tally(None, _OTHERS, denied, allowed))
    return tuple(made)
