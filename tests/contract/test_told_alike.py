"""One denial reads the same wherever it is told, in the language of whoever reads it."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from copartner.explaining_cli import told
from copartner.kernel.languages import Language
from copartner.tenants.service import applications
from support.authority import Office, office
from support.granular import CONSENT, GRAPH, asked, asked_of, draft
from support.portal import House, house
from support.postgres import Database
from support.programme import programme
from support.web import Web, web

OWN = "/programme/v1"
ENGLISH, GERMAN = Language


@dataclass(frozen=True, slots=True)
class Told:
    """One denial as one dialect told it."""

    sentence: str
    decision: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One world behind the API and behind the portal."""

    site: Web
    home: House

    async def ask(
        self, who: str, language: Language, method: str, path: str, body: Any = None, header: str = "Accept-Language"
    ) -> Told:
        """What the API tells of a denial, whichever dialect the address speaks."""
        answer = await self.site.call(who, method, path, body, headers={header: language})
        assert answer.status_code in (400, 401, 403, 404, 409), answer.text
        said = answer.json()
        sentence = said["error"]["message"] if "error" in said else said["description"]
        assert answer.headers.get("content-language", "en") == language
        return Told(sentence, answer.headers["copartner-decision-id"])

    async def record(self, who: str, decision: str, language: Language) -> Any:
        """A tenant's record of a decision, in a language."""
        return await self.site.get(who, f"{OWN}/decisions/{decision}", **{"Accept-Language": language})

    async def audit(self, who: str, decision: str, language: Language) -> Any:
        """What the audit of a tenant says was told."""
        for address in (f"{OWN}/audit-records", "/v1/auditrecords"):
            answer = await self.site.call(who, "GET", address, headers={"X-Locale": language})
            if answer.status_code == 200:
                break
        (found,) = (
            one for one in answer.json()["items"] if {"key": "DecisionId", "value": decision} in one["customizedData"]
        )
        single = await self.site.call(
            who, "GET", f"/auditactivity/v1/auditrecords/{found['id']}", headers={"X-Locale": language}
        )
        if single.status_code == 200:
            assert single.json()["resourceNewValue"] == found["resourceNewValue"]
        return json.loads(found["resourceNewValue"])["told"]

    async def page(self, who: str, language: Language, address: str, **sent: str) -> tuple[Told, list[str]]:
        """What a page tells of a denial, and what it says would be needed."""
        browser = self.home.browser()
        browser.http.headers["accept-language"] = language
        shown = await browser.sign_in(address, who)
        if sent:
            shown = await browser.send(shown, **sent)
        assert f'<html lang="{language}">' in shown.text
        (sentence,) = re.findall(r'role="alert">(.*?)</p>', shown.text)
        title = {ENGLISH: "This is not open to you", GERMAN: "Das steht Ihnen nicht offen"}[language]
        assert f"<h1>{title}</h1>" in shown.text
        steps = re.findall(r"<p>([^<]+)</p>", shown.text)
        return Told(unescape(sentence), shown.headers["copartner-decision-id"]), [unescape(step) for step in steps]

    async def compare(self, first: Told, language: Language, *, reader: str, auditor: str) -> Any:
        """Record, audit and command tell it as the error did; the record, for more."""
        record = await self.record(reader, first.decision, language)
        assert record["summary"] == first.sentence
        assert await self.audit(auditor, first.decision, language) == first.sentence
        lines = list(told(record, language))
        assert first.sentence in lines
        for step in record["steps"]:
            assert any(step in line for line in lines)
        return record


@pytest.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    """The world at the present, with no relationships yet."""
    async with programme(database, tmp_path) as here, house(here) as home, web(home.here) as site:
        yield Stage(site, home)


NOT_YOURS = {
    ENGLISH: "There is no such subscription among yours.",
    GERMAN: "Unter Ihren Abonnements gibt es kein solches.",
}
SELLER_ALONE = {
    ENGLISH: "A partner changes no state, quantity or name of a subscription it did not sell.",
    GERMAN: "Ein Partner ändert weder Zustand noch Menge noch Namen eines Abonnements, das er nicht verkauft hat.",
}


async def sold(site: Web) -> str:
    """The address of a subscription that nordlicht sold, at a customer that suedwind works with too."""
    for partner in ("nordlicht", "suedwind"):
        await site.here.relate(partner, "alpenblick")
    customer = site.customer("alpenblick")
    line = {"catalogItemId": await site.here.item("Office 365 Enterprise"), "quantity": 2}
    body = {"lineItems": [{**line, "billingCycle": "annual", "termDuration": "P1Y"}]}
    cart = (await site.call("sa@nordlicht", "POST", f"{customer}/carts", body)).json()
    order = (await site.call("sa@nordlicht", "POST", f"{customer}/carts/{cart['id']}/checkout")).json()
    return f"{customer}/subscriptions/{order['orders'][0]['lineItems'][0]['subscriptionId']}"


async def test_a_foreign_thing_is_told_to_each_as_far_as_it_may_know_and_in_its_language(stage: Stage) -> None:
    address = await sold(stage.site)
    for language in Language:
        first = await stage.ask("sa@suedwind", language, "PATCH", address, {"status": "suspended"})
        assert first.sentence == NOT_YOURS[language]
        record = await stage.compare(first, language, reader="sa@suedwind", auditor="aa@suedwind")
        assert (record["rules"], record["steps"]) == ([], [])
    # Who reads may speak another language than who tried: each record has both.
    for who, names_actor in (("ga@alpenblick", True), ("aa@nordlicht", False)):
        listed = await stage.site.get(who, f"{OWN}/audit-records")
        denied = next(one for one in listed["items"] if one["operationStatus"] == "failed")
        (decision,) = (pair["value"] for pair in denied["customizedData"] if pair["key"] == "DecisionId")
        for language in Language:
            seen = Told(SELLER_ALONE[language], decision)
            record = await stage.compare(seen, language, reader=who, auditor=who)
            (rule,) = record["rules"]
            assert rule["text"] == SELLER_ALONE[language]
            assert record["steps"] == [rule["needs"]]
            assert (record["actorName"] is not None) is names_actor
            assert bool(rule["facts"]) is bool(rule["missing"]) is names_actor
            if names_actor:
                assert rule["facts"][0]["name"] == "resource.partner"
                assert (
                    rule["facts"][0]["words"]
                    == {
                        ENGLISH: "the seller of the subscription",
                        GERMAN: "der Verkäufer des Abonnements",
                    }[language]
                )


async def test_a_foreign_relationship_is_told_in_graphs_error(stage: Stage) -> None:
    foreign = await draft(stage.site, "aa@nordlicht", "Hilfe")
    for language, words in (
        (ENGLISH, "There is no such delegated admin relationship among yours."),
        (GERMAN, "Unter Ihren delegierten Administratorbeziehungen gibt es keine solche."),
    ):
        first = await stage.ask("aa@wolkenwerk", language, "GET", f"{GRAPH}/{foreign}")
        assert first.sentence == words
        await stage.compare(first, language, reader="aa@wolkenwerk", auditor="aa@wolkenwerk")
        batched = await stage.site.call(
            "aa@wolkenwerk",
            "POST",
            "/v1.0/$batch",
            {"requests": [{"id": "1", "method": "GET", "url": f"{GRAPH.removeprefix('/v1.0')}/{foreign}"}]},
            headers={"Accept-Language": language},
        )
        assert batched.json()["responses"][0]["body"]["error"]["message"] == words


async def test_a_role_is_told_in_the_error_and_on_the_page(stage: Stage) -> None:
    request, address = await stage.home.request()
    for language, words in (
        (ENGLISH, "Only the customer's Global admin answers a relationship request."),
        (GERMAN, "Nur ein Globaler Administrator des Kunden beantwortet eine Beziehungsanfrage."),
    ):
        first = await stage.ask(
            "ba@alpenblick", language, "GET", f"{OWN}/consent/relationship-requests/{request}", header="X-Locale"
        )
        assert first.sentence == words
        record = await stage.compare(first, language, reader="ba@alpenblick", auditor="ga@alpenblick")
        # An equal denial within the hour is the same one, wherever it was told.
        assert await stage.page("ba@alpenblick", language, address) == (first, record["steps"])


async def test_a_request_to_somebody_else_is_concealed_on_the_page_too(stage: Stage) -> None:
    request, address = await stage.home.request()
    for language, words in (
        (ENGLISH, "There is no such relationship request for your tenant."),
        (GERMAN, "Für Ihren Mandanten gibt es keine solche Beziehungsanfrage."),
    ):
        first = await stage.ask("ga@hafen", language, "GET", f"{OWN}/consent/relationship-requests/{request}")
        assert first.sentence == words
        await stage.compare(first, language, reader="ga@hafen", auditor="ga@hafen")
        assert await stage.page("ga@hafen", language, address) == (first, [])


async def test_what_no_rule_permits_is_told_with_what_would_be_needed(stage: Stage) -> None:
    for language, words, step in (
        (
            ENGLISH,
            "No rule permits this to you. One of: (1) Role Admin agent, Global admin or User management admin in this "
            "tenant. (2) Role Global admin or User management admin in this tenant.",
            "Ask whoever administers your tenant for the role.",
        ),
        (
            GERMAN,
            "Keine Regel erlaubt Ihnen das. Eines davon: (1) Nötig ist in diesem Mandanten die Rolle "
            "Administrator-Agent, Globaler Administrator oder Benutzerverwaltungsadministrator. (2) Nötig ist in "
            "diesem Mandanten die Rolle Globaler Administrator oder Benutzerverwaltungsadministrator.",
            "Bitten Sie die Verwaltung Ihres Mandanten um die Rolle.",
        ),
    ):
        first = await stage.ask("sa@nordlicht", language, "GET", f"{OWN}/groups")
        assert sorted(first.sentence) == sorted(words)
        assert first.sentence.startswith(words.partition(" (1)")[0])
        assert await stage.ask("sa@nordlicht", language, "GET", "/v1.0/groups") == first
        record = await stage.compare(first, language, reader="sa@nordlicht", auditor="aa@nordlicht")
        assert record["steps"] == [step]
        assert {rule["id"] for rule in record["rules"]} == {"role-own-users", "role-agents-groups"}
        assert all(rule["missing"] and rule["facts"] for rule in record["rules"])


async def test_a_market_is_told_in_the_error_and_on_the_page(stage: Stage) -> None:
    partner = stage.site.here.id("suedwind")
    for language, words in (
        (ENGLISH, "Relationships and sales stay inside the partner's market, by the country of the customer's tenant."),
        (GERMAN, "Beziehungen und Verkäufe bleiben im Markt des Partners; es zählt das Land des Kundenmandanten."),
    ):
        api = f"{OWN}/consent/reseller-relationships/{partner}"
        first = await stage.ask("ga@lavande", language, "POST", api, {"answer": "accept"})
        assert first.sentence == words
        record = await stage.compare(first, language, reader="ga@lavande", auditor="ga@lavande")
        link = await stage.home.link("suedwind")
        assert await stage.page("ga@lavande", language, link, answer="accept") == (first, record["steps"])
        # The page itself said beforehand what would stand in the way.
        assert (await stage.site.get("ga@lavande", api, **{"X-Locale": language}))["obstacles"] == [words]


async def test_a_second_factor_is_told_in_every_dialect(stage: Stage) -> None:
    for language, words in (
        (ENGLISH, "A partner's user calls the API after a sign-in with a second factor."),
        (GERMAN, "Wer für einen Partner arbeitet, ruft die API erst nach einer Anmeldung mit zweitem Faktor auf."),
    ):
        for address in ("/v1/customers", GRAPH, f"{OWN}/groups"):
            first = await stage.ask("pwd:aa@nordlicht", language, "GET", address)
            assert first.sentence == words
            record = await stage.compare(first, language, reader="aa@nordlicht", auditor="aa@nordlicht")
            assert [rule["id"] for rule in record["rules"]] == ["mfa-api"]


async def test_acting_in_a_customers_directory_is_told(stage: Stage) -> None:
    await stage.site.here.relate("nordlicht", "alpenblick")
    address = f"{stage.site.customer('alpenblick')}/users"
    for language, words in (
        (ENGLISH, "A partner acts in a customer's directory only while the customer delegates it."),
        (GERMAN, "Ein Partner handelt im Verzeichnis eines Kunden nur, solange der Kunde es ihm delegiert."),
    ):
        first = await stage.ask("aa@nordlicht", language, "GET", address)
        assert first.sentence == words
        record = await stage.compare(first, language, reader="aa@nordlicht", auditor="aa@nordlicht")
        assert "behalf-delegated" in {rule["id"] for rule in record["rules"]}


async def test_a_granular_relationship_is_told_to_both_sides(stage: Stage) -> None:
    relationship = await asked_of(stage.site, "aa@nordlicht", "Betreuung", "alpenblick")
    for language, asker, answerer in (
        (
            ENGLISH,
            "Only an Admin agent asks for granular access, and ends it.",
            "Only a Global admin or a Customer Delegated Admin Relationship Administrator answers a granular request.",
        ),
        (
            GERMAN,
            "Nur ein Administrator-Agent bittet um granularen Zugriff und beendet ihn.",
            "Eine granulare Anfrage beantwortet nur ein Globaler Administrator oder ein Administrator für delegierte "
            "Administratorbeziehungen.",
        ),
    ):
        first = await stage.ask("sa@nordlicht", language, "POST", GRAPH, asked("Betreuung 2"))
        assert first.sentence == asker
        await stage.compare(first, language, reader="sa@nordlicht", auditor="aa@nordlicht")
        other = await stage.ask("ba@alpenblick", language, "GET", f"{CONSENT}/{relationship}")
        assert other.sentence == answerer
        record = await stage.compare(other, language, reader="ba@alpenblick", auditor="ga@alpenblick")
        page = f"/partners/invitation/granularAdminRelationships/{relationship}"
        assert await stage.page("ba@alpenblick", language, page) == (other, record["steps"])


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority whose world has consented to nothing."""
    async with programme(database, tmp_path) as made, office(made) as served:
        await served.execute("DELETE FROM application_consent")
        yield served


async def test_the_sign_in_page_says_it_in_the_browsers_language(desk: Office) -> None:
    admin = desk.here.context("ga@nordlicht")
    await applications.change_application(admin, application_id=UUID(desk.app_id()), admin_consent=True)

    async def forced(language: Language) -> httpx.Response:
        desk.http.headers["accept-language"] = language
        page = await desk.send(await desk.show(), "aa@nordlicht.example")
        answer = await desk.press(page, answer="accept")
        assert answer.status_code == 400
        return answer

    english, german = await forced(ENGLISH), await forced(GERMAN)
    assert '<p class="failed" role="alert" id="failed">To this application a Global admin consents' in english.text
    assert '<span lang="de">Dieser Anwendung stimmt ein Globaler Administrator für den ganzen Mandanten zu.' in (
        german.text
    )
