"""Facts in the JSON that the engine reads."""

import json
from typing import Any

from msgspec import Struct

from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.policy.plan import PLANS, Field


def request(action: Action, facts: Facts) -> dict[str, Any]:
    """The question: who, what, on which thing, with which context."""
    return {
        "principal": {"type": "Actor", "id": facts.principal.id},
        "action": {"type": "Action", "id": str(action)},
        "resource": {"type": PLANS[type(facts.resource)].entity, "id": facts.resource.id},
        "context": json.dumps(_attributes(facts.context)),
    }


def entities(facts: Facts) -> str:
    """Every entity that the facts describe."""
    described: list[Struct] = [facts.principal, facts.resource, *facts.tenants, *facts.organisations]
    described += [held for held in facts.context.witnesses if held is not None]
    return json.dumps([_entity(struct) for struct in described])


def _entity(struct: Any) -> dict[str, Any]:
    uid = {"type": PLANS[type(struct)].entity, "id": struct.id}
    return {"uid": uid, "attrs": _attributes(struct), "parents": []}


def _attributes(struct: Struct) -> dict[str, Any]:
    return {
        field.key: [_value(field, one) for one in held] if field.many else _value(field, held)
        for field in PLANS[type(struct)].fields
        if (held := getattr(struct, field.name)) is not None
    }


def _value(field: Field, held: Any) -> Any:
    match field.kind:
        case "ref" | "enum":
            return {"__entity": {"type": field.type, "id": str(held)}}
        case "entity":
            return {"__entity": {"type": field.type, "id": held.id}}
        case "record":
            return _attributes(held)
        case _:
            return held
