"""Enrolments, decisions and the audit, called as services."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.policy.facts import Side
from copartner.programme import rules, service
from copartner.programme.model import AuditFilter, AuditStatus
from copartner.relationships.service import requests
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.programme import Programme


def operator(here: Programme) -> Context:
    """The context of the operator's Global admin."""
    return here.context("ga@wolkenstadt", Side.OPERATOR)


async def direct_subscription(here: Programme) -> UUID:
    """What alpenblick bought from the vendor."""
    held = await subscriptions.list_held(here.context("ga@alpenblick", Side.CUSTOMER))
    return held[0].id


async def denied_suspension(here: Programme, subscription_id: UUID) -> UUID:
    """The decision against a partner that suspends what it did not sell."""
    with pytest.raises(Denied) as denied:
        await subscriptions.change_subscription(
            here.context("aa@nordlicht"),
            customer_id=here.id("alpenblick"),
            subscription_id=subscription_id,
            patch=Patch(status=Status.SUSPENDED),
        )
    assert denied.value.decision_id is not None
    return denied.value.decision_id


async def test_an_enrolled_tenant_has_its_groups_and_no_second_enrolment(here: Programme) -> None:
    hafen = here.id("hafen")
    made = await service.enrol_tenant(operator(here), tenant_id=hafen, mpn_id=" 4100099 ", markets=["de", "AT", "DE"])
    assert (made.mpn_id, made.markets) == ("4100099", ("AT", "DE"))
    async with here.owner() as owner:
        groups = await owner.fetch("SELECT name, role FROM directory_group WHERE tenant_id = $1 ORDER BY name", hafen)
    assert [tuple(row) for row in groups] == [
        ("AdminAgents", "Admin agent"),
        ("HelpdeskAgents", "Helpdesk agent"),
    ]
    for tenant, number in ((hafen, "4100098"), (here.id("fjord"), "4100001")):
        with pytest.raises(rules.AlreadyEnrolled):
            await service.enrol_tenant(operator(here), tenant_id=tenant, mpn_id=number, markets=["DE"])
    with pytest.raises(rules.UnknownTenant):
        await service.enrol_tenant(operator(here), tenant_id=uuid4(), mpn_id="1", markets=["DE"])
    for number, markets in (("", ["DE"]), ("1", []), ("1", ["Germany"])):
        with pytest.raises(Invalid):
            await service.enrol_tenant(operator(here), tenant_id=here.id("fjord"), mpn_id=number, markets=markets)


async def test_a_foreign_and_an_unknown_thing_leave_the_same_record_with_the_caller(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    foreign = await direct_subscription(here)
    views = []
    for thing in (foreign, uuid4()):
        decision = await denied_suspension(here, thing)
        views.append(await service.read_decision(here.context("aa@nordlicht"), decision_id=decision))
    assert {view.summary for view in views} == {"There is no such subscription among yours."}
    assert [view.rules for view in views] == [(), ()]
    assert views[0].facts == views[1].facts


async def test_customer_and_seller_read_which_rule_stopped_whom(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    foreign = await direct_subscription(here)
    await denied_suspension(here, foreign)
    admin = here.context("ga@alpenblick", Side.CUSTOMER)
    for context, actor in ((admin, "aa@nordlicht.example"), (operator(here), None)):
        page = await service.list_audit(context, wanted=AuditFilter(resource_type="subscription"))
        (denial,) = (one for one in page.items if one.status is AuditStatus.DENIED)
        assert denial.actor_name == actor
        assert denial.decision_id is not None
        view = await service.read_decision(context, decision_id=denial.decision_id)
        assert view.actor_name == actor
        assert [rule.id for rule in view.rules] == ["mp-subscription"]
        assert view.resource_id == str(foreign)


async def test_a_denied_user_reads_its_own_decision_and_nobody_elses(here: Programme) -> None:
    helpdesk = here.context("hd@nordlicht")
    with pytest.raises(Denied) as denied:
        await requests.send_request(helpdesk)
    decision = denied.value.decision_id
    assert decision is not None
    view = await service.read_decision(helpdesk, decision_id=decision)
    assert "Sales agent" in view.summary
    assert view.actor_name == "hd@nordlicht.example"
    for other in (here.context("ba@nordlicht"), here.context("ga@wolkenwerk")):
        with pytest.raises(Denied):
            await service.read_decision(other, decision_id=decision)
    with pytest.raises(Denied) as unknown:
        await service.read_decision(helpdesk, decision_id=uuid4())
    assert unknown.value.concealed


async def test_the_audit_is_filtered_paged_and_open_for_ninety_days(here: Programme) -> None:
    sales, admin = here.context("sa@nordlicht"), here.context("aa@nordlicht")
    for customer in ("alpenblick", "fjord", "lavande"):
        await requests.send_request(sales, customer_tenant_id=here.id(customer))
    everything = await service.list_audit(admin)
    assert [one.operation_type for one in everything.items] == ["relationship_request.send"] * 3
    assert everything.total == 3
    first = await service.list_audit(admin, size=2)
    assert first.next_after is not None
    rest = await service.list_audit(admin, size=2, after=first.next_after)
    assert (*first.items, *rest.items) == everything.items
    named = await service.list_audit(admin, wanted=AuditFilter(company_name="HANDEL"))
    assert [one.customer_name for one in named.items] == ["Fjord Handel GmbH"]
    assert named.items[0].new_value["state"] == "pending"
    one = await service.list_audit(admin, wanted=AuditFilter(customer_tenant_id=here.id("lavande")))
    assert [it.customer_tenant_id for it in one.items] == [here.id("lavande")]
    here.clock.moment += timedelta(days=31)
    admin, sales = here.context("aa@nordlicht"), here.context("sa@nordlicht")
    assert (await service.list_audit(admin)).total == 0
    past = here.clock.now() - timedelta(days=40)
    assert (await service.list_audit(admin, start=past)).total == 3
    assert (await service.list_audit(admin, start=past, end=past + timedelta(days=1))).total == 0
    for wrong in (here.clock.now() - timedelta(days=92), here.clock.now() + timedelta(days=1)):
        with pytest.raises(Invalid):
            await service.list_audit(admin, start=wrong)
    with pytest.raises(Denied):
        await service.list_audit(sales)
