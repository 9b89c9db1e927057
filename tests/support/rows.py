"""Rows of two partners, two customers and the operator in every tenant table, inserted by the owner."""

from datetime import timedelta
from uuid import UUID

from asyncpg.connection import Connection

from support.programme import Programme

# Each partner with its own customer, so that every row of one pair is foreign to the other pair.
PAIRS = (("nordlicht", "alpenblick"), ("suedwind", "lavande"))


async def plant(db: Connection, here: Programme) -> None:
    """One row for each pair in each table of relationships and sales, one for each tenant in the records."""
    for partner, customer in PAIRS:
        await _plant_pair(db, here, here.id(partner), here.id(customer), customer)
    # After the others, so that the first foreign row of each table is of one policy alone.
    for partner, reseller in PAIRS:
        await db.execute(
            """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, provider_tenant_id, state,
                privileges, company_name, domain, formed_at)
            VALUES ($1, $2, $3, $4, 'active', false, 'fjord', 'fjord', $5)""",
            *(here.id("fjord"), here.runtime.ids.new(), here.id(reseller), here.id(partner), here.clock.now()),
        )
        await db.execute(
            """INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, provider_tenant_id,
                display_name, roles, duration, auto_extend, status, created_at, modified_at)
            VALUES ($1, $2, $3, $4, 'Indirect', $5, 'P1Y', 'PT0S', 'approvalPending', $6, $6)""",
            *(here.id(reseller), here.runtime.ids.new(), here.id("fjord"), here.id(partner), [here.id("fjord")]),
            here.clock.now(),
        )
    for number, tenant in enumerate(("wolkenstadt", "nordlicht"), 1):
        await _plant_version(db, here, here.id(tenant), number)
    for tenant in ("nordlicht", "suedwind", "alpenblick", "lavande", "wolkenstadt"):
        await _plant_records(db, here, here.id(tenant))


async def _plant_version(db: Connection, here: Programme, tenant: UUID, number: int) -> None:
    await db.execute(
        """INSERT INTO rule_version (tenant_id, id, number, title, reason, text, ends, begins, state, difference,
            proposed_at, proposed_by)
        VALUES ($1, $2, $3, 'test', 'test', '', '{rel-market}', $4, 'proposed', '{}', $5, $2)""",
        *(tenant, here.runtime.ids.new(), number, here.clock.now().date(), here.clock.now()),
    )


async def _plant_pair(db: Connection, here: Programme, partner: UUID, customer: UUID, name: str) -> None:
    new, now = here.runtime.ids.new, here.clock.now()
    request, relationship, cart, order, subscription = new(), new(), new(), new(), new()
    await db.execute(
        """INSERT INTO relationship_request (partner_tenant_id, id, customer_tenant_id, includes_privileges, state,
            created_at, created_by) VALUES ($1, $2, $3, false, 'pending', $4, 'test')""",
        *(partner, request, customer, now),
    )
    await db.execute(
        """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, request_id, state, privileges,
            company_name, domain, formed_at) VALUES ($1, $2, $3, $4, 'active', true, $5, $5, $6)""",
        *(customer, relationship, partner, request, name, now),
    )
    await _plant_granular(db, here, partner, customer)
    await db.execute(
        """INSERT INTO billing_profile (partner_tenant_id, customer_tenant_id, id, company_name, culture, language,
            address) VALUES ($1, $2, $3, $4, 'de-DE', 'de', '{}')""",
        *(partner, customer, new(), name),
    )
    await db.execute(
        """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
        VALUES ($1, $2, $3, 'active', $4)""",
        *(partner, customer, new(), now),
    )
    await db.execute(
        "INSERT INTO partner_profile (partner_tenant_id, kind, value, version) VALUES ($1, 'support', '{}', 2)", partner
    )
    await db.execute(
        """INSERT INTO customer_agreement (customer_tenant_id, id, partner_tenant_id, type, template_id, agreed_at,
            recorded_at, recorded_by) VALUES ($1, $2, $3, 'MicrosoftCustomerAgreement', 'test', $4, $4, 'test')""",
        *(customer, new(), partner, now),
    )
    await db.execute(
        """INSERT INTO cart (customer_tenant_id, id, partner_tenant_id, lines, state, created_at, modified_at,
            expires_at)
        VALUES ($1, $2, $3, '[]', 'open', $4, $4, $5)""",
        *(customer, cart, partner, now, now + timedelta(days=7)),
    )
    await db.execute(
        """INSERT INTO purchase_order (customer_tenant_id, id, partner_tenant_id, relationship_id, cart_id,
            billing_cycle, currency, lines, placed_at, placed_by)
        VALUES ($1, $2, $3, $4, $5, 'monthly', 'EUR', '[]', $6, 'test')""",
        *(customer, order, partner, relationship, cart, now),
    )
    await db.execute(
        """INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number, product_id,
            sku_id, availability_id, kind, offer_name, nickname, quantity, status, auto_renew, term, billing_cycle,
            unit_price, currency, created_at, starts_at, is_trial, term_starts_at)
        VALUES ($1, $2, $3, $4, 0, 'CFQ7TTC0E4TR', '0001', 'test', 'license', 'test', 'test', 1, 'active', true, 'P1Y',
            'monthly', 1, 'EUR', $5, $5, false, $5)""",
        *(customer, subscription, partner, order, now),
    )
    await db.execute(
        """INSERT INTO subscription_transition (customer_tenant_id, id, partner_tenant_id, subscription_id,
            to_subscription_id, order_id, from_item, to_item, quantity, term, billing_cycle, made_at)
        VALUES ($1, $2, $3, $4, $4, $5, 'test', 'test', 1, 'P1Y', 'monthly', $6)""",
        *(customer, new(), partner, subscription, order, now),
    )


async def _plant_granular(db: Connection, here: Programme, partner: UUID, customer: UUID) -> None:
    new, now = here.runtime.ids.new, here.clock.now()
    relationship, group, assignment = new(), new(), new()
    await db.execute(
        """INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, display_name, roles, duration,
            auto_extend, status, created_at, modified_at)
        VALUES ($1, $2, $3, 'Help', $4, 'P1Y', 'PT0S', 'approvalPending', $5, $5)""",
        *(partner, relationship, customer, [new()], now),
    )
    await db.execute(
        """INSERT INTO admin_counter_proposal (partner_tenant_id, id, customer_tenant_id, counters, customer_name,
            roles, duration, auto_extend, reason, made_at, made_by, made_by_name)
        VALUES ($1, $2, $3, $4, 'test', $5, 'P1D', 'PT0S', '', $6, $2, 'test')""",
        *(partner, new(), customer, relationship, [new()], now),
    )
    await db.execute(
        "INSERT INTO role_cap (customer_tenant_id, kind, roles, set_at, version) VALUES ($1, 'refused', '{}', $2, 2)",
        *(customer, now),
    )
    await db.execute("INSERT INTO directory_group (tenant_id, id, name) VALUES ($1, $2, 'assigned')", partner, group)
    await db.execute(
        """INSERT INTO access_assignment (partner_tenant_id, id, relationship_id, customer_tenant_id, group_id, status,
            created_at, modified_at) VALUES ($1, $2, $3, $4, $5, 'pending', $6, $6)""",
        *(partner, assignment, relationship, customer, group, now),
    )
    await db.execute(
        """INSERT INTO access_assignment_role (partner_tenant_id, assignment_id, customer_tenant_id, role_id, given_at)
        VALUES ($1, $2, $3, $4, $5)""",
        *(partner, assignment, customer, new(), now),
    )
    await db.execute(
        """INSERT INTO admin_operation (partner_tenant_id, id, relationship_id, operation_type, status, data,
            created_at, modified_at) VALUES ($1, $2, $3, 'test', 'running', '{}', $4, $4)""",
        *(partner, new(), relationship, now),
    )
    await db.execute(
        """INSERT INTO admin_request (partner_tenant_id, id, relationship_id, action, status, created_at, modified_at)
        VALUES ($1, $2, $3, 'terminate', 'pending', $4, $4)""",
        *(partner, new(), relationship, now),
    )


async def _plant_records(db: Connection, here: Programme, tenant: UUID) -> None:
    new, now = here.runtime.ids.new, here.clock.now()
    await _plant_receipt(db, here, tenant)
    await _plant_announced(db, here, tenant)
    await db.execute(
        """INSERT INTO audit_record (tenant_id, at, id, operation_type, resource_type, status)
        VALUES ($1, $2, $3, 'test', 'test', 'succeeded')""",
        *(tenant, now, new()),
    )
    await db.execute(
        """INSERT INTO decision_record (tenant_id, id, at, last_at, likeness, action, resource_type, rules, facts,
            digest)
        VALUES ($1, $2, $3, $3, 'x', 'test', 'test', '{}', '{}', '')""",
        *(tenant, new(), now),
    )
    await _plant_directory(db, here, tenant)


async def _plant_announced(db: Connection, here: Programme, tenant: UUID) -> None:
    """A draft of a tenant's and what it published to everybody, and an event on its way to it."""
    new, now = here.runtime.ids.new, here.clock.now()
    for published_at in (None, now):
        await db.execute(
            """INSERT INTO announcement (id, operator_tenant_id, state, workspace, audience, markets, begins_on, texts,
                contact, reminders, drafted_at, updated_at, published_at, dated_at)
            VALUES ($1, $2, $3, 'general', '{partner,customer,operator}', '{}', $4, '{}', '', '{}', $5, $5, $6, $6)""",
            *(new(), tenant, "published" if published_at else "draft", now.date(), now, published_at),
        )
    await db.execute(
        "INSERT INTO event_address (tenant_id, id, url, registered_at) VALUES ($1, $2, 'https://x.example', $3)",
        *(tenant, new(), now),
    )
    await db.execute(
        "INSERT INTO event_outbox (id, tenant_id, kind, data, occurred_at) VALUES ($1, $2, 'test', '{}', $3)",
        *(new(), tenant, now),
    )


async def _plant_receipt(db: Connection, here: Programme, tenant: UUID) -> None:
    """The tenant's copy of one that names a partner."""
    await db.execute(
        """INSERT INTO consent_receipt (tenant_id, id, partner_tenant_id, customer_tenant_id, issued_at, jws)
        VALUES ($3, $2, $1, $3, $4, 'x')""",
        *(here.id("wolkenwerk"), here.runtime.ids.new(), tenant, here.clock.now()),
    )


async def _plant_directory(db: Connection, here: Programme, tenant: UUID) -> None:
    new, now = here.runtime.ids.new, here.clock.now()
    user, group, application = new(), new(), new()
    await db.execute(
        """INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash)
        VALUES ($1, $2, $3, 'test', 'x')""",
        *(tenant, user, f"planted@{tenant}"),
    )
    await db.execute(
        "INSERT INTO role_assignment (tenant_id, user_id, role) VALUES ($1, $2, 'Billing admin')", tenant, user
    )
    await db.execute("INSERT INTO admin_role_assignment VALUES ($1, $2, $3)", tenant, user, new())
    await db.execute(
        """INSERT INTO licence_assignment (tenant_id, user_id, product_id, sku_id, assigned_at)
        SELECT $1, $2, product_id, id, $3 FROM catalogue_sku ORDER BY product_id, id LIMIT 1""",
        *(tenant, user, now),
    )
    await db.execute(
        "INSERT INTO provider_role (tenant_id, user_id, role) VALUES ($1, $2, 'Sales agent')", tenant, user
    )
    await db.execute("INSERT INTO directory_group (tenant_id, id, name) VALUES ($1, $2, 'planted')", tenant, group)
    await db.execute(
        "INSERT INTO group_member (tenant_id, group_id, member_id) VALUES ($1, $2, $3)", tenant, group, user
    )
    await db.execute("INSERT INTO application (tenant_id, id, name) VALUES ($1, $2, 'planted')", tenant, application)
    await db.execute(
        "INSERT INTO application_secret (tenant_id, application_id, id, secret_hash) VALUES ($1, $2, $3, 'x')",
        *(tenant, application, new()),
    )
    await db.execute(
        """INSERT INTO application_consent (tenant_id, id, application_id, user_id, offline, consented_at)
        VALUES ($1, $2, $3, $4, true, $5)""",
        *(tenant, new(), application, user, now),
    )
    await db.execute(
        """INSERT INTO revocation (tenant_id, ground_id, not_before, changed_in)
        VALUES ($1, $2, $3, pg_current_xact_id())""",
        *(tenant, user, now),
    )
    await db.execute(
        """INSERT INTO idempotency_key (tenant_id, caller_id, method, path, request_id, body_digest, created_at)
        VALUES ($1, $2, 'POST', '/test', 'r', 'x', $3)""",
        *(tenant, new(), now),
    )
