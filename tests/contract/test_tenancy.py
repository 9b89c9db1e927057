"""What is in a customer's tenant, and what is asked before a customer is made, by HTTP."""

import re
from typing import Any
from uuid import uuid4

import pytest

from copartner.customers import countries
from support.bodies import tenancy_bodies
from support.goldens import Documented, check_golden
from support.web import Web, refused

VERIFIED = "authenticationType capability isDefault isInitial name status verificationMethod"
COUNTRY = """iso2Code defaultCulture isStateRequired states states.value supportedLanguages supportedLanguages.value
    supportedCultures supportedCultures.value isPostalCodeRequired postalCodeRegex isCityRequired isVatIdSupported
    taxIdFormat taxIdSample phoneNumberRegex isRegistrationNumberSupported isTaxIdSupported resellerAgreementRegion
    geographicRegion countryCallingCodes countryCallingCodes.value attributes attributes.objectType"""
NOT_KNOWN = "no source that may be taken says it for every country"
ADDRESS = """originalAddress originalAddress.country originalAddress.city originalAddress.state
    originalAddress.addressLine1 originalAddress.postalCode suggestedAddresses status"""
EXAMPLES = (
    Documented("countryvalidationrules-get", "get-market-specific-validation-data", "2022-06-30", "aa@nordlicht", "GET",
               "/v1/countryvalidationrules/US", COUNTRY,
               without=dict.fromkeys(
                   ("taxIdFormat", "taxIdSample", "resellerAgreementRegion", "geographicRegion"), NOT_KNOWN)),
    Documented("validations-address-verified", "validate-an-address", "2022-09-20", "aa@nordlicht", "POST",
               "/v1/validations/address", f"{ADDRESS} suggestedAddresses[].country suggestedAddresses[].postalCode",
               body={"AddressLine1": "1 Main Way", "City": "Redmond", "State": "WA", "PostalCode": "98052",
                     "Country": "US"}),
    Documented("validations-address-partial", "validate-an-address", "2022-09-20", "aa@nordlicht", "POST",
               "/v1/validations/address", f"{ADDRESS} validationMessage",
               body={"AddressLine1": "Main Way", "City": "Redmond", "State": "WA", "PostalCode": "98052",
                     "Country": "US"}),
    Documented("customdomains-get", "get-customer-custom-domain", "2023-07-18", "aa@nordlicht", "GET",
               "/v1/customers/{customer}/customDomains", ""),
    Documented("organization-get", "get-customer-organization", "2023-07-31", "aa@nordlicht", "GET",
               "/v1/customers/{customer}/organization", "[].street [].countryLetterCode [].postalCode [].city [].state"
               " [].displayName [].technicalNotificationMails",
               without={"[].state": "the customer of the example has none"}),
    Documented("verifieddomain-post", "add-a-verified-domain-for-a-customer", "2023-07-28", "aa@nordlicht", "POST",
               "/v1/customers/{customer}/verifieddomain", VERIFIED, 201,
               body=tenancy_bodies()["customer_domains.add"]),
    Documented("managedservices-get", "get-the-managed-services-for-a-customer-by-id", "2022-06-28", "aa@nordlicht",
               "GET", "/v1/customers/{customer}/managedservices",
               "totalCount items items[].id items[].name items[].groupName items[].links items[].links.adminService"
               " items[].links.serviceHealth items[].links.serviceTicket items[].attributes"
               " items[].attributes.objectType",
               without=dict.fromkeys(
                   ("items[].links.adminService", "items[].links.serviceHealth", "items[].links.serviceTicket"),
                   "there are no consoles that they could lead to")),
)  # fmt: skip


async def delegate(site: Web) -> None:
    """Let alpenblick have delegated its tenant to nordlicht, as it could until 2023."""
    async with site.here.owner() as owner:
        await owner.execute(
            "UPDATE reseller_relationship SET privileges = true WHERE partner_tenant_id = $1", site.here.id("nordlicht")
        )


async def test_documented_examples(site: Web) -> None:
    await delegate(site)
    for example in EXAMPLES:
        await example.hold(site, customer=str(site.here.id("alpenblick")))


async def test_a_domain_is_free_until_a_tenant_has_it(site: Web) -> None:
    for domain, status in (("hafen.example", 200), ("HAFEN.example", 200), ("frei.example", 404)):
        answer = await site.call("um@nordlicht", "HEAD", f"/v1/domains/{domain}")
        assert (answer.status_code, answer.content) == (status, b"")
    check_golden(
        "verify-domain-availability",
        page="verify-domain-availability",
        date="2022-06-30",
        request="HEAD /v1/domains/{domain}",
        shows="",
        answer=None,
    )
    assert (await site.call("@nordlicht", "HEAD", "/v1/domains/frei.example")).status_code == 404
    assert (await site.call("ba@nordlicht", "HEAD", "/v1/domains/frei.example")).status_code == 403
    assert (await site.call("aa@nordlicht", "HEAD", "/v1/domains/frei")).status_code == 400


async def test_a_domain_is_added_where_the_customer_delegated_its_tenant(site: Web) -> None:
    path, body = f"{site.customer('alpenblick')}/verifieddomain", tenancy_bodies()["customer_domains.add"]
    denied = await site.call("aa@nordlicht", "POST", path, body)
    assert refused(denied) == (403, "900308")
    await delegate(site)
    assert refused(await site.call("ga@nordlicht", "POST", path, body)) == (403, "900150")
    assert refused(await site.call("aa@suedwind", "POST", path, body)) == (403, "900308")
    again = {"MS-RequestId": str(uuid4())}
    added = await site.call("aa@nordlicht", "POST", path, body, headers=again)
    assert (added.status_code, added.json()["name"]) == (201, "lager.example")
    assert (await site.call("aa@nordlicht", "POST", path, body, headers=again)).json() == added.json()
    assert refused(await site.call("aa@nordlicht", "POST", path, body)) == (400, "3000")
    taken = await site.call("@nordlicht", "POST", path, {**body, "verifiedDomainName": "hafen.example"})
    assert refused(taken) == (400, "3000")
    assert (await site.call("um@nordlicht", "HEAD", "/v1/domains/lager.example")).status_code == 200
    domains = await site.get("@suedwind", f"{site.customer('alpenblick')}/customDomains")
    assert domains == ["alpenblick.example", "lager.example"]
    for who, side in (("aa@nordlicht", "partner"), ("ga@alpenblick", "customer")):
        records = await site.get(who, f"/programme/v1/audit-records?side={side}")
        assert any("lager.example" in record.get("resourceNewValue", "") for record in records["items"]), who
    lacking: dict[str, Any] = {**body, "verifiedDomainName": "neu.example", "domainFederationSettings": {}}
    answer = await site.call("aa@nordlicht", "POST", path, lacking)
    assert refused(answer) == (400, "3000")
    assert "signingcertificate" in answer.json()["description"]


async def test_what_is_managed_is_seen_across_sellers_where_it_was_delegated(site: Web) -> None:
    path = f"{site.customer('alpenblick')}/managedservices"
    assert (await site.get("hd@nordlicht", path))["items"] == []
    await delegate(site)
    managed = await site.get("hd@nordlicht", path)
    async with site.here.owner() as owner:
        titles = await owner.fetch(
            """SELECT DISTINCT c.title FROM subscription s JOIN catalogue_product c ON c.id = s.product_id
            WHERE s.customer_tenant_id = $1 AND s.kind = 'license'""",
            site.here.id("alpenblick"),
        )
    assert titles
    assert {one["name"] for one in managed["items"]} == {row["title"] for row in titles}
    assert (await site.get("aa@suedwind", path))["items"] == []
    assert refused(await site.call("sa@nordlicht", "GET", path)) == (403, "900150")
    assert refused(await site.call("@nordlicht", "GET", path)) == (403, "900329")


@pytest.mark.parametrize("name", ["organization", "customDomains", "managedservices"])
async def test_foreign_and_unknown_customers_answer_alike(site: Web, name: str) -> None:
    told = []
    for customer in (site.here.id("fjord"), uuid4()):
        answer = await site.call("aa@nordlicht", "GET", f"/v1/customers/{customer}/{name}")
        assert refused(answer) == (403, "20002")
        told.append({**answer.json(), "data": len(answer.json()["data"])})
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "Verified"), ({"State": "wa"}, "Verified"), ({"State": "XX"}, "None"), ({"PostalCode": "9805"}, "None"),
        ({"City": ""}, "None"), ({"AddressLine1": "Main Way", "AddressLine2": "Suite 3"}, "Verified"),
    ],
)  # fmt: skip
async def test_an_address_is_judged_by_its_form(site: Web, change: dict[str, str], status: str) -> None:
    body = {"AddressLine1": "1 Main Way", "City": "Redmond", "State": "WA", "PostalCode": "98052", "Country": "us"}
    answer = await site.call("hd@nordlicht", "POST", "/v1/validations/address", {**body, **change})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == status
    assert bool(answer.json()["suggestedAddresses"]) == (status == "Verified")


def test_the_table_of_countries_is_whole() -> None:
    for code, country in countries.countries().items():
        assert re.fullmatch(r"[A-Z]{2}", code)
        assert re.fullmatch(r"[0-9]{1,3}", country.calling_code)
        assert country.cultures[-1] == "en-US" or code == "US"
        assert {culture.partition("-")[0] for culture in country.cultures} == set(country.languages)
        assert any(re.fullmatch(country.phone, "5" * length) for length in (8, 9, 10)), code
    assert not countries.country("de").registration
    assert countries.country("pl").registration


async def test_a_country_without_rules_is_not_found(site: Web) -> None:
    assert (await site.get("@nordlicht", "/v1/countryvalidationrules/de"))["iso2Code"] == "DE"
    assert refused(await site.call("aa@nordlicht", "GET", "/v1/countryvalidationrules/XX")) == (404, "1000")
    address = {"AddressLine1": "1", "City": "x", "Country": "XX"}
    assert refused(await site.call("aa@nordlicht", "POST", "/v1/validations/address", address)) == (404, "1000")


async def test_one_record_of_the_audit_is_read_by_its_tenant(site: Web) -> None:
    body = {"email": "hilfe@nordlicht.example", "telephone": "", "website": ""}
    await site.call("ga@nordlicht", "PUT", "/v1/profiles/support", body)
    (record,) = (await site.get("aa@nordlicht", "/v1/auditrecords"))["items"]
    path = f"/auditactivity/v1/auditrecords/{record['id']}"
    assert await site.get("aa@nordlicht", path) == record
    assert await site.get("@nordlicht", path) == record
    assert refused(await site.call("sa@nordlicht", "GET", path)) == (403, "900150")
    unknown = f"/auditactivity/v1/auditrecords/{uuid4()}"
    for who, where in (("aa@suedwind", path), ("aa@nordlicht", unknown)):
        assert refused(await site.call(who, "GET", where)) == (404, "1000")
