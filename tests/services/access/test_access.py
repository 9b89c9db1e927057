"""Who can do what in a customer's tenant, as of any moment."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from copartner.access import service
from copartner.access.model import Grant, Kind
from copartner.access.rules import AZURE_OWNER
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from copartner.relationships.service import relationships
from copartner.subscriptions import service as subscriptions
from support.delegated import GLOBAL_ADMINISTRATOR, HELPDESK, LICENCES, READER, USERS, Delegated, effective
from support.programme import Programme

DAY = timedelta(days=1)


@pytest.fixture
async def pair(here: Programme) -> AsyncIterator[Delegated]:
    """A partner and a customer that are related, and a second partner beside them."""
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
    async with here.owner() as owner:
        yield Delegated(here, owner, "nordlicht", "alpenblick")


def _customer(pair: Delegated, name: str = "ga") -> Any:
    return pair.here.context(f"{name}@{pair.customer}", Side.CUSTOMER)


async def _all(pair: Delegated, at: datetime | None = None) -> tuple[Grant, ...]:
    return (await service.list_access(_customer(pair), at=at)).grants


async def _told(pair: Delegated, at: datetime | None = None) -> set[tuple[str, str, str, bool]]:
    return {
        (one.held.partner.domain.partition(".")[0], one.held.kind, one.role.name, one.held.in_force)
        for one in await _all(pair, at)
    }


async def test_every_partner_by_every_way(pair: Delegated) -> None:
    here, now = pair.here, pair.here.clock.now()
    assert await _all(pair) == ()
    other = Delegated(here, pair.db, "suedwind", "alpenblick")
    await other.privileges()
    made = await pair.relationship(USERS, LICENCES)
    group = await pair.group("support", pair.user("sa"))
    assignment = await pair.assign(made, group, LICENCES)
    plan = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    order = await orders.place_order(here.context("sa@nordlicht"), customer_id=here.id("alpenblick"), wishes=[plan])
    assert await _told(pair) == {
        ("suedwind", "privileges", "Global Administrator", True),
        ("suedwind", "privileges", "Helpdesk Administrator", True),
        ("nordlicht", "assignment", "License Administrator", True),
        ("nordlicht", "owner", "Owner", True),
    }
    by_kind = {one.held.kind: one for one in await _all(pair) if one.held.partner.tenant_id == pair.pair[1]}
    granted = by_kind[Kind.ASSIGNMENT].held
    assert (granted.relationship_id, granted.assignment_id, granted.group_id) == (made, assignment, group)
    assert (granted.begins, granted.until) == (now, now + 365 * DAY)
    assert by_kind[Kind.OWNER].held.subscription_id == order[0].lines[0].subscription_id
    assert by_kind[Kind.OWNER].role == AZURE_OWNER
    # A partner reads its own row, in the same words, and nobody else's.
    own = await service.read_access(here.context("aa@nordlicht"), customer_id=here.id("alpenblick"))
    assert set(own.grants) == set(by_kind.values())
    # What it has nothing to do with answers as what is not there.
    for customer in (here.id("lavande"), here.runtime.ids.new()):
        assert (await service.read_access(here.context("aa@nordlicht"), customer_id=customer)).grants == ()


async def test_privileges_wait_while_the_granular_kind_decides(pair: Delegated) -> None:
    await pair.privileges()
    await pair.relationship(READER)
    assert await _told(pair) == {
        ("nordlicht", "privileges", "Global Administrator", False),
        ("nordlicht", "privileges", "Helpdesk Administrator", False),
    }
    afterwards = pair.here.clock.now() + 365 * DAY
    assert {told[3] for told in await _told(pair, afterwards)} == {True}


async def test_the_past_is_what_was_recorded(pair: Delegated) -> None:
    here, start = pair.here, pair.here.clock.now()
    await pair.privileges()
    group = await pair.group("support", pair.user("sa"))
    here.clock.moment = start + 10 * DAY
    made = await pair.relationship(USERS, LICENCES)
    assignment = await pair.assign(made, group, USERS, LICENCES)
    here.clock.moment = start + 20 * DAY
    await pair.db.execute(
        "UPDATE access_assignment_role SET taken_at = $2 WHERE assignment_id = $1 AND role_id = $3",
        *(assignment, here.clock.now(), USERS),
    )
    here.clock.moment = start + 30 * DAY
    await pair.db.execute(
        "UPDATE admin_relationship SET status = 'terminated', ended_at = $2 WHERE id = $1", made, here.clock.now()
    )
    here.clock.moment = start + 40 * DAY
    await relationships.withdraw_privileges(_customer(pair), partner_tenant_id=pair.pair[1])
    whole = {"Global Administrator", "Helpdesk Administrator"}
    expected: dict[int, tuple[set[str], set[str]]] = {
        -1: (set(), set()),
        0: (whole, set()),
        9: (whole, set()),
        10: ({"User Administrator", "License Administrator"}, whole),
        19: ({"User Administrator", "License Administrator"}, whole),
        20: ({"License Administrator"}, whole),
        30: (whole, set()),
        39: (whole, set()),
        40: (set(), set()),
        400: (set(), set()),
    }
    for day, (in_force, waiting) in expected.items():
        told = await _told(pair, start + day * DAY)
        assert {name for _, _, name, held in told if held} == in_force, day
        assert {name for _, _, name, held in told if not held} == waiting, day
    # What was held then says when it ended.
    then = {one.role.name: one.held.until for one in await _all(pair, start + 15 * DAY)}
    assert then == {
        "User Administrator": start + 20 * DAY,
        "License Administrator": start + 30 * DAY,
        **dict.fromkeys(whole, start + 40 * DAY),
    }


async def test_two_moments_compared(pair: Delegated) -> None:
    start = pair.here.clock.now()
    await pair.privileges()
    pair.here.clock.moment = start + 10 * DAY
    made = await pair.relationship(LICENCES)
    await pair.assign(made, await pair.group("support", pair.user("sa")), LICENCES)
    customer = _customer(pair)
    found = await service.compare_access(customer, since=start, until=start + 20 * DAY)
    assert {(one.role.name, one.held.in_force) for one in found.added} == {
        ("License Administrator", True),
        ("Global Administrator", False),
        ("Helpdesk Administrator", False),
    }
    assert {(one.role.name, one.held.in_force) for one in found.removed} == {
        ("Global Administrator", True),
        ("Helpdesk Administrator", True),
    }
    same = await service.compare_access(customer, since=start + 11 * DAY, until=start + 20 * DAY)
    assert (same.added, same.removed) == ((), ())
    own = await service.compare_own_access(
        pair.here.context("aa@nordlicht"), customer_id=pair.pair[0], since=start, until=start + 20 * DAY
    )
    assert (set(own.added), set(own.removed)) == (set(found.added), set(found.removed))
    for until in (start, start - DAY):
        with pytest.raises(Invalid):
            await service.compare_access(customer, since=start, until=until)


async def test_owner_of_azure_stays_until_the_subscription_is_gone(pair: Delegated) -> None:
    here, start = pair.here, pair.here.clock.now()
    seller = here.context("sa@nordlicht")
    plan = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
    placed = await orders.place_order(seller, customer_id=pair.pair[0], wishes=[plan])
    subscription = placed[0].lines[0].subscription_id
    await service.revoke_access(_customer(pair), partner_tenant_id=pair.pair[1])
    assert await _told(pair) == {("nordlicht", "owner", "Owner", True)}
    # Another partner's is not reached by it.
    other = await service.read_access(here.context("aa@suedwind"), customer_id=pair.pair[0])
    assert other.grants == ()
    here.clock.moment = start + 5 * DAY
    await subscriptions.change_subscription(
        here.context("ga@nordlicht"),
        customer_id=pair.pair[0],
        subscription_id=subscription,
        patch=subscriptions.Patch(status=subscriptions.Status.DELETED),
    )
    assert await _all(pair) == ()
    [grant] = await _all(pair, start + DAY)
    assert (grant.role, grant.held.until) == (AZURE_OWNER, start + 5 * DAY)


async def _in_force(pair: Delegated) -> set[tuple[Any, ...]]:
    """What is told to be in force, once the users' own roles were found to be the same."""
    told = {
        (one.role.id, one.held.kind, one.held.relationship_id, one.held.assignment_id, one.held.group_id)
        for one in await _all(pair)
        if one.held.in_force
    }
    acted: set[tuple[Any, ...]] = set()
    for name in ("aa", "hd", "sa"):
        asked = (*pair.pair, pair.user(name), pair.here.clock.now())
        acted |= {row[:5] for row in await effective(pair.here, "nordlicht", "partner", *asked)}
    assert told == acted
    return told


async def test_what_is_told_is_what_is_in_force(pair: Delegated) -> None:
    """The overview and the roles that decide come from two functions, which agree at every step."""
    group = await pair.group("support", pair.user("sa"), pair.user("hd"))
    await pair.privileges()
    await pair.assign(await pair.relationship(USERS, status="terminated"), group, USERS)
    assert {row[0] for row in await _in_force(pair)} == {GLOBAL_ADMINISTRATOR, HELPDESK}
    for status in ("deleting", "pending", "error"):
        await pair.assign(await pair.relationship(USERS), group, USERS, status=status)
        assert await _in_force(pair) == set()
    await pair.assign(await pair.relationship(LICENCES, READER), group, LICENCES, USERS)
    assert {row[0] for row in await _in_force(pair)} == {LICENCES}


async def test_whoever_may_not(pair: Delegated) -> None:
    here = pair.here
    for name in ("ba", "user"):
        with pytest.raises(Denied) as denied:
            await service.list_access(_customer(pair, name))
        assert not denied.value.rules
    for name in ("sa", "hd", "um", "ba"):
        with pytest.raises(Denied):
            await service.read_access(here.context(f"{name}@nordlicht"), customer_id=pair.pair[0])
    with pytest.raises(Denied) as denied:
        await service.read_access(here.application("nordlicht"), customer_id=pair.pair[0])
    assert denied.value.rules == ("user-only",)
