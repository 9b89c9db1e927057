"""Announcements and addresses for events over HTTP."""

from typing import Any

import pytest

from support.announced import CONTENT, NOTE, PATH, TEXTS, drafted, published
from support.web import Web, refused

OPERATOR = "ga@wolkenstadt"
EVENTS = "/programme/v1/event-address"


async def test_from_a_draft_to_a_delay(site: Web) -> None:
    answer = await site.call(OPERATOR, "POST", PATH, {**CONTENT, "texts": {"en": TEXTS["en"]}})
    assert answer.status_code == 201
    draft = answer.json()
    assert (draft["state"], draft["status"], draft["page"]) == ("draft", "soon", None)
    one = f"{PATH}/{draft['id']}"
    missing = await site.call(OPERATOR, "POST", f"{one}/publish")
    assert refused(missing) == (400, "3000")
    assert "texts.de.title" in missing.json()["description"]
    whole = {**CONTENT, "audience": ["customer", "partner"], "markets": ["de"], "ruleVersion": 3}
    edited = await site.call(OPERATOR, "PUT", one, whole, headers={"If-Match": draft["etag"]})
    assert edited.status_code == 200
    assert edited.json()["etag"] != draft["etag"]
    assert (edited.json()["audience"], edited.json()["ruleVersion"]) == (["partner", "customer"], 3)
    assert refused(await site.call(OPERATOR, "PUT", one, whole, headers={"If-Match": draft["etag"]})) == (400, "2055")
    out = (await site.call(OPERATOR, "POST", f"{one}/publish")).json()
    assert out["page"] == f"http://127.0.0.1/announcements/2026-11#{out['id']}"
    assert refused(await site.call(OPERATOR, "PUT", one, whole)) == (400, "800024")
    words = {"texts": {**TEXTS, "en": {**TEXTS["en"], "title": "Trials end soon"}}, "contact": "x@y.example"}
    revised = await site.call(OPERATOR, "POST", f"{one}/revise", {**words, "note": NOTE})
    assert revised.json()["revisions"][0]["previousTexts"]["en"]["title"] == "Trials end"
    later = await site.call(OPERATOR, "POST", f"{one}/delay", {"beginsOn": "2027-03-01", "note": NOTE})
    assert later.json()["status"] == "delayed"
    assert [(it["kind"], it["previousBeginsOn"]) for it in later.json()["revisions"]] == [
        ("revised", "2027-02-01"),
        ("delayed", "2027-02-01"),
    ]
    read = await site.get("sa@nordlicht", one)
    assert read == later.json()


async def test_a_list_is_of_a_month_and_of_an_audience(site: Web) -> None:
    draft = await drafted(site)
    made = [await published(site, audience=audience) for audience in (["partner"], ["customer"], CONTENT["audience"])]
    mine = await site.get("aa@nordlicht", f"{PATH}?month=2026-11")
    assert [one["id"] for one in mine["items"]] == [made[2], made[0]]
    theirs = await site.get("ga@alpenblick", f"{PATH}?month=2026-11&audience=customer")
    assert [one["id"] for one in theirs["items"]] == [made[2], made[1]]
    assert (await site.get("aa@nordlicht", f"{PATH}?month=2026-10"))["items"] == []
    all_of_them = await site.get(OPERATOR, f"{PATH}?size=3")
    assert [one["id"] for one in all_of_them["items"]] == made[::-1]
    rest = await site.get(OPERATOR, all_of_them["next"])
    assert [one["id"] for one in rest["items"]] == [draft]
    for wrong in ("month=2026-13", "month=x", "audience=everybody"):
        assert refused(await site.call("aa@nordlicht", "GET", f"{PATH}?{wrong}")) == (400, "3000")


async def test_an_application_reads_and_writes_nothing(site: Web) -> None:
    made = await published(site)
    assert (await site.get("@nordlicht", f"{PATH}/{made}"))["id"] == made
    assert refused(await site.call("@nordlicht", "POST", PATH, CONTENT)) == (403, "900329")


async def test_partners_and_customers_write_nothing(site: Web) -> None:
    draft = await drafted(site)
    for who in ("ga@nordlicht", "ga@alpenblick"):
        for method, path, body in (("POST", PATH, CONTENT), ("POST", f"{PATH}/{draft}/publish", None)):
            answer = await site.call(who, method, path, body)
            assert answer.status_code in (401, 403, 404), answer.text
        assert refused(await site.call(who, "GET", f"{PATH}/{draft}")) == (404, "1000")


async def test_an_address_for_events(site: Web) -> None:
    who = "ga@nordlicht"
    assert refused(await site.call(who, "GET", EVENTS)) == (404, "1000")
    made = (await site.call(who, "PUT", EVENTS, {"url": "https://events.nordlicht.example/x"})).json()
    assert made["secret"].startswith("copartner-")
    again = (await site.call(who, "PUT", EVENTS, {"url": "https://events.nordlicht.example/x"})).json()
    read: Any = await site.get(who, EVENTS)
    assert again == read == {key: value for key, value in made.items() if key != "secret"}
    for wrong in ("http://events.nordlicht.example/x", "https://10.0.0.1/x", "https://localhost/x"):
        assert refused(await site.call(who, "PUT", EVENTS, {"url": wrong})) == (400, "3000")
    assert refused(await site.call("aa@nordlicht", "PUT", EVENTS, {"url": "https://a.example/"})) == (403, "900150")
    assert (await site.call(who, "DELETE", EVENTS)).status_code == 200
    assert refused(await site.call(who, "DELETE", EVENTS)) == (404, "1000")


@pytest.mark.parametrize("name", ["en", "de"])
async def test_a_delay_says_why_in_both_languages(site: Web, name: str) -> None:
    made = await published(site)
    body = {"beginsOn": "2027-03-01", "note": {name: "x"}}
    answer = await site.call(OPERATOR, "POST", f"{PATH}/{made}/delay", body)
    assert refused(answer) == (400, "3000")
