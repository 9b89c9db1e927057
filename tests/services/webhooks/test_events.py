"""Events: written with what they tell of, signed, delivered at least once, and never into a private network."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from copartner.announcements import service as announcements
from copartner.command.denial import Denied
from copartner.policy.facts import Side
from copartner.webhooks import rules, service
from copartner.webhooks.courier import Courier
from copartner.webhooks.model import Delivery, EventSettings, NotDelivered
from support.announcing import EVERYBODY, NOTE, desk, published
from support.programme import PRESENT, Programme
from support.receiving import Receiver, listening

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """One that takes everything."""
    async with listening(Receiver()) as made:
        yield made


@pytest.fixture
def open_here(here: Programme) -> Programme:
    """A deployment for trying out."""
    return replace(here, runtime=replace(here.runtime, private_events=True))


async def registered(here: Programme, url: str, who: str = "ga@nordlicht", side: Side = Side.PARTNER) -> str:
    """The secret of a tenant's address."""
    made = await service.set_address(here.context(who, side), url=url)
    assert made.secret is not None
    return made.secret


async def deliver(here: Programme, now: datetime = NOW, *, courier: Any = None) -> int:
    """Deliver what waits."""
    way = courier or Courier(private=True)
    return await service.deliver_waiting(here.runtime, way, here.runtime.drawn, now=now)


async def waiting(here: Programme) -> list[Any]:
    """What is in the outbox."""
    async with here.owner() as owner:
        rows: list[Any] = await owner.fetch(
            "SELECT id, tenant_id, kind, attempts, retry_at, given_up, failure FROM event_outbox "
            "ORDER BY kind, tenant_id"
        )
        return rows


async def test_an_event_is_delivered_once_and_its_signature_holds(open_here: Programme, receiver: Receiver) -> None:
    secret = await registered(open_here, receiver.url)
    out = await published(open_here, audience=EVERYBODY)
    assert await deliver(open_here) == 1
    assert await deliver(open_here) == 0
    assert await waiting(open_here) == []
    [(headers, body)] = receiver.received
    said = json.loads(body)
    assert said["id"] == headers["copartner-event-id"]
    assert said["kind"] == headers["copartner-event-kind"] == "announcement.published"
    assert said["tenantId"] == str(open_here.id("nordlicht"))
    assert datetime.fromisoformat(said["occurredAt"]) == PRESENT
    assert said["data"]["announcementId"] == str(out.id)
    assert (said["data"]["status"], said["data"]["beginsOn"]) == ("soon", "2027-02-01")
    assert said["data"]["title"]["de"] == "Verkauf von Tests endet"
    stamp = headers["copartner-event-timestamp"]
    assert stamp == str(int(NOW.timestamp()))
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
    assert headers["copartner-event-signature"] == f"v1={expected}"


async def test_those_concerned_have_an_event_and_nobody_else(open_here: Programme, receiver: Receiver) -> None:
    await registered(open_here, receiver.url)
    await registered(open_here, receiver.url, "ga@suedwind")
    await registered(open_here, receiver.url, "ga@alpenblick", Side.CUSTOMER)
    made = await published(open_here)
    await announcements.delay_announcement(
        desk(open_here), announcement_id=made.id, begins_on=made.content.begins_on + timedelta(days=9), note=NOTE
    )
    partners = {open_here.id("nordlicht"), open_here.id("suedwind")}
    assert {(row["kind"], row["tenant_id"]) for row in await waiting(open_here)} == {
        (f"announcement.{what}", tenant) for what in ("published", "delayed") for tenant in partners
    }
    assert len({row["id"] for row in await waiting(open_here)}) == 4


async def test_the_secret_is_told_once_and_another_address_has_another(open_here: Programme) -> None:
    ctx = open_here.context("ga@nordlicht")
    first = await service.set_address(ctx, url="https://a.example/x")
    again = await service.set_address(ctx, url="https://a.example/x")
    other = await service.set_address(ctx, url="https://b.example/x")
    renewed = await service.set_address(ctx, url="https://b.example/x", new_secret=True)
    assert again == type(again)(first.address, None)
    secrets = {first.secret, other.secret, renewed.secret}
    assert len(secrets) == 3
    assert None not in secrets
    assert (await service.read_address(ctx)).url == "https://b.example/x"
    async with open_here.owner() as owner:
        kept = str(await owner.fetch("SELECT * FROM event_address")) + str(
            await owner.fetch("SELECT old_value, new_value FROM audit_record")
        )
    assert not any(secret and secret in kept for secret in secrets)


async def test_what_is_not_taken_is_tried_again_under_the_same_id(open_here: Programme, receiver: Receiver) -> None:
    receiver.says = "500 Internal Server Error"
    await registered(open_here, receiver.url)
    await published(open_here)
    assert await deliver(open_here) == 0
    [row] = await waiting(open_here)
    assert (row["attempts"], row["retry_at"], row["failure"]) == (1, NOW + timedelta(minutes=1), "answered 500")
    assert await deliver(open_here, NOW + timedelta(seconds=59)) == 0
    assert len(receiver.received) == 1, "it waits"
    receiver.says = "200 OK"
    assert await deliver(open_here, NOW + timedelta(minutes=1)) == 1
    assert len({headers["copartner-event-id"] for headers, _ in receiver.received}) == 1
    assert receiver.received[0][1] == receiver.received[1][1]
    assert len({headers["copartner-event-timestamp"] for headers, _ in receiver.received}) == 2


async def test_after_ten_attempts_it_is_given_up_and_stays(open_here: Programme, receiver: Receiver) -> None:
    receiver.says = "302 Found"
    receiver.headers = f"Location: http://127.0.0.1:{receiver.port}/elsewhere\r\n"
    await registered(open_here, receiver.url)
    await published(open_here)
    now = NOW
    for _ in range(12):
        await deliver(open_here, now)
        now += timedelta(hours=6)
    [row] = await waiting(open_here)
    assert (row["given_up"], row["attempts"], row["failure"]) == (True, rules.ATTEMPTS, "answered 302")
    assert len(receiver.received) == rules.ATTEMPTS, "and no redirect is followed"


async def test_a_worker_that_died_with_it_in_hand_is_made_good(open_here: Programme, receiver: Receiver) -> None:
    await registered(open_here, receiver.url)
    await published(open_here)

    class Killed(BaseException):
        pass

    class Dies:
        async def deliver(self, _: Delivery) -> None:
            raise Killed

    with pytest.raises(Killed):
        await deliver(open_here, courier=Dies())
    assert await deliver(open_here, NOW + rules.LEASE - timedelta(seconds=1)) == 0, "somebody has it in hand"
    assert await deliver(open_here, NOW + rules.LEASE) == 1


async def test_two_workers_at_once_deliver_each_event_once(open_here: Programme, receiver: Receiver) -> None:
    await registered(open_here, receiver.url)
    await registered(open_here, receiver.url, "ga@suedwind")
    receiver.waits = 0.2
    await published(open_here)
    assert sum(await asyncio.gather(*(deliver(open_here) for _ in range(4)))) == 2
    assert len(receiver.received) == 2


async def test_what_is_rolled_back_is_no_event(
    open_here: Programme, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await registered(open_here, receiver.url)

    async def fails(*_: Any, **__: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(announcements.store, "save", fails)
    with pytest.raises(OSError, match="gone"):
        await published(open_here)
    assert await waiting(open_here) == []


async def test_with_the_address_go_its_events(open_here: Programme, receiver: Receiver) -> None:
    await registered(open_here, receiver.url)
    await published(open_here)
    await service.remove_address(open_here.context("ga@nordlicht"))
    assert await waiting(open_here) == []
    for act in (service.read_address, service.remove_address):
        with pytest.raises(rules.NoEventAddress):
            await act(open_here.context("ga@nordlicht"))


async def test_nobody_but_a_global_admin_says_where_events_go(open_here: Programme) -> None:
    for who in ("aa@nordlicht", "sa@nordlicht"):
        with pytest.raises(Denied):
            await service.set_address(open_here.context(who), url="https://a.example/x")
    with pytest.raises(Denied):
        await service.set_address(open_here.application("nordlicht"), url="https://a.example/x")


async def test_nothing_goes_into_a_private_network(open_here: Programme, receiver: Receiver) -> None:
    await registered(open_here, receiver.url)
    await published(open_here)
    strict = Courier()
    assert await deliver(open_here, courier=strict) == 0
    [row] = await waiting(open_here)
    assert row["failure"] == "the address is no https address"
    for name in ("127.0.0.1", "localhost"):
        with pytest.raises(NotDelivered, match="private network"):
            await strict.deliver(Delivery(f"https://{name}:{receiver.port}/", {}, b"{}"))
    assert receiver.received == []


async def test_one_private_address_of_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.7")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
    with pytest.raises(NotDelivered, match="private network"):
        await Courier().deliver(Delivery("https://events.example/", {}, b"{}"))


async def test_who_does_not_answer_in_time_is_left(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copartner.webhooks.courier._WHOLE", 0.2)
    receiver.waits = 1
    with pytest.raises(NotDelivered, match="no answer"):
        await Courier(private=True).deliver(Delivery(receiver.url, {}, b"{}"))


async def test_nobody_there_is_no_delivery() -> None:
    with pytest.raises(NotDelivered, match="ConnectError"):
        await Courier(private=True).deliver(Delivery("http://127.0.0.1:1/", {}, b"{}"))


async def test_a_tenant_sees_what_waits_for_it_alone_and_why(open_here: Programme) -> None:
    looks = open_here.context("ga@nordlicht")
    assert await service.look_at_events(looks) == EventSettings(None, ())
    for who in ("ga@nordlicht", "ga@wolkenwerk"):
        await registered(open_here, "http://127.0.0.1:9/events", who)
    await published(open_here, audience=EVERYBODY)
    await deliver(open_here)
    found = await service.look_at_events(looks)
    assert found.address is not None
    assert found.address.url == "http://127.0.0.1:9/events"
    (event,) = found.waiting
    assert (event.attempts, event.given_up) == (1, False)
    assert event.failure
    assert event.retry_at is not None
    with pytest.raises(Denied):
        await service.look_at_events(open_here.context("aa@nordlicht"))
