"""Trying rules out over HTTP: the outcome, how far it has come line by line, and what a client's leaving ends."""

import asyncio
import json
from typing import Any

import pytest

from copartner.api.working import LINES, Tell, Working
from support.web import Web, refused

ADDRESS = "/programme/v1/rule-trials"
CHANGE = {"begins": "2026-12-01", "ends": ["mp-visibility"], "days": 7}


async def test_an_operator_is_told_what_a_change_would_change(site: Web) -> None:
    answer = await site.call("ga@wolkenstadt", "POST", ADDRESS, CHANGE)
    assert answer.status_code == 200, answer.text
    outcome = answer.json()
    assert (outcome["changed"], outcome["begins"], outcome["days"]) == (["mp-visibility"], "2026-12-01", 7)
    # Three partners could read what the operator sold, and its transitions: two requests each.
    assert outcome["present"] == {"denied": 0, "allowed": 6}
    assert {it["name"]: it["allowed"] for it in outcome["partners"]} == {
        "Nordlicht IT GmbH": 2,
        "Südwind Systeme GmbH": 2,
        "Wolkenwerk GmbH": 2,
    }
    told = await site.http.post(
        ADDRESS, json=CHANGE, headers={"Authorization": "Bearer ga@wolkenstadt", "Accept": LINES}
    )
    assert (told.status_code, told.headers["content-type"]) == (200, LINES)
    *progress, last = [json.loads(line) for line in told.text.splitlines()]
    assert all({*line["progress"]} == {"done", "of", "at"} for line in progress)
    assert progress[-1]["progress"]["done"] == progress[-1]["progress"]["of"] > 0
    same = {name: value for name, value in outcome.items() if name not in ("seconds", "looked", "differences")}
    assert same == {name: last["outcome"][name] for name in same}


async def test_others_and_broken_rules_are_refused_before_anything_is_tried(site: Web) -> None:
    assert (await site.call("ga@nordlicht", "POST", ADDRESS, CHANGE)).status_code == 403
    assert refused(await site.call("@nordlicht", "POST", ADDRESS, CHANGE))[0] in (401, 403)
    broken = await site.call("ga@wolkenstadt", "POST", ADDRESS, {"begins": "2026-12-01", "text": "permit (principal"})
    assert broken.status_code == 400
    assert "cannot be tried out" in broken.json()["description"]
    assert "begins" in (await site.call("ga@wolkenstadt", "POST", ADDRESS, {"text": ""})).json()["description"]


@pytest.mark.parametrize("lines", [False, True])
async def test_the_work_is_given_up_when_the_client_leaves(lines: bool) -> None:
    begun, sent, ended = asyncio.Event(), [], []

    async def work(tell: Tell) -> Any:
        await tell({"progress": 1})
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def receive() -> Any:
        await begun.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    scope: Any = {"type": "http", "path": ADDRESS}
    await asyncio.wait_for(Working(work, lines=lines)(scope, receive, send), 10)
    assert ended == [True]
    assert sent == (["http.response.start", "http.response.body"] if lines else [])


async def test_a_failure_after_the_first_line_is_the_last_line() -> None:
    sent: list[Any] = []

    async def work(tell: Tell) -> Any:
        await tell({"progress": 1})
        raise RuntimeError("no such luck")

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "path": ADDRESS}
    await Working(work, lines=True)(scope, receive, send)
    *_, last, end = [message["body"] for message in sent if message["type"] == "http.response.body"]
    assert json.loads(last) == {"error": "The work could not be done; ask again."}
    assert (end, sent[-1]["more_body"]) == (b"", False)
