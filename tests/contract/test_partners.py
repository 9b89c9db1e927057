"""The partner agreement, and providers with their indirect resellers, by HTTP."""

from typing import Any
from uuid import UUID, uuid4

from copartner.customers.default_roles import ROLES
from support.bodies import BILLING
from support.goldens import Documented
from support.web import Web, refused

OWN = "/programme/v1/partner-agreement"
STATUS = "/v1/compliance/csp/agreementstatus"
RESELLERS = "/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf"
PARTNER = """totalCount items items[].id items[].name items[].relationshipType items[].mpnId items[].attributes
    items[].attributes.objectType attributes attributes.objectType"""
CREATED = """id commerceId companyProfile companyProfile.tenantId companyProfile.domain companyProfile.companyName
    companyProfile.links.self.uri companyProfile.attributes.objectType billingProfile billingProfile.id
    billingProfile.email billingProfile.culture billingProfile.language"""
EXAMPLES = (
    Documented("agreementstatus-by-number", "verify-indirect-reseller-mpa-status", "2022-06-29", "aa@nordlicht", "GET",
               f"{STATUS}?mpnid=4100003", "isAgreementSigned"),
    Documented("agreementstatus-by-tenant", "verify-indirect-reseller-mpa-status", "2022-06-29", "aa@nordlicht", "GET",
               f"{STATUS}?tenantId={{reseller}}", "isAgreementSigned"),
    Documented("agreement-document", "download-customer-agreement-template", "2023-07-28", "aa@nordlicht", "GET",
               "/v1/agreementtemplates/117a77b0-9360-443b-8795-c6dedc750cf9/document?language=en-US&country=US",
               "displayUri downloadUri language country"),
    Documented("agreement-direct", "get-direct-sign-status-of-customer-agreement", "2023-07-28", "aa@nordlicht", "GET",
               "/v1/customers/{customer}/directSignedMicrosoftCustomerAgreementStatus", "isSigned"),
    Documented("relationships-get", "retrieve-a-list-of-indirect-resellers", "2022-06-17", "aa@nordlicht", "GET",
               RESELLERS, f"{PARTNER} items[].state items[].location"),
    Documented("customers-post-indirect", "create-a-customer-for-an-indirect-reseller", "2023-07-28", "aa@nordlicht",
               "POST", "/v1/customers", CREATED, 201, body={
                   "CompanyProfile": {"Domain": "birke.example", "CompanyName": None}, "BillingProfile": BILLING,
                   "RelationshipToPartner": "none", "AllowDelegatedAccess": None, "UserCredentials": None,
                   "AssociatedPartnerId": "{reseller}"}),
    Documented("customer-relationships-get", "get-indirect-resellers-of-a-customer", "2023-07-28", "aa@nordlicht",
               "GET", "/v1/customers/{made}/relationships", PARTNER),
)  # fmt: skip


async def unsign(site: Web, partner: str) -> None:
    """Take a partner's signature away."""
    async with site.here.owner() as owner:
        await owner.execute("DELETE FROM partner_agreement WHERE partner_tenant_id = $1", site.here.id(partner))


def new(domain: str, reseller: UUID | None = None, **more: Any) -> dict[str, Any]:
    """A customer to be made."""
    made = {"companyProfile": {"domain": domain}, "billingProfile": BILLING, **more}
    return made if reseller is None else {**made, "associatedPartnerId": str(reseller)}


async def test_documented_examples(tiers: Web) -> None:
    parts = {"customer": str(tiers.here.id("alpenblick")), "reseller": str(tiers.here.id("suedwind")), "made": ""}
    for example in EXAMPLES:
        if example.body is not None:
            example.body["AssociatedPartnerId"] = parts["reseller"]
        said = await example.hold(tiers, **parts)
        if example.status == 201:
            parts["made"] = said["id"]


async def test_no_new_business_before_the_partner_agreement_is_signed(site: Web) -> None:
    await unsign(site, "nordlicht")
    cart = {"lineItems": [{"catalogItemId": await site.here.item("Azure plan"), "quantity": 1}]}
    path = f"{site.customer('alpenblick')}/carts"
    for where, body in ((path, cart), ("/v1/customers", new("birke.example"))):
        assert refused(await site.call("aa@nordlicht", "POST", where, body)) == (403, "900124")
    assert (await site.get("sa@nordlicht", OWN))["isSigned"] is False
    assert (await site.get("aa@nordlicht", f"{STATUS}?mpnId=4100001"))["isAgreementSigned"] is False
    for who in ("aa@nordlicht", "sa@nordlicht", "um@nordlicht"):
        assert refused(await site.call(who, "POST", OWN)) == (403, "900150")
    assert refused(await site.call("@nordlicht", "POST", OWN)) == (403, "900329")
    signed = await site.call("ga@nordlicht", "POST", OWN)
    assert (signed.status_code, signed.json()["signedBy"]) == (201, "ga@nordlicht.example")
    assert refused(await site.call("ga@nordlicht", "POST", OWN)) == (400, "800024")
    for where, body in ((path, cart), ("/v1/customers", new("birke.example"))):
        assert (await site.call("aa@nordlicht", "POST", where, body)).status_code == 201
    records = (await site.get("aa@nordlicht", "/v1/auditrecords"))["items"]
    assert "partner_agreement_sign" in {record["operationType"] for record in records}


async def test_whether_somebody_signed_is_told_to_itself_and_its_provider(tiers: Web) -> None:
    reseller = tiers.here.id("suedwind")
    assert (await tiers.get("aa@nordlicht", f"{STATUS}?tenantId={reseller}"))["isAgreementSigned"] is True
    await unsign(tiers, "suedwind")
    assert (await tiers.get("aa@nordlicht", f"{STATUS}?tenantId={reseller}"))["isAgreementSigned"] is False
    assert (await tiers.get("aa@suedwind", f"{STATUS}?mpnId=4100003"))["isAgreementSigned"] is False
    for query in (f"tenantId={reseller}", "mpnId=4100003", f"tenantId={uuid4()}", "mpnId=1"):
        assert refused(await tiers.call("aa@wolkenwerk", "GET", f"{STATUS}?{query}")) == (404, "60003")
    for query in ("", f"tenantId={reseller}&mpnId=4100003"):
        assert refused(await tiers.call("aa@nordlicht", "GET", f"{STATUS}?{query}")) == (400, "3000")
    other = "/v1/compliance/other/agreementstatus?mpnId=4100003"
    assert refused(await tiers.call("aa@nordlicht", "GET", other)) == (400, "3000")
    assert refused(await tiers.call("hd@nordlicht", "GET", f"{STATUS}?mpnId=4100003")) == (403, "900150")


async def test_resellers_and_providers_see_one_another_and_nobody_else_does(tiers: Web) -> None:
    (reseller,) = (await tiers.get("sa@nordlicht", RESELLERS))["items"]
    assert (reseller["id"], reseller["mpnId"]) == (str(tiers.here.id("suedwind")), "4100003")
    providers = "/v1/relationships?relationship_type=is_indirect_reseller_of"
    (provider,) = (await tiers.get("sa@suedwind", providers))["items"]
    assert provider["name"] == "Nordlicht IT GmbH"
    for who in ("sa@wolkenwerk", "sa@suedwind"):
        assert (await tiers.get(who, RESELLERS))["items"] == []
    assert refused(await tiers.call("sa@nordlicht", "GET", "/v1/relationships")) == (400, "3000")
    assert refused(await tiers.call("@nordlicht", "GET", RESELLERS)) == (403, "900329")


async def test_a_customer_made_for_a_reseller_has_both_as_partners(tiers: Web) -> None:
    made = await tiers.call("aa@nordlicht", "POST", "/v1/customers", new("birke.example", tiers.here.id("suedwind")))
    assert (made.status_code, made.json()["associatedPartnerId"]) == (201, str(tiers.here.id("suedwind")))
    path = f"/v1/customers/{made.json()['id']}"
    assert (await tiers.get("aa@suedwind", path))["relationshipToPartner"] == "reseller"
    (listed,) = (await tiers.get("aa@nordlicht", f"{path}/relationships"))["items"]
    assert listed["name"] == "Südwind Systeme GmbH"
    # The reseller is told of no provider's other resellers, and a customer's own choice is nobody's to list.
    assert (await tiers.get("aa@suedwind", f"{path}/relationships"))["items"] == []
    assert (await tiers.get("aa@nordlicht", f"{tiers.customer('alpenblick')}/relationships"))["items"] == []
    for customer in (tiers.here.id("fjord"), uuid4()):
        answer = await tiers.call("aa@nordlicht", "GET", f"/v1/customers/{customer}/relationships")
        assert refused(answer) == (403, "20002")
    for stranger in (tiers.here.id("wolkenwerk"), uuid4()):
        answer = await tiers.call("aa@nordlicht", "POST", "/v1/customers", new("erle.example", stranger))
        assert refused(answer) == (400, "800016")
    await unsign(tiers, "suedwind")
    answer = await tiers.call("aa@nordlicht", "POST", "/v1/customers", new("erle.example", tiers.here.id("suedwind")))
    assert refused(answer) == (403, "900123")


async def test_a_reseller_places_no_orders_and_makes_no_customers(tiers: Web) -> None:
    cart = {"lineItems": [{"catalogItemId": await tiers.here.item("Azure plan"), "quantity": 1}]}
    for where, body in ((f"{tiers.customer('alpenblick')}/carts", cart), ("/v1/customers", new("erle.example"))):
        assert refused(await tiers.call("aa@suedwind", "POST", where, body)) == (403, "2032")


async def test_default_roles_come_from_their_day_on_unless_they_are_not_wanted(site: Web) -> None:
    graph = "/v1.0/tenantRelationships/delegatedAdminRelationships"
    for domain, asked, given in (("a-1.example", {}, True), ("a-2.example", {"enableGDAPByDefault": False}, False)):
        made = await site.call("aa@nordlicht", "POST", "/v1/customers", new(domain, **asked))
        assert made.json()["enableGDAPByDefault"] is given
        about = f"?$filter=customer/tenantId eq '{made.json()['id']}'"
        listed = (await site.get("aa@nordlicht", graph + about))["value"]
        assert [(one["status"], one["duration"], one["autoExtendDuration"]) for one in listed] == (
            [("active", "P2Y", "PT0S")] if given else []
        )
        for one in listed:
            roles = {role["roleDefinitionId"] for role in one["accessDetails"]["unifiedRoles"]}
            assert roles == {str(role) for role in ROLES.values()}
            assert one["displayName"] == f"Default {made.json()['id']}"
            assert (await site.get("aa@nordlicht", f"{graph}/{one['id']}/accessAssignments"))["value"] == []
        assert (await site.get("aa@suedwind", graph + about))["value"] == []


async def test_a_customer_gives_its_registration_number_where_its_country_wants_it(site: Web) -> None:
    address = {**BILLING["defaultAddress"], "country": "PL"}
    polish = {**new("wisla.example"), "billingProfile": {**BILLING, "defaultAddress": address}}
    answer = await site.call("aa@nordlicht", "POST", "/v1/customers", polish)
    assert refused(answer) == (400, "3000")
    assert "registration number" in answer.json()["description"]


async def test_an_agreement_document_is_of_a_known_template(site: Web) -> None:
    path = "/v1/agreementtemplates/{}/document"
    template = "117a77b0-9360-443b-8795-c6dedc750cf9"
    found = await site.get("ba@nordlicht", path.format(template))
    assert (found["country"], found["language"]) == ("US", "en-US")
    assert refused(await site.call("ba@nordlicht", "GET", path.format(uuid4()))) == (404, "1000")
    for query in ("?country=Germany", "?language=not%20one"):
        assert refused(await site.call("ba@nordlicht", "GET", path.format(template) + query)) == (400, "3000")
    assert refused(await site.call("@nordlicht", "GET", path.format(template))) == (403, "900329")


async def test_a_partners_attestation_is_no_acceptance_by_the_customer(site: Web) -> None:
    path = f"{site.customer('alpenblick')}/directSignedMicrosoftCustomerAgreementStatus"
    assert (await site.get("ba@nordlicht", path))["isSigned"] is True
    async with site.here.owner() as owner:
        await owner.execute(
            "UPDATE customer_agreement SET partner_tenant_id = $1 WHERE customer_tenant_id = $2",
            *(site.here.id("nordlicht"), site.here.id("alpenblick")),
        )
    assert (await site.get("ba@nordlicht", path))["isSigned"] is False
    for customer in (site.here.id("fjord"), uuid4()):
        answer = await site.call("ba@nordlicht", "GET", path.replace(str(site.here.id("alpenblick")), str(customer)))
        assert refused(answer) == (403, "20002")
