"""Denials: what the caller is told, what the customer and the seller read, and how both are kept."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.command import store
from copartner.kernel.errors import Refusal
from copartner.policy.actions import Action
from copartner.policy.decide import Decision
from copartner.policy.facts import Facts

if TYPE_CHECKING:
    from copartner.command.context import Context

_NO_PERMIT = "Your roles do not allow this."
# What these are about is only to be made, under an identifier drawn for the request: it tells no two denials apart.
_MAKING = frozenset(
    {
        Action.CUSTOMER_CREATE,
        Action.RELATIONSHIP_REQUEST_SEND,
        Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES,
        Action.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES,
    }
)


class Denied(Refusal):
    """The rules deny an action. `rules` are their ids; `concealed` when the thing must stay unknown to the caller."""

    def __init__(self, action: Action, facts: Facts, decision: Decision) -> None:
        super().__init__(_NO_PERMIT)
        self.action = action
        self.facts = facts
        self.decision = decision
        self.concealed = False
        self.decision_id: UUID | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the forbids that fired; empty when no permit applied."""
        return self.decision.rules


async def record_denial(ctx: "Context", denied: Denied) -> Denied:
    """Keep the denial for the caller and, of a foreign thing, for its customer and seller; fills in the id."""
    fired = [ctx.rules.rule(name) for name in denied.rules]
    told = next((rule.caller for rule in fired if rule.caller), None)
    denied.concealed = told is not None
    denied.message = told or " ".join(rule.text for rule in fired) or _NO_PERMIT
    async with ctx.runtime.pool.acquire() as connection, connection.transaction():
        await connection.execute(store.ACT_AS, ctx.caller.side.value, ctx.caller.tenant_id)
        for row in _rows(ctx, denied, told):
            kept = await _keep(ctx, connection, row)
            if row["tenant_id"] == ctx.caller.tenant_id:
                denied.decision_id = kept
    return denied


def _rows(ctx: "Context", denied: Denied, told: str | None) -> list[dict[str, Any]]:
    resource = denied.facts.resource
    caller = str(ctx.caller.tenant_id)
    full = msgspec.to_builtins(denied.facts)
    own_facts = (
        full if told is None else {"principal": full["principal"], "resource": {"type": full["resource"]["type"]}}
    )
    rows = [
        _row(
            ctx,
            denied,
            tenant=caller,
            rules=() if told else denied.rules,
            caller_text=told,
            facts=own_facts,
            answer=_thing(denied) if told is None else (told,),
        )
    ]
    if told is not None:
        customer, seller = getattr(resource, "customer", None), getattr(resource, "partner", None)
        if customer is None or seller is None:
            return rows
        if customer != caller:
            seen = {"principal": full["principal"], "resource": full["resource"]}
            rows.append(_row(ctx, denied, tenant=customer, rules=denied.rules, facts=seen, answer=_thing(denied)))
        if seller not in (caller, customer):
            seen = {"resource": full["resource"]}
            rows.append(
                _row(
                    ctx, denied, tenant=seller, rules=denied.rules, facts=seen, answer=_thing(denied), names_actor=False
                )
            )
    return rows


def _row(
    ctx: "Context",
    denied: Denied,
    *,
    tenant: str,
    rules: tuple[str, ...],
    facts: dict[str, Any],
    answer: tuple[str, ...],
    caller_text: str | None = None,
    names_actor: bool = True,
) -> dict[str, Any]:
    caller = ctx.caller
    likeness = "\0".join([tenant, str(caller.subject_id), denied.action, *answer, ",".join(rules)])
    return {
        "tenant_id": UUID(tenant),
        "id": ctx.runtime.ids.new(),
        "at": ctx.moment,
        "likeness": sha256(likeness.encode()).hexdigest(),
        "actor_tenant_id": caller.tenant_id,
        "actor_id": caller.subject_id,
        "app_only": caller.app_only,
        "names_actor": names_actor,
        "action": denied.action,
        "resource_type": type(denied.facts.resource).__name__,
        "resource_id": denied.facts.resource.id,
        "rules": rules,
        "caller_text": caller_text,
        "facts": facts,
        "digest": denied.decision.digest,
    }


def _thing(denied: Denied) -> tuple[str, str]:
    """The thing and its customer, which tell apart denials that name them; empty where they were drawn just now."""
    resource = denied.facts.resource
    customer = getattr(resource, "customer", None) or ""
    if denied.action not in _MAKING:
        return resource.id, customer
    return "", "" if customer == resource.id else customer


async def _keep(ctx: "Context", connection: Connection, row: dict[str, Any]) -> UUID:
    kept = await connection.fetchrow(store.record_denial(), msgspec.json.encode(row).decode())
    if kept["is_new"]:
        audit = {
            name: row[name]
            for name in ("tenant_id", "at", "actor_tenant_id", "actor_id", "app_only", "names_actor", "resource_type")
        }
        audit |= {
            "id": ctx.runtime.ids.new(),
            "operation_type": row["action"],
            "resource_id": row["resource_id"],
            "status": "denied",
            "new_value": {"rules": row["rules"], "told": row["caller_text"]},
            "decision_id": kept["id"],
            "correlation_id": _correlation(ctx, row),
            "customer_tenant_id": row["facts"]["resource"].get("customer"),
            "partner_tenant_id": row["facts"]["resource"].get("partner") if row["names_actor"] else None,
        }
        await connection.execute(store.write_audit(), msgspec.json.encode([audit]).decode())
    result: UUID = kept["id"]
    return result


def _correlation(ctx: "Context", row: dict[str, Any]) -> str | None:
    """The caller's own identifier in its own row alone: it may say who it is, and the seller learns nothing of that."""
    if row["tenant_id"] == ctx.caller.tenant_id:
        return ctx.correlation_id
    return str(ctx.runtime.ids.new()) if row["names_actor"] else None
