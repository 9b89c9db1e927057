"""Letters to a customer's Global admins about a request: in its language, with the link, once a day."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.policy.facts import Side
from copartner.relationships import rules, wording
from copartner.relationships.service import consent, letters, requests
from support.programme import SEED_DAY, Programme

SAID = {"subject": "Hello", "body": "  We would like to help.\nDo answer.  "}


async def _outbox(here: Programme) -> list[Any]:
    async with here.owner() as owner:
        return list(
            await owner.fetch("SELECT recipient, subject, body, language, tenant_id FROM mail_outbox ORDER BY id")
        )


async def test_a_letter_goes_to_the_global_admins_with_the_link_and_who_sent_it(here: Programme) -> None:
    sales = here.context("sa@nordlicht")
    sent = await requests.send_request(sales, domain="Alpenblick.example", reason="Licences")
    assert (sent.addressee, sent.letter_at) == ("alpenblick.example", None)
    found = await letters.read_sent(sales, request_id=sent.id)
    assert (found.language, found.next_letter_at) == (Language.GERMAN, None)
    after = await letters.write_letter(sales, request_id=sent.id, **SAID)
    assert after.letter_at == here.clock.now()
    (letter,) = await _outbox(here)
    assert (letter["recipient"], letter["subject"], letter["language"]) == ("ga@alpenblick.example", "Hello", "de")
    assert letter["tenant_id"] == here.id("alpenblick")
    assert letter["body"].startswith("We would like to help.\nDo answer.\n\nHier antworten: http")
    assert requests.link_of(sales, sent.id) in letter["body"]
    assert "sa@nordlicht.example" in letter["body"]


async def test_it_is_written_at_most_once_in_a_day_and_only_while_the_request_waits(here: Programme) -> None:
    sent = await requests.send_request(here.context("sa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    await letters.write_letter(here.context("sa@nordlicht"), request_id=sent.id, **SAID)
    here.clock.moment += timedelta(hours=23)
    with pytest.raises(rules.WrittenAlready):
        await letters.write_letter(here.context("aa@nordlicht"), request_id=sent.id, **SAID)
    assert (await letters.read_sent(here.context("aa@nordlicht"), request_id=sent.id)).next_letter_at is not None
    here.clock.moment += timedelta(hours=1)
    await letters.write_letter(here.context("aa@nordlicht"), request_id=sent.id, **SAID)
    assert len(await _outbox(here)) == 2
    await consent.decline_request(here.context("ga@alpenblick", Side.CUSTOMER), request_id=sent.id)
    here.clock.moment += timedelta(days=2)
    with pytest.raises(rules.RequestClosed):
        await letters.write_letter(here.context("aa@nordlicht"), request_id=sent.id, **SAID)


async def test_a_request_that_names_nobody_and_a_letter_that_is_none_are_refused(here: Programme) -> None:
    sales = here.context("sa@nordlicht")
    nobody = await requests.send_request(sales)
    with pytest.raises(rules.NobodyToWrite):
        await letters.write_letter(sales, request_id=nobody.id, **SAID)
    named = await requests.send_request(sales, customer_tenant_id=here.id("alpenblick"))
    for wrong in ({"body": " "}, {"body": "x" * 4001}, {"body": "a\x07b"}, {"subject": ""}, {"subject": "a\nBcc: b"}):
        with pytest.raises(Invalid):
            await letters.write_letter(sales, request_id=named.id, **(SAID | wrong))
    assert await _outbox(here) == []
    async with here.owner() as owner:
        await owner.execute("DELETE FROM role_assignment WHERE tenant_id = $1", here.id("alpenblick"))
    with pytest.raises(rules.NobodyToWrite):
        await letters.write_letter(sales, request_id=named.id, **SAID)


async def test_only_who_may_send_requests_writes_and_only_about_its_own(here: Programme) -> None:
    sent = await requests.send_request(here.context("sa@nordlicht"), customer_tenant_id=here.id("alpenblick"))
    for who in ("hd@nordlicht", "ba@nordlicht"):
        with pytest.raises(Denied):
            await letters.write_letter(here.context(who), request_id=sent.id, **SAID)
        with pytest.raises(Denied):
            await letters.read_sent(here.context(who), request_id=sent.id)
    told = set()
    for request_id in (sent.id, uuid4()):
        for act in (partial(letters.write_letter, **SAID), letters.read_sent):
            with pytest.raises(Denied) as denied:
                await act(here.context("ga@wolkenwerk"), request_id=request_id)
            assert denied.value.concealed
            told.add(denied.value.message)
    assert told == {"There is no such relationship request among yours."}
    assert await _outbox(here) == []


async def test_a_draft_says_reason_and_privileges_in_each_language(here: Programme) -> None:
    sales = here.context("sa@nordlicht")
    sent = await requests.send_request(sales, domain="alpenblick.example", reason="{Licences} & 100 %")
    found = await letters.read_sent(sales, request_id=sent.id)
    for language, word in ((Language.ENGLISH, "Why we ask"), (Language.GERMAN, "Warum wir anfragen")):
        made = wording.draft(found.request, found.partner, link=found.link, sender="S", language=language)
        assert f"{word}: {{Licences}} & 100 %" in made.body
        assert "privileges" not in made.body
        assert "Administratorrechte" not in made.body
        assert found.link in made.whole
    assert wording.spoken("fr-FR") is Language.ENGLISH
    assert wording.spoken(None) is Language.ENGLISH


async def test_what_may_be_asked_says_since_when_privileges_are_kept_out(here: Programme, tmp_path: Any) -> None:
    asking = await requests.read_asking(here.context("sa@nordlicht"))
    assert asking.send is None
    assert asking.partner.company_name == "Nordlicht IT GmbH"
    assert asking.link == await requests.read_standing_link(here.context("sa@nordlicht"))
    assert asking.privileges is not None
    assert asking.since is not None
    here.clock.moment = SEED_DAY
    before = await requests.read_asking(here.context("sa@nordlicht"))
    assert (before.privileges, before.since) == (None, None)
    lacking = await requests.read_asking(here.context("ga@nordlicht"))
    assert lacking.privileges is not None
    assert lacking.since is None, "it is the role that lacks"
    with pytest.raises(Denied):
        await requests.read_asking(here.context("hd@nordlicht"))


async def test_requests_are_listed_the_newest_first_where_that_is_asked(here: Programme) -> None:
    sales = here.context("sa@nordlicht")
    made = [await requests.send_request(sales, reason=str(number)) for number in range(3)]
    first = await requests.list_requests(sales, size=2, newest_first=True)
    rest = await requests.list_requests(sales, size=2, after=first.next_after, newest_first=True)
    assert [one.id for one in (*first.items, *rest.items)] == [one.id for one in reversed(made)]
    assert rest.next_after is None
