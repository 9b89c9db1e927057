"""Writes a world into a migrated database, as the owner; only the emulator does this."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.agreements import rules as agreements
from copartner.catalogue.model import Sku
from copartner.kernel.calendar import add_months, months_of
from copartner.orders.model import OrderLine
from copartner.policy.facts import Cloud
from copartner.subscriptions.model import Kind
from copartner_emulator.world_catalogue_store import insert_catalogue
from copartner_emulator.world_model import Address, DirectSubscription, Relationship, Tenant, World

_BEFORE_ALL = timedelta(days=400)
_LOCK = 0x776F726C64
# Whoever tries a browser sign-in comes back to a program on this machine, at whichever port.
_ON_THIS_MACHINE = ("http://localhost", "http://localhost/")


async def lock(db: Connection) -> None:
    """One loader at a time, until the transaction ends."""
    await db.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


async def present(db: Connection) -> set[UUID]:
    """The tenants there are."""
    return {row["id"] for row in await db.fetch("SELECT id FROM tenant")}


async def insert_world(
    db: Connection, world: World, *, now: datetime, password_hashes: dict[UUID, str], secret_hashes: dict[UUID, str]
) -> None:
    """Everything the world has; hashes by tenant and by application. `now` is programme time."""
    began = now - _BEFORE_ALL
    await insert_catalogue(db, world.catalogue, world.promotions)
    await db.executemany(
        "INSERT INTO organisation (id, name) VALUES ($1, $2)", [(it.id, it.name) for it in world.organisations]
    )
    await db.executemany(
        "INSERT INTO affiliation (organisation_id, affiliate_id) VALUES ($1, $2)",
        [(it.id, affiliate) for it in world.organisations for affiliate in it.affiliates],
    )
    for tenant in world.tenants:
        await _insert_tenant(db, tenant, world.cloud, began)
        await _insert_people(db, tenant, password_hashes[tenant.id])
        await _insert_applications(db, tenant, secret_hashes, now)
    for relationship in world.relationships:
        await _insert_relationship(db, relationship, world.cloud, now - timedelta(days=relationship.days_ago), now)
    for subscription in world.subscriptions:
        await _insert_subscription(db, subscription, now - timedelta(days=subscription.days_ago))


async def replace_secrets(db: Connection, password_hashes: dict[UUID, str], secret_hashes: dict[UUID, str]) -> None:
    """New passwords for every user of these tenants and new secrets for these applications."""
    await db.executemany(
        "UPDATE user_account SET password_hash = $2 WHERE tenant_id = $1", list(password_hashes.items())
    )
    await db.executemany(
        "UPDATE application_secret SET secret_hash = $2 WHERE application_id = $1", list(secret_hashes.items())
    )


async def _insert_tenant(db: Connection, tenant: Tenant, cloud: Cloud, at: datetime) -> None:
    await db.execute(
        """INSERT INTO tenant (id, organisation_id, kind, cloud, shared_services, company_name, domain, country,
            culture, language, address, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        tenant.id,
        tenant.organisation_id,
        tenant.kind,
        cloud,
        tenant.shared_services,
        tenant.company_name,
        tenant.domain,
        tenant.address.country,
        tenant.culture,
        tenant.language,
        _address(tenant.address),
        at,
    )
    if tenant.enrolment:
        await db.execute(
            "INSERT INTO enrolment (tenant_id, mpn_id, markets, state, enrolled_at) VALUES ($1, $2, $3, 'active', $4)",
            tenant.id,
            tenant.enrolment.mpn_id,
            tenant.enrolment.markets,
            at,
        )
    if tenant.enrolment and agreements.has_partner_agreement(cloud):
        await db.execute(
            """INSERT INTO partner_agreement (partner_tenant_id, template_id, id, signed_at, signed_by)
            VALUES ($1, $2, $3, $4, $5)""",
            *(tenant.id, agreements.PARTNER_TEMPLATE, tenant.id, at, tenant.users[0].user_principal_name),
        )


async def _insert_people(db: Connection, tenant: Tenant, password_hash: str) -> None:
    await db.executemany(
        """INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash)
        VALUES ($1, $2, $3, $4, $5)""",
        [(tenant.id, it.id, it.user_principal_name, it.display_name, password_hash) for it in tenant.users],
    )
    await db.executemany(
        "INSERT INTO role_assignment (tenant_id, user_id, role) VALUES ($1, $2, $3)",
        [(tenant.id, it.id, role) for it in tenant.users for role in it.assigned],
    )
    await db.executemany(
        "INSERT INTO directory_group (tenant_id, id, name, role) VALUES ($1, $2, $3, $4)",
        [(tenant.id, it.id, it.name, it.role) for it in tenant.groups],
    )
    await db.executemany(
        "INSERT INTO group_member (tenant_id, group_id, member_id) VALUES ($1, $2, $3)",
        [(tenant.id, it.id, member) for it in tenant.groups for member in it.members],
    )


async def _insert_applications(db: Connection, tenant: Tenant, secret_hashes: dict[UUID, str], at: datetime) -> None:
    await db.executemany(
        "INSERT INTO application (tenant_id, id, name, redirect_uris) VALUES ($1, $2, $3, $4)",
        [(tenant.id, it.id, it.name, _ON_THIS_MACHINE) for it in tenant.applications],
    )
    await db.executemany(
        "INSERT INTO application_secret (tenant_id, application_id, id, secret_hash) VALUES ($1, $2, $3, $4)",
        [(tenant.id, it.id, it.secret_id, secret_hashes[it.id]) for it in tenant.applications],
    )
    # Consented to for everybody, as if an admin had: scripts meet no page but where they ask for it.
    await db.executemany(
        """INSERT INTO application_consent (tenant_id, id, application_id, offline, consented_at)
        VALUES ($1, $2, $2, true, $3)""",
        [(tenant.id, it.id, at) for it in tenant.applications],
    )


async def _insert_relationship(db: Connection, it: Relationship, cloud: Cloud, at: datetime, now: datetime) -> None:
    # Privileges were in use until now: otherwise the rule about unused ones would take them from an old world at once.
    await db.execute(
        """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges,
            company_name, domain, formed_at, privileges_used_at)
        VALUES ($1, $2, $3, 'active', $4, $5, $6, $7, $8)""",
        it.customer.id,
        it.id,
        it.partner.id,
        it.privileges,
        it.customer.company_name,
        it.customer.domain,
        at,
        now,
    )
    await db.execute(
        """INSERT INTO billing_profile (partner_tenant_id, customer_tenant_id, id, email, company_name, culture,
            language, address)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        it.partner.id,
        it.customer.id,
        it.billing_profile_id,
        it.customer.users[0].user_principal_name,
        it.customer.company_name,
        it.customer.culture,
        it.customer.language,
        _address(it.customer.address),
    )
    template = agreements.current(cloud)
    if it.agreement and template:
        await db.execute(
            """INSERT INTO customer_agreement (customer_tenant_id, id, type, template_id, first_name, last_name, email,
                agreed_at, recorded_at, recorded_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $7)""",
            it.customer.id,
            it.agreement_id,
            template.type,
            str(template.id),
            it.customer.address.first_name,
            it.customer.address.last_name,
            it.customer.users[0].user_principal_name,
            at,
        )


async def _insert_subscription(db: Connection, it: DirectSubscription, at: datetime) -> None:
    buyer = it.customer.users[0].user_principal_name
    availability = it.item.availability
    line = OrderLine(
        number=0,
        catalog_item_id=availability.catalog_item_id,
        title=it.item.sku.title,
        nickname=it.nickname,
        quantity=it.quantity,
        term=it.term.duration,
        billing_cycle=it.term.billing_cycle,
        subscription_id=it.id,
        parent_id=None,
        partner_of_record=None,
        unit_price=it.term.list_price,
    )
    await db.execute(
        """INSERT INTO purchase_order (customer_tenant_id, id, partner_tenant_id, billing_cycle, currency, lines,
            placed_at, placed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        it.customer.id,
        it.order_id,
        it.seller.id,
        it.term.billing_cycle,
        availability.currency,
        msgspec.json.encode([line]).decode(),
        at,
        buyer,
    )
    await db.execute(
        """INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number, product_id,
            sku_id, availability_id, kind, offer_name, nickname, quantity, status, auto_renew, term,
            billing_cycle, unit_price, currency, created_at, starts_at, term_starts_at, commitment_ends_at, is_trial)
        VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, 'active', $12, $13, $14, $15, $16, $17, $17, $17, $18,
            $19)""",
        it.customer.id,
        it.id,
        it.seller.id,
        it.order_id,
        availability.product_id,
        availability.sku_id,
        availability.id,
        _kind(it.item.sku),
        it.item.sku.title,
        it.nickname,
        it.quantity,
        availability.is_renewable,
        it.term.duration,
        it.term.billing_cycle,
        it.term.list_price,
        availability.currency,
        at,
        add_months(at, months_of(it.term.duration)) if it.term.duration else None,
        it.item.sku.is_trial,
    )


def _kind(sku: Sku) -> Kind:
    if sku.is_reservation:
        return Kind.RESERVATION
    return Kind.AZURE if sku.is_azure else Kind.LICENSE


def _address(address: Address) -> str:
    """The address as every tenant and billing profile keeps it."""
    return msgspec.json.encode(
        {
            "address_line1": address.line,
            "city": address.city,
            "state": address.state,
            "postal_code": address.postal_code,
            "country": address.country,
            "first_name": address.first_name,
            "last_name": address.last_name,
            "phone_number": address.phone,
        }
    ).decode()
