"""Facts of one shape are judged alike: ids matter to the rules only by which of them are equal.

The shape of facts is everything in them with each id replaced by the rank of its first appearance. Two facts have
the same shape exactly when one becomes the other by renaming ids injectively. Enumerated ids, strings, numbers and
booleans stay as they are. Ranks are shared by all types of ids, which tells more apart than the rules can, never less.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from copartner.policy.facts import Facts
from copartner.policy.plan import PLANS, Field, Plan

Shape = tuple[Any, ...]


class _Ranks(dict[str | None, int | None]):
    """The rank of each id by its first appearance; what is absent stays absent."""

    def __missing__(self, one: str | None) -> int:
        rank = self[one] = len(self)
        return rank


_Rank = Callable[[str | None], int | None]
_Shaper = Callable[[Any, _Rank], Shape]
_ABSENT: dict[str | None, int | None] = {None: None}


def shape(facts: Facts) -> Shape:
    """The facts with ids replaced by ranks, hashable."""
    rank = _Ranks(_ABSENT).__getitem__
    resource = facts.resource.__class__
    made = (
        _ACTOR(facts.principal, rank),
        resource.__name__,
        _SHAPERS[resource](facts.resource, rank),
        _CONTEXT(facts.context, rank),
    )
    if facts.tenants or facts.organisations:
        tenants = tuple([_TENANT(tenant, rank) for tenant in facts.tenants])
        return (*made, tenants, tuple([_ORGANISATION(organisation, rank) for organisation in facts.organisations]))
    return made


def rename(facts: Facts, name: Callable[[str, str], str]) -> Facts:
    """The same facts with each id replaced by `name(type, id)`, which has to be injective for each type."""
    renamed: Facts = _renamed(facts, name)
    return renamed


def _renamed(value: Any, name: Callable[[str, str], str]) -> Any:
    plan = PLANS[type(value)]
    changes: dict[str, Any] = {}
    if plan.entity:
        changes["id"] = name(plan.entity, value.id)
    for field in plan.fields:
        held = getattr(value, field.name)
        if held is None or field.kind in ("plain", "enum"):
            continue
        if field.kind == "ref":
            kind = field.type
            changes[field.name] = tuple(name(kind, one) for one in held) if field.many else name(kind, held)
        else:
            changes[field.name] = tuple(_renamed(one, name) for one in held) if field.many else _renamed(held, name)
    return msgspec.structs.replace(value, **changes)


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads several attributes in one call, always as a tuple."""
    if not names:
        return lambda _: ()
    if len(names) == 1:
        only = attrgetter(names[0])
        return lambda value: (only(value),)
    several: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
    return several


def _shaper(plan: Plan) -> _Shaper:
    """A function that shapes one struct; the fields are sorted out here, once, and not at each decision."""
    ids = _getter((["id"] if plan.entity else []) + [f.name for f in plan.fields if f.kind == "ref" and not f.many])
    plain = _getter([f.name for f in plan.fields if f.kind in ("plain", "enum")])
    lists = _getter([f.name for f in plan.fields if f.kind == "ref" and f.many])
    nested = [f for f in plan.fields if f.kind in ("record", "entity")]
    if nested:
        return _nesting(nested, plain)
    if any(f.kind == "ref" and f.many for f in plan.fields):

        def with_lists(value: Any, rank: _Rank) -> Shape:
            own = tuple(map(rank, ids(value)))
            return (*own, *[tuple(map(rank, held)) for held in lists(value)], *plain(value))

        return with_lists

    def simple(value: Any, rank: _Rank) -> Shape:
        return (*map(rank, ids(value)), *plain(value))

    return simple


def _nesting(nested: list[Field], plain: Callable[[Any], tuple[Any, ...]]) -> _Shaper:
    """A shaper for the context: each part by its own shaper, absent parts as None."""
    parts = _getter([f.name for f in nested])

    def shaper(value: Any, rank: _Rank) -> Shape:
        return (
            *[None if part is None else _SHAPERS[part.__class__](part, rank) for part in parts(value)],
            *plain(value),
        )

    return shaper


_SHAPERS = {struct: _shaper(plan) for struct, plan in PLANS.items() if struct is not Facts}
_BY_NAME = {struct.__name__: shaper for struct, shaper in _SHAPERS.items()}
_ACTOR = _BY_NAME["Actor"]
_CONTEXT = _BY_NAME["FactContext"]
_TENANT = _BY_NAME["Tenant"]
_ORGANISATION = _BY_NAME["Organisation"]
