"""`copartner receipt verify`: what it says of genuine, altered, foreign and old receipts, and how it ends."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey
from typer.testing import CliRunner

from copartner.cli.main import build
from copartner.delegation.consent_model import Approver, Receipt, ReceiptPartner, ReceiptRole, Shown
from copartner.delegation.model import Risk
from copartner.delegation.receipts import TYPE
from support import signing

TEXT = "Nordlicht gets these roles."
RECEIPT = Receipt(
    id=UUID(int=1),
    issuer="https://programme.example",
    approved_by=Approver(UUID(int=2), "Alpenblick", UUID(int=3), "ga@alpenblick.example"),
    approved_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
    partner=ReceiptPartner(UUID(int=4), "Nordlicht", "nordlicht.example", "4100001"),
    relationship_id=f"{UUID(int=1)}-{UUID(int=4)}",
    display_name="Betrieb",
    roles=(ReceiptRole(UUID(int=5), "Helpdesk Administrator", Risk.MEDIUM),),
    duration="P1Y6M",
    auto_extend=True,
    until=datetime(2028, 5, 22, 9, tzinfo=UTC),
    reason="Wie besprochen",
    shown=Shown(TEXT, sha256(TEXT.encode()).hexdigest()),
)
Beside = dict[str, Any]


def answered(receipt: Receipt = RECEIPT, **beside: Any) -> bytes:
    """A receipt as the service answers it, signed, with what stands beside the signature changed."""
    plain = {**msgspec.to_builtins(receipt), **beside}
    return msgspec.json.encode({"receipt": plain, "jws": signing.OneKey().sign(msgspec.json.encode(receipt), TYPE)})


@pytest.fixture
def verify(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run the command on a receipt, with these keys or the right ones; how it ended and what it said."""

    def run(text: bytes, keys: Any = None, *more: str) -> tuple[int, str]:
        (tmp_path / "receipt.json").write_bytes(text)
        (tmp_path / "keys.json").write_bytes(msgspec.json.encode(signing.published() if keys is None else keys))
        given = more or ("--keys", str(tmp_path / "keys.json"))
        result = CliRunner().invoke(build(), ["receipt", "verify", str(tmp_path / "receipt.json"), *given])
        return result.exit_code, result.output

    return run


def test_a_genuine_receipt_is_said_in_plain_words(verify: Callable[..., tuple[int, str]]) -> None:
    code, said = verify(answered())
    assert code == 0
    for told in (
        "The signature holds", "ga@alpenblick.example", "for Alpenblick", "Nordlicht, nordlicht.example",
        "Helpdesk Administrator (medium risk", "approved 2026-11-22 09:00:00 UTC", "2028-05-22 09:00:00 UTC",
        "1 year and 6 months", "then on by 180 days each time", "Wie besprochen", RECEIPT.shown.sha256,
    ):  # fmt: skip
        assert told in said, told


def test_the_signature_alone_is_enough(verify: Callable[..., tuple[int, str]]) -> None:
    assert verify(msgspec.json.decode(answered())["jws"].encode() + b"\n")[0] == 0


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"duration": "P2Y"}, "in duration."),
        ({"until": "2030-01-01T00:00:00Z", "autoExtend": False}, "in autoExtend, until."),
        ({"roles": []}, "in roles."),
        ({"extra": 1}, "in extra."),
        ({"roles": [{"id": str(UUID(int=5)), "name": "Global Administrator", "risk": "medium"}]}, "in roles[0].name."),
    ],
)
def test_what_was_changed_beside_the_signature_is_named(
    verify: Callable[..., tuple[int, str]], changed: Beside, named: str
) -> None:
    code, said = verify(answered(**changed))
    assert (code, named in said) == (1, True), said
    assert "What was signed is this:" in said
    assert "1 year and 6 months" in said


def _part(place: int, new: Callable[[str], str]) -> bytes:
    parts = msgspec.json.decode(answered())["jws"].split(".")
    parts[place] = new(parts[place])
    return ".".join(parts).encode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_part(1, lambda part: ("A" if part[40] != "A" else "B").join((part[:40], part[41:]))), "does not hold"),
        (_part(2, lambda part: ("A" if part[9] != "A" else "B").join((part[:9], part[10:]))), "does not hold"),
        (_part(2, lambda _: ""), "does not hold"),
        (_part(0, lambda _: "e30"), "no consent receipt"),
        (b"", "no consent receipt"),
        (b"{}", "no consent receipt"),
        (b'{"jws": 7}', "no consent receipt"),
        (b"\xff\xfe", "no consent receipt"),
        (b"{" * 5000, "no consent receipt"),
        (signing.OneKey().sign(msgspec.json.encode(RECEIPT), "JWT").encode(), "not signed as consent receipts are"),
    ],
)
def test_what_was_altered_or_is_none(verify: Callable[..., tuple[int, str]], text: bytes, said: str) -> None:
    code, told = verify(text)
    assert (code, said in told) == (1, True), told
    assert "Helpdesk" not in told


def test_an_unsigned_one_is_not_believed(verify: Callable[..., tuple[int, str]]) -> None:
    payload = msgspec.json.encode(RECEIPT)
    shared = jws.serialize_compact(
        {"alg": "HS256", "typ": TYPE, "kid": signing.key().thumbprint()}, payload, OctKey.generate_key(256)
    )
    assert verify(shared.encode())[0] == 1


def test_without_its_key_it_cannot_be_told_and_the_way_to_it_is(verify: Callable[..., tuple[int, str]]) -> None:
    other = RSAKey.generate_key(2048).as_dict(private=False)
    for keys in ({"keys": []}, {"keys": [{**other, "kid": signing.key().thumbprint()}]}):
        code, said = verify(answered(), keys)
        assert (code, "https://programme.example/common/discovery/receipt-keys" in said) == (2, True), said
        assert "Helpdesk" not in said


def test_a_withdrawn_key_leaves_it_open(verify: Callable[..., tuple[int, str]]) -> None:
    (published,) = signing.published()["keys"]
    code, said = verify(answered(), {"keys": [{**published, "copartner_withdrawn_at": "2026-12-01T00:00:00+00:00"}]})
    assert (code, "withdrawn at 2026-12-01" in said, "Helpdesk Administrator" in said) == (2, True, True)


def test_keys_and_files_that_are_none(verify: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    for keys in ([], {"keys": [{"kty": "oct", "k": "AAAA"}]}, {"keys": [7]}):
        assert verify(answered(), keys)[0] == 2
    assert verify(answered(), None, "--keys", str(tmp_path / "nowhere"))[0] == 2
    assert CliRunner().invoke(build(), ["receipt", "verify", str(tmp_path / "nowhere")]).exit_code == 2
