"""One request for every served route that works, in a world where all it names is there."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from copartner.api.partner_center.resources import ROUTES
from copartner.api.programme.resources import ROUTES as OWN_ROUTES
from copartner.api.registry import Route
from support import announced, example_versions, granular, in_directories
from support.bodies import BILLING, CONTACT, RESELLER, directory_bodies, profile_bodies, tenancy_bodies
from support.conforming import hold
from support.example_sales import Things, sales_bodies
from support.furnishing import furnish_directory, made, record
from support.web import Web

UNKNOWN = "01a20000-0000-7000-8000-000000000001"
OWN = "/programme/v1"
# Refused in production, for which these examples are.
EMULATOR_ALONE = {"customers.purge", "sandbox_resellers.create", "sandbox_resellers.remove"}
TEMPLATE = "117a77b0-9360-443b-8795-c6dedc750cf9"
ALL: dict[str, Route] = {route.name: route for route in (*ROUTES, *OWN_ROUTES)}
_OF_GLOBAL_ADMINS = ("users", "groups", "applications", "application_consents", "partner_profiles")


@dataclass(frozen=True, slots=True)
class Example:
    """Who asks for what; `parts` are the variable parts of the address, `tagged` is where a tag comes from."""

    route: Route
    who: str
    parts: dict[str, str] = field(default_factory=dict)
    body: Any = None
    query: str = ""
    tagged: str = ""

    @property
    def method(self) -> str:
        """The last of the route's methods: POST where a list takes both."""
        return self.route.methods[-1]

    @property
    def path(self) -> str:
        """The address with its parts filled in."""
        return self.route.path.format(**self.parts) + self.query

    def at(self, part: str, value: str) -> "Example":
        """The same request with another value for one part of its address."""
        return replace(self, parts={**self.parts, part: value})

    async def send(self, site: Web, content: bytes | None = None, **headers: str) -> httpx.Response:
        """Send it with this body instead of its own."""
        if self.tagged:
            whole = await site.get(self.who, self.tagged)
            headers = {"If-Match": whole["attributes"]["etag"], **headers}
        sent = {"Authorization": f"Bearer {self.who}", "Content-Type": "application/json", **headers}
        if content is None:
            content = b"" if self.body is None else json.dumps(self.body).encode()
        return hold(await site.http.request(self.method, self.path, content=content, headers=sent))


async def furnish(site: Web) -> Things:
    """Let two of a customer's partners sell to it, ask another one, and be denied something."""
    for partner in ("nordlicht", "wolkenwerk", "suedwind"):
        await site.here.relate(partner, "alpenblick")
    item, paid = await site.here.item("Office 365 Enterprise"), await site.here.item("Office 365 Premium")
    own, foreign = [await _furnish_one(site, partner, item) for partner in ("nordlicht", "suedwind")]
    foreign["customer"], foreign["partner"] = str(site.here.id("fjord")), str(site.here.id("lavande"))
    async with site.here.owner() as owner:
        # At the present no privileges come that could be taken back, and nothing is sold that has to be activated.
        await owner.execute("UPDATE reseller_relationship SET privileges = true")
        # A new partner, which has yet to sign the partner agreement.
        await owner.execute(
            """INSERT INTO enrolment (tenant_id, mpn_id, markets, state, enrolled_at)
            VALUES ($1, '4100077', '{DE}', 'active', $2)""",
            *(site.here.id("fjord"), site.here.clock.now()),
        )
        for things in (own, foreign):
            await owner.execute("UPDATE subscription SET status = 'pending' WHERE id::text = $1", things["pending"])
    own |= await in_directories.furnish(site, "aa@nordlicht", "alpenblick")
    own |= await example_versions.furnish(site)
    foreign |= {
        **in_directories.ROLE,
        "ruleVersion": UNKNOWN[:-1] + "2",
        "person": str(site.here.context("ga@lavande").caller.subject_id),
        "announcement": str(site.here.runtime.ids.new()),
    }
    templates = await site.get("aa@nordlicht", "/v1/agreements")
    return Things(own, foreign, item, templates["items"][0]["templateId"], paid, await site.here.item("Archive add-on"))


async def _furnish_one(site: Web, partner: str, item: str) -> dict[str, str]:
    who, customer = f"aa@{partner}", site.customer("alpenblick")
    cart = {"lineItems": [_line(item), _line(item)]}
    carts = [(await made(site, who, f"{customer}/carts", cart))["id"] for _ in range(2)]
    order = (await made(site, who, f"{customer}/carts/{carts[0]}/checkout"))["orders"][0]
    usual = {"billingCycle": "monthly", "termDuration": "P1Y"}
    basic = [_line(await site.here.item("Office 365 Basic"), **usual) for _ in range(2)]
    trial = {"catalogItemId": await site.here.item("Office 365 Premium Trial"), "quantity": 25}
    cart = await made(site, who, f"{customer}/carts", {"lineItems": [*basic, trial]})
    bought = (await made(site, who, f"{customer}/carts/{cart['id']}/checkout"))["orders"]
    smaller, larger, tried = (line["subscriptionId"] for one in bought for line in one["lineItems"])
    plan = {"offerId": await site.here.item("Azure plan"), "quantity": 1}
    azure = await made(site, who, f"{customer}/orders", {"lineItems": [plan]})
    asked = {"customerTenantId": str(site.here.id("lavande" if partner == "nordlicht" else "hafen")), "reason": "Büro"}
    requests = [await made(site, who, f"{OWN}/relationship-requests", asked) for _ in range(2)]
    denied = await site.call(who, "GET", f"{customer}/subscriptions/{UNKNOWN}")
    return {
        "customer": str(site.here.id("alpenblick")),
        "cart": carts[1],
        "order": order["id"],
        "subscription": order["lineItems"][0]["subscriptionId"],
        "pending": order["lineItems"][1]["subscriptionId"],
        "azure": azure["lineItems"][0]["subscriptionId"],
        "lineitem": "0",
        "upgradable": smaller,
        "transitable": larger,
        "trial": tried,
        "relationshipRequest": requests[0]["id"],
        "unwanted": requests[1]["id"],
        "decision": denied.headers["copartner-decision-id"],
        "partner": str(site.here.id(partner)),
        "sandboxIndirectReseller": str(site.here.id("wolkenwerk")),
        "product": item.split(":")[0],
        "sku": item.split(":")[1],
        "availability": item.split(":")[2],
        "offer": item,
        "productpromotion": "39NFJQT1PRM1:0001:39NFJQT1Q5KN",
        "auditrecord": await record(site, who),
        "countryvalidationrule": "DE",
        "agreementtemplate": TEMPLATE,
        "compliance": "csp",
        "tenant": str(site.here.id("wolkenstadt")),
        "domain": "hafen.example",
        **await granular.furnish(site, who),
        **await furnish_directory(site, f"ga@{partner}"),
        **await announced.furnish(site, f"ga@{partner}"),
    }


def _line(item: str, **more: Any) -> dict[str, Any]:
    return {
        "catalogItemId": item,
        "quantity": 5,
        "friendlyName": "Büro",
        "billingCycle": "monthly",
        "termDuration": "P1Y",
        "participants": [{"key": "transaction_reseller", "value": ""}],
        **more,
    }


# Which subscription an address is about, where it is not the first one.
_INSTEAD = {"registrations": "azure", "transitions": "transitable", "conversions": "trial", "upgrades": "upgradable"}


def examples(site: Web, things: Things) -> dict[str, Example]:
    """By the name of the route, in an order in which each works once."""
    bodies, callers, queries = _bodies(site, things), _callers(), _queries(site)
    found = {}
    for name, route in ALL.items():
        own, kind = things.own, name.partition(".")[0]
        if name == "subscriptions.activate":
            own = {**own, "subscription": own["pending"]}
        elif kind in in_directories.KINDS:
            own = {**own, **dict.fromkeys(("user", "usermember"), own["person"])}
        elif kind in _INSTEAD:
            own = {**own, "subscription": own[_INSTEAD[kind]]}
        elif name == "relationship_requests.withdraw":
            own = {**own, "relationshipRequest": own["unwanted"]}
        elif name in granular.ABOUT:
            own = {**own, "adminRelationship": own[granular.ABOUT[name]]}
        elif name in example_versions.ABOUT:
            own = {**own, "ruleVersion": own[example_versions.ABOUT[name]]}
        elif name in announced.ABOUT:
            own = {**own, "announcement": own["draft"]}
        elif name.endswith("_standing"):
            own = {**own, "partner": str(site.here.id("wolkenwerk"))}
        found[name] = Example(
            route,
            callers.get(name, "aa@nordlicht"),
            {part: value for part, value in own.items() if f"{{{part}}}" in route.path},
            bodies.get(name),
            queries.get(name, ""),
            tagged=route.path.format(**own) if name == "billing_profiles.replace" else "",
        )
    last = ("enrolments.make", "carts.checkout", "customer_users.delete")
    return {name: found[name] for name in sorted(found, key=lambda name: name in last)}


def _queries(site: Web) -> dict[str, str]:
    return {
        "products.list": "?country=DE&targetView=OnlineServices",
        "partner_agreements.read_status": "?mpnId=4100001",
        "partner_agreements.read_status_of": "?mpnId=4100001",
        **granular.queries(site),
        "partner_relationships.list": "?relationship_type=IsIndirectCloudSolutionProviderOf",
        "customer_products.list": "?targetView=OnlineServices",
        **dict.fromkeys(
            ("offers.list", "offers.read", "offers.list_addons", "offer_categories.list", "promotions.read"),
            "?country=DE",
        ),
        "promotions.list": "?country=DE&segment=commercial",
        "inventory.check": "?country=DE",
        "subscriptions.list_term_ends": "?term_duration=P1Y",
        **dict.fromkeys(("products.read", "skus.list", "skus.read", "availabilities.list"), "?country=DE"),
        "availabilities.read": "?country=DE",
        **dict.fromkeys(
            ("decisions.read", "decisions.repeat", "audit_records.list", "receipts.list", "receipts.read"),
            "?side=partner",
        ),
    }


def _callers() -> dict[str, str]:
    """Who may, where it is not nordlicht's Admin agent."""
    return {
        **granular.CALLERS,
        **announced.CALLERS,
        **example_versions.callers(),
        "consent.read": "ga@lavande",
        "consent.answer": "ga@lavande",
        "consent.read_standing": "ga@lavande",
        "consent.answer_standing": "ga@lavande",
        "own_relationships.list": "ga@alpenblick",
        "own_relationships.change": "ga@alpenblick",
        "own_subscriptions.list": "ga@alpenblick",
        **dict.fromkeys(
            (
                *("enrolments.make", "rule_trials.make", "tenants.list", "tenants.read", "tenants.set_affiliate"),
                "standing.read",
            ),
            "ga@wolkenstadt",
        ),
        "partner_agreements.sign": "ga@fjord",
        **{name: "ga@nordlicht" for name in ALL if name.partition(".")[0] in _OF_GLOBAL_ADMINS},
    }


def _bodies(site: Web, things: Things) -> dict[str, Any]:
    order_line = {"offerId": things.item, "quantity": 1, "termDuration": "P1M", "friendlyName": "Lager"}
    return {
        "customers.create": {
            "companyProfile": {"domain": "kueste.example", "companyName": "Küste GmbH"},
            "billingProfile": BILLING,
            "userCredentials": {"userName": "eva"},
        },
        "sandbox_resellers.create": RESELLER,
        "customers.change": {"allowDelegatedAccess": True, "relationshipToPartner": "reseller"},
        "billing_profiles.replace": {**BILLING, "firstName": "Eva", "lastName": "Berg"},
        "carts.create": {"lineItems": [_line(things.item)]},
        "carts.replace": {"lineItems": [_line(things.item, quantity=6), _line(things.item, billingCycle="annual")]},
        "orders.place": {"lineItems": [order_line], "billingCycle": "monthly"},
        "subscriptions.change": {
            "quantity": 7,
            "friendlyName": "Werk 2",
            "autoRenewEnabled": False,
            "status": "active",
            "termDuration": "P1Y",
            "billingCycle": "monthly",
            "partnerTenantId": things.own["partner"],
            "customerTenantId": things.own["customer"],
        },
        **sales_bodies(things, site.here.tenant("wolkenwerk")),
        "agreements.attest": {
            "primaryContact": CONTACT,
            "templateId": things.template,
            "dateAgreed": "2026-10-01T00:00:00Z",
            "type": "MicrosoftCustomerAgreement",
        },
        "relationship_requests.send": {"customerDomain": "lavande.example", "reason": "Büroprogramme"},
        "consent.answer": {"answer": "accept", "acceptCustomerAgreement": True},
        "consent.answer_standing": {"answer": "accept", "acceptCustomerAgreement": True},
        "own_relationships.change": {"delegatedAdminPrivileges": False},
        **granular.BODIES,
        **announced.BODIES,
        **example_versions.bodies(site),
        "indirect_admin.provide": granular.provided(str(site.here.id("wolkenwerk"))),
        **in_directories.bodies(things.own),
        **directory_bodies(),
        **profile_bodies(),
        **tenancy_bodies(),
        "rule_trials.make": {"begins": "2026-12-01", "ends": ["role-enrol"], "days": 7},
        "tenants.set_affiliate": {"affiliate": "hafen.example", "affiliated": True},
        "enrolments.make": {
            "tenantId": str(site.here.id("intern.nordlicht")),
            "mpnId": "5550001",
            "markets": ["FR", "BE"],
        },
    }
