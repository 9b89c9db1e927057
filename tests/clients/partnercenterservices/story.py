"""What a partner does with partnercenterservices, a line a call: adding a call is adding a line.

A line: the name under which the outcome is known to later lines and to the test, whose token, the client's operation,
and its arguments from what is known. What is known are the values the test gave and the models the client made.
"""

import json

from microsoft.store.partnercenterservices import models

# An application by itself, an Admin agent, and the Global admin, who alone ends a relationship.
APP, USER, ADMIN = "app", "user", "admin"

_GET, _POST = "getvversioncustomerscustomer", "postvversioncustomerscustomer"
_PATCH, _PUT = "patchvversioncustomerscustomer", "putvversioncustomerscustomer"
_DELETE = "deletevversioncustomerscustomer"
_LINK = (
    "getvversioncustomersrelationshiprequestsindirect_cloud_solution_provider_id"
    "indirect_cloud_solution_provider_id.value"
)
_CUSTOMERS = "getvversioncustomersfilterfilter.value"

_made = {name.removeprefix("MicrosoftPartnerSdkContractsV1"): kind for name, kind in vars(models).items()}
Customer, Address, Order, Subscription = (_made[name] for name in ("Customer", "Address", "Order", "Subscription"))
Company, Billing, Line = (_made[name] for name in ("CustomerCompanyProfile", "CustomerBillingProfile", "OrderLineItem"))
Support, Domain = _made["SubscriptionsSupportContact"], _made["DomainManagementDomain"]
User, Password = _made["CustomerUser"], _made["ContractsPasswordProfile"]
Member, Licence = _made["ContractsRoleManagementUserMember"], _made["UserLicenseManagementLicenseAssignment"]
VerifiedDomain = _made["DomainManagementVerifiedDomain"]


def _new_customer(_):
    address = Address(
        country="DE", city="Kiel", address_line1="Kai 1", postal_code="24103", first_name="A", last_name="B"
    )
    billing = Billing(
        email="rechnung@leuchtturm.example",
        company_name="Leuchtturm GmbH",
        culture="de-DE",
        language="de",
        default_address=address,
    )
    return {"customer_profile": Customer(company_profile=Company(domain="leuchtturm.example"), billing_profile=billing)}


def _following(known):
    """Where the first page says the second is."""
    header = known["first_page"].links.next.headers[0]
    return {"size": 2, "seek_operation": "Next", "custom_headers": {header.key: header.value}}


def _beginning(field, value, operator):
    return {"filter": json.dumps({"Field": field, "Value": value, "Operator": operator})}


def _of(known, **more):
    return {"customer_id": known["customer_id"], **more}


def _one(known, **more):
    """The subscription that the order made."""
    subscription = known["order"].line_items[0].subscription_id
    return _of(known, subscription_id=subscription, **more)


def _changed(known, **changes):
    """The whole subscription as it was read, with changes, as this client sends it back."""
    whole = known["subscription"]
    for name, value in changes.items():
        setattr(whole, name, value)
    return _one(known, subscription=whole)


def _billed(known):
    profile = known["billing"]
    profile.email = "buchhaltung@alpenblick.example"
    return _of(known, customer_billing_profile=profile, custom_headers={"If-Match": profile.attributes.etag})


def _ordered(known, offer="offer_id"):
    line = Line(line_item_number=0, offer_id=known[offer], quantity=5, friendly_name="By order")
    order = Order(reference_customer_id=known["customer_id"], billing_cycle="monthly", line_items=[line])
    return _of(known, order=order, ms_request_id=known[f"{offer}_request"])


def _of_new(known, **more):
    """The customer that the partner made."""
    return {"customer_id": known["found"].items[0].id, **more}


def _given_up(known):
    return {"customer_id": known["found"].items[0].id, "customer": Customer(relationship_to_partner="none")}


def _kept(known, name, argument, **changes):
    """A profile of the partner as it was read, with changes, if nobody changed it since."""
    profile = known[name]
    for field, value in changes.items():
        setattr(profile, field, value)
    return {argument: profile, "custom_headers": {"If-Match": profile.attributes.etag}}


def _offered(known, **wanted):
    """The offer that is so."""
    return next(one for one in known["offers"].items if all(getattr(one, k) == v for k, v in wanted.items()))


def _tried(known):
    """A trial, as it is offered."""
    offer = _offered(known, is_trial=True)
    line = Line(line_item_number=0, offer_id=offer.id, quantity=offer.minimum_quantity)
    order = Order(reference_customer_id=known["customer_id"], billing_cycle="none", line_items=[line])
    return _of(known, order=order)


def _below(known, name, **more):
    """The first subscription of an order made before."""
    order = known[name].orders[0] if name == "checkout" else known[name]
    return _of(known, subscription_id=order.line_items[0].subscription_id, **more)


def _with_archive(known):
    """The order of the checkout, and an add-on to what it sold."""
    (order,) = known["checkout"].orders
    line = Line(
        line_item_number=1,
        offer_id=_offered(known, name="Archive add-on").id,
        quantity=2,
        parent_subscription_id=order.line_items[0].subscription_id,
    )
    return _of(known, order_id=order.id, order=Order(billing_cycle="monthly", line_items=[line]))


def _foreign(known, **more):
    return _of(known, subscription_id=known["foreign_id"], **more)


def _in_germany(_):
    return {"country": "DE"}


def _offer(known):
    return {"offer_id": known["ambiguous"], "country": "DE"}


def _new_person(known):
    """A user of the customer; the client knows a password by its length alone."""
    profile = Password(password=models.SystemSecuritySecureString(), force_change_password=True)
    user = User(user_principal_name="uwe@alpenblick.example", display_name="Uwe", password_profile=profile)
    return _of(known, user=user)


def _person(known, **more):
    return _of(known, user_id=known["person_id"], **more)


def _role(known, **more):
    return _of(known, role_id=known["role_id"], **more)


def _sku(known):
    """Something the customer has licences of."""
    return known["licences"].items[0].product_sku.id


_DOMAIN = Domain(authentication_type="managed", capability="email")

STORY = (
    # The partner invites, and makes a customer of its own.
    ("link", USER, _LINK, lambda _: {}),
    ("link_app", APP, _LINK, lambda _: {}),
    ("created", USER, "postvversioncustomers", _new_customer),
    # Its customers, page by page and by name.
    ("first_page", APP, _CUSTOMERS, lambda _: {"size": 2}),
    ("second_page", APP, _CUSTOMERS, _following),
    ("found", USER, _CUSTOMERS, lambda _: _beginning("CompanyName", "leucht", "starts_with")),
    ("not_found", USER, _CUSTOMERS, lambda _: _beginning("Domain", "x", "StartsWith")),
    # One customer, with its profiles.
    ("customer", APP, f"{_GET}.id", _of),
    ("unchanged", USER, f"{_PATCH}.id", lambda known: _of(known, customer=known["customer"])),
    ("company", USER, f"{_GET}.idprofilescompany", _of),
    ("company_app", APP, f"{_GET}.idprofilescompany", _of),
    ("billing", APP, f"{_GET}.idprofilesbilling", _of),
    ("billed", USER, f"{_PUT}.idprofilesbilling", _billed),
    ("billing_again", USER, f"{_GET}.idprofilesbilling", _of),
    # It sells by an order, repeated after a lost answer, and by the checkout of a cart.
    ("order", USER, f"{_POST}.idorders", _ordered),
    ("order_repeated", USER, f"{_POST}.idorders", _ordered),
    ("order_ambiguous", USER, f"{_POST}.idorders", lambda known: _ordered(known, "ambiguous")),
    ("checkout", APP, f"{_POST}.idcheckout", lambda known: _of(known, cart_id=known["cart_id"])),
    ("checkout_again", USER, f"{_POST}.idcheckout", lambda known: _of(known, cart_id=known["cart_id"])),
    ("orders", APP, f"{_GET}.value7", _of),
    ("orders_monthly", USER, f"{_GET}.value7", lambda known: _of(known, billing_type="monthly")),
    ("order_read", APP, f"{_GET}.id5", lambda known: _of(known, order_id=known["order"].id)),
    # It runs what it sold.
    ("subscriptions", APP, f"{_GET}.value9", _of),
    ("subscriptions_of_order", USER, f"{_GET}.value9", lambda known: _of(known, order_id=known["order"].id)),
    ("subscription", APP, f"{_GET}.id6", _one),
    ("renamed", USER, f"{_PATCH}.id4", lambda known: _changed(known, friendly_name="Renamed")),
    ("more", APP, f"{_PATCH}.id4", lambda known: _changed(known, quantity=7)),
    ("suspended", USER, f"{_PATCH}.id4", lambda known: _changed(known, status="suspended")),
    ("active", USER, f"{_PATCH}.id4", lambda known: _changed(known, status="active")),
    # What another sold, and who is nobody's customer of its own, are not there.
    ("foreign", USER, f"{_GET}.id6", _foreign),
    ("foreign_changed", USER, f"{_PATCH}.id4", lambda known: _foreign(
        known, subscription=Subscription(status="suspended"))),
    ("stranger", USER, f"{_GET}.id", lambda known: {"customer_id": known["stranger_id"]}),
    # What it could sell, in a country and to a customer.
    ("offers", APP, "getvversionofferscountrycountry.value", _in_germany),
    ("offer", USER, "getvversionoffersoffer.value1", _offer),
    ("offer_addons", APP, "getvversionoffersoffer.value", _offer),
    ("categories", USER, "getvversionoffercategoriescountrycountry.value", _in_germany),
    ("customer_offers", APP, f"{_GET}.value2", _of),
    ("customer_offer_addons", USER, f"{_GET}.idaddons1", lambda known: _of(known, offer_id=known["ambiguous"])),
    ("customer_categories", APP, f"{_GET}.idoffercategories", _of),
    # It adds to an order, upgrades what it sold, and makes a trial a paid subscription.
    ("extended", USER, f"{_PATCH}.id3", _with_archive),
    ("addons", APP, f"{_GET}.idaddons", lambda known: _below(known, "checkout")),
    ("upgrades_with_addon", USER, f"{_GET}.idupgrades", lambda known: _below(known, "checkout")),
    ("trial", USER, f"{_POST}.idorders", _tried),
    ("conversions", USER, f"{_GET}.idconversions", lambda known: _below(known, "trial")),
    ("converted", USER, f"{_POST}.idconversions", lambda known: _below(
        known, "trial", target_conversion=known["conversions"].items[0])),
    ("upgrades", APP, f"{_GET}.idupgrades", lambda known: _of(
        known, subscription_id=known["converted"].subscription_id)),
    ("upgraded", USER, f"{_POST}.idupgrades", lambda known: _of(
        known, subscription_id=known["converted"].subscription_id, target_upgrade=known["upgrades"].items[0])),
    # Who supports it, whether it is there, and whether it is registered for reservations.
    ("supporter", USER, f"{_GET}.idsupportcontact", _one),
    ("supporter_set", USER, f"{_PUT}.idsupportcontact", lambda known: _one(known, support_contact=Support(
        support_tenant_id=known["supporter_id"], support_mpn_id=known["supporter_number"]))),
    ("supporter_again", USER, f"{_GET}.idsupportcontact", _one),
    ("provisioned", USER, f"{_GET}.idprovisioningstatus", _one),
    ("registration", APP, f"{_GET}.idregistrationstatus", _one),
    ("not_registrable", USER, f"{_POST}.idregistrations", _one),
    # What it does at a customer, and through whom.
    ("managed", USER, f"{_GET}.idmanagedservices", _of),
    ("resellers_of_customer", USER, f"{_GET}.idrelationships", _of),
    ("resellers", USER, "getvversionrelationshipsrelationship.value", lambda _: {
        "relationship_type": "IsIndirectCloudSolutionProviderOf"}),
    ("domain_undelegated", USER, f"{_POST}.idverifieddomain", lambda known: _of_new(
        known, verified_domain=VerifiedDomain(verified_domain_name="leuchtturm-kiel.example", domain=_DOMAIN))),
    ("domain_taken", APP, "headvversiondomainsdomain", lambda _: {"domain": "leuchtturm.example"}),
    ("domain_free", APP, "headvversiondomainsdomain", lambda _: {"domain": "nobody.example"}),
    # Who works at a customer that delegated it: users, their built-in roles, their licences.
    ("person_not_made", USER, f"{_POST}.idusers", _new_person),
    ("people", USER, f"{_GET}.value6", _of),
    ("people_app", APP, f"{_GET}.value6", _of),
    ("person", USER, f"{_GET}.id2", _person),
    ("person_changed", USER, f"{_PATCH}.id2", lambda known: _person(
        known, user=User(display_name="Ida Kern-Vogt", usage_location="AT"))),
    ("person_after", USER, f"{_GET}.id2", _person),
    ("roles", USER, f"{_GET}.value", _of),
    ("role_given", USER, f"{_POST}.idusermembers", lambda known: _role(
        known, user_member=Member(id=known["person_id"]))),
    ("roles_of_person", USER, f"{_GET}.iddirectoryroles", _person),
    ("role_members", USER, f"{_GET}.value1", _role),
    ("role_taken", USER, f"{_DELETE}.id1", lambda known: _role(known, member_id=known["person_id"])),
    ("licences", USER, f"{_GET}.value4", _of),
    ("licensed", USER, f"{_POST}.idlicenseupdates", lambda known: _person(
        known, licenses_to_assign=[Licence(sku_id=_sku(known))])),
    ("licences_after", USER, f"{_GET}.value4", _of),
    ("licences_of_person", USER, f"{_GET}.value5", _person),
    ("unlicensed", USER, f"{_POST}.idlicenseupdates", lambda known: _person(
        known, licenses_to_remove=[_sku(known)])),
    ("person_deleted", USER, f"{_DELETE}.id2", _person),
    ("people_deleted", USER, f"{_GET}.value6", lambda known: _of(
        known, **_beginning("UserState", "Inactive", "equals"))),
    ("restored", USER, f"{_PATCH}.id2", lambda known: _person(known, user=User(state="active"))),
    ("person_restored", USER, f"{_GET}.id2", _person),
    # What it says of itself: an agent reads it, the Global admin changes it.
    ("own_billing", USER, "getvversionprofilesbilling", lambda _: {}),
    ("own_billing_by_an_agent", USER, "putvversionprofilesbilling", lambda known: _kept(
        known, "own_billing", "billing_profile")),
    ("own_billing_changed", ADMIN, "putvversionprofilesbilling", lambda known: _kept(
        known, "own_billing", "billing_profile", purchase_order_number="4711")),
    ("own_billing_changed_meanwhile", ADMIN, "putvversionprofilesbilling", lambda known: _kept(
        known, "own_billing", "billing_profile", purchase_order_number="4712")),
    ("own_legal", APP, "getvversionprofileslegalbusinessvetting_versionvetting_version.value", lambda _: {}),
    ("own_legal_changed", ADMIN, "putvversionprofileslegalbusiness", lambda known: _kept(
        known, "own_legal", "legal_business_profile", company_approver_email="freigabe@nordlicht.example")),
    ("own_organization", USER, "getvversionprofilesorganization", lambda _: {}),
    ("own_organization_changed", ADMIN, "putvversionprofilesorganization", lambda known: _kept(
        known, "own_organization", "organization_profile", email="post@nordlicht.example")),
    ("own_support", USER, "getvversionprofilessupport", lambda _: {}),
    ("own_support_changed", ADMIN, "putvversionprofilessupport", lambda known: _kept(
        known, "own_support", "support_profile", telephone="+49 40 1234567")),
    ("own_number", USER, "getvversionprofilesmpnmpn_idmpn_id.value", lambda _: {}),
    # What addresses look like.
    ("country", APP, "getvversioncountryvalidationrulescountry", _in_germany),
    ("address", USER, "postvversionvalidationsaddress", lambda known: {"address": known["company"].address}),
    ("address_wrong", APP, "postvversionvalidationsaddress", lambda _: {"address": Address(
        country="DE", city="Kiel", address_line1="Kai 1", postal_code="2")}),
    # And it gives its own customer up, whom it cannot purge while others work with it.
    ("not_purged", USER, f"{_DELETE}.id", _of),
    ("given_up_by_an_agent", USER, f"{_PATCH}.id", _given_up),
    ("given_up", ADMIN, f"{_PATCH}.id", _given_up),
)  # fmt: skip
