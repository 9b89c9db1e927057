"""Announcements and event addresses by HTTP, for the examples."""

from typing import Any

from support.web import Web

OPERATOR = "ga@wolkenstadt"
PATH = "/programme/v1/announcements"
# Whose address is about a draft.
ABOUT = {"announcements.edit", "announcements.publish"}
TEXTS = {
    "en": {"title": "Trials end", "changes": "Trials are sold no more.", "nextSteps": "Tell your customers."},
    "de": {"title": "Tests enden", "changes": "Tests werden nicht mehr verkauft.", "nextSteps": "Sagen Sie es."},
}
NOTE = {"en": "More time was asked for.", "de": "Um mehr Zeit wurde gebeten."}
CONTENT = {
    "workspace": "pricing",
    "audience": ["partner", "customer", "operator"],
    "beginsOn": "2027-02-01",
    "texts": TEXTS,
    "contact": "programme@wolkenstadt.example",
    "reminders": [30, 7],
}
BODIES: dict[str, Any] = {
    "announcements.draft": CONTENT,
    "announcements.edit": {**CONTENT, "workspace": "customers"},
    "announcements.revise": {"texts": TEXTS, "contact": "help@wolkenstadt.example", "note": NOTE},
    "announcements.delay": {"beginsOn": "2027-03-01", "note": NOTE},
    "event_address.set": {"url": "https://events.nordlicht.example/copartner", "newSecret": True},
}
CALLERS = {
    **dict.fromkeys((f"announcements.{name}" for name in ("draft", "edit", "publish", "revise", "delay")), OPERATOR),
    **dict.fromkeys(("event_address.read", "event_address.set", "event_address.remove"), "ga@nordlicht"),
}


async def drafted(site: Web, **more: Any) -> str:
    """The id of a new draft."""
    answer = await site.call(OPERATOR, "POST", PATH, {**CONTENT, **more})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def published(site: Web, **more: Any) -> str:
    """The id of one that is out."""
    made = await drafted(site, **more)
    answer = await site.call(OPERATOR, "POST", f"{PATH}/{made}/publish")
    assert answer.status_code == 200, answer.text
    return made


async def furnish(site: Web, who: str) -> dict[str, str]:
    """One that is out, a draft, and an address for the events of a tenant."""
    answer = await site.call(who, "PUT", "/programme/v1/event-address", BODIES["event_address.set"])
    assert answer.status_code == 200, answer.text
    return {"announcement": await published(site), "draft": await drafted(site)}
