"""The requests that are measured, whole and ready to send, each with the identifiers that SDKs of the contract send."""

import random
from uuid import uuid4

import msgspec
import world
from service import Service


def reads(service: Service, count: int, seed: int = 1) -> list[str]:
    """Requests for single subscriptions, each by the partner that sold it."""
    chosen = random.Random(seed)
    return [_read(service, chosen.randrange(world.SUBSCRIPTIONS)) for _ in range(count)]


def _read(service: Service, number: int) -> str:
    customer = world.customer_id(world.customer_of(number))
    path = f"/v1/customers/{customer}/subscriptions/{world.subscription_id(number)}"
    return _request(service, world.partner_of(number), "GET", path)


def lists(service: Service, count: int, seed: int = 1) -> list[str]:
    """Requests for the first 100 of the 140 subscriptions that a partner sold to one customer."""
    chosen = random.Random(seed)
    return [_list(service, chosen.randrange(world.LARGE)) for _ in range(count)]


def _list(service: Service, customer: int) -> str:
    path = f"/v1/customers/{world.customer_id(customer)}/subscriptions?size=100"
    return _request(service, world.seller(customer, 0), "GET", path)


def carts(service: Service, item: str, count: int, seed: int = 1) -> list[str]:
    """Requests for new carts, each of one line, for small customers by their first partner."""
    chosen = random.Random(seed)
    made = []
    for _ in range(count):
        customer = chosen.randrange(world.LARGE, world.CUSTOMERS)
        line = {
            "catalogItemId": item,
            "quantity": chosen.randint(1, 9),
            "termDuration": "P1Y",
            "billingCycle": "monthly",
        }
        path = f"/v1/customers/{world.customer_id(customer)}/carts"
        body = msgspec.json.encode({"lineItems": [line]}).decode()
        made.append(_request(service, world.seller(customer, 0), "POST", path, body))
    return made


def checkouts(service: Service, cart_bodies: list[str]) -> list[str]:
    """Requests to check these carts out."""
    made = []
    for body in cart_bodies:
        # The link of a cart says whose customer it is for.
        path = msgspec.json.decode(body)["links"]["self"]["uri"]
        customer = int(path.split("/")[1][-12:], 16)
        made.append(_request(service, world.seller(customer, 0), "POST", f"/v1/{path}/checkout"))
    return made


def _request(service: Service, partner: int, method: str, path: str, body: str | None = None) -> str:
    """One whole request, with the identifiers that SDKs of the contract send along."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n"
        f"Authorization: Bearer {service.tokens[partner]}\r\n"
        f"Accept: application/json\r\nMS-RequestId: {uuid4()}\r\nMS-CorrelationId: {uuid4()}\r\nX-Locale: en-US\r\n"
    )
    if method == "GET":
        return f"{head}\r\n"
    text = body or ""
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"
