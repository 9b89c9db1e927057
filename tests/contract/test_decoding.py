"""Bodies in any casing, nulls, and everything malformed: one clear refusal, never a crash."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from copartner.api.decoding import Malformed, decode


class Cycle(StrEnum):
    MONTHLY = "monthly"
    ONE_TIME = "one_time"


class Part(msgspec.Struct, rename="camel"):
    quantity: int
    billing_cycle: Cycle | UnsetType = UNSET


class Whole(msgspec.Struct, rename="camel"):
    friendly_name: str | UnsetType = UNSET
    line_items: list[Part] = []
    parent_subscription_id: UUID | UnsetType = UNSET
    auto_renew_enabled: bool | UnsetType = UNSET
    notes: dict[str, str] | UnsetType = UNSET


def test_keys_and_values_come_in_any_casing() -> None:
    body = b"""{"FRIENDLYNAME": "x", "LineItems": [{"Quantity": 2, "billingcycle": "OneTime"}],
        "ParentSubscriptionID": "{6D3F1A2B-0000-7000-8000-00000000000A}", "AutoRenewEnabled": false}"""
    found = decode(body, Whole)
    assert found.friendly_name == "x"
    assert found.line_items == [Part(2, Cycle.ONE_TIME)]
    assert found.parent_subscription_id == UUID("6d3f1a2b-0000-7000-8000-00000000000a")
    assert found.auto_renew_enabled is False


def test_null_is_absent_at_every_depth_and_unknown_properties_are_ignored() -> None:
    body = b"""{"FriendlyName": null, "LineItems": [{"Quantity": 1, "BillingCycle": null, "Extra": {"deep": [1]}}],
        "Notes": {"a": null, "b": "c"}, "Attributes": {"ObjectType": "Cart"}}"""
    found = decode(body, Whole)
    assert found.friendly_name is UNSET
    assert found.line_items == [Part(1)]
    assert found.notes == {"b": "c"}


def test_a_byte_order_mark_is_no_harm() -> None:
    assert decode(b'\xef\xbb\xbf{"friendlyName": "x"}', Whole).friendly_name == "x"


@pytest.mark.parametrize(
    ("body", "name", "says"),
    [
        (b"", None, "empty"),
        (b"{", None, "no valid JSON"),
        (b"\xff\xfe", None, "no valid JSON"),
        (b'"text"', "body", "braces"),
        (b"[]", "body", "braces"),
        (b"null", "body", "braces"),
        (b'{"friendlyName": 1}', "friendlyName", "quotation marks"),
        (b'{"lineItems": {}}', "lineItems", "brackets"),
        (b'{"lineItems": [{"quantity": "2"}]}', "lineItems[0].quantity", "whole number"),
        (b'{"lineItems": [{"quantity": 2.5}]}', "lineItems[0].quantity", "whole number"),
        (b'{"lineItems": [{"quantity": 99999999999999999999999}]}', "lineItems[0].quantity", "whole number"),
        (b'{"lineItems": [{}]}', "lineItems[0].quantity", "missing"),
        (b'{"lineItems": [null]}', "lineItems[0]", "braces"),
        (
            b'{"lineItems": [{"quantity": 1, "billingCycle": "weekly"}]}',
            "lineItems[0].billingCycle",
            "monthly, one_time",
        ),
        (b'{"autoRenewEnabled": "yes"}', "autoRenewEnabled", "true or false"),
        (b'{"parentSubscriptionId": "x"}', "parentSubscriptionId", "correct its value"),
        (b'{"friendlyName": "a\\u0000b"}', "friendlyName", "cannot be stored"),
        (b'{"friendlyName": "a", "FriendlyName": "b"}', "friendlyName", "twice"),
        (b"[" * 100_000, None, "nested too deeply"),
        (b'{"notes": ' * 200 + b"1" + b"}" * 200, None, "nested too deeply"),
    ],
)
def test_what_is_malformed_is_named(body: bytes, name: str | None, says: str) -> None:
    with pytest.raises(Malformed) as caught:
        decode(body, Whole)
    assert says in caught.value.message
    assert caught.value.data == ((name,) if name else ())
    assert name is None or caught.value.message.startswith(name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.text(max_size=4) | st.sampled_from(["lineItems", "QUANTITY", "notes", "billingCycle", "friendlyname"]),
            children,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def _refusal(body: bytes) -> str | None:
    try:
        decode(body, Whole)
    except Malformed as error:
        return error.message
    return None


@given(JSON)
def test_anything_is_read_or_refused(value: Any) -> None:
    assert (_refusal(msgspec.json.encode(value)) or ".").endswith(".")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert (_refusal(body) or ".").endswith(".")
