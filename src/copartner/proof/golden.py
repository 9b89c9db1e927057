"""The golden table: every role against every action, asked of the engine.

`python -m copartner.proof.golden tests/policy/golden/roles.md` writes it; a test compares.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from copartner.policy.actions import Action
from copartner.policy.behalf import AdminRole
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Cloud, Door, Facts, Role, Side
from copartner.policy.rulebook import Rulebook, RuleSet
from copartner.proof.specimens import (
    STORY_DAYS,
    kinds,
    sides,
    specimen,
    with_context,
    with_principal,
    with_resource,
)

_ROLES = {
    Side.PARTNER: tuple(role for role in Role if role is not Role.DELEGATION_ADMIN),
    Side.CUSTOMER: (
        Role.GLOBAL_ADMIN,
        Role.USER_MANAGEMENT_ADMIN,
        Role.BILLING_ADMIN,
        Role.DELEGATION_ADMIN,
        Role.USER,
    ),
    Side.OPERATOR: (Role.GLOBAL_ADMIN, Role.USER_MANAGEMENT_ADMIN, Role.BILLING_ADMIN, Role.USER),
}
_SHORT = {
    Role.GLOBAL_ADMIN: "GA",
    Role.USER_MANAGEMENT_ADMIN: "UM",
    Role.ADMIN_AGENT: "AA",
    Role.SALES_AGENT: "SA",
    Role.HELPDESK_AGENT: "HD",
    Role.BILLING_ADMIN: "BA",
    Role.DELEGATION_ADMIN: "DA",
    Role.USER: "user",
}
_HEAD = """# Who may do what

Asked of the engine, with facts to which nothing but the role can object: own things, an active relationship, the
agreement, a fitting customer. `Y` is allowed, `-` denied because no rule permits it, the name of a rule a denial by
that rule. GA Global admin, UM User management admin, AA Admin agent, SA Sales agent, HD Helpdesk agent, BA Billing
admin, DA Customer Delegated Admin Relationship Administrator; app is an application without a user, which stands as an
Admin agent. Where the answer differs by day or cloud, each has its line.

Written by `python -m copartner.proof.golden tests/policy/golden/roles.md`; never edited by hand.
"""


def table(book: Rulebook) -> str:
    """The whole table as Markdown."""
    parts = [_HEAD]
    for side in Side:
        roles = _ROLES[side]
        heads = [_SHORT[role] for role in roles] + (["app"] if side is Side.PARTNER else [])
        parts.append(f"## {side.capitalize()}\n")
        parts.append(f"| action | on | where | {' | '.join(heads)} |")
        parts.append("|" + "---|" * (len(heads) + 3))
        for action, kind in kinds(book.schema):
            if side in sides(action):
                parts += [
                    f"| {action} | {kind} | {where} | {' | '.join(cells)} |"
                    for where, cells in _lines(book, action, kind, side)
                ]
        parts.append("")
    return "\n".join([*parts, *_by_admin_role(book), "", *_with_one_factor(book), ""])


def _by_admin_role(book: Rulebook) -> Iterator[str]:
    """What each built-in role of a customer's directory is good for, to a partner's user who has it there."""
    rules = book.at(Cloud.COMMERCIAL, STORY_DAYS[-1])
    yield "## A partner's user in a customer's directory, by the built-in role held there\n"
    yield f"On people without and with an administrator's role, {rules.cloud}, {STORY_DAYS[-1]}.\n"
    actions = [
        (action, kind) for action, kind in kinds(book.schema) if "on_behalf" in book.schema.actions[action].groups
    ]
    yield f"| role | {' | '.join(action for action, _ in actions)} |"
    yield "|" + "---|" * (len(actions) + 1)
    for role in AdminRole:
        yield f"| {role} | {' | '.join(_by_role(rules, action, kind, role) for action, kind in actions)} |"


def _by_role(rules: RuleSet, action: Action, kind: str, role: AdminRole) -> str:
    facts = specimen(action, kind, rules.cloud, Side.PARTNER, (Role.USER,))
    held = facts.context.delegation
    assert held is not None
    facts = with_context(facts, delegation=msgspec.structs.replace(held, whole_tenant=False, roles=(role,)))
    if kind != "CustomerUser":
        return _said(rules, action, facts)
    return " ".join(
        dict.fromkeys(_said(rules, action, with_resource(facts, guarded=guarded)) for guarded in (False, True))
    )


def _said(rules: RuleSet, action: Action, facts: Facts) -> str:
    decision = decide_cold(rules, action, facts)
    return "Y" if decision.allowed else ", ".join(decision.rules) or "-"


def _with_one_factor(book: Rulebook) -> Iterator[str]:
    """Which rules deny a partner's user, and what, when no second factor was used; actions of one fate in one row."""
    days = sorted({rule.begins for rule in book.rules if rule.of_bearer})
    places = [(day, door) for day in days for door in Door]
    yield "## A partner's user who signed in without a second factor\n"
    yield f"| where | {' | '.join(f'{door}, {day}' for day, door in places)} | actions |"
    yield "|" + "---|" * (len(places) + 2)
    fates: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for cloud in Cloud:
        denied: dict[tuple[str, ...], dict[str, None]] = {}
        for action, kind in kinds(book.schema):
            if Side.PARTNER in sides(action):
                facts = specimen(action, kind, cloud, Side.PARTNER, tuple(Role))
                cells = tuple(_of_bearer(book.at(cloud, day), action, facts, door) for day, door in places)
                denied.setdefault(cells, {})[action] = None
        for cells, actions in denied.items():
            fates.setdefault((cells, tuple(actions)), []).append(cloud)
    for (cells, alike), clouds in fates.items():
        yield f"| {', '.join(clouds)} | {' | '.join(cells)} | {', '.join(alike)} |"


def _of_bearer(rules: RuleSet, action: Action, facts: Facts, door: Door) -> str:
    decision = decide_cold(rules, action, with_principal(facts, multi_factor=False, door=door))
    return ", ".join(name for name in decision.rules if rules.rule(name).of_bearer) or "-"


def _lines(book: Rulebook, action: Action, kind: str, side: Side) -> list[tuple[str, tuple[str, ...]]]:
    """The rows of one action: one when every cloud and day agree, else one for each different answer."""
    answers: dict[tuple[str, ...], list[str]] = {}
    for cloud in Cloud:
        for day in STORY_DAYS:
            cells = _cells(book.at(cloud, day), action, kind, side)
            answers.setdefault(cells, []).append(f"{cloud} {day}")
    if len(answers) == 1:
        return [("everywhere", next(iter(answers)))]
    return [(_joined(places), cells) for cells, places in answers.items()]


def _joined(places: list[str]) -> str:
    """Places as text; a cloud that has every day is named without them."""
    named: list[str] = []
    for cloud in Cloud:
        own = [place for place in places if place.startswith(f"{cloud} ")]
        named += [str(cloud)] if len(own) == len(STORY_DAYS) else own
    return ", ".join(named)


def _cells(rules: RuleSet, action: Action, kind: str, side: Side) -> tuple[str, ...]:
    cells = [_answer(rules, action, kind, side, role, app_only=False) for role in _ROLES[side]]
    if side is Side.PARTNER:
        cells.append(_answer(rules, action, kind, side, Role.ADMIN_AGENT, app_only=True))
    return tuple(cells)


def _answer(rules: RuleSet, action: Action, kind: str, side: Side, role: Role, *, app_only: bool) -> str:
    facts = with_principal(specimen(action, kind, rules.cloud, side, (role,)), app_only=app_only)
    decision = decide_cold(rules, action, facts)
    if decision.doubt:
        raise AssertionError(f"{action} on {kind}: {decision.doubt}")
    if decision.allowed:
        return "Y"
    return ", ".join(decision.rules) or "-"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(table(Rulebook.load()), encoding="utf-8")
