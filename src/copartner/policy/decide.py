"""The one door to a decision: facts in, allowed or not out, and a denial whenever there is any doubt."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

import cedarpy
import structlog

from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.policy.rename import Shape, shape
from copartner.policy.rulebook import RuleSet
from copartner.policy.wire import entities, request

MEMO_LIMIT = 50_000
# How a doubt begins that has a sentence of its own.
UNKNOWN_ACTION, EXPIRED = "unknown action", "the rules of"
_log = structlog.get_logger("copartner.policy")


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict: allowed or not, the ids of the determining rules, the digest of the rule set.

    A default denial names no rule. `doubt` says why the engine could not be trusted; then it is a denial.
    """

    allowed: bool
    rules: tuple[str, ...]
    digest: str
    doubt: tuple[str, ...] = ()


_memo: OrderedDict[tuple[str, str, Shape], Decision] = OrderedDict()


def decide(ruleset: RuleSet, action: Action, facts: Facts, at: datetime | None = None) -> Decision:
    """Decide, from memory where facts of the same shape were decided by the same rules before.

    `at` is the moment that is judged, in programme time: rules that do not count on its day decide nothing, which is a
    denial.
    """
    if at is not None and not ruleset.counts(at):
        doubt = f"the rules of {ruleset.begins} to {ruleset.ends} do not count at {at.isoformat()}"
        _log.error("rules_in_doubt", action=str(action), digest=ruleset.digest, doubt=(doubt,))
        return Decision(False, (), ruleset.digest, (doubt,))
    key = (ruleset.digest, action, shape(facts))
    known = _memo.get(key)
    if known is not None:
        _memo.move_to_end(key)
        return known
    made = decide_cold(ruleset, action, facts)
    if made.doubt:
        _log.error("rules_in_doubt", action=str(action), digest=ruleset.digest, doubt=made.doubt)
    else:
        while len(_memo) >= MEMO_LIMIT:
            _memo.popitem(last=False)
        _memo[key] = made
    return made


def decide_cold(ruleset: RuleSet, action: Action, facts: Facts) -> Decision:
    """Ask the engine itself; every error, missing answer or unknown action is a denial with its doubt."""
    if action not in ruleset.schema.actions:
        return Decision(False, (), ruleset.digest, (f"{UNKNOWN_ACTION} {action}",))
    try:
        result = cedarpy.is_authorized(
            request(action, facts), ruleset.compiled, entities(facts), schema=ruleset.schema.engine
        )
        errors = tuple(str(error) for error in result.diagnostics.errors)
        reasons = tuple(result.diagnostics.reasons)
        verdict = result.decision
    except Exception as failure:
        return Decision(False, (), ruleset.digest, (f"{type(failure).__name__}: {failure}",))
    if not set(reasons) <= ruleset.by_id.keys():
        return Decision(False, (), ruleset.digest, ("the engine named a rule that is not in force",))
    rules = tuple(sorted(reasons, key=ruleset.order.__getitem__))
    if verdict == cedarpy.Decision.Deny:
        return Decision(False, rules, ruleset.digest, errors)
    if errors or not rules or verdict != cedarpy.Decision.Allow:
        return Decision(False, (), ruleset.digest, errors or (f"the engine answered {verdict} without a rule",))
    return Decision(True, rules, ruleset.digest)
