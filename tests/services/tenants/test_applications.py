"""A tenant's applications and their secrets, as services and at the authority."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.programme.service import list_audit
from copartner.signin.tokens import TokenRevoked
from copartner.tenants import rules
from copartner.tenants.service import applications
from support.authority import office
from support.programme import Programme

GOOD = (
    "https://app.nordlicht.example/back?from=copartner",
    "https://app.nordlicht.example:8443/",
    "http://localhost:8400/",
    "http://127.0.0.1/back",
    "http://[::1]:5000/back",
    "com.example.app:/back",
    "msal0f000000-0000-4000-8000-000000000001://auth",
)
BAD = (
    "http://app.nordlicht.example/",
    "https://user@app.nordlicht.example/",
    "https://app.nordlicht.example/#here",
    "https://*.nordlicht.example/",
    "https://app.nordlicht.example/a/../b",
    "https://app.nordlicht.example/a/%2e%2E/b",
    "https://app.nordlicht.example\\@evil.example/",
    "https://App.nordlicht.example/",
    "HTTPS://app.nordlicht.example/",
    "https:///back",
    "https://app.nordlicht.example:port/",
    "//app.nordlicht.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "back",
    "",
    "https://app.nordlicht.example/ü",
    "https://app.nordlicht.example/ x",
    f"https://app.nordlicht.example/{'x' * 2000}",
)


async def test_addresses_are_held_to_strict_rules(here: Programme) -> None:
    ga = here.context("ga@nordlicht")
    made = await applications.create_application(ga, name="App", redirect_uris=GOOD)
    assert made.redirect_uris == GOOD
    for uri in BAD:
        with pytest.raises(Invalid):
            await applications.change_application(ga, application_id=made.id, redirect_uris=[uri])
    assert await applications.read_application(ga, application_id=made.id) == made


async def test_only_the_global_admin_of_its_tenant_administers_an_application(here: Programme) -> None:
    made = await applications.create_application(here.context("ga@nordlicht"), name="App")
    for who in ("um@nordlicht", "aa@nordlicht"):
        with pytest.raises(Denied):
            await applications.add_secret(here.context(who), application_id=made.id)
    for application in (made.id, uuid4()):
        with pytest.raises(Denied) as denied:
            await applications.add_secret(here.context("ga@wolkenwerk"), application_id=application)
        assert denied.value.concealed


async def test_a_secret_is_told_once_used_and_removed(here: Programme, tmp_path: Path) -> None:
    async with office(here) as desk:
        ga = here.context("ga@nordlicht", request_id="one")
        made = await applications.create_application(here.context("ga@nordlicht"), name="App")
        told = [await applications.add_secret(ga, application_id=made.id, description="first") for _ in range(2)]
        assert told[0].value == told[1].value
        other = await applications.add_secret(here.context("ga@nordlicht"), application_id=made.id)
        assert told[0].secret.expires_at is not None
        form = {"grant_type": "client_credentials", "client_id": str(made.id), "client_secret": told[0].value}
        answer = await desk.token("nordlicht.example", **form)
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        await desk.authority.tokens.verify(token)
        used = await applications.read_application(here.context("ga@nordlicht"), application_id=made.id)
        assert [one.last_used_at for one in used.secrets] == [desk.clock.now(), None]
        desk.pass_time(seconds=1)
        # Removing by the services' clock, which is the machine's: later than the office's.
        await applications.remove_secret(
            here.context("ga@nordlicht"), application_id=made.id, secret_id=told[0].secret.id
        )
        with pytest.raises(rules.UnknownSecret):
            await applications.remove_secret(
                here.context("ga@nordlicht"), application_id=made.id, secret_id=told[0].secret.id
            )
        assert (await desk.token("nordlicht.example", **form)).status_code == 401
        again = await desk.token("nordlicht.example", **{**form, "client_secret": other.value})
        assert again.status_code == 200
        async with here.owner() as owner:
            rows = await owner.fetch("SELECT ground_id FROM revocation WHERE tenant_id = $1", here.id("nordlicht"))
            written = await owner.fetchval(
                "SELECT string_agg(t::text, ' ') FROM (SELECT k::text FROM idempotency_key k UNION ALL "
                "SELECT a::text FROM audit_record a UNION ALL SELECT s::text FROM application_secret s) AS rows(t)"
            )
        assert [row["ground_id"] for row in rows] == [told[0].secret.id]
        assert told[0].value not in written
        # The other secret was made by the services' clock, so it ends by that one.
        assert other.secret.expires_at is not None
        desk.pass_time(seconds=(other.secret.expires_at - desk.clock.now()).total_seconds() + 1)
        late = await desk.token("nordlicht.example", **{**form, "client_secret": other.value})
        assert late.status_code == 401
        # Without any secret that holds, it is no public client either.
        assert (await desk.redeem("x", client_id=str(made.id), client_secret="-")).status_code == 401


async def test_several_secrets_are_removed_together_or_none(here: Programme) -> None:
    ga = here.context("ga@nordlicht")
    made, other = [await applications.create_application(ga, name=name) for name in ("App", "Other")]
    secrets = [(await applications.add_secret(ga, application_id=made.id)).secret.id for _ in range(3)]
    foreign = (await applications.add_secret(ga, application_id=other.id)).secret.id

    async def left() -> list[UUID]:
        found = await applications.read_application(ga, application_id=made.id)
        return [one.id for one in found.secrets if one.removed_at is None]

    for unknown in (foreign, uuid4()):
        with pytest.raises(rules.UnknownSecret):
            await applications.remove_secrets(ga, application_id=made.id, secret_ids=(*secrets, unknown))
    assert set(await left()) == set(secrets)
    gone = await applications.remove_secrets(ga, application_id=made.id, secret_ids=secrets[:2])
    assert [one.id for one in gone] == secrets[:2]
    rest = await applications.remove_secrets(ga, application_id=made.id, secret_ids=secrets)
    assert [one.id for one in rest] == secrets[2:]
    assert await applications.remove_secrets(ga, application_id=made.id, secret_ids=secrets) == ()
    async with here.owner() as owner:
        rows = await owner.fetch("SELECT ground_id FROM revocation WHERE tenant_id = $1", here.id("nordlicht"))
    assert sorted(row["ground_id"] for row in rows) == sorted(secrets)
    written = [one.operation_type for one in (await list_audit(ga)).items]
    assert written.count("application.remove_secret") == len(secrets)


async def test_disabling_ends_what_was_given(here: Programme) -> None:
    async with office(here) as desk:
        ga = here.context("ga@nordlicht")
        made = await applications.create_application(ga, name="App")
        secret = await applications.add_secret(ga, application_id=made.id)
        form = {"grant_type": "client_credentials", "client_id": str(made.id), "client_secret": secret.value}
        token = (await desk.token("nordlicht.example", **form)).json()["access_token"]
        await desk.authority.tokens.verify(token)
        # The office's clock stands; the moment written is the services', so it has to be the later one.
        desk.clock.moment = here.runtime.machine_clock.now() - timedelta(seconds=1)
        token = (await desk.token("nordlicht.example", **form)).json()["access_token"]
        await applications.change_application(ga, application_id=made.id, enabled=False)
        await asyncio.sleep(0.9)
        with pytest.raises(TokenRevoked):
            await desk.authority.tokens.verify(token)
        assert (await desk.token("nordlicht.example", **form)).status_code == 401


async def test_a_secrets_end_is_bounded(here: Programme) -> None:
    ga = here.context("ga@nordlicht")
    made = await applications.create_application(ga, name="App")
    now = here.runtime.machine_clock.now()
    for ends in (
        now,
        now - timedelta(days=1),
        now + timedelta(days=731),
        (now + timedelta(days=1)).replace(tzinfo=None),
    ):
        with pytest.raises(Invalid):
            await applications.add_secret(ga, application_id=made.id, expires_at=ends)
    for _ in range(20):
        await applications.add_secret(ga, application_id=made.id)
    with pytest.raises(rules.TooManySecrets):
        await applications.add_secret(ga, application_id=made.id)
