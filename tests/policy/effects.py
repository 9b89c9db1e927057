"""Requests on which a rule alone decides: what shows, by the engine, that each rule does something."""

from collections.abc import Callable, Iterator
from functools import cache

from msgspec.structs import replace

from copartner.policy.actions import Action
from copartner.policy.behalf import AdminRole
from copartner.policy.decide import Decision, decide_cold
from copartner.policy.evaluate import covers
from copartner.policy.facts import Cloud, Door, Facts, Role
from copartner.policy.rule import Rule
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.proof.specimens import kinds, sides, specimen, with_context, with_principal, with_resource
from policy import test_forbids, test_forbids_bearer, test_forbids_terms

BOOK = Rulebook.load()
_STAFF = (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT)
_OPEN = BOOK.variant(permit_all=True).rules[-1]
Change = Callable[[Facts], Facts]


def effect(rules: RuleSet, rule: Rule) -> tuple[Action, Facts, Decision] | None:
    """A request on which the rule alone decides under these rules: one it permits, or one it forbids."""
    asked = _permitted(rule, rules.cloud) if rule.permits else _forbidden(rule.id, rules.cloud)
    for action, facts in asked:
        decision = decide_cold(rules, action, facts)
        if not decision.doubt and decision.allowed == rule.permits and decision.rules == (rule.id,):
            return action, facts, decision
    return None


def without(rules: RuleSet, rule: Rule) -> RuleSet:
    """The same rules with this one deleted; where it was a forbid, everything is permitted that no other forbids."""
    left = [one for one in rules.rules if one.id != rule.id and (rule.permits or not one.permits)]
    return RuleSet(rules.cloud, rules.begins, rules.ends, (*left, *(() if rule.permits else (_OPEN,))), rules.schema)


def ended(rules: RuleSet, rule: Rule) -> bool:
    """Whether forbids without a condition take every request away that the rule takes in."""
    ending = [one.policy for one in rules.rules if not one.permits and not one.policy.conditions and one.id != rule.id]
    return all(
        any(covers(one, BOOK.schema, action, kind) for one in ending)
        for action, kind in kinds(BOOK.schema)
        if covers(rule.policy, BOOK.schema, action, kind)
    )


def _permitted(rule: Rule, cloud: Cloud) -> Iterator[tuple[Action, Facts]]:
    """Requests of every role that the rule takes in, with nothing that a forbid objects to."""
    for action, kind in kinds(BOOK.schema):
        if covers(rule.policy, BOOK.schema, action, kind):
            for side in sides(action):
                for role in Role:
                    plain = specimen(action, kind, cloud, side, (role,))
                    for change in _variations(action, kind):
                        yield action, change(plain)


def _variations(action: Action, kind: str) -> Iterator[Change]:
    """What a permit may ask beside the role."""
    if "on_behalf" in BOOK.schema.actions[action].groups:
        yield from (_in_directory_as(role) for role in AdminRole)
    else:
        yield lambda facts: facts
    if kind in ("Customer", "Cart"):
        yield lambda facts: with_context(facts, azure_elsewhere=True)
    if kind == "DecisionRecord":
        yield lambda facts: with_resource(facts, actor=facts.principal.id)


def _in_directory_as(role: AdminRole) -> Change:
    def change(facts: Facts) -> Facts:
        held = facts.context.delegation
        assert held is not None
        return with_context(facts, delegation=replace(held, roles=(role,)))

    return change


def _forbidden(rule: str, cloud: Cloud) -> Iterator[tuple[Action, Facts]]:
    """Requests that the rule objects to and, somewhere, no other."""
    for action, kind, change in _objected()[rule]:
        yield action, change(specimen(action, kind, cloud, sides(action)[0], _STAFF))


@cache
def _objected() -> dict[str, list[tuple[Action, str, Change]]]:
    """By rule, what the tests about each forbid hold against it."""
    found: dict[str, list[tuple[Action, str, Change]]] = {}
    for case in test_forbids.CASES:
        found.setdefault(case.rule, []).append((case.action, case.kind, case.change))
    for rule, action, held, _ in test_forbids_terms.CASES:
        found.setdefault(rule, []).append(
            (action, "Subscription", lambda facts, held=held: with_context(facts, commitment=held))
        )
    for rule, action, kind, *_ in test_forbids_bearer.CASES:
        # At the door where no other of them stands.
        found.setdefault(rule, []).extend((action, kind, _with_one_factor(door)) for door in Door)
    for cloud in Cloud:
        found["rel-cloud"].append((Action.CART_CREATE, "Customer", _of_cloud(cloud)))
    return found


def _with_one_factor(door: Door) -> Change:
    return lambda facts: with_principal(
        facts, roles=tuple(Role), enrolled=True, multi_factor=False, door=door, app_only=False
    )


def _of_cloud(cloud: Cloud) -> Change:
    return lambda facts: replace(facts, tenants=(facts.tenants[0], replace(facts.tenants[1], cloud=cloud)))
