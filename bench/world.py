"""One world of a million subscriptions, written by COPY, beside the emulator's world, which brings the catalogue.

Everything follows from numbers, so that whoever asks for a subscription knows its keys without a look-up: an order of
ten subscriptions follows the other in the order of customers, and its time, which its identifier begins with, is that
of a shuffled place. A customer's subscriptions therefore lie as scattered in the table as sales over a year leave them.
"""

import os
from uuid import UUID

# BENCH_SCALE=100 makes a hundredth of the world, to try the comparison itself; its figures say nothing.
SCALE = int(os.environ.get("BENCH_SCALE", "1"))
PARTNERS = 100
CUSTOMERS = 20_000 // SCALE
USERS = 20  # of each partner; a customer has one
SUBSCRIPTIONS = 1_000_000 // SCALE
LINES = 10
ORDERS = SUBSCRIPTIONS // LINES
# The first customers are large: four partners, one of which sold 140 subscriptions and the others 30 each.
LARGE = 2_000 // SCALE
LARGE_HOLDS, LARGE_OWN, SMALL_HOLDS = 230, 140, 30
IN_LARGE = LARGE * LARGE_HOLDS
BEGAN_MS = 1_717_200_000_000  # 1 June 2024
STEP_MS = 300_000
STRIDE = 61_953  # without a common factor with ORDERS
GROUPS = ("Admin agent", "Helpdesk agent")


def partner_id(number: int) -> UUID:
    """The transaction tenant of a partner."""
    return UUID(f"01890000-0000-7001-8000-{number:012x}")


def user_id(partner: int, place: int = 0) -> UUID:
    """A user of a partner; the first is an Admin agent by its group and a Sales agent by itself."""
    return UUID(f"01890000-0000-7002-8000-{partner * USERS + place:012x}")


def customer_id(number: int) -> UUID:
    """The tenant of a customer."""
    return UUID(f"01890000-0000-7000-8000-{number:012x}")


def order_ms(order: int) -> int:
    """When an order was placed, in milliseconds since 1970."""
    return BEGAN_MS + order * STRIDE % ORDERS * STEP_MS


def subscription_id(number: int) -> UUID:
    """A subscription by its number."""
    return UUID(f"{order_ms(number // LINES):012x}70008000{number:012x}")


def order_id(order: int) -> UUID:
    """An order by its number."""
    return UUID(f"{order_ms(order):012x}70008001{order:012x}")


def customer_of(subscription: int) -> int:
    """The number of the customer that holds a subscription."""
    if subscription < IN_LARGE:
        return subscription // LARGE_HOLDS
    return LARGE + (subscription - IN_LARGE) // SMALL_HOLDS


def partner_of(subscription: int) -> int:
    """The number of the partner that sold a subscription."""
    customer = customer_of(subscription)
    if subscription < IN_LARGE:
        place = subscription % LARGE_HOLDS
        return seller(customer, 0 if place < LARGE_OWN else 1 + (place - LARGE_OWN) // SMALL_HOLDS)
    place = (subscription - IN_LARGE) % SMALL_HOLDS
    return seller(customer, (0, place // 20, place // 10)[customer % 3])


def sellers(customer: int) -> int:
    """How many partners a customer has."""
    return 4 if customer < LARGE else customer % 3 + 1


def seller(customer: int, place: int) -> int:
    """The number of a customer's partner at a place from 0; the first of a large one sold it 140 subscriptions."""
    return (customer * 7 + place * 31) % PARTNERS


def relationship_id(customer: int, place: int) -> UUID:
    """A customer's relationship with its partner at a place."""
    return UUID(f"01890000-0000-7004-8000-{customer * 4 + place:012x}")


def group_id(partner: int, role: str) -> UUID:
    """A partner's group of one role."""
    return UUID(f"01890000-0000-7003-8000-{partner * len(GROUPS) + GROUPS.index(role):012x}")
