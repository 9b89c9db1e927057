"""A partner's customers and their profiles, called as services."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.customers import rules, service
from copartner.customers.model import Address, BillingDetails, NewCustomer, SearchField
from copartner.kernel.errors import Invalid, StaleTag
from copartner.policy.facts import Cloud
from copartner.signin.passwords import Passwords
from support.postgres import Database
from support.programme import SEED_DAY, Programme, programme

DETAILS = BillingDetails(
    email="orders@birke.example",
    company_name="Birke Möbel GmbH",
    culture="de-DE",
    language="de",
    address=Address(country="DE", address_line1="Sägeweg 3", city="Detmold", postal_code="32756"),
)
NEW = NewCustomer(company_name="Birke Möbel GmbH", domain="Birke.Example", billing=DETAILS)


async def test_a_partner_lists_and_reads_its_own_customers_alone(here: Programme) -> None:
    for customer in ("alpenblick", "lavande"):
        await here.relate("nordlicht", customer)
    await here.relate("wolkenwerk", "fjord")
    listed = await service.list_customers(here.context("hd@nordlicht"))
    assert {one.domain for one in listed.items} == {"alpenblick.example", "lavande.example", "hafen.example"}
    assert (listed.total, listed.next_after) == (3, None)
    assert [one.tenant_id for one in listed.items] == sorted(one.tenant_id for one in listed.items)
    first = await service.list_customers(here.context("hd@nordlicht"), size=2)
    rest = await service.list_customers(here.context("hd@nordlicht"), size=2, after=first.next_after)
    assert (*first.items, *rest.items) == listed.items
    assert (first.total, len(first.items), rest.next_after) == (3, 2, None)
    read = await service.read_customer(here.application("nordlicht"), customer_id=here.id("alpenblick"))
    assert (read.company_name, read.allows_delegated_access) == ("Alpenblick Logistik GmbH", False)
    assert read.billing_profile is not None
    assert read.billing_profile.address.city == "Rosenheim"


@pytest.mark.parametrize(
    ("field", "prefix", "found"),
    [
        (SearchField.COMPANY_NAME, "ALPEN", {"alpenblick.example"}),
        (SearchField.COMPANY_NAME, "", {"alpenblick.example", "hafen.example"}),
        (SearchField.COMPANY_NAME, "%", set()),
        (SearchField.COMPANY_NAME, "lpen", set()),
        (SearchField.DOMAIN, "Hafen.ex", {"hafen.example"}),
        (SearchField.DOMAIN, "fjord", set()),
    ],
)
async def test_a_search_matches_the_start_in_any_case(
    here: Programme, field: SearchField, prefix: str, found: set[str]
) -> None:
    await here.relate("nordlicht", "alpenblick")
    await here.relate("wolkenwerk", "fjord")
    page = await service.list_customers(here.context("aa@nordlicht"), field=field, starts_with=prefix)
    assert {one.domain for one in page.items} == found
    assert page.total == len(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["alpenblick.example", "hafen.example"]),
        ("BLICK", ["alpenblick.example"]),
        ("logistik", ["alpenblick.example"]),
        (" en.exam ", ["hafen.example"]),
        ("example", ["alpenblick.example", "hafen.example"]),
        ("00000000-0000-4000-8000-0000000000A1", ["alpenblick.example"]),
        ("fjord", []),
        ("%", []),
        ("x" * 5000, []),
    ],
)
async def test_a_search_matches_any_part_of_name_and_domain_and_the_identifier(
    here: Programme, text: str, found: list[str]
) -> None:
    await here.relate("nordlicht", "alpenblick")
    await here.relate("wolkenwerk", "fjord")
    context = here.context("aa@nordlicht")
    page = await service.search_customers(context, text=text)
    assert [one.domain for one in page.items] == found
    assert (page.total, page.next_after) == (len(found), None)
    assert {one.country for one in page.items} <= {"DE"}
    assert all(one.country for one in page.items)
    if len(found) == 2:
        first = await service.search_customers(context, text=text, size=1)
        rest = await service.search_customers(context, text=text, size=1, after=first.next_after)
        assert (*first.items, *rest.items) == page.items
        assert rest.next_after is None


async def test_what_begins_with_the_text_stands_first(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    context = here.context("aa@nordlicht")
    for text, domains in (("h", ["hafen", "alpenblick"]), ("0000-", []), ("0000", ["alpenblick", "hafen"])):
        page = await service.search_customers(context, text=text)
        assert [one.domain.removesuffix(".example") for one in page] == domains, text
        walked, after = [], None
        for _ in domains:
            one = await service.search_customers(context, text=text, after=after, size=1)
            walked += one.items
            after = one.next_after
        assert after is None, "a page of one place is left to the order of the names"
        assert sorted(it.domain for it in walked) == sorted(it.domain for it in page), text


async def test_who_may_not_list_customers_may_not_search_them(here: Programme) -> None:
    with pytest.raises(Denied):
        await service.search_customers(here.context("um@nordlicht"), text="a")


async def test_a_foreign_and_an_unknown_customer_are_told_apart_by_nothing(here: Programme) -> None:
    context = here.context("ga@nordlicht")
    told = set()
    for customer_id in (here.id("alpenblick"), uuid4()):
        for read in (service.read_customer, service.read_company_profile, service.read_billing_profile):
            with pytest.raises(Denied) as denied:
                await read(context, customer_id=customer_id)
            assert denied.value.concealed
            told.add(denied.value.message)
        with pytest.raises(Denied) as denied:
            await service.end_relationship(context, customer_id=customer_id)
        told.add(denied.value.message)
    assert told == {"There is no such customer among yours."}


async def test_a_billing_profile_belongs_to_one_partner_and_changes_only_with_its_tag(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    await here.relate("wolkenwerk", "alpenblick")
    context, customer = here.context("sa@nordlicht"), here.id("alpenblick")
    before = await service.read_billing_profile(context, customer_id=customer)
    assert (before.version, before.company_name) == (1, "Alpenblick Logistik GmbH")
    after = await service.update_billing_profile(context, customer_id=customer, details=DETAILS, expected_version=1)
    assert (after.version, after.id, after.email) == (2, before.id, DETAILS.email)
    assert await service.read_billing_profile(context, customer_id=customer) == after
    with pytest.raises(rules.TagNeeded):
        await service.update_billing_profile(context, customer_id=customer, details=DETAILS, expected_version=None)
    with pytest.raises(StaleTag):
        await service.update_billing_profile(context, customer_id=customer, details=DETAILS, expected_version=1)
    other = await service.read_billing_profile(here.context("sa@wolkenwerk"), customer_id=customer)
    assert (other.version, other.email) == (1, "")
    with pytest.raises(Denied):
        await service.update_billing_profile(
            here.context("ba@nordlicht"), customer_id=customer, details=DETAILS, expected_version=2
        )


async def test_a_company_profile_is_the_customers_own(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    profile = await service.read_company_profile(here.context("ba@nordlicht"), customer_id=here.id("alpenblick"))
    assert (profile.domain, profile.address.country, profile.address.first_name) == ("alpenblick.example", "DE", "Anna")
    with pytest.raises(Denied) as denied:
        await service.read_company_profile(here.application("nordlicht"), customer_id=here.id("alpenblick"))
    assert denied.value.rules == ("user-only",)


async def test_a_created_customer_has_an_admin_whose_password_no_row_holds(here: Programme) -> None:
    context = here.context("um@nordlicht", request_id="one", body=b"new")
    made = await service.create_customer(context, new=NEW)
    assert (made.user_name, made.customer.domain) == ("admin@birke.example", "birke.example")
    assert not made.customer.allows_delegated_access
    assert await service.create_customer(context, new=NEW) == made
    async with here.owner() as owner:
        hashed = await owner.fetchval(
            "SELECT password_hash FROM user_account WHERE tenant_id = $1", made.customer.tenant_id
        )
        kept = await owner.fetchval("SELECT result::text FROM idempotency_key WHERE request_id = 'one'")
        audited = await owner.fetch(
            "SELECT tenant_id, new_value::text FROM audit_record WHERE operation_type = 'customer.create'"
        )
    passwords = Passwords(workers=1)
    try:
        assert await passwords.verify(made.password, [hashed])
    finally:
        passwords.close()
    assert made.password not in kept
    assert {row["tenant_id"] for row in audited} == {here.id("nordlicht"), made.customer.tenant_id}
    assert not any(made.password in row["new_value"] for row in audited)
    read = await service.read_customer(here.context("aa@nordlicht"), customer_id=made.customer.tenant_id)
    assert read == made.customer


async def test_a_customer_is_created_inside_the_market_with_a_free_domain_by_those_who_may(here: Programme) -> None:
    await service.create_customer(here.context("sa@suedwind"), new=NEW)
    with pytest.raises(rules.DomainTaken):
        await service.create_customer(here.context("sa@suedwind"), new=NEW)
    french = replace(NEW, domain="bouleau.example", billing=replace(DETAILS, address=Address(country="fr")))
    with pytest.raises(Denied) as denied:
        await service.create_customer(here.context("sa@suedwind"), new=french)
    assert denied.value.rules == ("rel-market",)
    for who in ("hd@nordlicht", "ba@nordlicht"):
        with pytest.raises(Denied):
            await service.create_customer(here.context(who), new=french)
    with pytest.raises(Invalid):
        await service.create_customer(here.context("sa@suedwind"), new=replace(NEW, domain="no domain"))
    async with here.owner() as owner:
        assert await owner.fetchval("SELECT count(*) FROM organisation WHERE name = 'Birke Möbel GmbH'") == 1


async def test_privileges_of_a_created_customer_follow_the_date_and_the_role(
    database: Database, tmp_path: Path
) -> None:
    async with programme(database, tmp_path, now=SEED_DAY) as here:
        made = await service.create_customer(here.context("aa@nordlicht"), new=NEW)
        assert made.customer.allows_delegated_access
        by_admin = await service.create_customer(here.context("ga@nordlicht"), new=replace(NEW, domain="erle.example"))
        assert not by_admin.customer.allows_delegated_access
        after = await service.remove_privileges(here.context("aa@nordlicht"), customer_id=made.customer.tenant_id)
        assert not after.allows_delegated_access


async def test_us_government_makes_customers_with_a_us_address_and_privileges(
    database: Database, tmp_path: Path
) -> None:
    async with programme(database, tmp_path, cloud=Cloud.US_GOVERNMENT) as here:
        partner = next(one for one in here.world.tenants if one.part == "licence partner")
        context = here.context(f"ga@{partner.domain.removesuffix('.example')}")
        with pytest.raises(Denied) as denied:
            await service.create_customer(context, new=NEW)
        assert denied.value.rules == ("rel-address",)
        american = replace(NEW, billing=replace(DETAILS, address=Address(country="US", state="OR")))
        assert (await service.create_customer(context, new=american)).customer.allows_delegated_access
