"""Several requests in one: each with a status, headers and a body of its own, and no other way in."""

from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from copartner.app import build
from support.granular import GRAPH, HELPDESK, asked, draft
from support.web import NamedTokens, Web, client

AA = "aa@nordlicht"
BATCH = "/v1.0/$batch"
RELATIONSHIPS = GRAPH.removeprefix("/v1.0")
JSON = {"Content-Type": "application/json"}


def one(number: str, method: str = "GET", url: str = RELATIONSHIPS, body: Any = None, **more: Any) -> dict[str, Any]:
    carried = {} if body is None else {"body": body, "headers": JSON}
    return {"id": number, "method": method, "url": url, **carried, **more}


async def sent(site: Web, *requests: dict[str, Any], who: str = AA, path: str = BATCH, **headers: str) -> Any:
    """The answers by id; the batch itself has to succeed."""
    answered = await site.call(who, "POST", path, {"requests": requests}, headers=headers)
    assert answered.status_code == 200, answered.text
    responses = answered.json()["responses"]
    assert [response["id"] for response in responses] == [request["id"] for request in requests]
    return {response["id"]: response for response in responses}


def code(response: dict[str, Any]) -> tuple[int, str]:
    return response["status"], response["body"]["error"]["code"]


async def test_each_is_answered_for_itself(site: Web) -> None:
    known = await draft(site, AA, "Bekannt")
    found = await sent(
        site,
        one("list", url=f"{RELATIONSHIPS}?$top=1&$select=displayName&$filter=status eq 'created'"),
        one("read", url=f"{RELATIONSHIPS.lstrip('/')}/{known}"),
        one("make", "post", body=asked("Im Bündel", HELPDESK)),
        one("taken", "POST", body=asked("Bekannt", HELPDESK)),
        one("none", url=f"{RELATIONSHIPS}/{known[:-1]}"),
        one("drop", "DELETE", f"{RELATIONSHIPS}/{known}", headers={"If-Match": "*"}),
        one("nowhere", url="/nowhere"),
        one("verb", "PUT", body={}),
    )
    assert found["list"]["body"]["value"][0]["displayName"] == "Bekannt"
    assert found["list"]["headers"]["Content-Type"].startswith("application/json")
    assert found["read"]["body"]["id"] == known
    assert found["make"]["status"] == 201
    assert found["make"]["headers"]["Location"].endswith(found["make"]["body"]["id"])
    assert found["make"]["body"]["displayName"] == "Im Bündel"
    assert code(found["taken"]) == (409, "conflict")
    assert code(found["none"]) == (400, "badRequest")
    assert (found["drop"]["status"], "body" in found["drop"]) == (204, False)
    assert code(found["nowhere"]) == (404, "notFound")
    assert code(found["verb"]) == (405, "notAllowed")
    names = [each["displayName"] for each in (await site.get(AA, GRAPH))["value"]]
    assert names == ["Im Bündel"]


async def test_the_beta_version_reaches_beta(site: Web) -> None:
    found = await sent(site, one("1"), path="/beta/$batch")
    assert "/beta/$metadata" in found["1"]["body"]["@odata.context"]


async def test_an_absolute_address_of_our_own_is_taken(site: Web) -> None:
    here = site.here.runtime.public_url.rstrip("/")
    found = await sent(
        site, one("own", url=f"{here}{GRAPH}?$top=1"), one("other", url="https://elsewhere.example/v1.0/groups")
    )
    assert found["own"]["status"] == 200
    assert code(found["other"]) == (404, "notFound")


@pytest.mark.parametrize("written", ["dependsOn", "depends_on"])
async def test_what_depends_waits_and_fails_with_what_it_waits_for(site: Web, written: str) -> None:
    found = await sent(
        site,
        one("after", **{written: ["MAKE"]}, url=f"{RELATIONSHIPS}?$count=true"),
        one("make", "POST", body=asked("Zuerst", HELPDESK)),
        one("wrong", "POST", body=asked("Zuerst", HELPDESK), **{written: ["make"]}),
        one("lost", **{written: ["after", "wrong"]}),
        one("lost too", **{written: ["lost"]}),
    )
    assert found["after"]["body"]["@odata.count"] == 1
    assert code(found["wrong"]) == (409, "conflict")
    for name, because in (("lost", "wrong"), ("lost too", "lost")):
        assert code(found[name]) == (424, "failedDependency")
        assert because in found[name]["body"]["error"]["message"]


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        ([], "send 1 to 20"),
        ([one(str(number)) for number in range(21)], "send 1 to 20"),
        ([one("a"), one("A")], "an id of its own"),
        ([one("")], "an id of its own"),
        ([one("1", "TRACE")], "send one of GET, POST"),
        ([one("1", dependsOn=["2"])], "no request of the batch has the id '2'"),
        ([one("1", dependsOn=["1"])], "waits for itself"),
        ([one("1", dependsOn=["2"]), one("2", dependsOn=["1"])], "waits for itself"),
        ([one("1", headers={"Authorization": "Bearer aa@suedwind"})], "the batch's own token"),
        ([one("1", headers={"X": "a\r\nb"})], "visible ASCII"),
        ([{"id": "1", "method": "POST", "url": RELATIONSHIPS, "body": {}}], "Content-Type application/json"),
        ([one("1", "POST", headers={"Content-Type": "text/plain"}, body=None) | {"body": "x"}], "application/json"),
        ([{"id": "1", "method": "GET"}], "requests[0].url: this property is missing"),
        ([{"id": 1, "method": "GET", "url": "/x"}], "requests[0].id"),
        ({}, "requests"),
    ],
)
async def test_a_batch_that_cannot_be_read_is_refused_whole(site: Web, requests: Any, said: str) -> None:
    answered = await site.call(AA, "POST", BATCH, {"requests": requests})
    assert (answered.status_code, answered.json()["error"]["code"]) == (400, "badRequest")
    assert said in answered.json()["error"]["message"]


@pytest.mark.parametrize("url", ["/$batch", "$BATCH", "//%24batch"])
async def test_a_batch_in_a_batch_is_refused(site: Web, url: str) -> None:
    inner = {"requests": [one("1", "POST", body=asked("Innen", HELPDESK))]}
    found = await sent(site, one("1", "POST", url, body=inner))
    assert code(found["1"]) == (400, "badRequest")
    assert "no other batch" in found["1"]["body"]["error"]["message"]


async def test_nothing_outside_the_version_is_reached(site: Web) -> None:
    urls = ("/../v1/customers", "/../programme/v1/users", "//v1/customers", "/..%2fv1/customers", "/v1.0/groups", "..")
    found = await sent(site, *(one(str(number), url=url) for number, url in enumerate(urls)))
    assert {code(response) for response in found.values()} == {(404, "notFound")}


async def test_every_request_is_decided_by_the_one_token(site: Web) -> None:
    foreign = await draft(site, "aa@suedwind", "Fremd")
    found = await sent(site, one("1", url=f"{RELATIONSHIPS}/{foreign}"), one("2"))
    assert (code(found["1"]), found["2"]["body"]["value"]) == ((404, "notFound"), [])
    assert found["1"]["headers"]["Copartner-Decision-Id"]
    refused = await sent(site, one("1"), one("2", "POST", body=asked("Nein", HELPDESK)), who="sa@nordlicht")
    assert {code(response) for response in refused.values()} == {(403, "accessDenied")}
    alone = await sent(site, one("1"), who="pwd:aa@nordlicht")
    assert code(alone["1"]) == (401, "InvalidAuthenticationToken")
    nobody = await site.call("nobody", "POST", BATCH, {"requests": [one("1")]})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


async def test_request_ids_are_each_requests_own_and_repeat_what_was_done(site: Web) -> None:
    own = {**JSON, "MS-RequestId": "7b2f9a5e-0001-4000-8000-000000000001"}
    requests = (
        {"id": "1", "method": "POST", "url": RELATIONSHIPS, "headers": own, "body": asked("Eins", HELPDESK)},
        one("2", "POST", body=asked("Zwei", HELPDESK)),
    )
    first = await sent(site, *requests, **{"MS-RequestId": "once"})
    again = await sent(site, *requests, **{"MS-RequestId": "once"})
    assert {name: (each["status"], each["body"]) for name, each in first.items()} == {
        name: (each["status"], each["body"]) for name, each in again.items()
    }
    direct = await site.call(AA, "POST", GRAPH, asked("Eins", HELPDESK), headers={"MS-RequestId": own["MS-RequestId"]})
    assert direct.json()["id"] == first["1"]["body"]["id"]
    fresh = await sent(site, *requests)
    assert (fresh["1"]["status"], code(fresh["2"])) == (201, (409, "conflict"))


async def test_correlation_ids_are_the_requests_own_or_the_batchs(site: Web) -> None:
    own = one("1", headers={"client-request-id": "mine"})
    found = await sent(site, own, one("2"), one("3", url="/nowhere"), **{"client-request-id": "whole"})
    ids = {name: each["headers"]["Client-Request-Id"] for name, each in found.items()}
    assert ids == {"1": "mine", "2": "whole", "3": "whole"}
    assert len({each["headers"]["Request-Id"] for each in found.values()}) == 3
    assert found["3"]["body"]["error"]["innerError"]["client-request-id"] == "whole"


async def test_each_request_has_its_line_in_the_log(site: Web) -> None:
    application = build(site.here.runtime, NamedTokens(site.here))
    async with client(application) as http:
        with capture_logs() as logs:
            await http.post(BATCH, json={"requests": [one("1"), one("2", url="/nowhere")]}, headers=_bearer())
    lines = [(line["method"], line["path"], line["status"]) for line in logs if line["event"] == "request"]
    assert lines == [("GET", GRAPH, 200), ("GET", "/v1.0/nowhere", 404), ("POST", BATCH, 200)]


def _bearer() -> httpx.Headers:
    return httpx.Headers({"Authorization": f"Bearer {AA}"})
