"""The roles that people can be given, in plain words of what each may do on a side."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from copartner.command.looking import May, Obstacle
from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.facts import Role, Side
from copartner.policy.wording import word as rule_word
from copartner.portal.page import Visit
from copartner.portal.speaking import word
from copartner.tenants.model import ASSIGNABLE

_USERS = word("Makes, changes and blocks users and groups, but nobody who is a Global admin or an agent.")
TEXTS: Mapping[Side, Mapping[Role, str]] = {
    Side.PARTNER: {
        Role.GLOBAL_ADMIN: word(
            "Administers the tenant: users, groups, applications, events, profile and partner agreement. Sells, asks "
            "for relationships and ends them, and reads the audit."
        ),
        Role.USER_MANAGEMENT_ADMIN: word(
            "Makes, changes and blocks users and groups, but nobody who is a Global admin or an agent. Asks customers "
            "for relationships and makes new customers."
        ),
        Role.SALES_AGENT: word(
            "Sells: carts, orders and changes of subscriptions. Asks customers for relationships and makes new "
            "customers."
        ),
        Role.BILLING_ADMIN: word(
            "Reads customers, subscriptions, orders and prices, and changes how often they are billed."
        ),
    },
    Side.CUSTOMER: {
        Role.GLOBAL_ADMIN: word(
            "Administers the tenant: users, groups, applications and events. Answers partners, takes back what they "
            "were given, and reads the audit."
        ),
        Role.USER_MANAGEMENT_ADMIN: _USERS,
        Role.BILLING_ADMIN: word("Sees the subscriptions of the tenant, whoever sold them."),
        Role.DELEGATION_ADMIN: word("Approves, refuses and ends delegated admin of partners."),
    },
    Side.OPERATOR: {
        Role.GLOBAL_ADMIN: word(
            "Runs the programme: enrols tenants, changes rules and announces changes. Administers users, groups, "
            "applications and events, and reads the audit."
        ),
        Role.USER_MANAGEMENT_ADMIN: _USERS,
    },
}
_NOTHING = word("Has no effect on this side.")
_GUARDED = frozenset({Role.GLOBAL_ADMIN, Role.DELEGATION_ADMIN})


@dataclass(frozen=True, slots=True)
class Choice:
    """A role beside a box: what it may do, whether it is held, and what stands against giving or taking it.

    `kept` when it cannot be taken whoever asks.
    """

    role: Role
    name: str
    text: str
    held: bool
    kept: bool
    obstacle: Obstacle | None


def said(language: Language, role: Role) -> str:
    """A role as people of a language call it."""
    return rule_word("value", f"Role.{role}", language) or role


def choices(visit: Visit, held: Collection[Role], may: May, *, kept: Collection[Role] = ()) -> list[Choice]:
    """The roles of a side, and those that are held for whatever reason."""
    texts = TEXTS[visit.ctx.caller.side]
    return [
        Choice(
            role=role,
            name=said(visit.language, role),
            text=visit.text(texts.get(role, _NOTHING)),
            held=role in held,
            kept=role in kept and role in held,
            obstacle=may[Action.USER_SET_GLOBAL_ADMIN if role in _GUARDED else Action.USER_SET_ROLE],
        )
        for role in ASSIGNABLE
        if role in texts or role in held
    ]
