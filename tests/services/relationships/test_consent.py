"""A customer's answers, called as services."""

import asyncio
from uuid import UUID, uuid4

import pytest

from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.policy.facts import Side
from copartner.relationships import rules
from copartner.relationships.model import Acceptance, RequestState
from copartner.relationships.service import consent, requests
from support.programme import Programme


def admin(here: Programme, domain: str = "alpenblick") -> Context:
    """The context of a customer's Global admin."""
    return here.context(f"ga@{domain}", Side.CUSTOMER)


async def sent(here: Programme, customer: str | None = "alpenblick", who: str = "aa@nordlicht") -> UUID:
    """A partner's request, open when it names no customer."""
    made = await requests.send_request(
        here.context(who), customer_tenant_id=here.id(customer) if customer else None, reason="Licences"
    )
    return made.id


async def count(here: Programme, table: str, domain: str = "alpenblick") -> int:
    """Rows that the database holds of a customer."""
    queries = {
        "relationships": "SELECT count(*) FROM reseller_relationship WHERE customer_tenant_id = $1",
        "agreements": "SELECT count(*) FROM customer_agreement WHERE customer_tenant_id = $1",
    }
    async with here.owner() as owner:
        found: int = await owner.fetchval(queries[table], here.id(domain))
    return found


async def test_the_customer_sees_who_asks_and_accepts_all_at_once(then: Programme) -> None:
    request_id = await sent(then)
    seen = await consent.read_consent(admin(then), request_id=request_id)
    assert (seen.partner.company_name, seen.partner.mpn_id) == ("Nordlicht IT GmbH", "4100001")
    assert (seen.partner.domain, seen.partner.country, seen.reason) == ("nordlicht.example", "DE", "Licences")
    assert (seen.includes_privileges, seen.privileges_come) == (True, True)
    assert [power.acts_as for power in seen.powers] == ["Global administrator", "Helpdesk administrator"]
    assert (seen.agreement_needed, seen.relationship_exists, seen.obstacles) == (True, False, ())
    done = await consent.accept_request(admin(then), request_id=request_id, accept_agreement=True)
    assert (done.agreement_accepted, done.privileges_withheld) == (True, None)
    assert (done.relationship.privileges, done.relationship.company_name) == (True, "Alpenblick Logistik GmbH")
    assert done.request is not None
    assert (done.request.state, done.request.answered_at) == (RequestState.ACCEPTED, then.clock.now())
    again = await consent.read_consent(admin(then), request_id=request_id)
    assert (again.state, again.agreement_needed, again.relationship_exists) == (RequestState.ACCEPTED, False, True)
    async with then.owner() as owner:
        audited = await owner.fetch(
            "SELECT tenant_id, resource_type FROM audit_record WHERE operation_type LIKE '%accept'"
        )
    assert {row["resource_type"] for row in audited} == {"Agreement", "Relationship", "RelationshipRequest"}
    assert {row["tenant_id"] for row in audited} == {then.id("alpenblick"), then.id("nordlicht")}


async def test_without_the_agreement_the_relationship_stands(here: Programme) -> None:
    done = await consent.accept_request(admin(here), request_id=await sent(here), accept_agreement=False)
    assert (done.agreement_accepted, done.agreement_id) == (False, None)
    assert (await count(here, "relationships"), await count(here, "agreements")) == (1, 0)
    later = await consent.accept_standing(admin(here), partner_tenant_id=here.id("wolkenwerk"), accept_agreement=True)
    assert later.agreement_accepted
    third = await consent.accept_standing(admin(here), partner_tenant_id=here.id("suedwind"), accept_agreement=True)
    assert (third.agreement_accepted, third.agreement_id) == (True, None)
    assert await count(here, "agreements") == 1


async def test_privileges_asked_for_in_2020_do_not_come_after_they_ended(then: Programme) -> None:
    request_id = await sent(then)
    then.clock.moment = then.clock.moment.replace(year=2024)
    seen = await consent.read_consent(admin(then), request_id=request_id)
    assert (seen.includes_privileges, seen.privileges_come) == (True, False)
    assert [power.acts_as for power in seen.powers] == [None, None]
    done = await consent.accept_request(admin(then), request_id=request_id, accept_agreement=True)
    assert not done.relationship.privileges
    assert done.privileges_withheld == "New relationships carry no delegated admin privileges."


async def test_nobody_but_the_addressed_customers_global_admin_answers(here: Programme) -> None:
    request_id = await sent(here)
    for who in ("ba@alpenblick", "user@alpenblick"):
        context = here.context(who, Side.CUSTOMER)
        for attempt in (
            consent.read_consent(context, request_id=request_id),
            consent.accept_request(context, request_id=request_id, accept_agreement=True),
            consent.decline_request(context, request_id=request_id),
        ):
            with pytest.raises(Denied) as denied:
                await attempt
            assert "rel-acceptor" in denied.value.rules
    told = set()
    for unknown in (request_id, uuid4()):
        for attempt in (
            consent.read_consent(admin(here, "lavande"), request_id=unknown),
            consent.accept_request(admin(here, "lavande"), request_id=unknown, accept_agreement=True),
            consent.decline_request(admin(here, "lavande"), request_id=unknown),
            consent.read_standing_consent(admin(here, "lavande"), partner_tenant_id=here.id("fjord")),
        ):
            with pytest.raises(Denied) as denied:
                await attempt
            assert denied.value.concealed
            told.add(denied.value.message)
    assert told == {"There is no such relationship request for your tenant."}
    assert (await count(here, "relationships"), await count(here, "relationships", "lavande")) == (0, 0)


async def test_two_acceptances_at_once_form_one_relationship(here: Programme) -> None:
    request_id = await sent(here)
    answers = await asyncio.gather(
        *(consent.accept_request(admin(here), request_id=request_id, accept_agreement=True) for _ in range(4)),
        *(
            consent.accept_standing(admin(here), partner_tenant_id=here.id("nordlicht"), accept_agreement=True)
            for _ in range(4)
        ),
        return_exceptions=True,
    )
    accepted = [one for one in answers if isinstance(one, Acceptance)]
    refused = [one for one in answers if not isinstance(one, Acceptance)]
    assert len(accepted) == 1
    assert {type(one) for one in refused} <= {rules.RelationshipExists, rules.RequestClosed}
    assert (await count(here, "relationships"), await count(here, "agreements")) == (1, 1)


async def test_an_open_request_is_the_first_customers_that_answers(here: Programme) -> None:
    request_id = await sent(here, None)
    answers = await asyncio.gather(
        *(
            consent.accept_request(admin(here, domain), request_id=request_id, accept_agreement=True)
            for domain in ("alpenblick", "lavande")
        ),
        return_exceptions=True,
    )
    (accepted,) = (one for one in answers if isinstance(one, Acceptance))
    assert accepted.request is not None
    assert accepted.request.customer_tenant_id == accepted.relationship.customer_tenant_id
    (refused,) = (one for one in answers if not isinstance(one, Acceptance))
    assert isinstance(refused, Denied | rules.UnknownRequest)
    assert await count(here, "relationships") + await count(here, "relationships", "lavande") == 1


async def test_a_repeated_acceptance_answers_as_the_first(here: Programme) -> None:
    request_id = await sent(here)
    context = here.context("ga@alpenblick", Side.CUSTOMER, request_id="again", body=b"accept")
    first = await consent.accept_request(context, request_id=request_id, accept_agreement=True)
    assert await consent.accept_request(context, request_id=request_id, accept_agreement=True) == first


async def test_a_declined_request_stays_declined_and_a_standing_link_leaves_no_trace(here: Programme) -> None:
    request_id = await sent(here)
    declined = await consent.decline_request(admin(here), request_id=request_id)
    assert declined.state is RequestState.DECLINED
    with pytest.raises(rules.RequestClosed):
        await consent.accept_request(admin(here), request_id=request_id, accept_agreement=True)
    await consent.decline_standing(admin(here), partner_tenant_id=here.id("nordlicht"))
    assert await count(here, "relationships") == 0


async def test_an_existing_relationship_is_not_formed_again(here: Programme) -> None:
    request_id = await sent(here)
    await here.relate("nordlicht", "alpenblick")
    with pytest.raises(rules.RelationshipExists):
        await consent.accept_request(admin(here), request_id=request_id, accept_agreement=True)
    read = await requests.read_request(here.context("aa@nordlicht"), request_id=request_id)
    assert read.state is RequestState.PENDING


async def test_the_programme_forbids_some_pairs(here: Programme) -> None:
    pairs = {
        ("nordlicht", "wolkenwerk"): {"csp-tenant-only"},
        ("nordlicht", "fjord"): {"csp-self-affiliate"},
        ("nordlicht", "intern.nordlicht"): {"csp-self-affiliate"},
        ("nordlicht", "nordlicht"): {"csp-tenant-only", "csp-self-affiliate"},
        ("suedwind", "lavande"): {"rel-market"},
    }
    for (partner, customer), named in pairs.items():
        link = here.id(partner)
        seen = await consent.read_standing_consent(admin(here, customer), partner_tenant_id=link)
        assert len(seen.obstacles) == 1
        with pytest.raises(Denied) as denied:
            await consent.accept_standing(admin(here, customer), partner_tenant_id=link, accept_agreement=True)
        assert set(denied.value.rules) == named
    for customer in ("intern.nordlicht", "fjord"):
        await consent.accept_standing(
            admin(here, customer), partner_tenant_id=here.id("suedwind"), accept_agreement=True
        )


async def test_us_government_has_privileges_and_no_agreement(federal: Programme) -> None:
    partner = next(one for one in federal.world.tenants if one.part == "licence partner")
    buyer = next(one for one in federal.world.tenants if one.part == "customer").domain.removesuffix(".example")
    seen = await consent.read_standing_consent(admin(federal, buyer), partner_tenant_id=partner.id)
    assert (seen.agreement_needed, seen.privileges_come, seen.obstacles) == (False, True, ())
    done = await consent.accept_standing(admin(federal, buyer), partner_tenant_id=partner.id, accept_agreement=True)
    assert (done.agreement_id, done.relationship.privileges) == (None, True)
