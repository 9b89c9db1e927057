"""A changed rulebook keeps the promises, or the answer tells by a story how it would not."""

import asyncio
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from copartner.policy.actions import Action
from copartner.policy.amending import Amendment
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook, Source
from copartner.proof import changed, promises, story
from copartner.proof.changed import compare
from copartner.proof.invariants import ALL
from copartner.proof.promises import Names, Verdict, check
from copartner.proof.solver import Unsolved
from copartner.proof.story import VERBS

DAY = date(2030, 1, 10)
C = Cloud.COMMERCIAL
WEAK = """
@id("mp-subscription") @text("Trusted partners help each other.") @source("a test") @needs("Trust.")
forbid (principal, action in Action::"change_state", resource)
unless { resource has partner && (resource.partner == principal.tenant || principal.roles.contains(Role::"User")) };
"""
WALL = """
@id("no-suspension") @text("Nothing is suspended.") @source("a test") @needs("Nothing.")
forbid (principal, action == Action::"subscription.suspend", resource);
"""
NORTH = """
@id("no-sale-north") @text("Nothing is sold into Norway.") @source("a test") @needs("A customer elsewhere.")
forbid (principal, action == Action::"order.place", resource)
when { resource has customer && resource.customer.country == "NO" };
"""
GENEROUS = """
@id("generous") @text("All.") @source("a test") @needs("Nothing.")
permit (principal, action in Action::"own_thing", resource);
"""
# What the programme may end; everything else is promised. docs/decisions/0021 says why.
POLICIES = {
    *("in-the-market", "american-customers", "no-partner-buys", "agreed-first", "seats-left", "signed-first"),
    *("resellers-signed", "restricted-buys-nothing", "resellers-leave-it", "ends-clean", "ends-cancelled"),
    *("cancelled-in-time", "terms-lengthen", "no-new-privileges", "privileges-not-left-out"),
    *("one-delegated-seller", "one-delegated-seller-2016", "granular-asked-by-admin-agent"),
    *("granular-assigned-by-admins", "granular-begins", "granular-elsewhere", "no-directory-in-government"),
    *("no-licences-in-china", "two-factors-on-pages", "two-factors-to-transact", "two-factors-at-the-api"),
}


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return Rulebook.load()


@pytest.fixture(scope="module")
def judged(shipped: Rulebook) -> Callable[..., Verdict]:
    def judge(text: str = "", *ends: str, before: Rulebook = shipped, names: Names | None = None) -> Verdict:
        after = before.amended(Amendment("a change", text, ends, DAY))
        return compare(before, after, C, DAY, names or Names())

    return judge


def source(book: Rulebook) -> Source:
    assert book.source is not None
    return book.source


def test_every_action_has_words() -> None:
    assert list(VERBS) == list(Action)
    for english, german in VERBS.values():
        assert english
        assert german
        assert ("{whose}" in english) == ("{von}" in german)


def test_what_is_no_promise_is_said() -> None:
    assert {invariant.id for invariant in ALL if not invariant.promise} == POLICIES


def test_a_broken_promise_is_told_by_a_story(judged: Callable[..., Verdict]) -> None:
    verdict = judged("", "mp-subscription", names=Names(actor="suedwind", other="nordlicht"))
    assert not verdict.holds
    assert verdict.undecided is None
    (broken,) = verdict.stories
    assert (broken.invariant, broken.action, broken.rules) == (
        "only-the-seller",
        "subscription.suspend",
        ("mp-subscription",),
    )
    assert len(broken.actions) == 8
    assert broken.story == (
        "suedwind's Sales agent could suspend nordlicht's subscription, because mp-subscription, which stops it now"
        " (“A partner changes no state, quantity or name of a subscription it did not sell.”), ends on 2030-01-10."
        " It is permitted by role-subscriptions-change."
    )
    assert broken.story_german.startswith(
        "Ein Vertriebs-Agent von suedwind könnte das Abonnement von nordlicht aussetzen, weil mp-subscription, was es"
        " jetzt verhindert („Ein Partner ändert weder Status noch Menge noch Namen eines Abonnements, das er nicht"
        " verkauft hat.“), am 10.01.2030 endet."
    )


def test_a_weaker_rule_is_told_with_both_its_texts(judged: Callable[..., Verdict]) -> None:
    (broken,) = judged(WEAK).stories
    assert "One partner's user with the roles" in broken.story
    assert "another partner's subscription" in broken.story
    assert "it did not sell.”), is stated anew from 2030-01-10 on (“Trusted partners help each other.”)" in broken.story
    assert "neu gefasst ist („Trusted partners help each other.“)" in broken.story_german


def test_what_nothing_permits_today_is_refused_too(judged: Callable[..., Verdict]) -> None:
    """Permits are replaced by one for everything: a promise that only their narrowness keeps is none."""
    (broken,) = judged("", "rel-acceptor").stories
    assert broken.invariant == "global-admin-answers"
    assert "No rule permits it today, but none would stand against one that did." in broken.story


def test_a_circumstance_is_part_of_the_story(judged: Callable[..., Verdict]) -> None:
    broken = {one.invariant: one for one in judged("", "rel-required").stories}["related"]
    assert "without a relationship with the customer, because rel-required" in broken.story
    assert "ohne Vertriebspartnerschaft mit dem Kunden" in broken.story_german


def test_the_end_of_a_policy_is_told_and_refuses_nothing(judged: Callable[..., Verdict], shipped: Rulebook) -> None:
    verdict = judged("", "rel-market")
    assert verdict.holds
    assert verdict.stories == ()
    assert [one.invariant for one in verdict.ended] == ["in-the-market"]
    later = shipped.amended(Amendment("an earlier one", "", ("rel-market",), DAY))
    assert judged("", "rel-cloud", before=later).ended == ()


def test_a_version_that_stops_something_keeps_every_promise_and_is_told(judged: Callable[..., Verdict]) -> None:
    verdict = judged(WALL)
    assert verdict.holds
    assert [one.text for one in verdict.lost] == [
        "Nobody could suspend any party's subscription any more from 2030-01-10 on.",
        "No more possible from 2030-01-10 on: An application suspends a subscription that its partner sold.",
    ]
    assert all(one.text_german for one in verdict.lost)


@pytest.mark.parametrize(("text", "most"), [(NORTH, 4), (GENEROUS, 0)])
def test_what_breaks_nothing_is_hardly_asked_about(judged: Callable[..., Verdict], text: str, most: int) -> None:
    """A further forbid or permit takes nothing from what was proved; whether all stays possible is asked alone."""
    verdict = judged(text)
    assert (verdict.holds, verdict.stories, verdict.ended, verdict.lost) == (True, (), (), ())
    assert verdict.questions <= most


def test_only_the_days_from_the_first_on_and_the_cloud_are_asked_about(shipped: Rulebook) -> None:
    elsewhere = WEAK.replace("@source", '@cloud("21vianet") @source')
    after = shipped.amended(Amendment("a change", elsewhere, (), DAY))
    assert compare(shipped, after, C, DAY, Names()).questions == 0
    assert not compare(shipped, after, Cloud.CHINA, DAY, Names()).holds
    back = shipped.amended(Amendment("a change", WEAK, (), DAY, date(2030, 2, 1)))
    assert compare(shipped, back, C, date(2030, 2, 1), Names()).questions == 0


def test_an_engine_that_disagrees_leaves_it_open(
    judged: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed, "decide_cold", lambda *_: SimpleNamespace(allowed=False, rules=()))
    with pytest.raises(Unsolved, match="disagree about only-the-seller"):
        judged("", "mp-subscription")


async def test_it_is_asked_in_a_process_of_its_own(shipped: Rulebook) -> None:
    after = source(shipped.amended(Amendment("a change", "", ("mp-record",), DAY)))
    verdict = await check(source(shipped), after, cloud=C, begins=DAY, names=Names(other="nordlicht"))
    assert verdict.undecided is None
    assert [one.rules for one in verdict.stories] == [("mp-record",)]
    assert "nordlicht's subscription" in verdict.stories[0].story
    assert verdict.questions > 0
    assert verdict.seconds > 0


async def test_time_that_is_over_is_no_yes_and_leaves_no_process(
    shipped: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def keep(*given: str, **options: Any) -> asyncio.subprocess.Process:
        started.append(await start(*given, **options))
        return started[-1]

    monkeypatch.setattr(promises.asyncio, "create_subprocess_exec", keep)
    verdict = await check(source(shipped), source(shipped), cloud=C, begins=DAY, limit=0.01)
    assert not verdict.holds
    assert verdict.undecided == "the proof had no answer after 0.01 seconds"
    assert [process.returncode for process in started] == [-9]


async def test_rules_that_cannot_be_read_are_no_yes(shipped: Rulebook) -> None:
    broken = Source({"roles": "forbid ("}, source(shipped).schema)
    verdict = await check(source(shipped), broken, cloud=C, begins=DAY)
    assert not verdict.holds
    assert "BrokenRules" in (verdict.undecided or "")


def test_an_open_question_is_no_yes(
    shipped: Rulebook, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    asked = promises.Asked(source(shipped), source(shipped), C, DAY, Names())
    given = SimpleNamespace(buffer=SimpleNamespace(read=lambda: promises.msgspec.json.encode(asked)))
    monkeypatch.setattr(promises.sys, "stdin", given)

    def unsolved(*_: object) -> Verdict:
        raise Unsolved("z3 said 'unknown'")

    monkeypatch.setattr(promises, "compare", unsolved)
    promises.main()
    verdict = promises.msgspec.json.decode(capfdbinary.readouterr().out, type=Verdict)
    assert (verdict.holds, verdict.undecided) == (False, "z3 said 'unknown'")


def test_a_party_has_a_name_by_its_side() -> None:
    assert story._named(None, "one partner's", "eines Partners").english == "one partner's"
    assert story._named("suedwind", "", "") == story.Party("suedwind's", "von suedwind")
