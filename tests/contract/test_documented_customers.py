"""The documented examples about customers, their profiles and agreements, and the audit."""

from support.goldens import Documented, linked, listed
from support.web import Web

KIND = "attributes attributes.objectType"
SELF = linked("self")
ADDRESS = " ".join(f"defaultAddress.{name}" for name in (
    "country", "city", "state", "addressLine1", "postalCode", "firstName", "lastName", "phoneNumber"))  # fmt: skip
COMPANY = "tenantId domain companyName"
BILLING = f"""id firstName lastName email culture language companyName defaultAddress {ADDRESS} {SELF} {KIND}
    attributes.etag"""
COMPANY_ADDRESS = "address address.country address.region address.city address.addressLine1 address.postalCode"


def within(name: str, shows: str) -> str:
    """These properties below one of this name."""
    return " ".join([name, *(f"{name}.{one}" for one in shows.split())])


CUSTOMER = f"id {within('companyProfile', f'{COMPANY} {KIND}')} relationshipToPartner {KIND}"
PROFILE = f"{COMPANY} {COMPANY_ADDRESS} address.phoneNumber email {SELF} {KIND}"
WHOLE = f"""id commerceId {within("companyProfile", PROFILE)}
    {within("billingProfile", BILLING)} relationshipToPartner allowDelegatedAccess customDomains {SELF} {KIND}"""
MADE = f"""id commerceId {within("companyProfile", f"tenantId domain {KIND}")} billingProfile billingProfile.id
    billingProfile.email billingProfile.culture billingProfile.language billingProfile.companyName
    {within("billingProfile", f"defaultAddress {ADDRESS} {KIND} attributes.etag")} enableGDAPByDefault
    relationshipToPartner {within("userCredentials", "userName password")} {KIND}"""
NEW = {
    "enableGDAPByDefault": False,
    "CompanyProfile": {"Domain": "kueste.example"},
    "BillingProfile": {
        "Culture": "DE-DE", "Email": "eva@kueste.example", "Language": "De", "CompanyName": "Küste GmbH",
        "DefaultAddress": {"FirstName": "Eva", "LastName": "Berg", "AddressLine1": "Hauptstr. 1", "City": "Kiel",
                           "State": "SH", "PostalCode": "24103", "Country": "DE", "PhoneNumber": "+49 431 1"},
    },
}  # fmt: skip
CONTACT = "firstName lastName email phoneNumber"
AGREEMENT = f"{within('primaryContact', CONTACT)} templateId dateAgreed type"
TEMPLATE = "templateId agreementType agreementLink versionRank"
RECORD = """partnerId customerId customerName userPrincipalName resourceType resourceNewValue operationType
    operationDate operationStatus customizedData customizedData[].key customizedData[].value attributes
    attributes.objectType applicationId"""
ROOT = "/v1/customers/{made}"
BY_PROFILE = "the company's address is read with its profile"
NO_EMAIL = "no address for mail is kept of a company"
NO_REGION = "the address of the example has none"
CUSTOMERS = (
    Documented("create-a-customer", "create-a-customer", "2023-07-28", "aa@nordlicht", "POST", "/v1/customers", MADE,
               201, body=NEW),
    Documented("get-a-list-of-customers", "get-a-list-of-customers", "2023-07-28", "aa@nordlicht", "GET",
               "/v1/customers?size=40", f"{listed(CUSTOMER)} {SELF}"),
    Documented("get-a-customer-by-name", "get-a-customer-by-name", "2023-07-28", "aa@nordlicht", "GET",
               "/v1/customers?size=0&filter=%7B%22Field%22%3A%22CompanyName%22%2C%22Value%22%3A%22K%C3%BCst%22%2C%22"
               "Operator%22%3A%22starts_with%22%7D", f"{listed(f'{CUSTOMER} {SELF}')} {SELF}"),
    Documented("get-a-customer-by-id", "get-a-customer-by-id", "2023-07-31", "aa@nordlicht", "GET", ROOT, WHOLE,
               without={**dict.fromkeys(
                   (f"companyProfile.{name}" for name in f"{COMPANY_ADDRESS} address.phoneNumber".split()), BY_PROFILE),
                   "companyProfile.email": NO_EMAIL}),
    Documented("request-reseller-relationship", "request-reseller-relationship", "2022-06-15", "aa@nordlicht", "GET",
               "/v1/customers/relationshiprequests", f"url {KIND}"),
    Documented("get-a-customer-s-company-profile", "get-a-customer-s-company-profile", "2023-07-28", "aa@nordlicht",
               "GET", f"{ROOT}/profiles/company",
               PROFILE,
               without={"email": NO_EMAIL, "address.region": NO_REGION}),
    Documented("get-all-of-a-customer-s-billing-profiles", "get-all-of-a-customer-s-billing-profiles", "2023-07-28",
               "aa@nordlicht", "GET", f"{ROOT}/profiles/billing", BILLING),
)  # fmt: skip
AGREEMENTS = (
    Documented("get-agreement-metadata", "get-agreement-metadata", "2022-06-15", "aa@nordlicht", "GET",
               "/v1/agreements", f"{listed(TEMPLATE)} {SELF}"),
    Documented("get-customer-agreement-metadata", "get-customer-agreement-metadata", "2023-07-28", "aa@nordlicht",
               "GET", "/v1/agreements?agreementType=MicrosoftCustomerAgreement", listed(TEMPLATE)),
    Documented("confirm-customer-consent-customer-agreement", "confirm-customer-consent-customer-agreement",
               "2023-07-28", "aa@nordlicht", "POST", f"{ROOT}/agreements", f"userId {AGREEMENT}", 201, body={
                   "primaryContact": {"firstName": "Eva", "lastName": "Berg", "email": "eva@kueste.example",
                                      "phoneNumber": "1234567890"},
                   "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9", "dateAgreed": "2026-11-20T00:00:00",
                   "type": "MicrosoftCustomerAgreement"}, without={"userId": "who stated it is in the audit"}),
    Documented("get-confirmation-of-customer-agreement", "get-confirmation-of-customer-agreement", "2023-07-28",
               "aa@nordlicht", "GET", f"{ROOT}/agreements?agreementType=MicrosoftCustomerAgreement",
               listed(f"{AGREEMENT} agreementLink"), without={
                   "items[].agreementLink": "the link is read with the agreement's text"}),
)  # fmt: skip
AUDIT = Documented(
    "get-a-record-of-partner-center-activity", "get-a-record-of-partner-center-activity-by-user", "2022-06-07",
    "aa@nordlicht", "GET", "/v1/auditrecords?startDate=11/21/2026%2012:00:00%20AM&filter=%7B%22Field%22:%22"
    "CustomerId%22,%22Value%22:%22{made}%22,%22Operator%22:%22equals%22%7D", f"{listed(RECORD)} {SELF}",
    without={"items[].applicationId": "where a user acted the user is named"})  # fmt: skip


async def test_documented_examples(site: Web) -> None:
    first, *others = CUSTOMERS
    made = await first.hold(site)
    for example in (*others, *AGREEMENTS, AUDIT):
        await example.hold(site, made=made["id"])


async def test_a_billing_profile_is_replaced_as_documented(site: Web) -> None:
    made = await CUSTOMERS[0].hold(site)
    before = await CUSTOMERS[-1].hold(site, made=made["id"])
    example = Documented(
        "update-a-customer-s-billing-profile", "update-a-customer-s-billing-profile", "2022-07-29", "aa@nordlicht",
        "PUT", f"{ROOT}/profiles/billing", BILLING,
        body={**NEW["BillingProfile"], "FirstName": "Eva", "LastName": "Berg",
              "CompanyName": "Küste AG", "Attributes": {"ObjectType": "CustomerBillingProfile"}},
        headers={"If-Match": before["attributes"]["etag"]})  # fmt: skip
    await example.hold(site, made=made["id"])


async def test_a_relationship_is_removed_as_documented(site: Web) -> None:
    """The page prints this answer alone in PascalCase, where properties that are null are no values."""
    made = await CUSTOMERS[0].hold(site)
    example = Documented(
        "remove-a-reseller-relationship", "remove-a-reseller-relationship-with-a-customer", "2023-07-28",
        "ga@nordlicht", "PATCH", ROOT, f"id commerceId relationshipToPartner {KIND}",
        body={"RelationshipToPartner": "none", "Attributes": {"ObjectType": "Customer"}})  # fmt: skip
    await example.hold(site, made=made["id"])
