"""Granular relationships by calls of the services, and time that passes for them."""

from datetime import datetime
from typing import Any

from copartner import worker
from copartner.command.passing import Passed
from copartner.delegation import consent, service
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Key
from copartner.delegation.roles import known
from copartner.policy.facts import Side
from support.programme import Programme

ROLES = tuple(known())[-2:]


async def asked_of(
    here: Programme, partner: str, customer: str, name: str, duration: str = "P1Y", **more: Any
) -> AdminRelationship:
    """A relationship that waits for the customer."""
    admin = here.context(f"aa@{partner}")
    asked = Asked(display_name=name, duration=duration, roles=ROLES, customer_tenant_id=here.id(customer), **more)
    made = await service.create_relationship(admin, asked=asked)
    await service.ask_for_approval(here.context(f"aa@{partner}"), key=made.key)
    return await service.read_relationship(here.context(f"aa@{partner}"), key=made.key)


async def approved_by(
    here: Programme, partner: str, customer: str, name: str, duration: str = "P1Y", *, extend: bool = False
) -> AdminRelationship:
    """An active relationship."""
    more = {"auto_extend": AutoExtend.HALF_A_YEAR} if extend else {}
    made = await asked_of(here, partner, customer, name, duration, **more)
    return await consent.approve_relationship(here.context(f"ga@{customer}", Side.CUSTOMER), key=made.key)


async def stored(here: Programme, key: Key) -> Any:
    """The row as it is kept."""
    async with here.owner() as owner:
        return await owner.fetchrow("SELECT * FROM admin_relationship WHERE id = $1", key.id)


async def audited(here: Programme, thing: Any, tenant: str = "nordlicht") -> list[tuple[datetime, str]]:
    """What the audit of a tenant says that time did with a thing, in order."""
    async with here.owner() as owner:
        rows = await owner.fetch(
            """SELECT at, operation_type FROM audit_record WHERE tenant_id = $1 AND resource_id = $2
            AND actor_tenant_id IS NULL AND actor_name IS NULL ORDER BY at, id""",
            here.id(tenant),
            str(thing.id),
        )
    return [(row["at"], row["operation_type"].partition(".")[2]) for row in rows]


async def let_pass(here: Programme, until: datetime) -> list[Passed]:
    """The clock shows that moment, and everything that is due by then has passed."""
    here.clock.moment = until
    return list(await worker.everything_due(here.runtime, until=until))
