"""Denials: what the caller is told, what the customer and the seller read, and how both are kept."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.command import store
from copartner.kernel.errors import Refusal
from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.decide import Decision
from copartner.policy.disclosure import Known, known_to
from copartner.policy.explain import Explanation, explain
from copartner.policy.facts import Facts
from copartner.policy.rule import Rule

if TYPE_CHECKING:
    from copartner.command.context import Context

_DENIED = "The rules do not allow this."
# A denial in each language, by what one tenant may know.
Words = Mapping[Language, Explanation]
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
    """The rules deny an action. `rules` are their ids; `concealed` when the thing must stay unknown to the caller.

    `of_bearer` when it is denied to whoever bears such a token, whatever the thing is. `words` is what the caller may
    read of it; the message is its summary, and there is none before the denial was recorded.
    """

    def __init__(self, action: Action, facts: Facts, decision: Decision) -> None:
        super().__init__(_DENIED)
        self.action = action
        self.facts = facts
        self.decision = decision
        self.concealed = False
        self.of_bearer = False
        self.decision_id: UUID | None = None
        self.words: Words = {}

    def steps(self, language: Language) -> tuple[str, ...]:
        """What the caller can do next; nothing where the thing must stay unknown to it."""
        return self.words[language].steps if language in self.words else ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the forbids that fired; empty when no permit applied."""
        return self.decision.rules


def would_say(ctx: "Context", action: Action, facts: Facts, decision: Decision) -> Explanation:
    """What a denial that nobody asked for yet would say to the caller, in its language; nothing is recorded."""
    hiding = next((rule for rule in map(ctx.rules.rule, decision.rules) if rule.caller), None)
    if hiding is not None:
        return _concealing(action, hiding, ctx.language)
    known = known_to(facts, str(ctx.caller.tenant_id))
    return explain(ctx.rules, action, known.facts, decision, known.withheld, language=ctx.language)


def objection(ctx: "Context", action: Action, facts: Facts) -> Explanation | None:
    """What a denial of this would say to the caller; None where the rules allow it. Nothing is recorded."""
    decision = ctx.judge(action, facts)
    return None if decision.allowed else would_say(ctx, action, ctx.asked(facts), decision)


async def record_denial(ctx: "Context", denied: Denied) -> Denied:
    """Keep the denial for the caller and, of a foreign thing, for its customer and seller; fills in the id."""
    judged = kept(denied.action, denied.facts, denied.decision)
    fired = [ctx.rules.rule(name) for name in denied.rules]
    denied.of_bearer = any(rule.of_bearer for rule in fired)
    if denied.of_bearer:
        # Who may not ask learns that, and what else would stand in the way of whatever thing is never told.
        fired = [rule for rule in fired if rule.of_bearer]
        denied.decision = replace(denied.decision, rules=tuple(rule.id for rule in fired))
    told = next((rule for rule in fired if rule.caller), None)
    denied.concealed = told is not None
    if told is None:
        denied.words = _words(ctx, denied, str(ctx.caller.tenant_id))
    else:
        denied.words = {language: _concealing(denied.action, told, language) for language in Language}
    denied.message = denied.words[Language.ENGLISH].summary
    denied.translations = {language: made.summary for language, made in denied.words.items()}
    async with ctx.runtime.pool.acquire() as connection, connection.transaction():
        await connection.execute(store.ACT_AS, ctx.caller.side.value, ctx.caller.tenant_id)
        for row in _rows(ctx, denied):
            own = row["tenant_id"] == ctx.caller.tenant_id
            number = await _keep(ctx, connection, row | {"judged": judged} if own else row)
            if own:
                denied.decision_id = number
    return denied


def kept(action: Action, facts: Facts, decision: Decision) -> dict[str, Any]:
    """A decision with everything it was made from, as the operator's rules are tried on it later."""
    return {
        "action": action,
        "allowed": decision.allowed,
        "rules": decision.rules,
        "digest": decision.digest,
        "facts": facts,
    }


def _rows(ctx: "Context", denied: Denied) -> list[dict[str, Any]]:
    caller = str(ctx.caller.tenant_id)
    resource = denied.facts.resource
    kind = msgspec.to_builtins(resource)["type"]
    nothing = {"principal": msgspec.to_builtins(denied.facts.principal), "resource": {"type": kind}}
    if denied.of_bearer:
        return [_row(ctx, denied, caller, nothing, denied.words)]
    if not denied.concealed:
        return [_row(ctx, denied, caller, _plain(known_to(denied.facts, caller)), denied.words)]
    rows = [_row(ctx, denied, caller, nothing, denied.words, told=denied.message)]
    customer, seller = getattr(resource, "customer", None), getattr(resource, "partner", None)
    if customer is None or seller is None:
        return rows
    if customer != caller:
        plain = _plain(known_to(denied.facts, customer))
        rows.append(_row(ctx, denied, customer, plain, _words(ctx, denied, customer)))
    if seller not in (caller, customer):
        # Who tried is not for the seller, so neither is what was judged of it.
        told = {language: _without_facts(made) for language, made in _words(ctx, denied, seller).items()}
        seen = {"resource": msgspec.to_builtins(resource)}
        rows.append(_row(ctx, denied, seller, seen, told, names_actor=False))
    return rows


def _plain(known: Known) -> dict[str, Any]:
    """Facts as they are kept; what is not known is not there."""
    plain: dict[str, Any] = msgspec.to_builtins(known.facts)
    plain["context"] = {name: value for name, value in plain["context"].items() if value is not None}
    return plain


def _words(ctx: "Context", denied: Denied, tenant: str) -> Words:
    """The denial in each language, by what a tenant may know."""
    known = known_to(denied.facts, tenant)
    return {
        language: explain(ctx.rules, denied.action, known.facts, denied.decision, known.withheld, language=language)
        for language in Language
    }


def _concealing(action: Action, rule: Rule, language: Language) -> Explanation:
    """What is said instead to whoever may not learn that the thing exists."""
    return Explanation(action, False, rule.said(language).caller or "", (), (), ())


def _without_facts(made: Explanation) -> Explanation:
    return replace(made, reasons=tuple(replace(reason, facts=(), missing=()) for reason in made.reasons))


def _told(words: Words) -> dict[Language, dict[str, Any]]:
    """A denial in words; kept in each language, because who reads it speaks another, and rules and facts change."""
    return {
        language: {
            "summary": made.summary,
            "rules": [
                {
                    "id": it.rule,
                    "text": it.text,
                    "source": it.source,
                    "needs": it.needs,
                    "facts": it.facts,
                    "missing": it.missing,
                }
                for it in made.reasons
            ],
            "steps": made.steps,
        }
        for language, made in words.items()
    }


def _row(
    ctx: "Context",
    denied: Denied,
    tenant: str,
    facts: dict[str, Any],
    words: Words,
    *,
    told: str | None = None,
    names_actor: bool = True,
) -> dict[str, Any]:
    """One tenant's record; who may not learn of the thing is `told` so, and all it is told of counts as one thing."""
    caller = ctx.caller
    rules = denied.rules if told is None else ()
    thing = _thing(denied) if told is None else (told,)
    likeness = "\0".join([tenant, str(caller.subject_id), denied.action, *thing, ",".join(rules)])
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
        "caller_text": told,
        "facts": facts,
        "explained": _told(words),
        "digest": denied.decision.digest,
    }


def _thing(denied: Denied) -> tuple[str, str]:
    """The thing and its customer, which tell apart denials that name them.

    Empty where they were drawn just now, or where the denial is not about them.
    """
    if denied.of_bearer:
        return "", ""
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
            "new_value": {
                "rules": row["rules"],
                "told": {name: it["summary"] for name, it in row["explained"].items()},
            },
            "decision_id": kept["id"],
            "correlation_id": _correlation(ctx, row),
            "customer_tenant_id": row["facts"]["resource"].get("customer"),
            "partner_tenant_id": row["facts"]["resource"].get("partner") if row["names_actor"] else None,
        }
        await connection.execute(store.write_audit(), msgspec.json.encode([audit]).decode())
    result: UUID = kept["id"]
    return result


def _summaries(kept: dict[Language, dict[str, Any]]) -> dict[Language, str]:
    return {language: told["summary"] for language, told in kept.items()}


def _correlation(ctx: "Context", row: dict[str, Any]) -> str | None:
    """The caller's own identifier in its own row alone: it may say who it is, and the seller learns nothing of that."""
    if row["tenant_id"] == ctx.caller.tenant_id:
        return ctx.correlation_id
    return str(ctx.runtime.ids.new()) if row["names_actor"] else None
