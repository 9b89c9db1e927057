"""What a granular relationship can do: the one table of its states, its limits, and what time makes of it. Pure.

For what belongs to one see assignment_rules.py.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Notice, Party, Status, Step
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, check_roles
from copartner.kernel.calendar import add_months
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound
from copartner.kernel.prose import is_plain

LONGEST_NAME, LONGEST_REASON = 50, 1000
LONGEST_DAYS = 730
# Source: gdap-faq: a request that nobody approves lapses; an extension is by six months.
WAITS = timedelta(days=90)
EXTENSION = timedelta(days=180)
# How long a step of the system takes: it is due at once (assumed). fn_admin_relationship_status has this and WAITS too.
TAKES = timedelta(0)
# Source: gdap-expiring-notifications, 2023-06-09: 30, seven and one day before the end; what goes on by itself does not
# end, so that nothing is said of it (assumed).
NOTICES = (30, 7, 1)
# Source: gdap-faq: an ended relationship is seen for another year.
SEEN_AFTER_END = timedelta(days=365)
_DURATION = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,5})D)?")


class UnknownAdminRelationship(NotFound):
    """There is no such relationship among the caller's."""


class UnknownRole(NotFound):
    """There is no built-in role of this template id."""


class IllegalStep(Illegal):
    """The relationship is in a state from which this step does not lead on."""


class DisplayNameTaken(Conflict):
    """Another relationship of the partner has this name."""


class UnknownReseller(NotFound):
    """The acting provider has no such indirect reseller."""


class UnknownReceipt(NotFound):
    """The acting tenant has no such consent receipt."""


class UnknownCustomerTenant(NotFound):
    """No tenant has the identifier that a relationship names as its customer."""


@dataclass(frozen=True, slots=True)
class Transition:
    """From `before`, this step of this party leads to `after`; None: the relationship is gone."""

    before: Status
    step: Step
    party: Party
    after: Status | None


# The whole state machine. What is not in the table is refused.
TRANSITIONS = (
    Transition(Status.CREATED, Step.CHANGE, Party.PARTNER, Status.CREATED),
    Transition(Status.CREATED, Step.DELETE, Party.PARTNER, None),
    Transition(Status.CREATED, Step.LOCK_FOR_APPROVAL, Party.PARTNER, Status.APPROVAL_PENDING),
    # With two tiers the partner is the indirect reseller, and answers its provider first.
    Transition(Status.APPROVAL_PENDING, Step.CONSENT, Party.PARTNER, Status.APPROVAL_PENDING),
    Transition(Status.APPROVAL_PENDING, Step.REJECT, Party.PARTNER, Status.TERMINATED),
    Transition(Status.APPROVAL_PENDING, Step.APPROVE, Party.CUSTOMER, Status.APPROVED),
    Transition(Status.APPROVAL_PENDING, Step.REJECT, Party.CUSTOMER, Status.TERMINATED),
    Transition(Status.APPROVAL_PENDING, Step.LAPSE, Party.SYSTEM, Status.EXPIRED),
    Transition(Status.APPROVED, Step.PROVISION, Party.SYSTEM, Status.ACTIVATING),
    Transition(Status.ACTIVATING, Step.PROVISION, Party.SYSTEM, Status.ACTIVE),
    Transition(Status.ACTIVE, Step.ADJUST, Party.PARTNER, Status.ACTIVE),
    Transition(Status.ACTIVE, Step.END, Party.SYSTEM, Status.EXPIRING),
    Transition(Status.EXPIRING, Step.END, Party.SYSTEM, Status.EXPIRED),
    Transition(Status.ACTIVE, Step.TERMINATE, Party.PARTNER, Status.TERMINATION_REQUESTED),
    Transition(Status.ACTIVE, Step.TERMINATE, Party.CUSTOMER, Status.TERMINATION_REQUESTED),
    Transition(Status.TERMINATION_REQUESTED, Step.DEPROVISION, Party.SYSTEM, Status.TERMINATING),
    Transition(Status.TERMINATING, Step.DEPROVISION, Party.SYSTEM, Status.TERMINATED),
)
_TABLE = {(one.before, one.step, one.party): one.after for one in TRANSITIONS}
_BY_TIME = {one.before: one.step for one in TRANSITIONS if one.party is Party.SYSTEM}


def leads(status: Status, step: Step, party: Party) -> bool:
    """Whether a party can take a step in a state at all."""
    return (status, step, party) in _TABLE


def after(status: Status, step: Step, party: Party) -> Status | None:
    """Where a step of a party leads from a state; raises IllegalStep."""
    if (status, step, party) not in _TABLE:
        raise IllegalStep(f"A relationship that is {status} takes no step {step} of the {party}.", status)
    return _TABLE[status, step, party]


def moved(relationship: AdminRelationship, step: Step, party: Party, *, now: datetime) -> AdminRelationship:
    """The relationship after a step that leaves it there; raises IllegalStep."""
    status = after(relationship.status, step, party)
    if status is None:
        raise IllegalStep(f"After {step} there is no relationship any more.", relationship.status)
    return replace(relationship, status=status, modified_at=now, version=relationship.version + 1)


def changed(relationship: AdminRelationship, asked: Asked, *, now: datetime) -> AdminRelationship:
    """The draft with what the partner asks for now; raises IllegalStep, Invalid."""
    return checked(replace(moved(relationship, Step.CHANGE, Party.PARTNER, now=now), **_given(asked)))


def adjusted(relationship: AdminRelationship, asked: Asked, *, now: datetime) -> AdminRelationship:
    """The active relationship with what may change of it, itself when that is nothing; raises IllegalStep, Invalid.

    Source: delegatedadminrelationship-update, 2024-05-07: the extension, and the role Global Administrator to be left
    out. Whoever sends the rest as it is asks for nothing.
    """
    given = {name: value for name, value in _given(asked).items() if value != getattr(relationship, name)}
    if (roles := given.get("roles")) is not None:
        left = tuple(role for role in relationship.roles if role in set(roles))
        if {*roles} not in ({*relationship.roles}, {*relationship.roles} - {GLOBAL_ADMINISTRATOR}):
            raise IllegalStep(
                "accessDetails: of an active relationship the role Global Administrator alone can be left out, and no "
                "other added; send its other roles as they are.",
                relationship.status,
            )
        given["roles"] = left
        if left == relationship.roles:
            del given["roles"]
    if given.keys() - {"roles", "auto_extend"}:
        raise IllegalStep(
            "Of an active relationship autoExtendDuration alone changes, and the role Global Administrator can be left "
            "out; leave displayName, duration and customer as they are.",
            relationship.status,
        )
    if not given:
        return relationship
    return checked(replace(moved(relationship, Step.ADJUST, Party.PARTNER, now=now), **given))


def _given(asked: Asked) -> dict[str, Any]:
    names = ("display_name", "duration", "roles", "auto_extend", "customer_tenant_id", "customer_name")
    return {name: value for name in names if (value := getattr(asked, name)) is not None}


def checked(made: AdminRelationship) -> AdminRelationship:
    """The relationship, its name without outer blanks; raises Invalid for what nobody can ask for."""
    name = made.display_name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(f"displayName: send 1 to {LONGEST_NAME} printable characters.", "displayName")
    days_of(made.duration)
    roles = check_roles(made.roles)
    if made.auto_extend is AutoExtend.HALF_A_YEAR and GLOBAL_ADMINISTRATOR in roles:
        raise Invalid(
            "autoExtendDuration: a relationship with Global Administrator is never extended; leave the role out or "
            "send PT0S.",
            "autoExtendDuration",
        )
    if made.customer_tenant_id == made.partner_tenant_id:
        raise Invalid("customer: a partner has no relationship with its own tenant; name another one.", "customer")
    if len(made.customer_name) > 200 or not is_plain(made.customer_name):
        raise Invalid(
            "customer.displayName: send at most 200 characters and no control characters.", "customer.displayName"
        )
    return replace(made, display_name=name, roles=roles)


def check_reason(text: str) -> str:
    """The reason without outer blanks; raises Invalid."""
    reason = text.strip()
    if len(reason) > LONGEST_REASON or not is_plain(reason):
        raise Invalid(f"reason: send at most {LONGEST_REASON} characters and no control characters.", "reason")
    return reason


def asked_for(relationship: AdminRelationship, *, now: datetime) -> AdminRelationship:
    """The relationship locked, and waiting for the customer; raises IllegalStep."""
    return replace(moved(relationship, Step.LOCK_FOR_APPROVAL, Party.PARTNER, now=now), asked_at=now)


def approved(relationship: AdminRelationship, *, now: datetime) -> AdminRelationship:
    """The relationship approved; the system's steps make it active. Raises IllegalStep."""
    if relationship.waits_for_reseller:
        raise IllegalStep("The indirect reseller has yet to consent to this.", str(relationship.id))
    return moved(relationship, Step.APPROVE, Party.CUSTOMER, now=now)


def answered_by_reseller(relationship: AdminRelationship, *, approves: bool, now: datetime) -> AdminRelationship:
    """What an indirect reseller's word makes of what its provider asked for; raises IllegalStep."""
    if not relationship.waits_for_reseller:
        raise IllegalStep("No indirect provider waits for your consent to this relationship.", str(relationship.id))
    made = moved(relationship, Step.CONSENT if approves else Step.REJECT, Party.PARTNER, now=now)
    return replace(made, reseller_consented_at=now) if approves else made


def offer_stands(relationship: AdminRelationship, *, now: datetime) -> bool:
    """Whether a draft is approved in advance; an offer that nobody takes lapses as a request does."""
    return relationship.approved_in_advance and now < relationship.created_at + WAITS


def taken(relationship: AdminRelationship, *, now: datetime) -> AdminRelationship:
    """A draft that its customer approved in advance, asked for and so approved in one; raises IllegalStep."""
    made = approved(asked_for(relationship, now=now), now=now)
    return replace(made, version=relationship.version + 1)


def rejected(relationship: AdminRelationship, reason: str, *, now: datetime) -> AdminRelationship:
    """The relationship refused by the customer; raises IllegalStep."""
    return replace(moved(relationship, Step.REJECT, Party.CUSTOMER, now=now), answer_reason=reason, ended_at=now)


def terminated(relationship: AdminRelationship, party: Party, *, now: datetime) -> AdminRelationship:
    """The relationship ended by one of the two; the system's steps clear it away. Raises IllegalStep."""
    return replace(moved(relationship, Step.TERMINATE, party, now=now), ended_at=now)


def due(relationship: AdminRelationship) -> datetime | None:
    """When time alone moves the relationship on; None for never."""
    match relationship.status:
        case Status.APPROVAL_PENDING:
            return relationship.asked_at and relationship.asked_at + WAITS
        case Status.ACTIVE:
            return relationship.ends_at
        case status if status in _BY_TIME:
            return relationship.modified_at + TAKES
    return None


def moved_on(relationship: AdminRelationship, *, at: datetime) -> AdminRelationship:
    """The relationship after what is due then: it goes on by half a year, or takes a step of the system."""
    if relationship.status is Status.ACTIVE and relationship.ends_at and goes_on(relationship):
        version, ends = relationship.version + 1, relationship.ends_at + EXTENSION
        return replace(relationship, ends_at=ends, modified_at=at, version=version)
    made = moved(relationship, _BY_TIME[relationship.status], Party.SYSTEM, now=at)
    if made.status is Status.ACTIVE:
        return replace(made, activated_at=at, ends_at=end_of(made.duration, at))
    over = made.status in (Status.EXPIRING, Status.EXPIRED)
    return replace(made, ended_at=at) if over and made.ended_at is None else made


def named_step(relationship: AdminRelationship) -> str:
    """What the one thing is called that time does to the relationship next."""
    return "extend" if relationship.status is Status.ACTIVE and goes_on(relationship) else _BY_TIME[relationship.status]


def notice(relationship: AdminRelationship, days: int) -> Notice:
    """The notice so many days before the relationship's end."""
    if relationship.ends_at is None:
        raise ValueError("a relationship that never was active has no end")
    customer = relationship.customer_tenant_id
    return Notice(relationship.id, relationship.partner_tenant_id, customer, days, relationship.ends_at)


def goes_on(relationship: AdminRelationship) -> bool:
    """Whether the relationship is extended at its end."""
    return relationship.auto_extend is AutoExtend.HALF_A_YEAR


def passed(relationship: AdminRelationship, *, now: datetime) -> AdminRelationship:
    """What time has made of the relationship, whether or not that has been written: so it is read and changed."""
    while (at := due(relationship)) is not None and at <= now:
        relationship = moved_on(relationship, at=at)
    return relationship


def seen(relationship: AdminRelationship, *, now: datetime) -> bool:
    """Whether the partner still sees it: for 365 days after its end; give it what time has made of it."""
    return relationship.ended_at is None or now < relationship.ended_at + SEEN_AFTER_END


def days_of(duration: str) -> int:
    """Days of an ISO 8601 duration of years, months and days; raises Invalid."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        raise Invalid("duration: send an ISO 8601 duration from P1D to P2Y.", "duration")
    years, months, days = (int(part or 0) for part in found.groups())
    return (years * 12 + months) * 365 // 12 + days


def end_of(duration: str, begins: datetime) -> datetime:
    """When a duration that begins then is over; raises Invalid."""
    days_of(duration)
    found = _DURATION.fullmatch(duration)
    years, months, days = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return add_months(begins, years * 12 + months) + timedelta(days=days)


def within_limits(duration: str) -> bool:
    """Whether a duration is one that the programme allows: a day to two years."""
    return 1 <= days_of(duration) <= LONGEST_DAYS
