"""Why something was denied, as far as the reader may know it, and whether the rules of that day say the same again."""

from litestar import Response

from copartner.kernel.ids import parse_id
from copartner.policy.facts import Side
from copartner.portal.audit import words
from copartner.portal.audit.differences import differences
from copartner.portal.audit.records import door_of
from copartner.portal.page import Page, Visit
from copartner.programme import kept, repeating, rules, service


async def find_decision(visit: Visit) -> Response[bytes]:
    """On to the decision of a number that somebody was told."""
    number = visit.query.get("number", "")
    found = parse_id(number.strip())
    if found is None:
        return visit.page("audit/find.html", status=400 if number else 200, number=number)
    again = visit.ctx.caller.side is Side.OPERATOR and visit.query.get("again") == "on"
    return visit.see(f"/decisions/{found}/again" if again else f"/decisions/{found}")


async def show_decision(visit: Visit) -> Response[bytes]:
    """The whole explanation: the rules, where they come from, the facts they saw, what was missing, what to do next."""
    found = await service.read_decision(visit.ctx, decision_id=visit.ids["decision_id"])
    return visit.page(
        "audit/decision.html",
        found=found,
        operation=words.operation(visit.language, found.action),
        door=door_of(found),
        facts=[(one.path, one.after) for one in differences(None, found.facts) if one.after not in ("", "–")],
        own=visit.ctx.caller.tenant_id,
    )


async def show_again(visit: Visit) -> Response[bytes]:
    """What the rules of the day say again, or why that cannot be found out any more."""
    decision_id = visit.ids["decision_id"]
    try:
        found = await repeating.repeat_decision(visit.ctx, decision_id=decision_id)
    except rules.NotKept as refusal:
        return visit.page("audit/lost.html", status=409, refusal=refusal, decision=decision_id)
    ruleset = await kept.rules_of(visit.ctx.runtime, found.digest)
    named = [ruleset.rule(name) for name in found.rules] if ruleset else []
    return visit.page(
        "audit/again.html",
        found=found,
        operation=words.operation(visit.language, found.action),
        rules=[(rule, rule.said(visit.language)) for rule in named],
    )


PAGES = (
    Page("/decisions", "decisions", None, find_decision),
    Page("/decisions/{decision_id}", "decision", None, show_decision),
    Page("/decisions/{decision_id}/again", "decision_again", None, show_again),
)
