"""The emulator purges a partner's test customer whole and nothing of anybody else; production purges nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from copartner_emulator import sandbox_store
from support.bodies import BILLING
from support.goldens import check_golden
from support.postgres import Database
from support.programme import programme
from support.web import Web, refused, web

NEW = {"companyProfile": {"domain": "birke.example"}, "billingProfile": BILLING}


@pytest.fixture
async def sandbox(database: Database, tmp_path: Path) -> AsyncIterator[Web]:
    """A world as the emulator runs it."""
    async with programme(database, tmp_path) as here:
        await sandbox_store.install(database.owner_url)
        trying = replace(here, runtime=replace(here.runtime, sandbox=sandbox_store.Trying()))
        async with web(trying) as made:
            yield made


async def mentions(site: Web, tenant: UUID) -> dict[str, int]:
    """In how many rows of each table a tenant stands in a column that names tenants, records of others left out."""
    found = {}
    async with site.here.owner() as owner:
        columns = await owner.fetch(
            """SELECT c.table_name, c.column_name FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'copartner' AND c.udt_name = 'uuid' AND t.table_type = 'BASE TABLE'
                AND (c.column_name LIKE '%tenant_id' OR (c.table_name, c.column_name) = ('tenant', 'id'))
                AND NOT (c.table_name LIKE 'audit_record%' AND c.column_name <> 'tenant_id')"""
        )
        assert len(columns) > 20
        for table, column in columns:
            count = await owner.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", tenant)
            if count:
                found[f"{table}.{column}"] = count
    return found


async def made(site: Web) -> tuple[UUID, str]:
    """A new customer with a cart and a subscription."""
    answer = await site.call("aa@nordlicht", "POST", "/v1/customers", NEW)
    assert answer.status_code == 201, answer.text
    customer = UUID(answer.json()["id"])
    path = f"/v1/customers/{customer}"
    contact = {"firstName": "Eva", "lastName": "Berg", "email": "eva@birke.example"}
    template = (await site.get("aa@nordlicht", "/v1/agreements"))["items"][0]["templateId"]
    body: dict[str, Any] = {"primaryContact": contact, "templateId": template, "dateAgreed": "2026-10-01T00:00:00Z"}
    assert (await site.call("aa@nordlicht", "POST", f"{path}/agreements", body)).status_code == 201
    cart = {"lineItems": [{"catalogItemId": await site.here.item("Azure plan"), "quantity": 1}]}
    drafted = await site.call("aa@nordlicht", "POST", f"{path}/carts", cart)
    assert (await site.call("aa@nordlicht", "POST", f"{path}/carts/{drafted.json()['id']}/checkout")).status_code == 201
    return customer, path


async def test_a_test_customer_is_purged_whole(sandbox: Web) -> None:
    customer, path = await made(sandbox)
    assert {"subscription.customer_tenant_id", "user_account.tenant_id", "tenant_domain.tenant_id"} <= (
        await mentions(sandbox, customer)
    ).keys()
    others = [tenant.id for tenant in sandbox.here.world.tenants if tenant.domain != "nordlicht.example"]
    before = [await mentions(sandbox, other) for other in others]
    assert refused(await sandbox.call("sa@nordlicht", "DELETE", path)) == (403, "900150")
    gone = await sandbox.call("@nordlicht", "DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    check_golden(
        "delete-a-customer-account",
        page="delete-a-customer-account-from-the-integration-sandbox",
        date="2022-06-22",
        request="DELETE /v1/customers/{customer}",
        shows="",
        answer=None,
    )
    assert await mentions(sandbox, customer) == {}
    assert [await mentions(sandbox, other) for other in others] == before
    assert refused(await sandbox.call("aa@nordlicht", "GET", path)) == (403, "20002")
    records = (await sandbox.get("aa@nordlicht", "/v1/auditrecords"))["items"]
    (record,) = [
        one for one in records if (one["operationType"], one["operationStatus"]) == ("delete_customer", "succeeded")
    ]
    assert (record["resourceType"], "Küste" in record["resourceOldValue"]) == ("customer", True)
    assert (await sandbox.call("aa@nordlicht", "POST", "/v1/customers", NEW)).status_code == 201


async def test_what_others_have_is_not_purged(sandbox: Web) -> None:
    _, path = await made(sandbox)
    await sandbox.here.relate("nordlicht", "alpenblick")
    await sandbox.here.relate("suedwind", "lavande")
    await sandbox.here.relate("nordlicht", "lavande")
    # The vendor sold to the one directly, another partner works with the other.
    for customer in ("alpenblick", "lavande"):
        answer = await sandbox.call("aa@nordlicht", "DELETE", sandbox.customer(customer))
        assert refused(answer) == (400, "800024")
    for foreign in (path, sandbox.customer("fjord"), f"/v1/customers/{uuid4()}"):
        assert refused(await sandbox.call("aa@suedwind", "DELETE", foreign)) == (403, "20002")


async def test_production_purges_nothing(sandbox: Web) -> None:
    _, path = await made(sandbox)
    serving = replace(sandbox.here, runtime=replace(sandbox.here.runtime, sandbox=None))
    async with web(serving) as site:
        assert refused(await site.call("ga@nordlicht", "DELETE", path)) == (400, "900127")
        assert (await site.get("aa@nordlicht", path))["relationshipToPartner"] == "reseller"
