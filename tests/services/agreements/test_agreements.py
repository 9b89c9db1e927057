"""Customer agreements, called as services."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copartner.agreements import rules, service
from copartner.agreements.model import Attestation, Contact
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.policy.facts import Cloud, Side
from copartner.relationships.service import consent
from support.postgres import Database
from support.programme import Programme, programme

TEMPLATE = rules.TEMPLATES[0].id


def stated(here: Programme, **more: Any) -> Attestation:
    """An attestation of yesterday."""
    contact = Contact(" Anna ", "Berger", "anna@alpenblick.example", "+49 8031 1234")
    made = Attestation(contact=contact, agreed_at=here.clock.now() - timedelta(days=1), template_id=TEMPLATE)
    return replace(made, **more)


async def test_each_partner_sees_the_customers_acceptance_and_its_own_attestation(here: Programme) -> None:
    for partner in ("nordlicht", "wolkenwerk"):
        await here.relate(partner, "alpenblick", agreement=False)
    customer_id = here.id("alpenblick")
    made = await service.attest_agreement(
        here.context("sa@nordlicht"), customer_id=customer_id, attestation=stated(here)
    )
    assert made.contact is not None
    assert (made.contact.first_name, made.partner_tenant_id) == ("Anna", here.id("nordlicht"))
    assert await service.list_agreements(here.context("ba@nordlicht"), customer_id=customer_id) == (made,)
    assert await service.list_agreements(here.context("ba@wolkenwerk"), customer_id=customer_id) == ()
    await consent.accept_standing(
        here.context("ga@alpenblick", Side.CUSTOMER), partner_tenant_id=here.id("suedwind"), accept_agreement=True
    )
    seen = await service.list_agreements(here.context("ba@nordlicht"), customer_id=customer_id)
    assert [(one.partner_tenant_id, one.contact is None) for one in seen] == [
        (None, True),
        (here.id("nordlicht"), False),
    ]
    (own,) = await service.list_agreements(
        here.context("ga@wolkenwerk"), customer_id=customer_id, agreement_type="microsoftcustomeragreement"
    )
    assert (own.partner_tenant_id, own.template_id, own.agreed_at) == (None, TEMPLATE, here.clock.now())


async def test_an_attestation_names_a_person_and_a_day_that_has_come(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick", agreement=False)
    context, customer_id = here.context("aa@nordlicht"), here.id("alpenblick")
    wrong: list[dict[str, Any]] = [
        {"agreed_at": here.clock.now() + timedelta(seconds=1)},
        {"agreed_at": here.clock.now().replace(tzinfo=None)},
        {"template_id": "another"},
        {"type": "AnotherAgreement"},
        {"contact": Contact("", "Berger", "anna@alpenblick.example")},
        {"contact": Contact("Anna", " ", "anna@alpenblick.example")},
        {"contact": Contact("Anna", "Berger", "anna")},
        {"contact": Contact("Anna", "Berger", "anna@alpenblick.example", "call me")},
    ]
    for part in wrong:
        with pytest.raises(Invalid):
            await service.attest_agreement(context, customer_id=customer_id, attestation=stated(here, **part))
    assert await service.list_agreements(context, customer_id=customer_id) == ()
    with pytest.raises(Invalid):
        await service.list_agreements(context, customer_id=customer_id, agreement_type="Another")


async def test_only_agents_with_a_relationship_attest(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick", agreement=False)
    customer_id = here.id("alpenblick")
    for who in ("ga@nordlicht", "um@nordlicht", "hd@nordlicht", "ba@nordlicht", "aa@wolkenwerk"):
        with pytest.raises(Denied):
            await service.attest_agreement(here.context(who), customer_id=customer_id, attestation=stated(here))
    with pytest.raises(Denied):
        await service.list_agreements(here.context("aa@wolkenwerk"), customer_id=customer_id)


async def test_national_clouds_have_no_agreements(database: Database, tmp_path: Path) -> None:
    async with programme(database, tmp_path, cloud=Cloud.US_GOVERNMENT) as here:
        partner = next(one for one in here.world.tenants if one.part == "licence partner").domain
        customer = next(one for one in here.world.tenants if one.part == "customer").domain
        name, buyer = partner.removesuffix(".example"), customer.removesuffix(".example")
        await here.relate(name, buyer, agreement=False)
        context = here.context(f"aa@{name}")
        assert await service.list_templates(context) == ()
        with pytest.raises(rules.NoAgreements):
            await service.attest_agreement(context, customer_id=here.id(buyer), attestation=stated(here))


async def test_the_metadata_names_the_text(here: Programme) -> None:
    assert [one.id for one in await service.list_templates(here.application("nordlicht"))] == [TEMPLATE]
