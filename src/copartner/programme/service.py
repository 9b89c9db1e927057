"""Enrolling partners, and what a tenant reads about decisions and changes that concern it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from copartner.command.context import Context
from copartner.kernel.languages import Language
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action
from copartner.policy.facts import Role
from copartner.programme import kept, rules, store
from copartner.programme.model import (
    AgentGroup,
    AuditFilter,
    AuditRecord,
    AuditStatus,
    DecidingRule,
    DecisionView,
    Enrolment,
    EnrolmentState,
)

PAGE_LIMIT = 500
_GROUPS = {"AdminAgents": Role.ADMIN_AGENT, "HelpdeskAgents": Role.HELPDESK_AGENT}
_EVERYTHING = AuditFilter()
_LISTED = Listed[AuditRecord]


async def enrol_tenant(ctx: Context, *, tenant_id: UUID, mpn_id: str, markets: Iterable[str]) -> Enrolment:
    """The operator makes a tenant a transaction tenant of the programme, with its two groups of agents.

    Raises Denied, UnknownTenant, AlreadyEnrolled, Invalid.
    """
    async with ctx.command("tenant.enrol") as cmd:
        cmd.require(Action.TENANT_ENROL, await store.enrol_facts(cmd.db, ctx, tenant_id))
        if (earlier := cmd.replay(Enrolment)) is not None:
            return earlier
        if not await store.exists(cmd.db, tenant_id):
            raise rules.UnknownTenant("There is no such tenant in this deployment.", str(tenant_id))
        made = Enrolment(
            id=tenant_id,
            mpn_id=rules.check_mpn_id(mpn_id),
            markets=rules.check_markets(markets),
            state=EnrolmentState.ACTIVE,
            enrolled_at=cmd.now,
        )
        await store.enrol(cmd.db, made)
        cmd.record(None, made)
        for name, role in _GROUPS.items():
            group = AgentGroup(ctx.runtime.ids.new(), tenant_id, name, role)
            if await store.add_group(cmd.db, group):
                cmd.record(None, group)
        return cmd.remember(made)


async def read_decision(ctx: Context, *, decision_id: UUID) -> DecisionView:
    """The acting tenant's record of a denial, explained as far as it may know the thing, in the caller's language.

    Raises Denied, UnknownDecision.
    """
    found = await ctx.find(Action.DECISION_READ, store.decision(), decision_id, body=store.DecisionRow)
    if found is None:
        raise rules.UnknownDecision("There is no such decision in your tenant.", str(decision_id))
    explained = await _explained(ctx, found)
    return DecisionView(
        id=found.id,
        at=found.at,
        last_at=found.last_at,
        times=found.times,
        action=found.action,
        resource_type=found.resource_type,
        resource_id=found.resource_id,
        actor_tenant_id=found.actor_tenant_id,
        actor_name=found.actor_name,
        summary=explained.summary,
        rules=explained.rules,
        steps=explained.steps,
        facts=found.facts,
        digest=found.digest,
    )


async def list_audit(
    ctx: Context,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    wanted: AuditFilter = _EVERYTHING,
    after: UUID | None = None,
    skip: int = 0,
    size: int = PAGE_LIMIT,
) -> Page[AuditRecord]:
    """At most `size` (1 to 500) records of the acting tenant from `start` to before `end`, in the order written.

    Without dates the last 30 days. Raises Denied, Invalid.
    """
    since, until = rules.audit_span(start, end, now=ctx.moment)
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.AUDIT_READ,
        store.audit(),
        *(since, until, wanted.customer_tenant_id, wanted.company_name, wanted.resource_type, after, skip, size),
        body=_LISTED,
        each=Action.AUDIT_READ,
    )
    page = found.page(size, lambda it: it.id)
    return replace(page, items=tuple(in_words(ctx, one) for one in page.items))


async def read_audit_record(ctx: Context, *, record_id: UUID) -> AuditRecord:
    """One record of the acting tenant, however old; raises Denied, UnknownRecord."""
    found = await ctx.find(Action.AUDIT_READ, store.audit_record(), record_id, body=AuditRecord)
    if found is None:
        raise rules.UnknownRecord("There is no such record in your tenant's audit.", str(record_id))
    return in_words(ctx, found)


async def _explained(ctx: Context, row: store.DecisionRow) -> store.Explained:
    """What was explained when it was denied; a record from before that was kept names its rules alone."""
    if row.explained:
        return row.explained.get(ctx.language) or row.explained[Language.ENGLISH]
    if row.caller_text:
        return store.Explained(row.caller_text, ())
    ruleset = await kept.rules_of(ctx.runtime, row.digest)
    if ruleset is None:
        return store.Explained("The rules that decided this were never kept: " + ", ".join(row.rules), ())
    named = [(ruleset.rule(name), ruleset.rule(name).said(ctx.language)) for name in row.rules]
    return store.Explained(
        " ".join(said.text for _, said in named) or "No rule permitted this.",
        tuple(DecidingRule(rule.id, said.text, rule.source, said.needs, (), ()) for rule, said in named),
    )


def in_words(ctx: Context, record: AuditRecord) -> AuditRecord:
    """The record with what was told of a denial in the caller's language alone."""
    told = record.new_value.get("told") if record.status is AuditStatus.DENIED else None
    if not isinstance(told, dict):
        return record
    said = told.get(ctx.language) or told[Language.ENGLISH]
    return replace(record, new_value={**record.new_value, "told": said})
