"""A rule from its text to its effect, at the operator's pages: tried out, proposed, approved, taken back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from copartner.portal.operator import trials
from copartner.portal.operator.version import Change, compared
from copartner.versions import service
from copartner.versions.live import Live
from copartner.versions.model import State
from support.operating import APPROVER, press, signed_in
from support.portal import House, heading, house
from support.postgres import Database
from support.programme import programme
from support.versions import NO_SALE, STORY, Answer, approved, check, propose, proposer

TEXT = NO_SALE.format(country="FR")


@pytest.fixture
async def home(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """A portal whose rules follow what is approved."""
    async with programme(database, tmp_path) as here, house(here) as made:
        live = await Live.open(made.here.runtime)
        yield made
        await live.close()


def filled(home: House, **more: str) -> dict[str, str]:
    """A whole proposal."""
    begins = str(home.here.clock.now().date() + timedelta(days=40))
    typed = {"title": "No sale into France", "reason": "The board.", "text": TEXT, "ends": "", "begins": begins}
    return typed | {"days": "30"} | more


async def test_what_is_wrong_stands_beside_the_text_and_nothing_is_lost(home: House) -> None:
    browser = await signed_in(home)
    page = await browser.open("/operator/rules/new")
    for change, problem in (
        ({"text": TEXT.replace("forbid", "forbit")}, "invalid policy effect"),
        ({"text": TEXT.replace("country", "planet")}, "planet"),
        ({"ends": "rel-nothing"}, "rel-nothing"),
        ({"begins": "soon"}, "soon is no day; write it as 2027-01-31."),
        ({"title": " "}, "title has to be"),
        ({"text": "", "ends": ""}, "nothing"),
    ):
        refused = await press(browser, page, "propose", **filled(home, **change))
        assert refused.status_code == 400, change
        assert problem in refused.text, (change, refused.text)
        assert "The board." in refused.text
        assert 'aria-invalid="true"' in refused.text or 'role="alert"' in refused.text
        page = refused
    assert (await service.list_versions(proposer(home.here))).items == ()
    mended = await press(browser, page, "propose", **filled(home))
    assert heading(mended.text) == "No sale into France"


async def test_a_second_click_proposes_nothing_more(home: House) -> None:
    browser = await signed_in(home)
    page = await browser.open("/operator/rules/new")
    seen = {str((await press(browser, page, "propose", **filled(home))).url) for _ in range(2)}
    assert len(seen) == 1
    assert len(await service.list_versions(proposer(home.here))) == 1


async def test_rules_are_tried_out_before_anybody_proposes_them(home: House) -> None:
    await home.here.relate("nordlicht", "lavande")
    browser = await signed_in(home)
    page = await browser.open("/operator/rules/new")
    trial = await press(browser, page, "try", **filled(home))
    path = trial.url.path
    again = await press(browser, page, "try", **filled(home))
    assert again.url.path == path
    found = trials.find(proposer(home.here), path.rpartition("/")[2])
    assert found is not None
    assert found.task is not None
    await found.task
    done = await browser.open(path)
    assert "data-refresh" not in done.text
    for told in ("no-sale-abroad", "Nordlicht IT GmbH", "Lavande Cosmétiques SARL", "cart.create"):
        assert told in done.text
    german = await browser.open(f"{path}?language=de")
    assert "Würde abgelehnt" in german.text
    # What was typed goes on to the proposal.
    form = await browser.open(f"/operator/rules/new?trial={path.rpartition('/')[2]}")
    assert "no-sale-abroad" in form.text
    assert 'value="No sale into France"' in form.text
    assert (await service.list_versions(proposer(home.here))).items == ()


async def test_a_try_out_says_how_far_it_is_and_is_nobody_elses(home: House) -> None:
    browser = await signed_in(home)
    ctx = proposer(home.here)
    going = trials.Trial(uuid4(), ctx.caller.tenant_id, ctx.moment.date(), 30, ctx.moment, {})
    trials.keep(going)
    page = await browser.open(f"/operator/rules/trials/{going.id}")
    assert 'data-refresh="3"' in page.text
    assert "Look again" in page.text
    going.progress = trials.Progress(40, 100, "subscriptions")
    assert (
        '<progress id="progress" max="100" value="40">'
        in (await browser.open(f"/operator/rules/trials/{going.id}")).text
    )
    going.failed = True
    assert "could not be ended" in (await browser.open(f"/operator/rules/trials/{going.id}")).text
    going.tenant_id = home.here.id("nordlicht")
    assert (await browser.open(f"/operator/rules/trials/{going.id}")).status_code == 404
    for _ in range(trials.MOST):
        trials.keep(trials.Trial(uuid4(), ctx.caller.tenant_id, ctx.moment.date(), 0, ctx.moment, {}, failed=True))
    assert trials.find(ctx, str(going.id)) is None


async def test_nobody_approves_its_own_and_another_one_does(home: House) -> None:
    version = await propose(home.here, TEXT)
    path = f"/operator/rules/versions/{version.id}"
    first, second = await signed_in(home), await signed_in(home, APPROVER)
    waits = await first.open(path)
    assert 'data-refresh="3"' in waits.text
    assert "Being checked" in waits.text
    assert 'value="approve"' not in waits.text
    await check(home.here)
    own = await first.open(path)
    assert "Every promise holds" in own.text
    assert "You cannot approve it." in own.text
    assert "approved by another than the one who proposed it" in own.text
    assert 'value="approve"' not in own.text
    german = (await first.open(f"{path}?language=de")).text
    assert "genehmigt jemand anderes" in german
    # The day of the rules as German writes it, and a rule that nobody said in German marked as English.
    assert f"nach den Regeln vom {version.begins:%d.%m.%Y}." in german
    assert '<dd><span lang="en">' in german
    page = await second.open(path)
    assert "/approve" in page.text
    # The proposer who sends the form all the same is denied with the reason.
    forged = await first.follow(await first.send(own, form=1, act="approve"))
    assert forged.status_code == 403
    assert "approved by another" in forged.text
    done = await press(second, page, "approve")
    assert "The version is approved." in done.text
    assert 'class="state good">Approved' in done.text
    again = await press(second, page, "approve")
    assert again.status_code == 200
    assert (await service.read_version(proposer(home.here), version_id=version.id)).approved_by_name is not None


async def test_a_version_that_breaks_a_promise_shows_its_story_and_is_never_approved(home: House) -> None:
    version = await propose(home.here, "", ends=("mp-subscription",))
    await check(home.here, Answer(holds=False, stories=(STORY,), ended=(STORY,)))
    second = await signed_in(home, APPROVER)
    page = await second.open(f"/operator/rules/versions/{version.id}")
    assert "It breaks a promise and can never be approved" in page.text
    assert "One partner could read." in page.text
    assert 'value="approve"' not in page.text
    german = await second.open(f"/operator/rules/versions/{version.id}?language=de")
    assert "Einer läse." in german.text
    forged = await second.follow(await second.send(page, act="approve"))
    assert forged.status_code == 403
    unsure = await press(second, page, "withdraw")
    assert unsure.status_code == 400
    gone = await press(second, page, "withdraw", sure="on")
    assert "The version is withdrawn." in gone.text
    assert (await press(second, page, "withdraw", sure="on")).status_code == 200


async def test_an_approved_version_is_taken_back_with_a_reason(home: House) -> None:
    version = await approved(home.here, TEXT)
    browser = await signed_in(home)
    page = await browser.open(f"/operator/rules/versions/{version.id}")
    for typed in ({"reason": "It went too far."}, {"reason": " ", "sure": "on"}):
        refused = await press(browser, page, "take_back", **typed)
        assert refused.status_code == 400
    assert ">\n It went too far." not in page.text
    done = await press(browser, page, "take_back", reason="It went too far.", sure="on")
    assert "The version is taken back." in done.text
    assert "It went too far." in done.text
    assert (await press(browser, page, "take_back", reason="It went too far.", sure="on")).status_code == 200
    assert (await service.read_version(proposer(home.here), version_id=version.id)).state is State.TAKEN_BACK


async def test_the_rulebook_is_told_as_of_a_day_by_topic_and_searched(home: House) -> None:
    version = await approved(home.here, TEXT, days=40)
    browser = await signed_in(home)
    today = await browser.open("/operator/rules")
    assert "csp-tenant-only" in today.text
    assert "csp-no-partner-buyer" not in today.text
    assert "Brought by a version" not in today.text
    assert f"/operator/rules/versions/{version.id}" in today.text
    before = await browser.open("/operator/rules?on=2020-11-28")
    assert "csp-no-partner-buyer" in before.text
    assert "csp-tenant-only" not in before.text
    after = await browser.open(f"/operator/rules?on={version.begins}")
    assert "Brought by a version" in after.text
    assert "no-sale-abroad" in after.text
    found = await browser.open("/operator/rules?search=csp-self-affiliate")
    assert "csp-self-affiliate" in found.text
    assert "mp-subscription" not in found.text
    assert "No rule fits" in (await browser.open("/operator/rules?search=nothing-like-it")).text
    assert "Niemand verkauft" in (await browser.open("/operator/rules?search=csp-self-affiliate&language=de")).text
    wrong = await browser.open("/operator/rules?on=yesterday")
    assert wrong.status_code == 400
    assert "is no day; write it as 2027-01-31." in wrong.text


async def test_a_version_leads_to_its_announcement_once(home: House) -> None:
    version = await approved(home.here, TEXT)
    browser = await signed_in(home)
    page = await browser.open(f"/operator/rules/versions/{version.id}")
    drafts = {str((await press(browser, page, "announce", contact="a@b.example")).url) for _ in range(2)}
    assert len(drafts) == 1
    assert "/operator/announcements/" in drafts.pop()


async def test_two_clicks_at_one_moment_are_one_proposal(home: House) -> None:
    browser = await signed_in(home)
    page = await browser.open("/operator/rules/new")
    seen = await asyncio.gather(*(press(browser, page, "propose", **filled(home)) for _ in range(3)))
    assert {heading(one.text) for one in seen} == {"No sale into France"}
    assert len(await service.list_versions(proposer(home.here))) == 1


def test_texts_are_compared_line_by_line() -> None:
    assert compared("a\nb", "a\nc") == (Change("same", "a"), Change("gone", "b"), Change("come", "c"))
