"""Whatever is wrong with a request to a served route: the contract's error, never a crash, and nothing is spoiled."""

import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from copartner.api.partner_center.codes import ErrorCode
from copartner.api.partner_center.errors import DECISION_HEADER
from support import in_directories
from support.books import faults
from support.chance import chance
from support.examples import ALL, UNKNOWN, Example, Things, examples, furnish
from support.postgres import Database
from support.programme import programme
from support.spoiling import CONTENT_TYPES, HEADERS, IDENTIFIERS, QUERIES, spoiled, texts
from support.web import Web, web

T = TypeVar("T")
# A part of what can be wrong on every run, all of it among the long checks.
EVERY = pytest.mark.parametrize("one_in", [5, pytest.param(1, marks=pytest.mark.verify)])
SERVED = sorted(ALL)
WITH_BODY = sorted(name for name, route in ALL.items() if route.request is not None)
# Parts of an address that are identifiers of ours and may belong to somebody else.
OWNED = (
    "customer",
    "cart",
    "order",
    "subscription",
    "relationshipRequest",
    "decision",
    "partner",
    "user",
    "group",
    "member",
    "application",
    "secret",
)
# What a partner may do at a customer that is not its own is nothing, and so it is told;
# tests/services/access shows that it is told the same of a foreign and of an unknown one.
TOLD_NOTHING = ("access.read_own", "access.explain_own", "access.advise_own")
WITH_OWNER = [
    (name, part) for name in SERVED for part in OWNED if f"{{{part}}}" in ALL[name].path and name not in TOLD_NOTHING
]


class Place:
    """A furnished world and a request for every route."""

    def __init__(self, site: Web, things: Things) -> None:
        self.site = site
        self.things = things
        self.examples = examples(site, things)

    async def is_sound(self) -> None:
        """Raise AssertionError unless everything that is there can be read, and rows and audit agree."""
        for name, example in self.examples.items():
            # What was sent may have ended the delegation by which a customer's directory is read.
            delegated = name.partition(".")[0] in in_directories.KINDS
            if example.route.methods == ("GET",) and example.who == "aa@nordlicht" and not delegated:
                answer = await example.send(self.site)
                assert answer.status_code == 200, f"{example.path}: {answer.text}"
        async with self.site.here.owner() as owner:
            assert await faults(owner) == []


@pytest.fixture(scope="module")
async def place(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """One for all tests of this file."""
    kept: Path = tmp_path_factory.mktemp("world")
    async with programme(module_database, kept) as here, web(here) as site:
        yield Place(site, await furnish(site))


def refused(answer: httpx.Response, *, whatever: Any) -> tuple[int, str]:
    """Status and code of an answer that has to be the contract's error, with a code of errors.csv."""
    assert 400 <= answer.status_code < 500, f"{answer.request.url} {str(whatever)[:200]!r}: {answer.text[:500]}"
    if answer.request.method == "HEAD" and not answer.content:
        return answer.status_code, ""
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["ms-requestid"]
    body = answer.json()
    assert body.keys() == {"code", "description", "data", "source"}
    assert (answer.status_code, body["code"]) in {known.value for known in ErrorCode}, (
        f"{answer.request.url} {str(whatever)[:200]!r}: {body}"
    )
    assert body["description"]
    assert len(body["description"]) < 2000
    return answer.status_code, body["code"]


def taken_or_refused(answer: httpx.Response, example: Example, *, whatever: Any) -> bool:
    """Whether the request was done; raises AssertionError when it was neither done nor refused as it should be."""
    if answer.status_code == example.route.status:
        return True
    refused(answer, whatever=whatever)
    return False


def share(everything: Iterable[T], one_in: int) -> list[T]:
    """Every so manieth, beginning at random."""
    return list(everything)[chance().randrange(one_in) :: one_in]


@EVERY
@pytest.mark.parametrize("name", WITH_BODY)
async def test_values_of_bodies(place: Place, name: str, one_in: int) -> None:
    example, done = place.examples[name], 0
    chosen = share(spoiled(example.body), one_in)
    for where, body in chosen:
        answer = await example.send(place.site, json.dumps(body).encode())
        if taken_or_refused(answer, example, whatever=(where, body)):
            done += 1
            if name == "carts.create":  # what could be drafted has to be sold, or refused
                checkout = place.examples["carts.checkout"].at("cart", answer.json()["id"])
                taken_or_refused(await checkout.send(place.site), checkout, whatever=(where, body))
    assert len(chosen) > 60 / one_in
    assert done < len(chosen) * 2 / 3
    await place.is_sound()


@pytest.mark.parametrize("name", WITH_BODY)
async def test_texts_of_bodies(place: Place, name: str) -> None:
    example = place.examples[name]
    for text in texts(example.body):
        answer = await example.send(place.site, text)
        taken_or_refused(answer, example, whatever=text)
    for kind in CONTENT_TYPES:
        answer = await example.send(place.site, None, **{"Content-Type": kind})
        taken_or_refused(answer, example, whatever=kind)
    await place.is_sound()


@EVERY
@pytest.mark.parametrize("name", SERVED)
async def test_headers_and_queries(place: Place, name: str, one_in: int) -> None:
    example = place.examples[name]
    for header, value in share(((known, value) for known in HEADERS for value in HEADERS[known]), one_in):
        answer = await example.send(place.site, None, **{header: value.encode("latin-1")})
        taken_or_refused(answer, example, whatever=(header, value))
    for query in share(QUERIES, one_in):
        separator = "&" if example.query else "?"
        sent = Example(
            example.route,
            example.who,
            example.parts,
            example.body,
            f"{example.query}{separator}{query}",
            example.tagged,
        )
        taken_or_refused(await sent.send(place.site), example, whatever=query)


@pytest.mark.parametrize("name", [name for name in SERVED if "{" in ALL[name].path])
async def test_identifiers_that_are_none(place: Place, name: str) -> None:
    example = place.examples[name]
    for part in example.parts:
        for value in IDENTIFIERS:
            answer = await example.at(part, value).send(place.site)
            refused(answer, whatever=(part, value))


@pytest.mark.parametrize(("name", "part"), WITH_OWNER)
async def test_foreign_and_unknown_identifiers_are_answered_alike(place: Place, name: str, part: str) -> None:
    example, answers = place.examples[name], []
    foreign = place.things.foreign[part]
    for value in (foreign, UNKNOWN, foreign.upper(), f"{{{foreign}}}"):
        answer = await example.at(part, value).send(place.site)
        status, code = refused(answer, whatever=(part, value))
        body = answer.json()
        decision = answer.headers.get(DECISION_HEADER)
        assert decision is None or body["data"][-1] == decision
        shown = ["it" if one.strip("{}").lower() in (foreign, UNKNOWN) else one for one in body["data"]]
        answers.append((status, code, body["description"], shown[: -1 if decision else None], decision is None))
    assert len({str(one) for one in answers}) == 1, answers
