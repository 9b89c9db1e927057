"""The granular relationship that a partner gets with a tenant it makes, where the rule cust-default-gdap has it so.

Source: gdap-faq, 2023-08-10: the roles granted as part of making a customer, of direct bill partners and of indirect
providers, who alone make customers; two years, the default duration. That it does not go on by itself is assumed.
Groups get nothing of it until the partner assigns them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from copartner.customers.model import FoundedTenant
from copartner.kernel.calendar import add_months

ROLES = {
    "Directory Readers": UUID("88d8e3e3-8f55-4a1e-953a-9b9898b8876b"),
    "Directory Writers": UUID("9360feb5-f418-4baa-8175-e2a00bac4301"),
    "License Administrator": UUID("4d6ac14f-3453-41d0-bef9-a3e0c569773a"),
    "Service Support Administrator": UUID("f023fd81-a637-4b56-95fd-791ac0226033"),
    "User Administrator": UUID("fe930be7-5e62-47db-91af-98c3a49a38b1"),
    "Privileged Role Administrator": UUID("e8611ab8-c189-46e8-94e1-60213ab1f814"),
    "Helpdesk Administrator": UUID("729827e3-9c14-49f7-bb1b-9608f156bbb8"),
    "Privileged Authentication Administrator": UUID("7be44c8a-adaf-4e2a-84d6-ab2649e08a13"),
    "Cloud Application Administrator": UUID("158c047a-c907-4556-b7ef-446551a6b5f7"),
    "Application Administrator": UUID("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"),
    "Global Reader": UUID("f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
}
DURATION, MONTHS = "P2Y", 24


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRelationship:
    """Such a relationship as it is made, active at once; afterwards it is one like every other."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    partner_tenant_id: UUID
    customer_tenant_id: UUID
    customer_name: str
    display_name: str
    roles: tuple[UUID, ...]
    duration: str
    activated_at: datetime
    ends_at: datetime


def with_default_roles(founded: FoundedTenant, new_id: UUID, *, now: datetime) -> AdminRelationship:
    """The relationship of a tenant's maker; its name is one that the partner has not used."""
    return AdminRelationship(
        id=new_id,
        partner_tenant_id=founded.partner_tenant_id,
        customer_tenant_id=founded.customer_tenant_id,
        customer_name=founded.company_name,
        display_name=f"Default {founded.customer_tenant_id}",
        roles=tuple(ROLES.values()),
        duration=DURATION,
        activated_at=now,
        ends_at=add_months(now, MONTHS),
    )
