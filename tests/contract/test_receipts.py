"""Consent receipts: made with the approval, read by both sides, and no key to anything else."""

from typing import Any
from uuid import UUID

import msgspec
from joserfc import jws

from copartner.delegation import receipt_check
from copartner.delegation.consent_model import Receipt
from copartner.delegation.receipt_check import Verdict
from support import signing
from support.granular import CONSENT, EXCHANGE, GRAPH, HELPDESK, answer, approved_by, asked, asked_of, request
from support.web import Web

AA, GA = "aa@nordlicht", "ga@alpenblick"
RECEIPTS = "/programme/v1/consent/receipts"
KEYS = receipt_check.keys_of(msgspec.json.encode(signing.published()))


async def receipt(site: Web, who: str, relationship: str) -> dict[str, Any]:
    found: dict[str, Any] = await site.get(who, f"{RECEIPTS}/{relationship[:36]}")
    return found


async def test_an_approval_leaves_a_receipt_that_says_who_what_when_and_until(site: Web) -> None:
    named = {"customer": {"tenantId": str(site.here.id("alpenblick"))}, "autoExtendDuration": "P180D"}
    made = (await site.call(AA, "POST", GRAPH, asked("Betrieb", HELPDESK, EXCHANGE, **named))).json()["id"]
    assert (await request(site, AA, made, "lockForApproval")).status_code == 201
    shown = (await site.get(GA, f"{CONSENT}/{made}"))["text"]
    assert (await answer(site, GA, made, "approve", reason="Wie besprochen")).status_code == 200
    found = await receipt(site, GA, made)
    assert found == await receipt(site, AA, made)
    said, customer = found["receipt"], site.here.tenant("alpenblick")
    assert said["approvedBy"] == {
        "tenantId": str(customer.id), "companyName": customer.company_name, "userName": "ga@alpenblick.example",
        "userId": str(site.here.context(GA).caller.subject_id),
    }  # fmt: skip
    assert (said["partner"]["tenantId"], said["partner"]["companyName"]) == (made[37:], "Nordlicht IT GmbH")
    assert [role["name"] for role in said["roles"]] == ["Helpdesk Administrator", "Exchange Administrator"]
    assert (said["relationshipId"], said["duration"], said["autoExtend"]) == (made, "P1Y", True)
    active = await site.get(AA, f"{GRAPH}/{made}")
    assert (said["approvedAt"], said["until"]) == (active["activatedDateTime"], active["endDateTime"])
    assert (said["reason"], said["takenAt"], said["issuer"]) == ("Wie besprochen", None, "http://127.0.0.1")
    # What was shown is what was approved, word for word.
    assert said["shown"]["text"] == shown
    checked = receipt_check.check(msgspec.json.encode(found), KEYS)
    assert checked.verdict is Verdict.GENUINE
    assert checked.receipt == msgspec.convert(said, Receipt)
    header = jws.extract_compact(found["jws"].encode()).headers()
    assert (header["alg"], header["kid"]) == ("RS256", signing.key().thumbprint())


async def test_a_counter_proposal_that_is_taken_names_the_customer_that_made_it(site: Web) -> None:
    asked_for = await asked_of(site, AA, "Betrieb", "alpenblick")
    offer = (await answer(site, GA, asked_for, "counter", duration="P1D", reason="Ein Tag")).json()["offer"]
    assert (await site.call(GA, "GET", f"{RECEIPTS}/{offer['id'][:36]}")).status_code == 404
    assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 201
    said = (await receipt(site, GA, offer["id"]))["receipt"]
    assert (said["approvedBy"]["userName"], said["reason"]) == ("ga@alpenblick.example", "Ein Tag")
    assert said["takenAt"] is not None
    assert said == (await receipt(site, AA, offer["id"]))["receipt"]


async def test_receipts_are_read_by_the_two_they_concern_alone(site: Web) -> None:
    ours = await approved_by(site, AA, "Unser", "alpenblick")
    other = await approved_by(site, "aa@suedwind", "Fremd", "lavande")
    listed = await site.get(GA, f"{RECEIPTS}?side=customer")
    assert [one["id"] for one in listed["items"]] == [ours[:36]]
    assert [one["id"] for one in (await site.get(AA, f"{RECEIPTS}?side=partner"))["items"]] == [ours[:36]]
    for who, foreign in ((GA, other), (AA, other), ("aa@suedwind", ours), ("ga@lavande", ours)):
        unknown = await site.call(who, "GET", f"{RECEIPTS}/{UUID(int=7)}")
        answered = await site.call(who, "GET", f"{RECEIPTS}/{foreign[:36]}")
        assert (answered.status_code, answered.json()["code"]) == (404, unknown.json()["code"])
    for who in ("ba@alpenblick", "user@alpenblick", "sa@nordlicht"):
        assert (await site.call(who, "GET", RECEIPTS)).status_code == 403


async def test_receipts_come_in_parts(site: Web) -> None:
    made = [(await approved_by(site, AA, f"Nummer {number}", "alpenblick"))[:36] for number in range(3)]
    first = await site.get(GA, f"{RECEIPTS}?size=2")
    rest = await site.get(GA, first["next"])
    assert [one["id"] for one in (*first["items"], *rest["items"])] == made
    assert "next" not in rest


async def test_a_refusal_leaves_none_and_a_repeated_approval_one(site: Web) -> None:
    refused = await asked_of(site, AA, "Nein", "alpenblick")
    assert (await answer(site, GA, refused, "reject")).status_code == 200
    asked_for = await asked_of(site, AA, "Ja", "alpenblick")
    headers = {"MS-RequestId": "7b2f9a5e-0001-4000-8000-000000000009"}
    for _ in range(2):
        done = await site.call(GA, "POST", f"{CONSENT}/{asked_for}", {"answer": "approve"}, headers=headers)
        assert done.status_code == 200
    assert [one["id"] for one in (await site.get(GA, RECEIPTS))["items"]] == [asked_for[:36]]
