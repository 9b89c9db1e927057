"""A partner's profiles of itself by HTTP."""

from typing import Any

import pytest

from support.goldens import Documented
from support.web import Web, refused

ADDRESS = {
    "Country": "DE", "Region": None, "City": "Hamburg", "State": "HH", "AddressLine1": "Kai 3", "AddressLine2": "",
    "PostalCode": "20457", "FirstName": None, "LastName": None, "PhoneNumber": None,
}  # fmt: skip
PERSON = {"FirstName": "Nora", "LastName": "Licht", "Email": "nora@nordlicht.example", "PhoneNumber": "+49 40 5550110"}
LINKS = "links links.self links.self.uri links.self.method links.self.headers attributes attributes.objectType"
BILLING = f"""companyName address address.country address.city address.state address.addressLine1 address.postalCode
    primaryContact primaryContact.firstName primaryContact.lastName primaryContact.phoneNumber purchaseOrderNumber taxId
    billingCurrency profileType attributes.etag {LINKS}"""
LEGAL = f"""companyName address address.country address.city address.state address.addressLine1 address.postalCode
    address.firstName address.lastName address.phoneNumber primaryContact primaryContact.firstName
    primaryContact.lastName primaryContact.email primaryContact.phoneNumber companyApproverAddress
    companyApproverAddress.country companyApproverAddress.city companyApproverAddress.state
    companyApproverAddress.addressLine1 companyApproverAddress.postalCode companyApproverEmail vettingStatus
    vettingSubStatus profileType {LINKS}"""
ORGANIZATION = f"""id companyName defaultAddress defaultAddress.country defaultAddress.city defaultAddress.state
    defaultAddress.addressLine1 defaultAddress.postalCode defaultAddress.firstName defaultAddress.lastName tenantId
    domain email language culture profileType attributes.etag {LINKS}"""
SUPPORT = f"email telephone website profileType {LINKS}"
NAMED = {**ADDRESS, "FirstName": "Nora", "LastName": "Licht", "PhoneNumber": "+49 40 5550110"}
EXAMPLES = (
    Documented("profiles-billing-put", "update-partner-billing-profile", "2022-06-16", "ga@nordlicht", "PUT",
               "/v1/profiles/billing", BILLING, body={
                   "CompanyName": "Nordlicht IT GmbH", "Address": ADDRESS, "PrimaryContact": PERSON,
                   "PurchaseOrderNumber": "9888", "TaxId": "12-345678", "BillingCurrency": "EUR",
                   "Links": {"Self": {"Uri": "/profiles/billing", "Method": "GET", "Headers": []}},
                   "Attributes": {"ObjectType": "BillingProfile"}}),
    Documented("profiles-billing-get", "get-partner-billing-profile", "2022-06-16", "ga@nordlicht", "GET",
               "/v1/profiles/billing", BILLING),
    Documented("profiles-legalbusiness-put", "update-legal-business-profile", "2022-06-16", "ga@nordlicht", "PUT",
               "/v1/profiles/legalbusiness", LEGAL, body={
                   "CompanyName": "Nordlicht IT GmbH", "Address": NAMED, "PrimaryContact": PERSON,
                   "CompanyApproverAddress": ADDRESS, "CompanyApproverEmail": "nora@nordlicht.example",
                   "VettingStatus": "authorized", "VettingSubStatus": "none",
                   "Attributes": {"ObjectType": "LegalBusinessProfile"}}),
    Documented("profiles-legalbusiness-get", "get-legal-business-profile", "2022-06-16", "@nordlicht", "GET",
               "/v1/profiles/legalbusiness?vettingVersion=Current", LEGAL),
    Documented("profiles-organization-put", "update-an-organization-profile", "2022-06-16", "ga@nordlicht", "PUT",
               "/v1/profiles/organization", ORGANIZATION, body={
                   "id": "00000000-0000-0000-0000-000000000000", "companyName": "Nordlicht IT GmbH",
                   "defaultAddress": {"country": "DE", "city": "Hamburg", "state": "HH", "addressLine1": "Kai 4",
                                      "addressLine2": "", "postalCode": "20457", "firstName": "Nora",
                                      "lastName": "Licht", "phoneNumber": ""},
                   "domain": "another.example", "email": "post@nordlicht.example", "language": "de",
                   "culture": "de-DE", "attributes": {"objectType": "OrganizationProfile"}}),
    Documented("profiles-organization-get", "get-an-organization-profile", "2022-06-16", "ga@nordlicht", "GET",
               "/v1/profiles/organization", ORGANIZATION),
    Documented("profiles-supportprofile-put", "update-support-profile", "2022-06-22", "ga@nordlicht", "PUT",
               "/v1/profiles/supportprofile", SUPPORT, body={
                   "Email": "hilfe@nordlicht.example", "Telephone": "4255555555", "Website": "www.nordlicht.example",
                   "ProfileType": "support_profile", "Attributes": {"ObjectType": "PartnerSupportProfile"}}),
    Documented("profiles-support-get", "get-support-profile", "2022-06-29", "ga@nordlicht", "GET",
               "/v1/profiles/support", SUPPORT),
    Documented("profiles-mpn-get", "get-partner-network-profile", "2022-06-16", "ga@nordlicht", "GET",
               "/v1/profiles/mpn", f"mpnId profileType {LINKS}"),
)  # fmt: skip


async def test_documented_examples(site: Web) -> None:
    for example in EXAMPLES:
        await example.hold(site)


@pytest.mark.parametrize("name", ["billing", "legalbusiness", "organization", "support"])
async def test_a_profile_changes_by_its_tag_and_the_audit_has_old_and_new(site: Web, name: str) -> None:
    path = f"/v1/profiles/{name}"
    before: dict[str, Any] = await site.get("ga@nordlicht", path)
    changed = {**before, ("website" if name == "support" else "companyName"): "licht.example"}
    tag = {"If-Match": before["attributes"]["etag"]}
    after = await site.call("ga@nordlicht", "PUT", path, changed, headers=tag)
    assert after.status_code == 200, after.text
    assert after.json()["attributes"]["etag"] != tag["If-Match"]
    assert await site.get("ga@nordlicht", path) == after.json()
    assert refused(await site.call("ga@nordlicht", "PUT", path, before, headers=tag)) == (400, "2055")
    # Without a tag any version is replaced; what is as it was is no change.
    same = await site.call("ga@nordlicht", "PUT", path, changed)
    assert same.json() == after.json()
    (record,) = (await site.get("aa@nordlicht", "/v1/auditrecords"))["items"]
    assert (record["resourceType"], record["operationType"]) == ("partner_profile", "update_company_info")
    assert "licht.example" in record["resourceNewValue"]
    assert "licht.example" not in record["resourceOldValue"].replace("nordlicht.example", "")


async def test_profiles_are_a_partners_own_and_changed_by_its_global_admin(site: Web) -> None:
    path = "/v1/profiles/support"
    body = {"email": "hilfe@nordlicht.example", "telephone": "", "website": ""}
    assert (await site.call("ga@nordlicht", "PUT", path, body)).status_code == 200
    assert (await site.get("ga@suedwind", path))["email"] == ""
    for who in ("aa@nordlicht", "um@nordlicht", "ba@nordlicht"):
        assert (await site.get(who, path))["email"] == "hilfe@nordlicht.example"
        assert refused(await site.call(who, "PUT", path, body)) == (403, "900150")
    for who in ("sa@nordlicht", "hd@nordlicht"):
        assert refused(await site.call(who, "GET", path)) == (403, "900150")
    for name in ("support", "billing", "organization", "mpn"):
        assert refused(await site.call("@nordlicht", "GET", f"/v1/profiles/{name}")) == (403, "900329")
    assert refused(await site.call("@nordlicht", "PUT", path, body)) == (403, "900329")
    own = await site.get("ga@nordlicht", "/v1/profiles/mpn?mpnId=4100001")
    assert own["mpnId"] == "4100001"
    for other in ("4100002", "999"):
        answer = await site.call("ga@nordlicht", "GET", f"/v1/profiles/mpn?mpnId={other}")
        assert refused(answer) == (404, "1000")


@pytest.mark.parametrize(
    ("name", "part", "wrong"),
    [
        ("support", "email", "nobody"), ("support", "telephone", "call me"), ("support", "website", "no site"),
        ("billing", "billingCurrency", "Euro"), ("billing", "companyName", " "), ("legalbusiness", "companyName", ""),
        ("legalbusiness", "companyApproverEmail", "x"), ("organization", "culture", "German!"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(site: Web, name: str, part: str, wrong: str) -> None:
    whole = await site.get("ga@nordlicht", f"/v1/profiles/{name}")
    answer = await site.call("ga@nordlicht", "PUT", f"/v1/profiles/{name}", {**whole, part: wrong})
    assert refused(answer) == (400, "3000")
    assert part in answer.json()["description"]
