"""What each tenant concerned finds in its own records, and what it does not find there."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.customers.model import Address, BillingDetails, NewCustomer
from copartner.kernel.clock import Clock
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.programme import service
from copartner.programme.model import DecisionView
from copartner.relationships.service import consent, requests
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch
from support.programme import Programme


async def audited(here: Programme, tenant: UUID) -> list[dict[str, Any]]:
    """A tenant's audit in the order written, values decoded."""
    async with here.owner() as owner:
        rows = await owner.fetch("SELECT * FROM audit_record WHERE tenant_id = $1 ORDER BY id", tenant)
    return [
        {**row, **{name: json.loads(row[name]) if row[name] else None for name in ("old_value", "new_value")}}
        for row in rows
    ]


def admin(here: Programme) -> Context:
    """The customer's Global admin."""
    return here.context("ga@alpenblick", Side.CUSTOMER)


async def test_denials_of_different_things_are_told_apart(here: Programme) -> None:
    """Nothing is concealed here, so each customer whose relationship may not be ended has a record of its own."""
    helpdesk, decisions = here.context("hd@nordlicht"), []
    for customer in ("alpenblick", "fjord"):
        await here.relate("nordlicht", customer)
    for customer in ("alpenblick", "fjord", "alpenblick"):
        with pytest.raises(Denied) as denied:
            await customers.end_relationship(helpdesk, customer_id=here.id(customer))
        assert not denied.value.concealed
        decisions.append(denied.value.decision_id)
    assert decisions[0] == decisions[2] != decisions[1]
    assert decisions[0] is not None
    assert (await service.read_decision(helpdesk, decision_id=decisions[0])).times == 2


async def test_denials_of_what_is_only_to_be_made_are_counted(here: Programme) -> None:
    decisions = set()
    for _ in range(3):
        with pytest.raises(Denied) as denied:
            await requests.send_request(here.context("hd@nordlicht"))
        decisions.add(denied.value.decision_id)
    assert len(decisions) == 1


async def test_only_the_callers_row_of_a_concealed_denial_has_its_correlation_id(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    held = await subscriptions.list_held(admin(here))
    context = here.context("aa@nordlicht")
    with pytest.raises(Denied):
        await subscriptions.read_subscription(context, customer_id=here.id("alpenblick"), subscription_id=held[0].id)
    kept = {name: (await audited(here, here.id(name)))[-1] for name in ("nordlicht", "alpenblick", "wolkenstadt")}
    assert {row["status"] for row in kept.values()} == {"denied"}
    assert kept["nordlicht"]["correlation_id"] == context.correlation_id
    assert kept["wolkenstadt"]["correlation_id"] is None
    assert UUID(kept["alpenblick"]["correlation_id"])


async def test_what_the_partner_alone_may_read_is_not_in_the_row_of_the_customer_that_acts(here: Programme) -> None:
    made = await requests.send_request(here.context("aa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    assert made.created_by
    await consent.decline_request(admin(here), request_id=made.id)
    (theirs,) = (r for r in await audited(here, here.id("alpenblick")) if r["operation_type"].endswith("decline"))
    (ours,) = (r for r in await audited(here, here.id("nordlicht")) if r["operation_type"].endswith("decline"))
    for value in ("old_value", "new_value"):
        assert "created_by" not in theirs[value]
        assert ours[value]["created_by"] == made.created_by


async def test_an_open_request_named_nobody_before_it_was_answered(here: Programme) -> None:
    for answer in (consent.decline_request, accepted):
        made = await requests.send_request(here.context("aa@nordlicht"))
        await answer(admin(here), request_id=made.id)
        for tenant in ("nordlicht", "alpenblick"):
            row = next(
                r for r in await audited(here, here.id(tenant)) if r["old_value"] and r["resource_id"] == str(made.id)
            )
            assert row["old_value"]["customer_tenant_id"] is None
            assert row["new_value"]["customer_tenant_id"] == str(here.id("alpenblick"))


async def accepted(context: Context, *, request_id: UUID) -> None:
    """The customer accepts a request, agreement included."""
    await consent.accept_request(context, request_id=request_id, accept_agreement=True)


async def test_a_new_customer_is_recorded_with_its_relationship_and_its_billing_profile(here: Programme) -> None:
    details = BillingDetails(
        email="a@neu.example", company_name="Neu", culture="de-DE", language="de", address=Address(country="DE")
    )
    made = await customers.create_customer(
        here.context("aa@nordlicht"), new=NewCustomer(company_name="Neu", domain="neu.example", billing=details)
    )
    ours = {row["resource_type"]: row["new_value"] for row in await audited(here, here.id("nordlicht"))}
    assert ours.keys() == {"FoundedTenant", "Relationship", "BillingProfile", "AdminRelationship"}
    assert ours["Relationship"]["id"] == str(made.customer.relationship_id)
    assert ours["BillingProfile"]["email"] == "a@neu.example"
    theirs = {row["resource_type"] for row in await audited(here, made.customer.tenant_id)}
    assert theirs == {"FoundedTenant", "Relationship", "AdminRelationship"}


async def test_an_enrolment_is_recorded_with_its_groups(here: Programme) -> None:
    hafen = here.id("hafen")
    await service.enrol_tenant(
        here.context("ga@wolkenstadt", Side.OPERATOR), tenant_id=hafen, mpn_id="4100099", markets=["DE"]
    )
    for tenant in (hafen, here.id("wolkenstadt")):
        rows = [row["new_value"] for row in await audited(here, tenant) if row["operation_type"] == "tenant.enrol"]
        assert [row.get("role") for row in rows] == [None, "Admin agent", "Helpdesk agent"]
        assert {row["tenant_id"] for row in rows[1:]} == {str(hafen)}


class Restless(Clock):
    """A clock that says another day whenever it is asked."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        self.moment += timedelta(days=1)
        return self.moment


async def test_a_request_is_judged_and_dated_by_one_moment(here: Programme) -> None:
    """The rules changed on 2020-11-29; a request that began the day before knows nothing of it."""
    await here.relate("nordlicht", "alpenblick")
    held = await subscriptions.list_held(admin(here))
    clock = Restless(datetime(2020, 11, 27, tzinfo=UTC))
    moving = replace(here, runtime=replace(here.runtime, programme_clock=clock))
    context = moving.context("aa@nordlicht")
    with pytest.raises(Denied) as denied:
        await subscriptions.change_subscription(
            context, customer_id=here.id("alpenblick"), subscription_id=held[0].id, patch=Patch(quantity=2)
        )
    async with here.owner() as owner:
        rows = await owner.fetch("SELECT at, last_at, digest FROM decision_record")
        audited_at = await owner.fetch("SELECT at FROM audit_record WHERE status = 'denied'")
    began = datetime(2020, 11, 28, tzinfo=UTC)
    digest = here.runtime.rules_at(began).digest
    assert digest != here.runtime.rules_at(began + timedelta(days=1)).digest
    assert {(row["at"], row["last_at"], row["digest"]) for row in rows} == {(began, began, digest)}
    assert {row["at"] for row in audited_at} == {began} == {context.moment}
    assert denied.value.decision.digest == digest


async def told(here: Programme, who: str, denied: Denied) -> DecisionView:
    """The decision as whoever was denied reads it."""
    assert denied.decision_id is not None
    return await service.read_decision(here.context(who), decision_id=denied.decision_id)


async def test_a_record_tells_nothing_of_other_sellers_and_of_the_buyers_business(here: Programme) -> None:
    """The customer holds Azure from another and buys what nobody may sell it: an enrolled tenant."""
    operator, hafen = here.context("ga@wolkenstadt", Side.OPERATOR), here.id("hafen")
    await service.enrol_tenant(operator, tenant_id=hafen, mpn_id="4100099", markets=["DE", "PT"])
    wish = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    with pytest.raises(Denied) as denied:
        await orders.create_cart(here.context("sa@nordlicht"), customer_id=hafen, wishes=[wish])
    assert denied.value.facts.context.azure_elsewhere is not None
    view = await told(here, "sa@nordlicht", denied.value)
    assert set(view.facts["context"]) == {"relationship", "agreement", "azure", "azureOnly"}
    assert [one["id"] for one in view.facts["tenants"]] == [str(here.id("nordlicht"))]
    assert len(view.facts["organisations"]) == 1
    (rule,) = (one for one in view.rules if one.id == "csp-tenant-only")
    assert rule.missing == ("the customer is not enrolled in the programme",)
    assert [(fact.name, fact.value) for fact in rule.facts] == [("not resource.customer.enrolled", "no")]
    assert "PT" not in str(view)


async def test_a_record_from_before_denials_were_explained_names_its_rules(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    with pytest.raises(Denied) as denied:
        await customers.end_relationship(here.application("nordlicht"), customer_id=here.id("alpenblick"))
    for digest, summary in ((None, "This is done by a signed-in user"), ("0", "never kept: user-only")):
        async with here.owner() as owner:
            await owner.execute("UPDATE decision_record SET explained = NULL, digest = coalesce($1, digest)", digest)
        view = await told(here, "ga@nordlicht", denied.value)
        assert summary in view.summary
        assert [rule.id for rule in view.rules] == ([] if digest else ["user-only"])
