"""The sections of each side's portal, in the order in which they stand at the head of every page."""

from collections.abc import Mapping
from dataclasses import dataclass

from copartner.policy.facts import Side
from copartner.portal.speaking import word


@dataclass(frozen=True, slots=True)
class Section:
    """A section, whether the reader is in it, and whether at its first page."""

    path: str
    label: str
    within: bool = False
    here: bool = False


_EVERYBODY = (
    ("/audit", word("Audit")),
    ("/announcements", word("Announcements")),
    ("/settings", word("Settings")),
)
_OWN: Mapping[Side, tuple[tuple[str, str], ...]] = {
    Side.PARTNER: (
        ("/partner", word("Home")),
        ("/partner/customers", word("Customers")),
        ("/partner/requests", word("Requests")),
        ("/partner/admin-relationships", word("Delegated admin")),
    ),
    Side.CUSTOMER: (
        ("/customer", word("Home")),
        ("/customer/partners", word("Partners")),
        ("/customer/access", word("Access")),
        ("/customer/subscriptions", word("Subscriptions")),
    ),
    Side.OPERATOR: (
        ("/operator", word("Home")),
        ("/operator/tenants", word("Tenants")),
        ("/operator/catalogue", word("Catalogue")),
        ("/operator/rules", word("Rules")),
        ("/operator/announcements", word("Announcements")),
        ("/operator/health", word("Health")),
    ),
}
# Pages that stand elsewhere and belong to a section.
_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "/audit": ("/decisions",),
    "/customer/partners": ("/customer/consent", "/partners/invitation"),
}
HOMES: Mapping[Side, str] = {side: own[0][0] for side, own in _OWN.items()}


def sections(side: Side, path: str) -> tuple[Section, ...]:
    """The sections of a side; a home holds no other page."""
    own = _OWN[side] + tuple(one for one in _EVERYBODY if one[1] not in {label for _, label in _OWN[side]})
    return tuple(
        Section(at, label, path == at or (at not in HOMES.values() and _within(at, path)), path == at)
        for at, label in own
    )


def _within(section: str, path: str) -> bool:
    return f"{path}/".startswith(tuple(f"{at}/" for at in (section, *_ELSEWHERE.get(section, ()))))
