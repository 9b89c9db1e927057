"""One denial reads the same wherever it is told, in the language of whoever reads it."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from copartner.kernel.languages import Language
from copartner.tenants.service import applications
from support.authority import Office, office
from support.granular import CONSENT, GRAPH, asked, asked_of, draft
from support.portal import house
from support.postgres import Database
from support.programme import programme
from support.telling import ENGLISH, GERMAN, OWN, Places, Told
from support.web import Web, web


@pytest.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Places]:
    """The world at the present, with no relationships yet."""
    async with programme(database, tmp_path) as here, house(here) as home, web(home.here) as site:
        yield Places(site, home)


NOT_YOURS = {
    ENGLISH: "There is no such subscription among yours.",
    GERMAN: "Unter Ihren Abonnements gibt es kein solches.",
}
SELLER_ALONE = {
    ENGLISH: "A partner changes no state, quantity or name of a subscription it did not sell.",
    GERMAN: "Ein Partner ändert weder Status noch Menge noch Namen eines Abonnements, das er nicht verkauft hat.",
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


async def test_a_foreign_thing_is_told_to_each_as_far_as_it_may_know_and_in_its_language(stage: Places) -> None:
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


async def test_a_foreign_relationship_is_told_in_graphs_error(stage: Places) -> None:
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


async def test_a_role_is_told_in_the_error_and_on_the_page(stage: Places) -> None:
    request, address = await stage.home.request()
    for language, words in (
        (ENGLISH, "Only the customer's Global admin answers a relationship request."),
        (GERMAN, "Nur ein Globaler Administrator des Kunden beantwortet eine Partnerschaftsanfrage."),
    ):
        first = await stage.ask(
            "ba@alpenblick", language, "GET", f"{OWN}/consent/relationship-requests/{request}", header="X-Locale"
        )
        assert first.sentence == words
        record = await stage.compare(first, language, reader="ba@alpenblick", auditor="ga@alpenblick")
        # An equal denial within the hour is the same one, wherever it was told.
        assert await stage.page("ba@alpenblick", language, address) == (first, record["steps"])


async def test_a_request_to_somebody_else_is_concealed_on_the_page_too(stage: Places) -> None:
    request, address = await stage.home.request()
    for language, words in (
        (ENGLISH, "There is no such relationship request for your tenant."),
        (GERMAN, "Für Ihren Mandanten gibt es keine solche Partnerschaftsanfrage."),
    ):
        first = await stage.ask("ga@hafen", language, "GET", f"{OWN}/consent/relationship-requests/{request}")
        assert first.sentence == words
        await stage.compare(first, language, reader="ga@hafen", auditor="ga@hafen")
        assert await stage.page("ga@hafen", language, address) == (first, [])


async def test_what_no_rule_permits_is_told_with_what_would_be_needed(stage: Places) -> None:
    for language, words, step in (
        (
            ENGLISH,
            "No rule permits this to you. What is needed: one of (1) Role Admin agent, Global admin or User management "
            "admin in this tenant. (2) Role Global admin or User management admin in this tenant.",
            "Ask whoever administers your tenant for the role.",
        ),
        (
            GERMAN,
            "Keine Regel erlaubt das. Eines davon: (1) Nötig ist in diesem Mandanten die Rolle "
            "Administrator-Agent, Globaler Administrator oder Benutzerverwaltungsadministrator. (2) Nötig ist in "
            "diesem Mandanten die Rolle Globaler Administrator oder Benutzerverwaltungsadministrator.",
            "Bitten Sie einen Administrator Ihres Mandanten um die Rolle.",
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


async def test_a_market_is_told_in_the_error_and_on_the_page(stage: Places) -> None:
    partner = stage.site.here.id("suedwind")
    for language, words in (
        (ENGLISH, "Relationships and sales stay inside the partner's market, by the country of the customer's tenant."),
        (
            GERMAN,
            "Vertriebspartnerschaften und Verkäufe bleiben im Markt des Partners; es zählt das Land des "
            "Kundenmandanten.",
        ),
    ):
        api = f"{OWN}/consent/reseller-relationships/{partner}"
        first = await stage.ask("ga@lavande", language, "POST", api, {"answer": "accept"})
        assert first.sentence == words
        record = await stage.compare(first, language, reader="ga@lavande", auditor="ga@lavande")
        link = await stage.home.link("suedwind")
        assert await stage.page("ga@lavande", language, link, answer="accept") == (first, record["steps"])
        # The page itself said beforehand what would stand in the way.
        assert (await stage.site.get("ga@lavande", api, **{"X-Locale": language}))["obstacles"] == [words]


async def test_a_second_factor_is_told_in_every_dialect(stage: Places) -> None:
    for language, words in (
        (ENGLISH, "A partner's user calls the API after a sign-in with a second factor."),
        (GERMAN, "Wer für einen Partner arbeitet, ruft die API erst nach einer Anmeldung mit zweitem Faktor auf."),
    ):
        for address in ("/v1/customers", GRAPH, f"{OWN}/groups"):
            first = await stage.ask("pwd:aa@nordlicht", language, "GET", address)
            assert first.sentence == words
            record = await stage.compare(first, language, reader="aa@nordlicht", auditor="aa@nordlicht")
            assert [rule["id"] for rule in record["rules"]] == ["mfa-api"]


async def test_acting_in_a_customers_directory_is_told(stage: Places) -> None:
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


async def test_a_granular_relationship_is_told_to_both_sides(stage: Places) -> None:
    relationship = await asked_of(stage.site, "aa@nordlicht", "Betreuung", "alpenblick")
    for language, asker, answerer in (
        (
            ENGLISH,
            "Only an Admin agent asks for granular access, and ends it.",
            "Only a Global admin or a Customer Delegated Admin Relationship Administrator answers a granular request.",
        ),
        (
            GERMAN,
            "Nur ein Administrator-Agent beantragt granularen Zugriff und beendet ihn.",
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
    assert '<html lang="de">' in german.text
    assert 'id="failed">Dieser Anwendung stimmt ein Globaler Administrator für den ganzen Mandanten zu.' in german.text
