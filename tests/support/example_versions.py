"""What the examples of changing the rules are about: versions to check, to approve, to withdraw and to take back."""

from datetime import timedelta
from typing import Any

from support.versions import NO_SALE
from support.web import Web

WHO, OTHER = "ga@wolkenstadt", "approver@wolkenstadt"
ROOT = "/programme/v1/rule-versions"
# Which version an address is about, by the name of its route.
ABOUT = {
    "rule_versions.approve": "checkedVersion",
    "rule_versions.withdraw": "unwantedVersion",
    "rule_versions.take_back": "approvedVersion",
    "announcements.draft_of_version": "approvedVersion",
}


def callers() -> dict[str, str]:
    """Who may: the operator's Global admins."""
    names = ("propose", "list", "read", "check", "withdraw", "take_back")
    named = {f"rule_versions.{name}": WHO for name in names}
    return {**named, "rule_versions.approve": OTHER, "announcements.draft_of_version": WHO}


def bodies(site: Web) -> dict[str, Any]:
    """By the name of the route."""
    return {
        "rule_versions.propose": _proposal(site, "Other"),
        "rule_versions.take_back": {"reason": "It was wrong."},
        "announcements.draft_of_version": {"contact": "help@wolkenstadt.example"},
    }


async def furnish(site: Web) -> dict[str, str]:
    """Versions in every state that an example needs."""
    found = {}
    for name in ("approvedVersion", "checkedVersion", "unwantedVersion", "ruleVersion"):
        answer = await site.call(WHO, "POST", ROOT, _proposal(site, name))
        assert answer.status_code == 201, answer.text
        found[name] = answer.json()["id"]
    for name in ("approvedVersion", "checkedVersion"):
        await _as_checked(site, found[name])
        if name == "approvedVersion":
            done = await site.call(OTHER, "POST", f"{ROOT}/{found[name]}/approve")
            assert done.status_code == 200, done.text
            await site.here.runtime.rules.settled()
    return found


async def _as_checked(site: Web, version: str) -> None:
    """What a check leaves that found every promise kept."""
    source = site.here.runtime.rulebook.source
    assert source is not None
    async with site.here.owner() as owner:
        await owner.execute(
            """UPDATE rule_version SET state = 'checked', check_wanted_at = NULL, checked_rulebook = $2
            WHERE id::text = $1""",
            *(version, source.digest),
        )


def _proposal(site: Web, title: str) -> dict[str, Any]:
    begins = site.here.clock.now().date() + timedelta(days=45)
    text = NO_SALE.format(country="XX").replace("no-sale-abroad", f"no-sale-{title.lower()}")
    return {"title": title, "reason": "An example.", "text": text, "ends": [], "begins": begins.isoformat()}
