"""An indirect provider makes accounts of resellers in a sandbox and removes its own again; production does neither."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from copartner_emulator import sandbox_store
from support.bodies import BILLING, RESELLER
from support.goldens import Documented
from support.postgres import Database
from support.programme import programme
from support.web import Web, refused, web

ALL = "/v1/sandboxIndirectReseller"
RESELLERS = "/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf"
SIGNATURE = " ".join(
    ["agreementSignature", *(f"agreementSignature.{name}" for name in (
        "id", "accountId", "agreementId", "agreementType", "dateSigned", "signedByFirstName",
        "signedByUserPrincipalName", "signedByUserObjectId", "signedByUserTenantId", "attributes",
        "attributes.objectType"))]
)  # fmt: skip
CREATE = Documented(
    "sandbox-reseller-create", "create-indirect-reseller-in-sandbox", "2021-05-24", "aa@nordlicht", "POST", ALL,
    f"""accountId mpnId tenant tenant.id tenant.adminUserAccount tenant.password partnerRelationship
    partnerRelationship.id partnerRelationship.name partnerRelationship.relationshipType partnerRelationship.state
    partnerRelationship.mpnId partnerRelationship.attributes partnerRelationship.attributes.objectType {SIGNATURE}""",
    201, body=RESELLER,
    without=dict.fromkeys(SIGNATURE.split(), "nobody signs for another here: the account's Global admin signs itself"),
)  # fmt: skip
REMOVE = Documented(
    "sandbox-reseller-delete", "delete-indirect-reseller-in-sandbox", "2022-06-15", "aa@nordlicht", "DELETE",
    f"{ALL}/{{reseller}}", "", 204,
)  # fmt: skip


@pytest.fixture
async def sandbox(database: Database, tmp_path: Path) -> AsyncIterator[Web]:
    """A world as the emulator runs it."""
    async with programme(database, tmp_path) as here:
        await sandbox_store.install(database.owner_url)
        trying = replace(here, runtime=replace(here.runtime, sandbox=sandbox_store.Trying()))
        async with web(trying) as made:
            yield made


def another(number: int) -> dict[str, Any]:
    """A further account."""
    return {**RESELLER, "mpnId": f"700{number}", "tenant": {**RESELLER["tenant"], "domainPrefix": f"deich-{number}"}}


async def tables(site: Web) -> dict[str, int]:
    """How many rows each table has, without the records of what happened and of who asked for it."""
    async with site.here.owner() as owner:
        names = await owner.fetch(
            """SELECT relname FROM pg_class WHERE relnamespace = 'copartner'::regnamespace AND relkind IN ('r', 'p')
            AND relname !~ '^(audit_record|decided|decision_record|request|sandbox_reseller)'"""
        )
        return {name: await owner.fetchval(f"SELECT count(*) FROM {name}") for (name,) in names}


async def test_an_account_is_made_resells_and_is_removed_whole(sandbox: Web) -> None:
    before = await tables(sandbox)
    made = await CREATE.hold(sandbox)
    reseller = UUID(made["accountId"])
    assert (made["tenant"]["adminUserAccount"], made["mpnId"]) == ("admin@deich.onmicrosoft.com", "6363276")
    (listed,) = (await sandbox.get("aa@nordlicht", RESELLERS))["items"]
    assert (listed["id"], listed["name"], listed["mpnId"]) == (str(reseller), "Deich Systeme GmbH", "6363276")
    assert (await sandbox.get("aa@wolkenwerk", RESELLERS))["items"] == []
    async with sandbox.here.owner() as owner:
        assert await owner.fetchval("SELECT model FROM enrolment WHERE tenant_id = $1", reseller) == "indirect-reseller"
    for _ in range(2):  # it is removed once, and a second time nothing happens
        await REMOVE.hold(sandbox, reseller=str(reseller))
    assert await tables(sandbox) == before
    assert (await sandbox.get("aa@nordlicht", RESELLERS))["items"] == []
    records = (await sandbox.get("aa@nordlicht", "/v1/auditrecords"))["items"]
    done = [one["operationType"] for one in records if one["operationType"].startswith("sandbox_reseller")]
    assert sorted(done) == ["sandbox_reseller_create", "sandbox_reseller_remove"]
    assert (await sandbox.call("ga@nordlicht", "POST", ALL, RESELLER)).status_code == 201


async def test_a_request_sent_again_answers_the_same_account(sandbox: Web) -> None:
    sent = {"MS-RequestId": str(uuid4())}
    first, again = [await sandbox.call("aa@nordlicht", "POST", ALL, RESELLER, headers=sent) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    # The account's own number and domain are nobody else's.
    for taken in ({**another(1), "mpnId": "6363276"}, {**another(1), "tenant": RESELLER["tenant"]}):
        assert refused(await sandbox.call("aa@wolkenwerk", "POST", ALL, taken)) == (409, "1003")


async def test_a_provider_has_five_at_a_time(sandbox: Web) -> None:
    made = [await sandbox.call("aa@nordlicht", "POST", ALL, another(number)) for number in range(5)]
    assert {one.status_code for one in made} == {201}
    assert refused(await sandbox.call("aa@nordlicht", "POST", ALL, another(5))) == (403, "6004")
    assert (await sandbox.call("aa@wolkenwerk", "POST", ALL, another(6))).status_code == 201
    await REMOVE.hold(sandbox, reseller=made[0].json()["accountId"])
    assert (await sandbox.call("aa@nordlicht", "POST", ALL, another(5))).status_code == 201


async def test_nobody_removes_what_is_not_its_own_or_in_use(sandbox: Web) -> None:
    reseller = (await sandbox.call("aa@nordlicht", "POST", ALL, RESELLER)).json()["accountId"]
    foreign = [("aa@wolkenwerk", reseller), ("aa@nordlicht", sandbox.here.id("suedwind")), ("aa@nordlicht", uuid4())]
    for who, account in foreign:
        assert refused(await sandbox.call(who, "DELETE", f"{ALL}/{account}")) == (403, "6003")
    async with sandbox.here.owner() as owner:
        await owner.execute(
            """INSERT INTO partner_agreement (partner_tenant_id, template_id, id, signed_at, signed_by)
            SELECT $1, template_id, $1, signed_at, 'admin' FROM partner_agreement LIMIT 1""",
            UUID(reseller),
        )
    new = {"companyProfile": {"domain": "birke.example"}, "billingProfile": BILLING, "associatedPartnerId": reseller}
    customer = await sandbox.call("aa@nordlicht", "POST", "/v1/customers", new)
    assert customer.status_code == 201, customer.text
    path = f"{ALL}/{reseller}"
    assert refused(await sandbox.call("aa@nordlicht", "DELETE", path)) == (403, "6003")
    async with sandbox.here.owner() as owner:
        await owner.execute(
            "UPDATE reseller_relationship SET state = 'ended', ended_at = formed_at WHERE partner_tenant_id = $1",
            UUID(reseller),
        )
    assert (await sandbox.call("aa@nordlicht", "DELETE", path)).status_code == 204
    assert (await sandbox.get("aa@nordlicht", f"/v1/customers/{customer.json()['id']}"))["id"]


async def test_what_was_sold_through_an_account_keeps_it(sandbox: Web) -> None:
    await sandbox.here.relate("nordlicht", "alpenblick")
    cart = {"lineItems": [{"catalogItemId": await sandbox.here.item("Azure plan"), "quantity": 1}]}
    root = sandbox.customer("alpenblick")
    drafted = (await sandbox.call("aa@nordlicht", "POST", f"{root}/carts", cart)).json()["id"]
    assert (await sandbox.call("aa@nordlicht", "POST", f"{root}/carts/{drafted}/checkout")).status_code == 201
    reseller = (await sandbox.call("aa@nordlicht", "POST", ALL, RESELLER)).json()["accountId"]
    async with sandbox.here.owner() as owner:
        await owner.execute("UPDATE subscription SET support_tenant_id = $1", UUID(reseller))
    assert refused(await sandbox.call("aa@nordlicht", "DELETE", f"{ALL}/{reseller}")) == (403, "6003")


async def test_who_may_not_is_told_why(sandbox: Web) -> None:
    assert refused(await sandbox.call("sa@nordlicht", "POST", ALL, RESELLER)) == (403, "900150")
    assert refused(await sandbox.call("@nordlicht", "POST", ALL, RESELLER)) == (403, "900329")
    assert refused(await sandbox.call("@nordlicht", "DELETE", f"{ALL}/{uuid4()}")) == (403, "900329")
    for part, value in (("domainPrefix", "deich.example"), ("country", "Frisia"), ("culture", "?")):
        body = {**RESELLER, "tenant": {**RESELLER["tenant"], part: value}}
        assert refused(await sandbox.call("aa@nordlicht", "POST", ALL, body)) == (400, "3000")
    async with sandbox.here.owner() as owner:
        await owner.execute(
            "UPDATE enrolment SET model = 'indirect-reseller' WHERE tenant_id = $1", sandbox.here.id("suedwind")
        )
    assert refused(await sandbox.call("aa@suedwind", "POST", ALL, RESELLER)) == (401, "6002")


async def test_production_makes_and_removes_no_accounts(sandbox: Web) -> None:
    reseller = (await sandbox.call("aa@nordlicht", "POST", ALL, RESELLER)).json()["accountId"]
    serving = replace(sandbox.here, runtime=replace(sandbox.here.runtime, sandbox=None))
    async with web(serving) as site:
        assert refused(await site.call("aa@nordlicht", "POST", ALL, another(1))) == (400, "900127")
        assert refused(await site.call("aa@nordlicht", "DELETE", f"{ALL}/{reseller}")) == (400, "900127")
        assert [one["id"] for one in (await site.get("aa@nordlicht", RESELLERS))["items"]] == [reseller]
