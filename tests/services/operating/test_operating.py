"""The operator sees tenants and how the deployment stands, settles who is affiliated; nobody else does."""

from datetime import timedelta
from uuid import uuid4

import pytest

from copartner.announcements import service as announcements
from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.operating import service
from copartner.operating.model import Due, Kind, TenantRow
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.programme.rules import UnknownTenant
from support.announcing import published
from support.programme import Programme
from support.versions import approver, check, propose, proposer


def _sees(here: Programme) -> Context:
    return proposer(here)


async def _audited(here: Programme, domain: str) -> list[tuple[str, bool]]:
    """What a tenant's audit has of affiliations, in order, and whether each was new."""
    async with here.owner() as owner:
        rows = await owner.fetch(
            """SELECT operation_type, old_value IS NULL AS new FROM audit_record
            WHERE tenant_id = $1 AND operation_type = 'tenant.set_affiliate' ORDER BY id""",
            here.id(domain),
        )
    return [(row["operation_type"], row["new"]) for row in rows]


async def test_every_tenant_once_by_pages(here: Programme) -> None:
    whole = await service.list_tenants(_sees(here))
    assert {one.id for one in whole} == {tenant.id for tenant in here.world.tenants}
    assert whole.total == len(whole)
    paged: list[TenantRow] = []
    after = None
    while True:
        part = await service.list_tenants(_sees(here), size=2, after=after)
        paged += part.items
        assert part.total == whole.total
        if (after := part.next_after) is None:
            break
    assert tuple(paged) == whole.items


async def test_tenants_are_found_by_name_domain_id_and_number(here: Programme) -> None:
    partner = here.id("nordlicht")
    for text in (str(partner).upper(), f" {partner} ", "4100001"):
        found = await service.list_tenants(_sees(here), search=text)
        assert [one.id for one in found] == [partner], text
    one = found[0]
    assert (one.company_name, one.kind, one.country) == ("Nordlicht IT GmbH", Kind.PARTNER, "DE")
    assert one.enrolment is not None
    assert (one.enrolment.mpn_id, one.enrolment.markets[:2], one.enrolment.model) == (
        "4100001",
        ("AT", "BE"),
        "direct-bill",
    )
    assert partner in {one.id for one in await service.list_tenants(_sees(here), search=" NORDLICHT.EX")}
    by_name = await service.list_tenants(_sees(here), search="licht IT")
    assert {partner} < {one.id for one in by_name}
    assert {one.organisation for one in by_name} == {"Nordlicht IT GmbH"}
    assert len(await service.list_tenants(_sees(here), search="%")) == 0
    kinds = {one.kind for one in await service.list_tenants(_sees(here), kind=Kind.OPERATOR)}
    assert kinds == {Kind.OPERATOR}
    with pytest.raises(Invalid, match="200"):
        await service.list_tenants(_sees(here), search="x" * 201)


async def test_a_tenant_with_its_business(here: Programme) -> None:
    found = await service.read_tenant(_sees(here), tenant_id=here.id("nordlicht"))
    assert found.tenant.organisation == "Nordlicht IT GmbH"
    assert found.address["city"] == "Hamburg"
    assert [(one.name, [t.domain for t in one.tenants]) for one in found.affiliates] == [
        ("Fjord Handel GmbH", ["fjord.example"])
    ]
    with pytest.raises(UnknownTenant):
        await service.read_tenant(_sees(here), tenant_id=uuid4())


async def test_affiliates_are_settled_both_ways_once_and_on_record(here: Programme) -> None:
    async def settle(affiliate: str, *, affiliated: bool) -> None:
        await service.set_affiliate(
            _sees(here), tenant_id=here.id("nordlicht"), affiliate=affiliate, affiliated=affiliated
        )

    async def affiliates(domain: str) -> set[str]:
        found = await service.read_tenant(_sees(here), tenant_id=here.id(domain))
        return {one.name for one in found.affiliates}

    for _ in range(2):
        await settle(" Alpenblick.example", affiliated=True)
    assert "Alpenblick Logistik GmbH" in await affiliates("nordlicht")
    assert "Nordlicht IT GmbH" in await affiliates("alpenblick")
    # From now on neither sells to the other.
    await here.relate("nordlicht", "alpenblick")
    wish = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    with pytest.raises(Denied) as denied:
        await orders.create_cart(here.context("sa@nordlicht"), customer_id=here.id("alpenblick"), wishes=[wish])
    assert denied.value.rules == ("csp-self-affiliate",)
    for _ in range(2):
        await settle(str(here.id("alpenblick")), affiliated=False)
    assert await affiliates("alpenblick") == set()
    for domain in ("wolkenstadt", "nordlicht", "alpenblick"):
        assert await _audited(here, domain) == [("tenant.set_affiliate", True), ("tenant.set_affiliate", False)]
    with pytest.raises(UnknownTenant, match="domain or the id"):
        await settle("nobody.example", affiliated=True)
    with pytest.raises(Invalid, match="same business"):
        await settle("nordlicht.example", affiliated=True)


async def test_what_waits_for_the_operator(here: Programme) -> None:
    waiting, standing = await service.read_waiting(_sees(here))
    assert (waiting.versions, waiting.announcements) == ((), ())
    assert len(waiting.newest) == 5
    assert standing.well
    version = await propose(here)
    draft = await announcements.draft_of_version(_sees(here), version_id=version.id, contact="a@b.example")
    out = await published(here)
    waiting, standing = await service.read_waiting(approver(here))
    assert [(one.number, one.title, one.proposed_by_name) for one in waiting.versions] == [
        (1, "A change", "ga@wolkenstadt.example")
    ]
    near = {draft.id} | ({out.id} if out.content.begins_on <= here.clock.now().date() + service.NEAR else set())
    assert {one.id for one in waiting.announcements} == near
    assert standing.checks.waiting == 1
    await check(here)
    assert (await service.read_standing(_sees(here))).checks.waiting == 0


async def test_denials_of_the_day_are_counted_by_rule(here: Programme) -> None:
    for _ in range(3):
        with pytest.raises(Denied):
            await service.list_tenants(here.context("ga@nordlicht", Side.OPERATOR))
    standing = await service.read_standing(_sees(here))
    assert (standing.denied, [(one.rule, one.times) for one in standing.denials]) == (3, [("operating-alone", 3)])
    here.clock.moment += timedelta(days=1)
    assert (await service.read_standing(_sees(here))).denied == 0


async def test_what_is_late_is_told(here: Programme) -> None:
    async with here.owner() as owner:
        await owner.execute(
            """INSERT INTO mail_outbox (tenant_id, id, recipient, subject, body, language, written_at, given_up)
            SELECT $1, gen_random_uuid(), 'a@b.example', 's', 'b', 'en', $2, n = 1 FROM generate_series(1, 3) AS n""",
            here.id("nordlicht"),
            here.clock.now(),
        )
    out = await published(here)
    async with here.owner() as owner:
        since = here.clock.now() - timedelta(hours=1)
        await owner.execute("UPDATE announcement SET remind_at = $2 WHERE id = $1", out.id, since)
    standing = await service.read_standing(_sees(here))
    assert [(one.what, one.since) for one in standing.overdue] == [(Due.REMINDER, since)]
    assert standing.letters.given_up == 1
    assert standing.letters.waiting >= 2
    assert not standing.well


@pytest.mark.parametrize("name", ["ga@nordlicht", "aa@nordlicht", "ga@alpenblick"])
async def test_nobody_else_sees_or_settles(here: Programme, name: str) -> None:
    ctx, tenant = here.context(name, Side.OPERATOR), here.id("alpenblick")
    for act in (
        lambda: service.list_tenants(ctx),
        lambda: service.read_tenant(ctx, tenant_id=tenant),
        lambda: service.read_waiting(ctx),
        lambda: service.read_standing(ctx),
        lambda: service.set_affiliate(ctx, tenant_id=tenant, affiliate="fjord.example", affiliated=True),
    ):
        with pytest.raises(Denied) as denied:
            await act()
        assert denied.value.rules == ("operating-alone",)
