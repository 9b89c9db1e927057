"""Consents to applications, as services and at their addresses: each reads and ends its own, a Global admin all."""

from uuid import UUID, uuid4

import pytest

from copartner.command.denial import Denied
from copartner.policy.facts import Side
from copartner.programme.model import AuditStatus
from copartner.programme.service import list_audit
from copartner.signin import consents
from copartner.tenants.service import applications
from support.programme import Programme
from support.web import refused, web

OWN = "/programme/v1"


async def registered(here: Programme, domain: str = "nordlicht") -> UUID:
    """A new application of a tenant, to which nobody consented."""
    made = await applications.create_application(here.context(f"ga@{domain}"), name="Kasse")
    return made.id


async def of(here: Programme, who: str, application_id: UUID, *, of_all: bool = False) -> list[UUID | None]:
    """Whose consents to the application somebody reads."""
    found = await consents.list_consents(here.context(who), of_all=of_all)
    return [one.user_id for one in found.items if one.application_id == application_id]


async def test_each_reads_its_own_and_the_tenants_an_admin_all(here: Programme) -> None:
    application_id = await registered(here)
    people = {who: here.context(who).caller.subject_id for who in ("aa@nordlicht", "sa@nordlicht")}
    for who in people:
        await consents.consent(here.context(who), application_id=application_id, offline=False)
    await consents.consent(here.context("ga@nordlicht"), application_id=application_id, offline=True, for_all=True)
    for who, own in people.items():
        assert set(await of(here, who, application_id)) == {own, None}
        with pytest.raises(Denied):
            await consents.list_consents(here.context(who), of_all=True)
    assert set(await of(here, "ga@nordlicht", application_id, of_all=True)) == {*people.values(), None}
    assert await of(here, "ga@wolkenwerk", application_id, of_all=True) == []


async def test_pages_go_on_where_they_end(here: Programme) -> None:
    for _ in range(2):
        await consents.consent(here.context("aa@nordlicht"), application_id=await registered(here), offline=False)
    first = await consents.list_consents(here.context("aa@nordlicht"), size=2)
    assert first.next_after is not None
    rest = await consents.list_consents(here.context("aa@nordlicht"), after=first.next_after)
    assert len({one.id for one in (*first.items, *rest.items)}) == len(first.items) + len(rest.items) == 3


async def test_who_may_consent_and_withdraw(here: Programme) -> None:
    application_id = await registered(here)
    with pytest.raises(Denied):
        await consents.consent(here.context("aa@nordlicht"), application_id=application_id, offline=True, for_all=True)
    with pytest.raises(Denied):
        await consents.consent(here.application("nordlicht"), application_id=application_id, offline=True)
    mine = await consents.consent(here.context("aa@nordlicht"), application_id=application_id, offline=True)
    with pytest.raises(Denied):
        await consents.withdraw_consent(here.context("sa@nordlicht"), consent_id=mine.id)
    gone = await consents.withdraw_consent(here.context("ga@nordlicht"), consent_id=mine.id)
    assert gone.withdrawn_at == here.clock.moment
    assert await consents.withdraw_consent(here.context("ga@nordlicht"), consent_id=mine.id) == gone
    assert await of(here, "aa@nordlicht", application_id) == []


async def test_several_are_withdrawn_together_or_none(here: Programme) -> None:
    sa, ga = here.context("sa@nordlicht"), here.context("ga@nordlicht")
    first, second = [await registered(here) for _ in range(2)]
    own = [(await consents.consent(sa, application_id=one, offline=True)).id for one in (first, second)]
    tenants = (await consents.consent(ga, application_id=first, offline=True, for_all=True)).id
    for stranger in (tenants, uuid4()):
        with pytest.raises(Denied):
            await consents.withdraw_consents(sa, consent_ids=(*own, stranger))
    assert await of(here, "sa@nordlicht", first) == [sa.caller.subject_id, None]
    assert await of(here, "sa@nordlicht", second) == [sa.caller.subject_id]
    gone = await consents.withdraw_consents(sa, consent_ids=own)
    assert [one.id for one in gone] == own
    assert all(one.withdrawn_at == here.clock.moment for one in gone)
    assert await consents.withdraw_consents(sa, consent_ids=own) == gone
    assert (await of(here, "sa@nordlicht", first), await of(here, "sa@nordlicht", second)) == ([None], [])
    written = [one for one in (await list_audit(ga)).items if one.operation_type == "application_consent.withdraw"]
    assert len([one for one in written if one.status is AuditStatus.SUCCEEDED]) == len(own)


async def test_a_foreign_and_an_unknown_one_look_alike(here: Programme) -> None:
    application_id = await registered(here)
    mine = await consents.consent(here.context("aa@nordlicht"), application_id=application_id, offline=True)
    told = set()
    for consent_id in (mine.id, uuid4()):
        with pytest.raises(Denied) as denied:
            await consents.withdraw_consent(here.context("ga@wolkenwerk"), consent_id=consent_id)
        assert denied.value.concealed
        told.add(denied.value.message)
    for other in (application_id, uuid4()):
        with pytest.raises(Denied) as denied:
            await consents.consent(here.context("ga@wolkenwerk"), application_id=other, offline=False)
        told.add(denied.value.message)
    assert told == {"There is no such user, group, application or consent in your tenant."}


async def test_a_second_consent_is_the_first_unless_it_is_more(here: Programme) -> None:
    application_id, who = await registered(here), "user@alpenblick"
    with pytest.raises(Denied):
        await consents.consent(here.context(who, Side.CUSTOMER), application_id=application_id, offline=False)
    ctx = here.context("aa@nordlicht")
    first = await consents.consent(ctx, application_id=application_id, offline=False)
    assert await consents.consent(ctx, application_id=application_id, offline=False) == first
    more = await consents.consent(ctx, application_id=application_id, offline=True)
    assert (more.id, more.offline) == (first.id, True)
    assert await consents.consent(ctx, application_id=application_id, offline=False) == more


async def test_at_their_addresses(here: Programme) -> None:
    application_id = await registered(here)
    async with web(here) as site:
        path = f"{OWN}/applications/{application_id}/consent"
        assert refused(await site.call("aa@nordlicht", "POST", path, {})) == (403, "900150")
        made = await site.call("ga@nordlicht", "POST", path, {})
        assert made.status_code == 201, made.text
        assert (made.json()["userId"], made.json()["offline"]) == (None, True)
        listed = await site.get("aa@nordlicht", f"{OWN}/application-consents")
        assert made.json()["id"] in {one["id"] for one in listed["items"]}
        assert refused(await site.call("aa@nordlicht", "GET", f"{OWN}/application-consents?of=tenant")) == (
            403,
            "900150",
        )
        one = f"{OWN}/application-consents/{made.json()['id']}"
        assert refused(await site.call("ga@wolkenwerk", "DELETE", one)) == (404, "1000")
        assert refused(await site.call("aa@nordlicht", "DELETE", one)) == (403, "900150")
        gone = await site.call("ga@nordlicht", "DELETE", one)
        assert (gone.status_code, gone.json()["withdrawnAt"] is None) == (200, False)
        changed = await site.call(
            "ga@nordlicht", "PATCH", f"{OWN}/applications/{application_id}", {"adminConsent": True}
        )
        assert changed.json()["adminConsent"] is True
