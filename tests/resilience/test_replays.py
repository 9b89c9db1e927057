"""A request id that comes again: the first answer to the same request, a refusal to another, nothing made twice."""

import json
from uuid import uuid4

from asyncpg.connection import Connection

from support.books import faults
from support.examples import EMULATOR_ALONE, Example, examples, furnish
from support.programme import Programme
from support.web import refused, web

# Reads that the contract has as POST: they keep no request id, because nothing is made.
# Done again each time, by what is there by then.
ANEW = {"rule_trials.make"}
READS = {"addresses.check", "promotions.check", "inventory.check"}
_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'copartner'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"
)


async def counted(owner: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = [row["relname"] for row in await owner.fetch(_TABLES)]
    return {name: await owner.fetchval(f"SELECT count(*) FROM {name}") for name in names}


def other_body(example: Example) -> bytes:
    """The body with a property more, which nobody reads."""
    return json.dumps({**(example.body or {}), "somethingElse": 1}).encode()


async def test_every_post_is_known_again(here: Programme) -> None:
    async with web(here) as site, here.owner() as owner:
        known = examples(site, await furnish(site))
        for name, example in known.items():
            if example.method != "POST" or name in EMULATOR_ALONE:
                continue
            keeps = example.route.methods == ("POST",) and name not in READS
            sent = {"MS-RequestId": str(uuid4())}
            first = await example.send(site, None, **sent)
            assert first.status_code == example.route.status, f"{name}: {first.text}"
            # A changed rulebook is kept by whoever hears of it.
            if here.runtime.rules.catch_up is not None:
                await here.runtime.rules.catch_up()
            before = await counted(owner)
            again = await example.send(site, None, **sent)
            assert again.status_code == first.status_code, f"{name}: {again.text}"
            assert again.content == first.content or name in ANEW, name
            assert again.headers["ms-requestid"] == sent["MS-RequestId"]
            other = await example.send(site, other_body(example), **sent)
            if keeps:
                assert refused(other) == (400, "3000"), name
                assert other.json()["data"] == [sent["MS-RequestId"]]
            assert await counted(owner) == before, name
        assert await faults(owner) == []


async def test_request_ids_are_each_callers_own(here: Programme) -> None:
    async with web(here) as site:
        things = await furnish(site)
        draft = examples(site, things)["carts.create"]
        carts = []
        for who in ("aa@nordlicht", "sa@nordlicht", "aa@suedwind", "@nordlicht"):
            made = await Example(draft.route, who, draft.parts, draft.body).send(site, None, **{"MS-RequestId": "same"})
            assert made.status_code == 201, made.text
            carts.append(made.json()["id"])
        assert len(set(carts)) == 4


async def test_a_replay_is_decided_anew(here: Programme) -> None:
    async with web(here) as site, here.owner() as owner:
        place = examples(site, await furnish(site))["orders.place"]
        sent = {"MS-RequestId": "once"}
        assert (await place.send(site, None, **sent)).status_code == 201
        await owner.execute(
            """UPDATE reseller_relationship SET state = 'ended', ended_at = $2, privileges = false
            WHERE partner_tenant_id = $1""",
            here.id("nordlicht"),
            here.clock.now(),
        )
        assert refused(await place.send(site, None, **sent)) == (403, "20002")
