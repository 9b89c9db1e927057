"""Writes the world of the comparison by COPY, beside the emulator's world, which brings the catalogue."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count as count_from
from typing import Any

import msgspec
import world
from asyncpg.connection import Connection

from copartner.agreements import rules as agreements
from copartner.catalogue.model import Item, Term
from copartner.kernel.calendar import add_months, months_of
from copartner_emulator.world_model import World

_COMPANY = "Vergleichswerk"


async def build(connection: Connection, demo: World, now: datetime) -> None:
    """Write everything as superuser in one transaction; the emulator's world is there already."""
    async with connection.transaction():
        await _tenants(connection)
        await _people(connection)
        await _relationships(connection)
        chosen = _offered(demo)
        await _copy(connection, "purchase_order", _ORDER, _orders(chosen))
        await _copy(connection, "subscription", _SUBSCRIPTION, _subscriptions(chosen, now))
        await _copy(connection, "cart", _CART, _carts(chosen, now))


async def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, schema_name="copartner", columns=columns, records=rows)


async def _tenants(connection: Connection) -> None:
    began = datetime.fromtimestamp(world.BEGAN_MS / 1000, UTC) - timedelta(days=30)
    parts = (("partner", world.PARTNERS, world.partner_id), ("customer", world.CUSTOMERS, world.customer_id))
    named = [(made(n), f"{_COMPANY} {kind} {n}", kind, n) for kind, count, made in parts for n in range(count)]
    # An organisation has the identifier of its only tenant.
    await _copy(connection, "organisation", ("id", "name"), ((key, name) for key, name, _, _ in named))
    columns = (
        *("id", "organisation_id", "kind", "cloud", "company_name", "domain", "country", "culture", "language"),
        "created_at",
    )
    await _copy(
        connection,
        "tenant",
        columns,
        (
            (key, key, kind, "commercial", name, f"{kind}-{n}.bench.example", "DE", "de-DE", "de", began)
            for key, name, kind, n in named
        ),
    )
    await _copy(
        connection,
        "enrolment",
        ("tenant_id", "mpn_id", "markets", "state", "enrolled_at"),
        ((world.partner_id(n), f"9{n:06}", ["DE", "AT"], "active", began) for n in range(world.PARTNERS)),
    )


async def _people(connection: Connection) -> None:
    agents = [
        (p, n, world.partner_id(p), world.user_id(p, n)) for p in range(world.PARTNERS) for n in range(world.USERS)
    ]
    buyers = [world.customer_id(c) for c in range(world.CUSTOMERS)]
    await _copy(
        connection,
        "user_account",
        ("tenant_id", "id", "user_principal_name", "display_name", "password_hash"),
        [
            *((tenant, user, f"agent-{n}@partner-{p}.bench.example", "Agent", "none") for p, n, tenant, user in agents),
            *((buyer, buyer, f"buyer@customer-{c}.bench.example", "Buyer", "none") for c, buyer in enumerate(buyers)),
        ],
    )
    await _copy(
        connection,
        "role_assignment",
        ("tenant_id", "user_id", "role"),
        [
            *((tenant, user, "Sales agent") for _, _, tenant, user in agents),
            *((buyer, buyer, "Global admin") for buyer in buyers),
        ],
    )
    await _copy(
        connection,
        "directory_group",
        ("tenant_id", "id", "name", "role"),
        [
            (world.partner_id(p), world.group_id(p, role), f"{role}s", role)
            for p in range(world.PARTNERS)
            for role in world.GROUPS
        ],
    )
    await _copy(
        connection,
        "group_member",
        ("tenant_id", "group_id", "member_id"),
        [(tenant, world.group_id(p, world.GROUPS[n % 2]), user) for p, n, tenant, user in agents],
    )


async def _relationships(connection: Connection) -> None:
    formed = datetime.fromtimestamp(world.BEGAN_MS / 1000, UTC)
    await _copy(
        connection,
        "reseller_relationship",
        ("customer_tenant_id", "id", "partner_tenant_id", "state", "privileges", "company_name", "domain", "formed_at"),
        (
            (
                *(world.customer_id(c), world.relationship_id(c, place), world.partner_id(world.seller(c, place))),
                *("active", False, f"{_COMPANY} customer {c}", f"customer-{c}.bench.example", formed),
            )
            for c in range(world.CUSTOMERS)
            for place in range(world.sellers(c))
        ),
    )
    await _copy(
        connection,
        "partner_agreement",
        ("partner_tenant_id", "template_id", "id", "signed_at", "signed_by"),
        (
            (world.partner_id(p), agreements.PARTNER_TEMPLATE, world.partner_id(p), formed, "bench")
            for p in range(world.PARTNERS)
        ),
    )
    await _copy(
        connection,
        "customer_agreement",
        ("customer_tenant_id", "id", "type", "template_id", "agreed_at", "recorded_at", "recorded_by"),
        (
            (world.customer_id(c), world.customer_id(c), "MicrosoftCustomerAgreement", "bench", formed, formed, "bench")
            for c in range(world.CUSTOMERS)
        ),
    )


def _offered(demo: World) -> list[tuple[Item, Term]]:
    """Licences without a common maximum, in Germany, with each of their terms."""
    return [
        (item, term)
        for item in demo.catalogue
        if item.availability.country == "DE"
        and item.availability.segment == "commercial"
        and not (item.sku.is_azure or item.sku.is_reservation or item.sku.is_addon or item.sku.pooled_maximum)
        for term in item.availability.terms
        if term.duration
    ]


def item_of(demo: World) -> str:
    """The catalogue item that checkouts buy: sold by the year, billed by the month."""
    return next(item.availability.catalog_item_id for item, _ in _offered(demo) if "Enterprise" in item.sku.title)


def _in_time() -> Iterator[tuple[int, datetime]]:
    """Orders from the oldest to the newest."""
    for order in sorted(range(world.ORDERS), key=world.order_ms):
        yield order, datetime.fromtimestamp(world.order_ms(order) / 1000, UTC)


_ORDER = (
    *("customer_tenant_id", "id", "partner_tenant_id", "relationship_id", "billing_cycle", "currency", "lines"),
    *("placed_at", "placed_by"),
)


def _orders(chosen: list[tuple[Item, Term]]) -> Iterator[tuple[Any, ...]]:
    for order, at in _in_time():
        first, (item, term) = order * world.LINES, chosen[order % len(chosen)]
        customer, partner = world.customer_of(first), world.partner_of(first)
        place = next(n for n in range(world.sellers(customer)) if world.seller(customer, n) == partner)
        lines = [
            _line(item, term, number - first, number) | {"subscription_id": world.subscription_id(number)}
            for number in range(first, first + world.LINES)
        ]
        yield (
            *(world.customer_id(customer), world.order_id(order), world.partner_id(partner)),
            *(world.relationship_id(customer, place), term.billing_cycle, item.availability.currency, _json(lines)),
            *(at, str(world.user_id(partner))),
        )


def _line(item: Item, term: Term, number: int, subscription: int) -> dict[str, Any]:
    return {
        "number": number,
        "catalog_item_id": item.availability.catalog_item_id,
        "title": item.sku.title,
        "nickname": f"{item.sku.title} {number}",
        "quantity": _quantity(subscription),
        "term": term.duration,
        "billing_cycle": term.billing_cycle,
        "parent_id": None,
        "partner_of_record": None,
        "unit_price": term.partner_price,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_SUBSCRIPTION = (
    *("customer_tenant_id", "id", "partner_tenant_id", "order_id", "line_number", "product_id", "sku_id"),
    *("availability_id", "kind", "offer_name", "nickname", "quantity", "status", "auto_renew", "term"),
    *("billing_cycle", "unit_price", "currency", "created_at", "starts_at", "commitment_ends_at", "is_trial"),
    *("term_starts_at", "version"),
)


def _subscriptions(chosen: list[tuple[Item, Term]], now: datetime) -> Iterator[tuple[Any, ...]]:
    """Every twentieth is suspended; what has run out since it was sold was renewed."""
    for order, at in _in_time():
        first, (item, term) = order * world.LINES, chosen[order % len(chosen)]
        customer, partner = world.customer_id(world.customer_of(first)), world.partner_id(world.partner_of(first))
        sold, months = item.availability, months_of(term.duration)
        terms = next(count for count in count_from(1) if add_months(at, months * count) > now)
        for number in range(first, first + world.LINES):
            status = "suspended" if number % 20 == 0 else "active"
            yield (
                *(customer, world.subscription_id(number), partner, world.order_id(order), number - first),
                *(sold.product_id, sold.sku_id, sold.id, "license", item.sku.title),
                *(f"{item.sku.title} {number - first}", _quantity(number), status, status == "active"),
                *(term.duration, term.billing_cycle, Decimal(term.partner_price), sold.currency, at, at),
                *(add_months(at, months * terms), item.sku.is_trial, add_months(at, months * (terms - 1)), 1),
            )


def _quantity(number: int) -> int:
    return number * 7 % 97 + 1


_CART = (
    *("customer_tenant_id", "id", "partner_tenant_id", "lines", "state", "created_at", "modified_at", "expires_at"),
    "version",
)


def _carts(chosen: list[tuple[Item, Term]], now: datetime) -> Iterator[tuple[Any, ...]]:
    """One cart for each small customer by its first partner, with the customer's identifier; the limit writes to it."""
    for customer in range(world.LARGE, world.CUSTOMERS):
        key, (item, term) = world.customer_id(customer), chosen[customer % len(chosen)]
        line = _line(item, term, 0, customer) | {"currency": "EUR", "parent_number": None}
        seller = world.partner_id(world.seller(customer, 0))
        yield key, key, seller, _json([line]), "open", now, now, now + timedelta(days=7), 1
