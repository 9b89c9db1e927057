"""The keys of receipts outlive those of tokens, say when they were withdrawn, and what they sign is no token."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from copartner.delegation import receipt_check
from copartner.delegation.receipt_check import Verdict
from copartner.delegation.receipts import TYPE
from copartner.signin.keys import LEAD
from copartner.signin.tokens import TokenForged
from services.delegation.test_receipt_check import RECEIPT
from support.authority import Office, office
from support.postgres import Database
from support.programme import programme

PATH = "/common/discovery/receipt-keys"


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority whose keys a test may turn over."""
    async with programme(database, tmp_path) as here, office(here) as made:
        yield made


async def kids(desk: Office, path: str) -> set[str]:
    return {key["kid"] for key in (await desk.http.get(path)).json()["keys"]}


async def verdict(desk: Office, signed: str) -> Verdict:
    """As the command decides with what is published now."""
    return receipt_check.check(signed.encode(), receipt_check.keys_of((await desk.http.get(PATH)).content)).verdict


async def test_a_rotated_key_verifies_old_receipts_long_after_its_tokens(desk: Office) -> None:
    keys = desk.authority.keys
    signed = keys.sign(msgspec.json.encode(RECEIPT), TYPE)
    old = keys.current.kid
    assert await kids(desk, PATH) == await kids(desk, "/common/discovery/keys") == {old}
    new = (await keys.rotate()).kid
    desk.pass_time(days=400, seconds=LEAD.total_seconds())
    assert await kids(desk, "/common/discovery/keys") == {new}
    assert await kids(desk, PATH) == {old, new}
    assert await verdict(desk, signed) is Verdict.GENUINE
    assert await verdict(desk, keys.sign(msgspec.json.encode(RECEIPT), TYPE)) is Verdict.GENUINE


async def test_a_withdrawn_key_is_published_as_such(desk: Office) -> None:
    keys = desk.authority.keys
    signed = keys.sign(msgspec.json.encode(RECEIPT), TYPE)
    new = (await keys.rotate(at_once=True)).kid
    listed = (await desk.http.get(PATH)).json()["keys"]
    assert {key["kid"]: "copartner_withdrawn_at" in key for key in listed}[new] is False
    assert sum("copartner_withdrawn_at" in key for key in listed) == len(listed) - 1 == 1
    assert not {"d", "p", "q"} & {name for key in listed for name in key}
    assert await verdict(desk, signed) is Verdict.UNDECIDED


async def test_a_receipt_opens_nothing(desk: Office) -> None:
    signed = desk.authority.keys.sign(msgspec.json.encode(RECEIPT), TYPE)
    with pytest.raises(TokenForged):
        await desk.authority.tokens.verify(signed)
    assert await desk.authority.tokens.identified(signed) is None
