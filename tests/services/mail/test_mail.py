"""Letters: kept with the change they tell of, sent by SMTP, tried again, given up, never another header than meant."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest

from copartner.kernel.clock import SystemClock
from copartner.kernel.errors import Invalid
from copartner.mail import rules, service
from copartner.mail.model import Letter, NotSent
from copartner.mail.smtp import Server, Smtp, server_of
from copartner_emulator.certificates import ensure
from copartner_emulator.mail_folder import MailFolder
from support.mailing import Postbox, listening
from support.programme import PRESENT, Programme

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SENDER = "programm@wolkenstadt.example"


def letter(here: Programme | None = None, **more: Any) -> Letter:
    """A letter to the customer's admin."""
    given: dict[str, Any] = {
        "id": UUID(int=7),
        "tenant_id": here.id("alpenblick") if here else UUID(int=1),
        "recipient": "ga@alpenblick.example",
        "subject": "Die Beziehung endet – morgen",
        "body": "Schöne Grüße\n.\nEnde\n",
        "language": "de",
        "written_at": PRESENT,
        **more,
    }
    return Letter(**given)


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    """A server that takes everything, without TLS."""
    made = Postbox()
    server = await listening(made)
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()


def way(box: Postbox, **more: Any) -> Smtp:
    """The way to that server."""
    return Smtp(Server("127.0.0.1", box.port, tls=False), SENDER, **more)


async def post(here: Programme, *letters: Letter) -> None:
    """Letters posted by a partner's transaction."""
    async with here.runtime.pool.acquire() as db, db.transaction():
        await db.execute("SELECT act_as('partner', $1)", here.id("nordlicht"))
        await service.post(db, letters)


async def waiting(here: Programme) -> list[Any]:
    """What is in the outbox."""
    async with here.owner() as owner:
        rows: list[Any] = await owner.fetch(
            "SELECT id, attempts, retry_at, given_up, failure FROM mail_outbox ORDER BY id"
        )
        return rows


async def test_a_letter_goes_once_with_its_headers(here: Programme, box: Postbox) -> None:
    await post(here, letter(here))
    assert await service.send_waiting(here.runtime, way(box), now=NOW) == 1
    assert await service.send_waiting(here.runtime, way(box), now=NOW) == 0
    [(sender, recipients, message)] = box.received
    assert (sender, recipients) == (SENDER, ["ga@alpenblick.example"])
    assert {name: message[name] for name in ("From", "To", "Subject", "Auto-Submitted", "Content-Language")} == {
        "From": SENDER, "To": "ga@alpenblick.example", "Subject": "Die Beziehung endet – morgen",
        "Auto-Submitted": "auto-generated", "Content-Language": "de",
    }  # fmt: skip
    assert message["Message-ID"] == f"<{UUID(int=7)}@wolkenstadt.example>"
    assert message["Date"].datetime == PRESENT
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == "Schöne Grüße\n.\nEnde\n"
    assert await waiting(here) == []


async def test_what_is_rolled_back_is_never_sent(here: Programme, box: Postbox) -> None:
    async with here.runtime.pool.acquire() as db:
        change = db.transaction()
        await change.start()
        await db.execute("SELECT act_as('customer', $1)", here.id("alpenblick"))
        await service.post(db, [letter(here)])
        await change.rollback()
    assert await waiting(here) == []
    assert await service.send_waiting(here.runtime, way(box), now=NOW) == 0


async def test_a_server_that_is_away_is_waited_for_longer_each_time(here: Programme, box: Postbox) -> None:
    await post(here, letter(here), letter(here, id=UUID(int=8)))
    away = Smtp(Server("127.0.0.1", 1, tls=False), SENDER)
    assert await service.send_waiting(here.runtime, away, now=NOW) == 0
    first, second = await waiting(here)
    assert (first["attempts"], first["retry_at"], second["attempts"]) == (1, NOW + timedelta(minutes=1), 0)
    assert "ConnectionRefusedError" in first["failure"]
    assert await service.send_waiting(here.runtime, way(box), now=NOW) == 1, "the other letter need not wait"
    assert await service.send_waiting(here.runtime, away, now=NOW + timedelta(minutes=1)) == 0
    assert (await waiting(here))[0]["retry_at"] == NOW + timedelta(minutes=3)
    assert await service.send_waiting(here.runtime, way(box), now=NOW + timedelta(minutes=3)) == 1
    assert len(box.received) == 2


async def test_who_is_refused_for_good_is_not_tried_again_and_holds_nobody_up(here: Programme, box: Postbox) -> None:
    box.refuse = {"nobody@alpenblick.example": "550 no such user", "later@alpenblick.example": "451 try later"}
    await post(
        here,
        letter(here, id=UUID(int=1), recipient="nobody@alpenblick.example"),
        letter(here, id=UUID(int=2), recipient="later@alpenblick.example"),
        letter(here, id=UUID(int=3)),
    )
    assert await service.send_waiting(here.runtime, way(box), now=NOW) == 1
    gone, later = await waiting(here)
    assert (gone["given_up"], gone["retry_at"], gone["failure"]) == (True, None, "550 no such user")
    assert (later["given_up"], later["retry_at"]) == (False, NOW + timedelta(minutes=1))
    assert await service.send_waiting(here.runtime, way(box), now=NOW + timedelta(days=9)) == 0
    assert [row["attempts"] for row in await waiting(here)] == [1, 2]


def test_waits_grow_to_six_hours_and_end() -> None:
    waits = [rules.retry_at(attempt, now=NOW) for attempt in range(1, 13)]
    assert [(at - NOW).total_seconds() // 60 for at in waits[:-1] if at] == [
        1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360,
    ]  # fmt: skip
    assert waits[-1] is None


async def test_two_workers_at_once_send_each_letter_once(here: Programme, box: Postbox) -> None:
    await post(here, *(letter(here, id=UUID(int=number)) for number in range(1, 21)))
    shares = await asyncio.gather(*(service.send_waiting(here.runtime, way(box), now=NOW) for _ in range(3)))
    assert sum(shares) == len(box.received) == 20
    assert len({message["Message-ID"] for _, _, message in box.received}) == 20


async def test_a_crash_after_the_handing_over_sends_twice_under_one_message_id(here: Programme, box: Postbox) -> None:
    class Crashing:
        async def send(self, one: Letter) -> None:
            await way(box).send(one)
            raise asyncio.CancelledError

    await post(here, letter(here))
    with pytest.raises(asyncio.CancelledError):
        await service.send_waiting(here.runtime, Crashing(), now=NOW)
    assert len(await waiting(here)) == 1
    assert await service.send_waiting(here.runtime, way(box), now=NOW) == 1
    assert [message["Message-ID"] for _, _, message in box.received] == [f"<{UUID(int=7)}@wolkenstadt.example>"] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": "ga@alpenblick.example\r\nBcc: all@elsewhere.example"},
        {"recipient": "ga@alpenblick.example, all@elsewhere.example"},
        {"recipient": "Anna <ga@alpenblick.example>"}, {"recipient": "ga"}, {"recipient": ""},
        {"recipient": "ga@alpenblick.example\n"},
        {"subject": "Ende\r\nBcc: all@elsewhere.example"}, {"subject": "Ende\n"}, {"subject": " "},
        {"subject": "x" * 201}, {"subject": "Ende\u2028"},
    ],
)  # fmt: skip
async def test_what_could_become_another_header_is_refused(here: Programme, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        await post(here, letter(here, **wrong))
    assert await waiting(here) == []


async def test_a_body_cannot_leave_itself(here: Programme, box: Postbox) -> None:
    body = "Zeile\r\n.\r\nMAIL FROM:<x@elsewhere.example>\r\n\r\nBcc: all@elsewhere.example\n"
    await post(here, letter(here, body=body))
    await service.send_waiting(here.runtime, way(box), now=NOW)
    [(_, recipients, message)] = box.received
    assert recipients == ["ga@alpenblick.example"]
    assert message["Bcc"] is None
    assert "MAIL FROM" in message.get_content()


async def test_a_password_is_not_sent_in_the_clear(box: Postbox) -> None:
    in_the_clear = Smtp(Server("127.0.0.1", box.port, tls=False, user="u", password="geheim@1"), SENDER)
    with pytest.raises(NotSent, match="STARTTLS"):
        await in_the_clear.send(letter())
    assert (box.received, box.users) == ([], [])


# Asked for at once, TLS is not seen by the server of the test, which then warns.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_password_goes_by_tls_and_a_wrong_one_is_said(tmp_path: Any, at_once: bool) -> None:
    tls = ensure(tmp_path, SystemClock().now())
    trusting = ssl.create_default_context(cafile=str(tls.authority))
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(tls.certificate, tls.key)
    more = {"ssl": ours, "auth_require_tls": False} if at_once else {"tls_context": ours, "require_starttls": True}
    safe = Postbox()
    server = await listening(safe, authenticator=safe.known, auth_required=True, **more)
    try:
        known = Server("127.0.0.1", safe.port, tls=at_once, user="u", password="geheim@1")
        await Smtp(known, SENDER, trusting).send(letter())
        assert (len(safe.received), safe.users) == (1, ["u"])
        with pytest.raises(NotSent, match="535") as refused:
            await Smtp(replace(known, password="falsch"), SENDER, trusting).send(letter())
        assert refused.value.of_the_way
    finally:
        server.close()
        await server.wait_closed()


async def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path: Any) -> None:
    tls = ensure(tmp_path, SystemClock().now())
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(tls.certificate, tls.key)
    safe = Postbox()
    server = await listening(safe, ssl=ours)
    try:
        with pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
            await Smtp(Server("127.0.0.1", safe.port, tls=True), SENDER).send(letter())
    finally:
        server.close()
        await server.wait_closed()
    assert safe.received == []


async def test_in_the_emulator_a_letter_is_a_file(here: Programme, tmp_path: Any) -> None:
    await post(here, letter(here))
    assert await service.send_waiting(here.runtime, MailFolder(tmp_path / "mail"), now=NOW) == 1
    [file] = (tmp_path / "mail").iterdir()
    assert file.name == f"20261122T090000Z-{UUID(int=7)}.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Subject"] == "Die Beziehung endet – morgen"
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587, tls=False)),
        ("smtp://mail.example:25", Server("mail.example", 25, tls=False)),
        ("smtps://u:p%40ss@mail.example", Server("mail.example", 465, tls=True, user="u", password="p@ss")),
    ],
)
def test_a_server_by_its_url(url: str, server: Server) -> None:
    assert server_of(url) == server
    assert "p@ss" not in repr(server_of(url))


@pytest.mark.parametrize(
    "url",
    [
        "mail.example", "http://mail.example", "smtp://", "smtp://u@mail.example", "smtp://mail.example/x",
        "smtp://mail.example?x=1", "smtp://mail.example:x",
    ],
)  # fmt: skip
def test_what_is_no_server(url: str) -> None:
    with pytest.raises(ValueError, match=r"give|Port"):
        server_of(url)
