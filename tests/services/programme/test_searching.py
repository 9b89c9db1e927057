"""The audit as people look through it: newest first, narrowed, paged, and of one tenant alone."""

from datetime import timedelta
from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.kernel.errors import Invalid
from copartner.policy.facts import Side
from copartner.programme import rules, searching
from copartner.programme.model import AuditSearch, AuditStatus
from copartner.relationships.service import consent, requests
from copartner.tenants.service import groups
from support.programme import Programme


async def scene(here: Programme) -> None:
    """A partner's doings at one customer, a denial of it, and another partner's at the same customer."""
    made = await requests.send_request(here.context("sa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    await consent.accept_request(
        here.context("ga@alpenblick", Side.CUSTOMER), request_id=made.id, accept_agreement=True
    )
    await requests.send_request(here.context("sa@wolkenwerk"), customer_tenant_id=here.id("alpenblick"))
    await groups.create_group(here.context("ga@nordlicht"), name="Neu")
    with pytest.raises(Denied):
        await customers.end_relationship(here.context("hd@nordlicht"), customer_id=here.id("alpenblick"))


async def test_the_newest_stands_first_and_names_who_is_concerned(here: Programme) -> None:
    await scene(here)
    found = await searching.search_audit(here.context("aa@nordlicht"))
    assert [one.id for one in found] == sorted((one.id for one in found), reverse=True)
    newest = found[0]
    assert (newest.operation_type, newest.status) == ("customer.end_relationship", AuditStatus.DENIED)
    assert newest.decision_id
    theirs = await searching.search_audit(here.context("ga@alpenblick", Side.CUSTOMER))
    assert {one.partner_name for one in theirs} >= {"Nordlicht IT GmbH", "Wolkenwerk GmbH"}


async def test_a_partner_reads_nothing_of_another_partners_acts(here: Programme) -> None:
    await scene(here)
    found = await searching.search_audit(here.context("aa@nordlicht"))
    assert found.items
    assert {one.partner_tenant_id for one in found} <= {here.id("nordlicht"), None}
    assert "wolkenwerk" not in repr(found).lower()
    told = set()
    theirs = (await searching.search_audit(here.context("aa@wolkenwerk"))).items[0].id
    for record in (theirs, uuid4()):
        with pytest.raises(rules.UnknownRecord) as unknown:
            await searching.look_at_record(here.context("aa@nordlicht"), record_id=record)
        told.add(unknown.value.message)
    assert len(told) == 1


async def test_it_is_narrowed(here: Programme) -> None:
    await scene(here)
    context = here.context("aa@nordlicht")
    customer = here.context("ga@alpenblick", Side.CUSTOMER)

    async def operations(wanted: AuditSearch) -> set[str]:
        found = await searching.search_audit(context, wanted=wanted)
        return {one.operation_type for one in found}

    assert await operations(AuditSearch(operation="group.create")) == {"group.create"}
    assert await operations(AuditSearch(operation="group")) == {"group.create"}
    assert await operations(AuditSearch(operation="grou")) == set()
    assert await operations(AuditSearch(denied_only=True)) == {"customer.end_relationship"}
    assert await operations(AuditSearch(actor="HD@")) == {"customer.end_relationship"}
    assert "group.create" not in await operations(AuditSearch(about="alpen"))
    assert await operations(AuditSearch(about="nobody")) == set()
    assert await operations(AuditSearch(about=str(here.id("alpenblick")))) == await operations(
        AuditSearch(about="Alpenblick")
    )
    assert await operations(AuditSearch(customer_tenant_id=here.id("alpenblick"))) == await operations(
        AuditSearch(about="Alpenblick")
    )
    assert await operations(AuditSearch(customer_tenant_id=uuid4())) == set()
    for about in ("Wolkenwerk", "wolkenwerk.example", str(here.id("wolkenwerk"))):
        theirs = await searching.search_audit(customer, wanted=AuditSearch(about=about))
        assert {one.partner_name for one in theirs} == {"Wolkenwerk GmbH"}, about


async def test_it_is_paged_and_bounded_by_days(here: Programme) -> None:
    await scene(here)
    context = here.context("aa@nordlicht")
    everything = await searching.search_audit(context)
    seen, after = [], None
    while True:
        page = await searching.search_audit(context, after=after, size=2)
        assert len(page.items) <= 2
        seen += page.items
        after = page.next_after
        if after is None:
            break
    assert tuple(seen) == everything.items
    now = here.clock.now()
    assert not (await searching.search_audit(context, end=now - timedelta(days=1))).items
    assert not (await searching.search_audit(context, start=now + timedelta(days=1), end=now + timedelta(days=2))).items
    with pytest.raises(Invalid):
        await searching.search_audit(context, start=now - timedelta(days=200))


async def test_a_record_is_looked_at_with_names(here: Programme) -> None:
    await scene(here)
    customer = here.context("ga@alpenblick", Side.CUSTOMER)
    entry = next(
        one for one in await searching.search_audit(customer) if one.operation_type == "relationship_request.accept"
    )
    found = await searching.look_at_record(customer, record_id=entry.id)
    assert (found.record.id, found.partner_name) == (entry.id, "Nordlicht IT GmbH")
    assert found.record.new_value
    with pytest.raises(Denied):
        await searching.look_at_record(here.context("user@alpenblick", Side.CUSTOMER), record_id=entry.id)
