"""Which addresses events may go to, how they are signed, and when they are tried again. Pure."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import msgspec

from copartner.kernel.errors import Invalid, NotFound
from copartner.webhooks.model import Delivery, Event

LONGEST_URL = 500
LARGEST_DATA = 32_768  # bytes
# Source: the contract, "Webhooks": ten attempts.
ATTEMPTS = 10
# Longer than a delivery takes: whoever has an event in hand that long is gone.
LEASE = timedelta(minutes=2)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


class NoEventAddress(NotFound):
    """The tenant has no address for events."""


def checked_url(url: str, *, private: bool) -> str:
    """The address as it is kept; raises Invalid. `private` lets http and addresses within one's own network pass."""
    kinds = ("https", "http") if private else ("https",)
    problem = (
        f"url: give an address such as https://events.partner.example/copartner, of at most {LONGEST_URL} characters."
    )
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Invalid(problem, "url") from None
    if len(text) > LONGEST_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise Invalid(problem, "url")
    if parts.scheme not in kinds or not host or port == 0 or parts.fragment:
        raise Invalid(problem, "url")
    if parts.username is not None or parts.password is not None:
        raise Invalid("url: leave out user and password; whoever receives events checks their signature.", "url")
    if not private and not may_be_reached(host):
        raise Invalid("url: events go to addresses of the internet alone, not into a private network.", "url")
    return text


def may_be_reached(host: str) -> bool:
    """Whether a host is no address literal, or that of a public one; names are judged by what they resolve to."""
    try:
        return is_public(ip_address(host))
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the internet: not of this machine, its link, its network, nor many at once."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None and not is_public(inner):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def checked_data(body: dict[str, object]) -> str:
    """What an event says, as JSON; raises ValueError when it is too large for one."""
    data = msgspec.json.encode(body)
    if len(data) > LARGEST_DATA:
        raise ValueError(f"an event says at most {LARGEST_DATA} bytes, this one {len(data)}")
    return data.decode()


def secret_of(drawn: bytes) -> str:
    """The secret in the letters in which it is told; these letters are the key."""
    return "copartner-" + urlsafe_b64encode(drawn).rstrip(b"=").decode()


def delivery_of(event: Event, secret: str, *, now: datetime) -> Delivery:
    """One attempt: body, and headers that name and sign it at a machine moment."""
    body = msgspec.json.encode(
        {
            "id": event.id,
            "kind": event.kind,
            "occurredAt": event.occurred_at.astimezone(UTC),
            "tenantId": event.tenant_id,
            "data": msgspec.Raw(event.data.encode()),
        }
    )
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "copartner",
        "Copartner-Event-Id": str(event.id),
        "Copartner-Event-Kind": event.kind,
        "Copartner-Event-Timestamp": timestamp,
        "Copartner-Event-Signature": signature(secret, timestamp, body),
    }
    return Delivery(event.url, headers, body)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 under the secret over the timestamp, a full stop and the body, in hexadecimal."""
    return "v1=" + hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()


def retry_at(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after so many attempts, each wait twice the one before; None to give up."""
    if attempts >= ATTEMPTS:
        return None
    wait: timedelta = min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)
    return now + wait
