"""A partner's requests, called as services."""

from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.policy.facts import Side
from copartner.relationships import rules
from copartner.relationships.model import RequestState
from copartner.relationships.service import consent, requests
from support.programme import Programme


async def test_a_request_is_sent_by_domain_listed_by_state_and_withdrawn(here: Programme) -> None:
    sales = here.context("sa@nordlicht", request_id="one")
    sent = await requests.send_request(sales, domain="Alpenblick.example", reason=" Licences ")
    assert await requests.send_request(sales, domain="Alpenblick.example", reason=" Licences ") == sent
    assert (sent.customer_tenant_id, sent.reason) == (here.id("alpenblick"), "Licences")
    assert (sent.state, sent.includes_privileges) == (RequestState.PENDING, False)
    open_one = await requests.send_request(here.context("um@nordlicht"))
    admin = here.context("ga@nordlicht")
    assert (await requests.list_requests(admin)).items == (sent, open_one)
    first = await requests.list_requests(admin, size=1)
    assert (first.items, first.next_after) == ((sent,), sent.id)
    assert (await requests.list_requests(admin, size=1, after=sent.id)).items == (open_one,)
    withdrawn = await requests.withdraw_request(admin, request_id=sent.id)
    assert withdrawn.state is RequestState.WITHDRAWN
    assert await requests.read_request(admin, request_id=sent.id) == withdrawn
    listed = await requests.list_requests(admin, state=RequestState.PENDING)
    assert [one.id for one in listed.items] == [open_one.id]
    with pytest.raises(rules.RequestClosed):
        await requests.withdraw_request(admin, request_id=sent.id)
    with pytest.raises(rules.RequestClosed):
        await consent.accept_request(
            here.context("ga@alpenblick", Side.CUSTOMER), request_id=sent.id, accept_agreement=True
        )


async def test_roles_that_may_not_send_neither_send_nor_see_requests(here: Programme) -> None:
    sent = await requests.send_request(here.context("aa@nordlicht"))
    for who in ("hd@nordlicht", "ba@nordlicht"):
        context = here.context(who)
        with pytest.raises(Denied):
            await requests.send_request(context)
        with pytest.raises(Denied):
            await requests.list_requests(context)
        with pytest.raises(Denied):
            await requests.read_standing_link(context)
        with pytest.raises(Denied):
            await requests.withdraw_request(context, request_id=sent.id)
    with pytest.raises(Denied) as denied:
        await requests.send_request(here.application("nordlicht"))
    assert denied.value.rules == ("user-only",)


async def test_another_partners_request_is_as_good_as_unknown(here: Programme) -> None:
    sent = await requests.send_request(here.context("aa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    other = here.context("ga@wolkenwerk")
    assert (await requests.list_requests(other)).items == ()
    told = set()
    for request_id in (sent.id, uuid4()):
        for operation in (requests.read_request, requests.withdraw_request):
            with pytest.raises(Denied) as denied:
                await operation(other, request_id=request_id)
            assert denied.value.concealed
            told.add(denied.value.message)
    assert told == {"There is no such relationship request among yours."}
    assert (await requests.read_request(here.context("aa@nordlicht"), request_id=sent.id)).state is RequestState.PENDING


async def test_a_request_addresses_another_tenant_that_exists_and_is_no_customer_yet(here: Programme) -> None:
    context = here.context("aa@nordlicht")
    with pytest.raises(rules.UnknownAddressee):
        await requests.send_request(context, customer_tenant_id=uuid4())
    with pytest.raises(rules.UnknownAddressee):
        await requests.send_request(context, domain="nowhere.example")
    with pytest.raises(rules.OwnTenant):
        await requests.send_request(context, customer_tenant_id=here.id("nordlicht"))
    with pytest.raises(rules.RelationshipExists):
        await requests.send_request(context, customer_tenant_id=here.id("hafen"))
    with pytest.raises(Invalid):
        await requests.send_request(context, customer_tenant_id=here.id("fjord"), domain="fjord.example")
    with pytest.raises(Invalid):
        await requests.send_request(context, reason="x" * 1001)


async def test_the_standing_link_carries_the_partner(here: Programme) -> None:
    link = await requests.read_standing_link(here.context("um@nordlicht"))
    assert link.url == f"http://127.0.0.1/customer/consent/reseller-relationships/{here.id('nordlicht')}"


async def test_in_2020_agents_choose_privileges_and_admins_leave_them_out(then: Programme) -> None:
    for who in ("aa@nordlicht", "sa@nordlicht"):
        assert (await requests.send_request(then.context(who))).includes_privileges
        assert not (await requests.send_request(then.context(who), includes_privileges=False)).includes_privileges
    for who in ("ga@nordlicht", "um@nordlicht"):
        assert not (await requests.send_request(then.context(who))).includes_privileges
        with pytest.raises(Denied):
            await requests.send_request(then.context(who), includes_privileges=True)


async def test_at_the_present_no_request_includes_privileges(here: Programme) -> None:
    assert not (await requests.send_request(here.context("aa@nordlicht"))).includes_privileges
    with pytest.raises(Denied) as denied:
        await requests.send_request(here.context("aa@nordlicht"), includes_privileges=True)
    assert denied.value.rules == ("rel-dap-ended",)


async def test_us_government_leaves_no_privileges_out(federal: Programme) -> None:
    partner = next(one for one in federal.world.tenants if one.part == "licence partner")
    context = federal.context(f"ga@{partner.domain.removesuffix('.example')}")
    assert (await requests.send_request(context)).includes_privileges
    with pytest.raises(Denied) as denied:
        await requests.send_request(context, includes_privileges=False)
    assert denied.value.rules == ("rel-dap-forced",)
