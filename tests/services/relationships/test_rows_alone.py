"""Row security without the rules: everything is permitted, and foreign things still are not there."""

from uuid import UUID, uuid4

import pytest

from copartner.agreements import rules as agreement_rules
from copartner.agreements import service as agreements
from copartner.agreements.model import Attestation, Contact
from copartner.customers import rules as customer_rules
from copartner.customers import service as customers
from copartner.customers.model import Address, BillingDetails
from copartner.kernel.database import Pool
from copartner.kernel.functions import call
from copartner.policy.facts import Side
from copartner.programme import rules as programme_rules
from copartner.programme import service as programme
from copartner.relationships import rules
from copartner.relationships.service import consent, relationships, requests
from support.programme import RULEBOOK, Programme

DETAILS = BillingDetails(
    email="a@b.example", company_name="A", culture="de-DE", language="de", address=Address(country="DE")
)


@pytest.fixture
def open_house(here: Programme) -> Programme:
    """The same system with every action permitted and nothing forbidden."""
    return here.under(RULEBOOK.variant(drop_forbids=True, permit_all=True))


async def test_a_partner_reaches_no_foreign_customer(here: Programme, open_house: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    context = open_house.context("ga@wolkenwerk")
    for customer_id in (here.id("alpenblick"), uuid4()):
        for read in (customers.read_customer, customers.read_company_profile, customers.read_billing_profile):
            with pytest.raises(customer_rules.UnknownCustomer):
                await read(context, customer_id=customer_id)
        for change in (customers.remove_privileges, customers.end_relationship):
            with pytest.raises(rules.UnknownRelationship):
                await change(context, customer_id=customer_id)
        with pytest.raises(customer_rules.UnknownCustomer):
            await customers.update_billing_profile(
                context, customer_id=customer_id, details=DETAILS, expected_version=1
            )
        assert await agreements.list_agreements(context, customer_id=customer_id) == ()
        with pytest.raises(agreement_rules.UnknownCustomer):
            await agreements.attest_agreement(
                context,
                customer_id=customer_id,
                attestation=Attestation(
                    contact=Contact("A", "B", "a@b.example"),
                    agreed_at=here.clock.now(),
                    template_id=agreement_rules.TEMPLATES[0].id,
                ),
            )
    assert (await customers.list_customers(context)).items == ()


async def test_nobody_reaches_a_foreign_request(here: Programme, open_house: Programme) -> None:
    sent = await requests.send_request(here.context("aa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    other, stranger = open_house.context("ga@wolkenwerk"), open_house.context("ga@lavande", Side.CUSTOMER)
    assert (await requests.list_requests(other)).items == ()
    for request_id in (sent.id, uuid4()):
        for attempt in (
            requests.read_request(other, request_id=request_id),
            requests.withdraw_request(other, request_id=request_id),
            consent.read_consent(stranger, request_id=request_id),
            consent.accept_request(stranger, request_id=request_id, accept_agreement=True),
            consent.decline_request(stranger, request_id=request_id),
            consent.accept_standing(stranger, partner_tenant_id=request_id, accept_agreement=True),
        ):
            with pytest.raises(rules.UnknownRequest):
                await attempt
    with pytest.raises(rules.UnknownRelationship):
        await relationships.withdraw_privileges(stranger, partner_tenant_id=here.id("nordlicht"))


async def test_nobody_reads_a_foreign_record(here: Programme, open_house: Programme) -> None:
    await requests.send_request(here.context("aa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    assert (await programme.list_audit(open_house.context("ga@wolkenwerk"))).items == ()
    with pytest.raises(programme_rules.UnknownDecision):
        await programme.read_decision(open_house.context("ga@wolkenwerk"), decision_id=uuid4())


async def test_functions_that_see_more_tell_a_partner_nothing_of_a_foreign_customer(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")

    async def told(pool: Pool, partner: UUID, name: str) -> str | None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT act_as('partner', $1)", partner)
            found: str | None = await connection.fetchval(call(name, 1), here.id("alpenblick"))
            return found

    pool = here.runtime.pool
    assert await told(pool, here.id("nordlicht"), "fn_company") is not None
    assert await told(pool, here.id("wolkenwerk"), "fn_company") is None
    assert await told(pool, here.id("nordlicht"), "fn_own_acceptances") != "[]"
    assert await told(pool, here.id("wolkenwerk"), "fn_own_acceptances") in (None, "[]")
