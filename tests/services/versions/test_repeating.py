"""Past decisions, decided again by the rules of their day."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.programme import kept, repeating
from copartner.programme.rules import NotKept
from copartner.relationships.service import requests
from support.programme import Programme
from support.versions import approved, approver, proposer

NO_REQUESTS = """
@id("no-requests") @text("No requests are sent.") @source("a test") @needs("Another day.")
forbid (principal, action == Action::"relationship_request.send", resource);
"""


async def _denied(here: Programme, name: str = "aa@nordlicht") -> UUID:
    with pytest.raises(Denied) as denied:
        await requests.send_request(here.context(name))
    assert denied.value.decision_id is not None
    return denied.value.decision_id


async def test_a_decision_is_repeated_by_the_rules_of_its_day(here: Programme) -> None:
    await approved(here, NO_REQUESTS)
    here.clock.moment += timedelta(days=41)
    decision = await _denied(here)
    for context in (proposer(here), here.context("aa@nordlicht")):
        again = await repeating.repeat_decision(context, decision_id=decision)
        assert (again.allowed, again.same, again.rules, again.doubt) == (False, True, ("no-requests",), ())
    # A process that begins later, with the rules of another release, has them from what was kept.
    assert here.runtime.rulebook.with_digest(again.digest) is not None
    here.runtime.rules.replace(here.runtime.rulebook.variant(drop={"no-requests"}), here.runtime.rules.number)
    assert (await repeating.repeat_decision(approver(here), decision_id=decision)).same
    found = await kept.rules_of(here.runtime, again.digest)
    assert found is not None
    assert "no-requests" in found.by_id


async def test_an_allowed_decision_is_repeated(here: Programme) -> None:
    await requests.send_request(here.context("aa@nordlicht"))
    async with here.owner() as owner:
        decision = await owner.fetchval("SELECT id FROM decided WHERE action = 'relationship_request.send'")
    again = await repeating.repeat_decision(proposer(here), decision_id=decision)
    assert (again.allowed, again.same) == (True, True)
    assert again.rules == ("role-requests-send",)


async def test_a_tenant_learns_no_more_by_repeating_than_by_reading(here: Programme) -> None:
    with pytest.raises(Denied) as denied:
        await customers.read_customer(here.context("aa@nordlicht"), customer_id=here.id("alpenblick"))
    decision = denied.value.decision_id
    assert decision is not None
    own = await repeating.repeat_decision(here.context("aa@nordlicht"), decision_id=decision)
    assert (own.same, own.rules) == (True, ())
    assert "rel-required" in (await repeating.repeat_decision(proposer(here), decision_id=decision)).rules
    for stranger in ("aa@suedwind", "ba@nordlicht"):
        with pytest.raises(Denied):
            await repeating.repeat_decision(here.context(stranger), decision_id=decision)


async def test_what_was_not_kept_is_said_to_be(here: Programme) -> None:
    with pytest.raises(NotKept, match="kept whole for a time"):
        await repeating.repeat_decision(proposer(here), decision_id=uuid4())
    decision = await _denied(here, "hd@nordlicht")
    async with here.owner() as owner:
        await owner.execute("UPDATE decided SET digest = 'of no rules'")
        with pytest.raises(NotKept, match="never kept"):
            await repeating.repeat_decision(proposer(here), decision_id=decision)
        await owner.execute(
            "UPDATE decided SET action = 'of.no.release', digest = $1", here.context("aa@nordlicht").rules.digest
        )
        with pytest.raises(NotKept, match=r"does not know the action of\.no\.release"):
            await repeating.repeat_decision(proposer(here), decision_id=decision)
