"""One denial as each place tells it: the errors of every dialect, pages, record, audit, command."""

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from copartner.cli.explain import told
from copartner.kernel.languages import Language
from support.portal import House
from support.web import Web

OWN = "/programme/v1"
ENGLISH, GERMAN = Language


@dataclass(frozen=True, slots=True)
class Told:
    """One denial as one dialect told it."""

    sentence: str
    decision: str


@dataclass(frozen=True, slots=True)
class Places:
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
