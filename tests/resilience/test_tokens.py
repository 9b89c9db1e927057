"""Tokens that do not hold, at every served route: 401 with the contract's code, and nothing is even looked up."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from copartner.api.partner_center.codes import ErrorCode
from copartner.app import build
from copartner.policy.facts import Side
from copartner.signin.model import Subject
from copartner.signin.service import Authority
from support.authority import PARTNER_CENTER, office
from support.examples import ALL, Example, examples, furnish
from support.forging import forged, unfit
from support.postgres import Database
from support.programme import Programme, programme
from support.web import client, web

SERVED = sorted(ALL)
# Somebody of each side.
PEOPLE = {"partner": "aa@nordlicht", "customer": "ga@alpenblick", "operator": "ga@wolkenstadt"}


@dataclass(frozen=True, slots=True)
class Gate:
    """The application with its real authority, and a request for every route."""

    here: Programme
    authority: Authority
    http: httpx.AsyncClient
    examples: dict[str, Example]

    def token(self, who: str) -> str:
        """A token of `aa@nordlicht`, or of the application of `@nordlicht`."""
        caller = (self.here.context(who) if who[0] != "@" else self.here.application(who[1:])).caller
        name = None if caller.app_only else who
        subject = Subject(
            tenant_id=caller.tenant_id,
            subject_id=caller.subject_id,
            application_id=UUID(int=7),
            user_principal_name=name,
            roles=(),
        )
        return self.authority.tokens.issue(subject, audience=PARTNER_CENTER, version=1).access_token

    async def send(self, name: str, authorization: str | None, **more: str) -> httpx.Response:
        """The route's request under this header."""
        example = self.examples[name]
        headers = {header: value.encode() for header, value in more.items()}
        if authorization is not None:
            headers["Authorization"] = authorization.encode("latin-1")
        return await self.http.request(example.method, example.path, json=example.body, headers=headers)


@pytest.fixture(scope="module")
async def gate(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    """One for all tests of this file."""
    place = tmp_path_factory.mktemp("world")
    async with programme(module_database, place) as here:
        async with web(here) as site:
            known = examples(site, await furnish(site))
        async with office(here) as desk:
            app = build(here.runtime, desk.authority.tokens, access_log=False)
            async with client(app) as http:
                yield Gate(here, desk.authority, http, known)


# A HEAD has no body that could say a code.
CODES_OF_HEADS = {401: "400", 403: "900329"}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code, which have to be of the contract."""
    if answer.request.method == "HEAD":
        assert answer.content == b""
        return answer.status_code, CODES_OF_HEADS[answer.status_code]
    body = answer.json()
    assert body.keys() == {"code", "description", "data", "source"}
    assert (answer.status_code, body["code"]) in {known.value for known in ErrorCode}
    return answer.status_code, body["code"]


async def written(gate: Gate) -> Any:
    """How much the audit and the decisions hold."""
    async with gate.here.owner() as owner:
        return await owner.fetchrow(
            "SELECT (SELECT count(*) FROM audit_record), (SELECT sum(times) FROM decision_record)"
        )


@pytest.mark.parametrize("name", SERVED)
async def test_a_token_that_does_not_hold(gate: Gate, name: str) -> None:
    token, before = gate.token(gate.examples[name].who), await written(gate)
    for wrong, header in (*unfit(token), *forged(token, gate.authority.keys.current)):
        answer = await gate.send(name, header)
        assert code_of(answer) == (401, "400"), f"{wrong}: {answer.text}"
        assert answer.headers["www-authenticate"].startswith("Bearer"), wrong
        assert token[-40:] not in answer.text, wrong
    assert await written(gate) == before


@pytest.mark.parametrize("name", SERVED)
async def test_a_token_of_another_side_or_kind(gate: Gate, name: str) -> None:
    route = gate.examples[name].route
    for side, who in PEOPLE.items():
        # Any tenant may stand on the customers' side, and reads its own records on its own.
        if route.side not in (None, Side.CUSTOMER, side):
            answer = await gate.send(name, f"Bearer {gate.token(who)}")
            # Of what is not to be known at all, nobody is told that another would be let in.
            assert code_of(answer)[0] in (401, 403, 404), f"{who}: {answer.text}"
    if route.user_only and route.side is Side.PARTNER:
        assert code_of(await gate.send(name, f"Bearer {gate.token('@nordlicht')}")) == (403, "900329")


@pytest.mark.parametrize("name", SERVED)
async def test_a_token_outlives_neither_user_nor_tenant(gate: Gate, name: str) -> None:
    who = gate.examples[name].who
    caller = gate.here.context(who).caller
    nobody = Subject(caller.tenant_id, UUID(int=9), None, "gone@nowhere.example", ("Global admin", "Admin agent"))
    nowhere = Subject(UUID(int=8), UUID(int=9), None, "gone@nowhere.example", ("Global admin", "Admin agent"))
    async with gate.here.owner() as owner:
        await owner.execute("UPDATE user_account SET enabled = false WHERE id = $1", caller.subject_id)
        try:
            disabled = await gate.send(name, f"Bearer {gate.token(who)}")
        finally:
            await owner.execute("UPDATE user_account SET enabled = true WHERE id = $1", caller.subject_id)
    if name != "decisions.read":  # whoever was denied reads that denial, with whatever roles
        assert code_of(disabled)[0] in (401, 403, 404), disabled.text
    for subject in (nobody, nowhere):
        issued = gate.authority.tokens.issue(subject, audience=PARTNER_CENTER, version=2)
        answer = await gate.send(name, f"Bearer {issued.access_token}", **{"MS-RequestId": "r-1"})
        assert code_of(answer)[0] in (401, 403, 404), answer.text
