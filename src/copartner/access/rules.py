"""What of access is told and taken back, without database and request. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from copartner.access.model import Bond, Difference, Grant, Held, Layer, Layers, Overview, Revocation, Sold
from copartner.delegation import rules as delegation
from copartner.delegation.model import AdminRelationship, AdminRole, Risk, Status
from copartner.delegation.roles import known
from copartner.kernel.errors import Invalid, NotFound
from copartner.kernel.languages import Language
from copartner.kernel.phrases import Phrases

say = Phrases("copartner.access", "rules").say
# The built-in role of Azure. Source: built-in roles of Azure, Owner.
AZURE_OWNER = AdminRole(
    UUID("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    "Owner",
    Risk.HIGHEST,
    "Does everything in this one Azure subscription, and lets others in; reaches nothing else.",
)
_NO_MORE = frozenset(
    {Status.TERMINATION_REQUESTED, Status.TERMINATING, Status.TERMINATED, Status.EXPIRING, Status.EXPIRED}
)


class UnknownUser(NotFound):
    """The partner has no such user."""


def role_of(role_id: UUID, language: Language = Language.ENGLISH) -> AdminRole:
    """The role in plain words."""
    if role_id != AZURE_OWNER.id:
        return known(language)[role_id]
    return replace(AZURE_OWNER, name=say(language, AZURE_OWNER.name), text=say(language, AZURE_OWNER.text))


def overview(held: Iterable[Held], at: datetime, language: Language = Language.ENGLISH) -> Overview:
    """What is held, with its roles in words."""
    return Overview(at, tuple(Grant(one, role_of(one.role_id, language)) for one in held))


def check_span(since: datetime, until: datetime) -> None:
    """Raise Invalid unless the one moment is before the other."""
    if since >= until:
        raise Invalid("from: send a moment before that of `to`.", "from", "to")


def difference(earlier: Overview, later: Overview) -> Difference:
    """What came and what went; what both have is in neither, whenever it ends."""
    before, after = ({grant.held.way for grant in one.grants} for one in (earlier, later))
    return Difference(
        earlier.at,
        later.at,
        added=tuple(grant for grant in later.grants if grant.held.way not in before),
        removed=tuple(grant for grant in earlier.grants if grant.held.way not in after),
    )


def in_force(layers: Layers, *, now: datetime) -> tuple[AdminRelationship, ...]:
    """The granular relationships that give something, or will as soon as the system's steps are taken."""
    passed = (delegation.passed(one, now=now) for one in layers.granular)
    return tuple(one for one in passed if one.status not in _NO_MORE | {Status.APPROVAL_PENDING})


def revocation(layers: Layers, *, now: datetime, language: Language = Language.ENGLISH) -> Revocation:
    """What ends when all access is taken, what stays, and why."""
    waiting = (delegation.passed(one, now=now) for one in layers.granular)
    reseller = layers.reseller
    ends = [
        Bond(
            Layer.GRANULAR,
            one.id,
            one.display_name,
            say(language, "Its roles in your tenant end at once, for every group of the partner."),
        )
        for one in in_force(layers, now=now)
    ]
    stays = [
        Bond(
            Layer.REQUEST,
            one.id,
            one.display_name,
            say(language, "It waits for your answer, and gives nothing unless you approve it."),
        )
        for one in waiting
        if one.status is Status.APPROVAL_PENDING
    ]
    if reseller is not None:
        if reseller.privileges:
            ends.append(
                Bond(
                    Layer.PRIVILEGES,
                    reseller.id,
                    say(language, "Delegated admin privileges"),
                    say(
                        language,
                        "Its agents are no longer Global Administrator and Helpdesk Administrator in your tenant.",
                    ),
                )
            )
        stays.append(
            Bond(
                Layer.RESELLER,
                reseller.id,
                say(language, "Reseller relationship"),
                say(
                    language,
                    "Selling is apart from administering: it gives no access to your tenant, and the partner ends it "
                    "once what it sold is over.",
                ),
            )
        )
    for sold in layers.subscriptions:
        stays += _kept(sold, language)
    return Revocation(layers.partner, tuple(ends), tuple(stays), max(layers.sold - len(layers.subscriptions), 0))


def _kept(sold: Sold, language: Language) -> list[Bond]:
    ends = sold.commitment_ends_at
    term = say(language, "until {day:%d %b %Y}", day=ends) if ends else say(language, "by its use")
    kept = [
        Bond(
            Layer.SUBSCRIPTION,
            sold.id,
            sold.name,
            say(
                language,
                "It is {state} and paid for {term}; taking access away cancels nothing that was bought.",
                state=say(language, sold.status),
                term=term,
            ),
        )
    ]
    if sold.kind == "azure":
        kept.append(
            Bond(
                Layer.OWNER,
                sold.id,
                sold.name,
                say(
                    language,
                    "Whoever provisioned an Azure subscription is Owner of it, apart from delegated admin; remove the "
                    "role on the subscription itself, or have it cancelled.",
                ),
            )
        )
    return kept
