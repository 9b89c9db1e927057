"""Partners that act in a customer's directory: who gets roles there, and what is there to be administered."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.directory.model import CustomerUser, NewUser, Password
from copartner.directory.service import users
from support.delegated import Delegated

BASIC = "Office 365 Basic"
PASSWORD = Password("Abc-12345")
NEW = NewUser("neu.er", "Neuer", PASSWORD)


def new(name: str = "Neu.Er@alpenblick.example", **more: Any) -> NewUser:
    """A user to be made."""
    return replace(NEW, user_principal_name=name, **more)


async def made(pair: Delegated, name: str = "neu.er@alpenblick.example") -> CustomerUser:
    """A new user of the customer, without a role."""
    await pair.privileges()
    return await users.create_user(pair.agent, customer_id=pair.pair[0], new=new(name))


async def granular(pair: Delegated, *roles: UUID, name: str = "sa") -> Context:
    """A partner's user that has these roles by a group within an assigned one."""
    relationship = await pair.relationship(*roles)
    inner = await pair.group(f"inner {relationship}", pair.user(name))
    await pair.assign(relationship, await pair.group(f"outer {relationship}", inner), *roles)
    return pair.here.context(f"{name}@{pair.partner}")


async def denied(asked: Any) -> tuple[str, ...]:
    """The rules by which something is denied."""
    with pytest.raises(Denied) as refusal:
        await asked
    return refusal.value.rules


async def sell(pair: Delegated, partner: str, title: str, quantity: int, *, status: str = "active") -> UUID:
    """A subscription of the customer, sold by a partner."""
    here, new = pair.here, pair.here.runtime.ids.new
    order, sold = new(), new()
    product, sku, availability = (await here.item(title)).split(":")
    await pair.db.execute(
        """INSERT INTO purchase_order (customer_tenant_id, id, partner_tenant_id, relationship_id, billing_cycle,
            currency, lines, placed_at, placed_by)
        SELECT r.customer_tenant_id, $1, r.partner_tenant_id, r.id, 'monthly', 'EUR', '[]', r.formed_at, 'test'
        FROM reseller_relationship r WHERE r.customer_tenant_id = $2 AND r.partner_tenant_id = $3""",
        *(order, pair.pair[0], here.id(partner)),
    )
    await pair.db.execute(
        """INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number, product_id,
            sku_id, availability_id, kind, offer_name, nickname, quantity, status, auto_renew, term, billing_cycle,
            unit_price, currency, created_at, starts_at, is_trial, term_starts_at)
        VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, 'test', 'test', $9, $10, true, 'P1Y', 'monthly', 4321, 'EUR', $11,
            $11, false, $11)""",
        *(pair.pair[0], sold, here.id(partner), order, product, sku, availability),
        *("azure" if title == "Azure plan" else "license", quantity, status, here.clock.now()),
    )
    return sold


async def sku(pair: Delegated, title: str = BASIC) -> str:
    """The name of a SKU."""
    return ":".join((await pair.here.item(title)).split(":")[:2])
