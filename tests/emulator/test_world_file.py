"""World files: what the packaged ones say, and how a wrong one is named."""

from decimal import Decimal

import pytest

from copartner.policy.facts import Cloud, Role
from copartner_emulator.world import WorldError, build_world, read_world
from copartner_emulator.world_catalogue import build, build_promotions, read_catalogue
from copartner_emulator.world_file import CatalogueEntry, WorldEntry, parse, text_of

CLOUDS = [Cloud.COMMERCIAL, Cloud.US_GOVERNMENT]
# A partner has nobody who answers for a customer.
ROLES = set(Role) - {Role.USER, Role.DELEGATION_ADMIN}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_cast_has_every_part_of_the_story(cloud: Cloud) -> None:
    world = read_world("multi-partner", cloud)
    kinds = {tenant.part: tenant.kind for tenant in world.tenants}
    assert kinds == {
        "operator": "operator",
        "customer": "customer",
        "licence partner": "partner",
        "first azure partner": "partner",
        "second azure partner": "partner",
        "own use": "customer",
        "affiliate": "customer",
        "becoming partner": "customer",
        "elsewhere": "customer",
    }
    customer = world.tenant("customer")
    assert [user.roles for user in customer.users] == [(Role.GLOBAL_ADMIN,), (Role.BILLING_ADMIN,), (Role.USER,)]
    seller = world.tenant("licence partner")
    assert world.tenant("own use").organisation_id == seller.organisation_id
    affiliate = world.tenant("affiliate")
    by_id = {organisation.id: organisation for organisation in world.organisations}
    assert by_id[seller.organisation_id].affiliates == (affiliate.organisation_id,)
    assert by_id[affiliate.organisation_id].affiliates == (seller.organisation_id,)
    [bought] = world.subscriptions
    assert (bought.seller.kind, bought.customer) == ("operator", customer)


@pytest.mark.parametrize("cloud", Cloud)
def test_every_partner_has_one_user_a_role_both_agent_groups_and_an_application(cloud: Cloud) -> None:
    for tenant in read_world("multi-partner", cloud).tenants:
        if tenant.kind != "partner":
            assert tenant.groups == ()
            continue
        assert [len(user.roles) for user in tenant.users] == [1] * 6
        assert {role for user in tenant.users for role in user.roles} == ROLES
        members = {group.name: group.members for group in tenant.groups}
        agents = {user.roles[0]: (user.id,) for user in tenant.users}
        assert members == {
            "AdminAgents": agents[Role.ADMIN_AGENT],
            "HelpdeskAgents": agents[Role.HELPDESK_AGENT],
        }
        assert len(tenant.applications) == 1


def test_the_government_cast_is_american_but_for_the_one_that_shows_the_rule() -> None:
    world = read_world("multi-partner", Cloud.US_GOVERNMENT)
    elsewhere = {tenant.part for tenant in world.tenants if tenant.address.country != "US"}
    assert elsewhere == {"elsewhere"}
    commercial = read_world("multi-partner", Cloud.COMMERCIAL)
    assert not {tenant.id for tenant in world.tenants} & {tenant.id for tenant in commercial.tenants}


def test_the_cast_of_21vianet_is_small_and_chinese() -> None:
    world = read_world("multi-partner", Cloud.CHINA)
    assert {tenant.part: tenant.kind for tenant in world.tenants} == {
        "operator": "operator",
        "customer": "customer",
        "licence partner": "partner",
        "second licence partner": "partner",
        "affiliate": "customer",
    }
    assert {tenant.address.country for tenant in world.tenants} == {"CN"}
    assert {item.availability.currency for item in world.catalogue} == {"CNY"}
    others = {it.id for cloud in CLOUDS for it in read_world("multi-partner", cloud).tenants}
    assert not {tenant.id for tenant in world.tenants} & others
    assert not world.relationships


@pytest.mark.parametrize("cloud", Cloud)
def test_the_operator_has_two_global_admins(cloud: Cloud) -> None:
    operator = read_world("multi-partner", cloud).tenant("operator")
    assert [user.user_principal_name.partition("@")[0] for user in operator.users] == ["ga", "approver"]
    assert {user.roles for user in operator.users} == {(Role.GLOBAL_ADMIN,)}


def test_markets_leave_one_customer_outside_one_partner() -> None:
    world = read_world("multi-partner", Cloud.COMMERCIAL)
    lavande = world.tenant("lavande").address.country
    reach = {t.name for t in world.tenants if t.enrolment and lavande in t.enrolment.markets}
    assert reach == {"nordlicht", "wolkenwerk"}
    everybody_else = {t.address.country for t in world.tenants if t.name != "lavande"}
    suedwind = world.tenant("suedwind").enrolment
    assert suedwind is not None
    assert everybody_else <= set(suedwind.markets)


TABLE = [
    ("Office 365 Basic", "P1M monthly, P1Y annual, P1Y monthly", (1, 300, 300), "48"),
    ("Office 365 Premium", "P1M monthly, P1Y annual, P1Y monthly", (1, 300, 300), "264"),
    ("Office 365 Premium Trial", "P1M none", (25, 25, None), "0"),
    (
        "Office 365 Enterprise",
        "P1M monthly, P1Y annual, P1Y monthly, P3Y annual, P3Y monthly, P3Y triennial",
        (1, 100000, None),
        "432",
    ),
    ("Device Management", "P1Y annual, P1Y monthly", (1, 100000, None), "96"),
    ("Phone add-on", "P1Y monthly", (1, 100000, None), "96"),
    ("Archive add-on", "P1Y monthly", (1, 100000, None), "36"),
    ("External Accountant", "P1Y none", (1, 3, 3), "0"),
    ("Azure plan", " one_time", (1, 1, None), "0"),
    ("VM reservation", "P1Y monthly, P1Y one_time, P3Y monthly, P3Y one_time", (1, 100, None), "500"),
]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_demo_catalogue_is_the_table(cloud: Cloud) -> None:
    sold = [item for item in read_catalogue(cloud) if item.availability.country == "US"]
    assert len(sold) == len(TABLE)
    for item, (title, terms, quantities, yearly) in zip(sold, TABLE, strict=True):
        assert item.product.title == title
        offered = sorted(f"{term.duration} {term.billing_cycle}" for term in item.availability.terms)
        assert ", ".join(offered) == terms
        limits = (item.sku.minimum_quantity, item.sku.maximum_quantity, item.sku.pooled_maximum)
        assert limits == quantities
        for term in item.availability.terms:
            factor = {"P1M": Decimal("0.1"), "P3Y": Decimal(3)}.get(term.duration, Decimal(1))
            assert term.list_price == Decimal(yearly) * factor
            assert term.partner_price == term.list_price * Decimal("0.8")


def test_euro_prices_are_those_in_dollars_and_two_hundredths() -> None:
    items = {
        (item.product.title, item.availability.country): item.availability for item in read_catalogue(Cloud.COMMERCIAL)
    }
    basic = items["Office 365 Basic", "DE"]
    assert basic.currency == "EUR"
    assert [str(term.list_price) for term in basic.terms] == ["4.90", "48.96", "48.96"]
    assert [str(term.partner_price) for term in basic.terms] == ["3.92", "39.17", "39.17"]
    assert {country for _, country in items} >= {"DE", "AT", "FR", "US"}


def test_identifiers_have_the_documented_shape_and_differ() -> None:
    items = read_catalogue(Cloud.COMMERCIAL)
    ids = [item.availability.catalog_item_id for item in items]
    assert len(set(ids)) == len(ids)
    for product, sku, availability in (text.split(":") for text in ids):
        assert (len(product), len(sku), len(availability)) == (12, 4, 12)
    assert any(text.startswith("DZH318Z0BPS6:0001:") for text in ids)
    terms = {term.id for item in items for term in item.availability.terms}
    assert {len(term) for term in terms} == {12}


WRONG = [
    ("cloud = ", "cloud = \n", "line 8"),
    ('name = "Fjord Handel GmbH"', "name = 7", "[organisation.fjord] Expected `str`, got `int` - at `$[...].name`"),
    ("days_ago = 90", 'days_ago = "90"', "[subscription.1]"),
    ('part = "affiliate"', 'prat = "affiliate"', "[tenant.fjord]"),
    ('affiliates = ["fjord"]', 'affiliates = ["fjrod"]', "[organisation.nordlicht] affiliates: fjrod"),
    ("0000000000b2", "0000000000b1", "id 00000000-0000-4000-8000-0000000000b1 stands twice"),
    ("00000000-0000-4000-8000-0000000000b2", "b2", "[tenant.wolkenwerk] id: 'b2' is no GUID"),
    ('organisation = "hafen"', 'organisation = "haven"', "[tenant.hafen] organisation: haven is not described"),
    ('kind = "operator"', 'kind = "vendor"', "[tenant.operator] kind: 'vendor'"),
    ('kind = "operator"', 'kind = "customer"', 'exactly one tenant has kind = "operator"'),
    (
        'enrolment = { mpn_id = "4100003", markets = ["AT", "DE"] }',
        "",
        "[tenant.suedwind] enrolment: partners have one",
    ),
    ('domain = "fjord.example"', 'domain = "Fjord.example"', "[tenant.fjord] domain: 'Fjord.example'"),
    ('domain = "fjord.example"', 'domain = "hafen.example"', "domain hafen.example stands twice"),
    ('mpn_id = "4100003"', 'mpn_id = "4100002"', "mpn_id 4100002 stands twice"),
    ('city = "Apt", postal_code = "84400", country = "FR"', 'city = "", postal_code = "", country = "fr"', "'fr'"),
    ('contact = "Finn Petersen"', 'contact = "Finn"', "[tenant.fjord] address.contact: 'Finn'"),
    ('groups = ["HelpdeskAgents"]', 'groups = ["Helpers"]', "[tenant.nordlicht] users.hd groups: Helpers"),
    ('roles = ["User"]', "roles = []", "[tenant.alpenblick] users.user roles: a user has a role"),
    ('roles = ["User"]', 'roles = ["Admin agent"]', "[tenant.alpenblick] users.user roles: Admin agent comes from"),
    ('roles = ["User"]', 'roles = ["Boss"]', "Boss"),
    ('seller = "operator"', 'seller = "nordlicht"', "[subscription.1] seller: nordlicht is a partner"),
    ('customer = "hafen"\n', 'customer = "haven"\n', "[relationship.1] customer: haven is no tenant here"),
    ('item = "CFQ7TTC0E4TR:0001"', 'item = "CFQ7TTC0E4TR:0002"', "[subscription.1] item: CFQ7TTC0E4TR:0002"),
    ('term = "P1Y"', 'term = "P5Y"', "[subscription.1] term: CFQ7TTC0E4TR:0001 has no P5Y billed annual"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG)
def test_a_wrong_world_is_named_with_its_place(right: str, wrong: str, said: str) -> None:
    text = text_of("multi-partner.toml")
    assert right in text
    with pytest.raises(WorldError) as caught:
        build_world(
            "multi-partner",
            "multi-partner.toml",
            parse(text.replace(right, wrong, 1), "multi-partner.toml", WorldEntry),
            read_catalogue(Cloud.COMMERCIAL),
        )
    assert str(caught.value).startswith("multi-partner.toml: ")
    assert said in str(caught.value)


def build_both(text: str) -> None:
    entry = parse(text, "catalogue.toml", CatalogueEntry)
    for cloud in CLOUDS:
        build(entry, cloud)


def test_an_agreement_needs_a_cloud_that_has_one() -> None:
    text = text_of("multi-partner.us-government.toml").replace("agreement = false", "agreement = true")
    entry = parse(text, "file", WorldEntry)
    with pytest.raises(WorldError, match=r"\[relationship.1\] agreement: the us-government cloud has no"):
        build_world("multi-partner", "file", entry, read_catalogue(Cloud.US_GOVERNMENT))


WRONG_CATALOGUE = [
    ("[product.CFQ7TTC0B45C]", "[product.BASIC]", "[product.BASIC] a product has an identifier"),
    ('sku = "0001"', 'sku = "1"', "[product.CFQ7TTC0B45C] sku: 4 digits are needed, not '1'"),
    ("quantity = [1, 300]", "quantity = [3, 1]", "[product.CFQ7TTC0B45C] quantity"),
    ("terms = { P1M", "terms = { P2M", "[product.CFQ7TTC0B45C] terms: 'P2M'"),
    ('"CFQ7TTC0E4TR:0001"]', '"CFQ7TTC0E4TR:0009"]', "names CFQ7TTC0E4TR:0009"),
    ('DE = "EUR"', 'DE = "CHF"', "[markets] names CHF"),
    ('EUR = "1.02"', 'EUR = "dear"', "[currencies] EUR: 'dear' is no decimal number"),
    ('price = "48"', "price = 48", "[product.CFQ7TTC0B45C]"),
    ('[markets.us-government]\nUS = "USD"\n', "", "[markets] has no us-government"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG_CATALOGUE)
def test_a_wrong_catalogue_is_named_with_its_place(right: str, wrong: str, said: str) -> None:
    text = text_of("catalogue.toml")
    assert right in text
    with pytest.raises(WorldError) as caught:
        build_both(text.replace(right, wrong, 1))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('item = "CFQ7TTC0PR3M:0001"', 'item = "CFQ7TTC0PR3M:0002"', "does not have CFQ7TTC0PR3M:0002"),
        ('term = "P1Y"', 'term = "P3Y"', "is not sold P3Y monthly"),
        ('discount = "0.1"', 'discount = "much"', "'much' is no decimal number"),
    ],
)
def test_a_wrong_promotion_is_named_with_its_place(right: str, wrong: str, said: str) -> None:
    text = text_of("catalogue.toml")
    begin = text.index("[promotion.")
    assert right in text[begin:]
    entry = parse(text[:begin] + text[begin:].replace(right, wrong), "catalogue.toml", CatalogueEntry)
    with pytest.raises(WorldError, match=r'\[promotion\."39NFJQT1PRM1') as error:
        build_promotions(entry)
    assert said in str(error.value)


def test_an_unknown_world_names_those_there_are() -> None:
    with pytest.raises(WorldError, match=r"There is no shangri-la\.toml; the worlds are: multi-partner"):
        read_world("shangri-la", Cloud.COMMERCIAL)
