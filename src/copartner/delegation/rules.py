"""What a granular relationship can do: the one table of its states, its limits, and what time makes of it. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Party, Status, Step
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, check_roles
from copartner.kernel.calendar import add_months
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound

LONGEST_NAME, LONGEST_REASON = 50, 1000
LONGEST_DAYS = 730
# Source: gdap-faq: a request that nobody approves lapses; an extension is by six months.
WAITS = timedelta(days=90)
EXTENSION = timedelta(days=180)
_DURATION = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,5})D)?")


class UnknownAdminRelationship(NotFound):
    """There is no such relationship among the caller's."""


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
    Transition(Status.ACTIVE, Step.END, Party.SYSTEM, Status.EXPIRING),
    Transition(Status.EXPIRING, Step.END, Party.SYSTEM, Status.EXPIRED),
    Transition(Status.ACTIVE, Step.TERMINATE, Party.PARTNER, Status.TERMINATION_REQUESTED),
    Transition(Status.ACTIVE, Step.TERMINATE, Party.CUSTOMER, Status.TERMINATION_REQUESTED),
    Transition(Status.TERMINATION_REQUESTED, Step.DEPROVISION, Party.SYSTEM, Status.TERMINATING),
    Transition(Status.TERMINATING, Step.DEPROVISION, Party.SYSTEM, Status.TERMINATED),
)
_TABLE = {(one.before, one.step, one.party): one.after for one in TRANSITIONS}


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
    """The relationship with what the partner asks for now; raises IllegalStep, Invalid."""
    made = moved(relationship, Step.CHANGE, Party.PARTNER, now=now)
    given = {
        name: value
        for name in ("display_name", "duration", "roles", "auto_extend", "customer_tenant_id", "customer_name")
        if (value := getattr(asked, name)) is not None
    }
    return checked(replace(made, **given))


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
    if len(made.customer_name) > 200:
        raise Invalid("customer.displayName: send at most 200 characters.", "customer.displayName")
    return replace(made, display_name=name, roles=roles)


def check_reason(text: str) -> str:
    """The reason without outer blanks; raises Invalid."""
    reason = text.strip()
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"reason: send at most {LONGEST_REASON} characters.", "reason")
    return reason


def asked_for(relationship: AdminRelationship, *, now: datetime) -> AdminRelationship:
    """The relationship locked, and waiting for the customer; raises IllegalStep."""
    return replace(moved(relationship, Step.LOCK_FOR_APPROVAL, Party.PARTNER, now=now), asked_at=now)


def approved(relationship: AdminRelationship, *, now: datetime) -> AdminRelationship:
    """The relationship approved and, as the system's steps take no time here, active; raises IllegalStep."""
    if relationship.waits_for_reseller:
        raise IllegalStep("The indirect reseller has yet to consent to this.", str(relationship.id))
    made = moved(relationship, Step.APPROVE, Party.CUSTOMER, now=now)
    for _ in range(2):
        made = replace(made, status=after(made.status, Step.PROVISION, Party.SYSTEM) or made.status)
    return replace(made, activated_at=now, ends_at=end_of(relationship.duration, now))


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
    return replace(moved(relationship, Step.REJECT, Party.CUSTOMER, now=now), answer_reason=reason)


def terminated(relationship: AdminRelationship, party: Party, *, now: datetime) -> AdminRelationship:
    """The relationship ended by one of the two and, as the system's steps take no time, gone; raises IllegalStep."""
    made = moved(relationship, Step.TERMINATE, party, now=now)
    for _ in range(2):
        made = replace(made, status=after(made.status, Step.DEPROVISION, Party.SYSTEM) or made.status)
    return made


def passed(relationship: AdminRelationship, *, now: datetime) -> AdminRelationship:
    """What time has made of the relationship: a request lapses, an active one goes on or expires."""
    status, ends = relationship.status, relationship.ends_at
    if status is Status.APPROVAL_PENDING and relationship.asked_at and relationship.asked_at + WAITS <= now:
        return replace(relationship, status=after(status, Step.LAPSE, Party.SYSTEM) or status)
    if status is not Status.ACTIVE or ends is None or now < ends:
        return relationship
    if relationship.auto_extend is AutoExtend.HALF_A_YEAR:
        return replace(relationship, ends_at=ends + EXTENSION * ((now - ends) // EXTENSION + 1))
    for _ in range(2):
        status = after(status, Step.END, Party.SYSTEM) or status
    return replace(relationship, status=status)


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
