"""Whether a consent receipt is genuine, by its signature and published keys, and what it says; asks nobody."""

import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from hashlib import sha256
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from copartner.delegation.consent_model import Receipt
from copartner.delegation.receipts import TYPE
from copartner.delegation.terms import in_words
from copartner.signin.keys import ALGORITHM, WITHDRAWN

KEYS_ADDRESS = "/common/discovery/receipt-keys"
_receipt = msgspec.json.Decoder(Receipt)
_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error)


class Verdict(IntEnum):
    """What came of a check; also the exit code of the command."""

    GENUINE = 0
    ALTERED = 1
    UNDECIDED = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict with its reason; `receipt` is what was signed, as far as that can be told."""

    verdict: Verdict
    why: str
    receipt: Receipt | None = None


Jwk = dict[str, str | list[str]]


class NoKeys(ValueError):
    """What was given as keys is no JSON Web Key Set."""


def keys_of(text: bytes) -> dict[str, Jwk]:
    """The keys of a JSON Web Key Set by their thumbprints, which are worked out anew; raises NoKeys."""
    try:
        listed = json.loads(text)["keys"]
        return {RSAKey.import_key(one).thumbprint(): one for one in listed}
    except _UNREADABLE as error:
        raise NoKeys("the keys are no JSON Web Key Set with RSA keys") from error


def check(text: bytes, keys: Mapping[str, Jwk]) -> Checked:
    """Whether a receipt, as the service answers it or its signature alone, is what a key among these signed."""
    try:
        beside, token = _parts(text)
        signed = jws.extract_compact(token.encode("ascii"))
        header = signed.headers()
    except _UNREADABLE:
        return Checked(Verdict.ALTERED, "This is no consent receipt, or one that was damaged.")
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or header.get("typ") != TYPE or not isinstance(kid, str):
        return Checked(Verdict.ALTERED, "It is not signed as consent receipts are; somebody else made it.")
    claimed = _claimed(signed.payload)
    if kid not in keys:
        where = f"{claimed.issuer}{KEYS_ADDRESS}" if claimed else f"its service, at {KEYS_ADDRESS}"
        return Checked(
            Verdict.UNDECIDED,
            f"Its key {kid} is not among the {len(keys)} given. It says that its keys are published by {where}; take "
            "them from there only if you know that address to be your service's.",
        )
    if not jws.validate_compact(signed, RSAKey.import_key(keys[kid]), [ALGORITHM]):
        return Checked(Verdict.ALTERED, "The signature does not hold: the receipt was changed after it was signed.")
    if claimed is None:
        return Checked(Verdict.UNDECIDED, "The signature holds, but a later release made it: take that one to read it.")
    return _judged(claimed, beside, keys[kid].get(WITHDRAWN))


def _judged(signed: Receipt, beside: Any, withdrawn: object) -> Checked:
    """What to say of a receipt whose signature holds."""
    differing = sorted(_differing(beside, json.loads(msgspec.json.encode(signed)))) if beside is not None else []
    if differing:
        return Checked(
            Verdict.ALTERED,
            "What stands beside the signature was changed after it was signed, in "
            f"{', '.join(differing)}. What was signed is this:",
            signed,
        )
    if sha256(signed.shown.text.encode()).hexdigest() != signed.shown.sha256:
        return Checked(Verdict.ALTERED, "The text in it is not the one whose digest it names.", signed)
    if withdrawn is not None:
        return Checked(
            Verdict.UNDECIDED,
            f"The signature holds, but its key was withdrawn at {withdrawn}: whoever had got hold of it could have "
            "made this. Compare it with the receipt that the service keeps.",
            signed,
        )
    return Checked(Verdict.GENUINE, "The signature holds: nothing in it was changed since.", signed)


def described(receipt: Receipt) -> Iterator[str]:
    """What a receipt says, in plain lines."""
    by, partner = receipt.approved_by, receipt.partner
    yield f"Consent receipt {receipt.id} of {receipt.issuer}"
    yield f"Who     {by.user_name} (user {by.user_id}) for {by.company_name} (tenant {by.tenant_id})"
    yield f"Whom    {partner.company_name}, {partner.domain} (tenant {partner.tenant_id}, number {partner.mpn_id})"
    yield f"What    {receipt.display_name}: relationship {receipt.relationship_id}"
    for role in receipt.roles:
        yield f"        {role.name} ({role.risk} risk, {role.id})"
    yield f"When    approved {_moment(receipt.approved_at)}" + (
        f" in advance, taken by the partner {_moment(receipt.taken_at)}" if receipt.taken_at else ""
    )
    goes_on = ", then on by 180 days each time" if receipt.auto_extend else ""
    yield f"Until   {_moment(receipt.until)} ({in_words(receipt.duration)}){goes_on}, or until one of the two ends it"
    if receipt.reason:
        yield f"Why     {receipt.reason}"
    yield f"Text    SHA-256 {receipt.shown.sha256}"


def _parts(text: bytes) -> tuple[Any, str]:
    """What stands beside the signature, None for nothing, and the signature."""
    if not text.lstrip().startswith(b"{"):
        return None, text.decode("ascii").strip()
    found = json.loads(text)
    return found.get("receipt"), found["jws"]


def _claimed(payload: bytes) -> Receipt | None:
    try:
        found = _receipt.decode(payload)
    except ValueError:
        return None
    return found if found.version == 1 else None


def _differing(one: Any, other: Any, name: str = "") -> Iterator[str]:
    """The names of what differs between two values of JSON; moments are compared as such."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {*one, *other}:
            yield from _differing(one.get(key), other.get(key), f"{name}.{key}" if name else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from _differing(*pair, f"{name}[{place}]")
    elif one != other:
        yield name or "everything"


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S} UTC"
