"""Every page that the portal's rooms declare, an address of it in a furnished world, and who there is to visit it."""

import re
from collections.abc import Mapping

from copartner import portal
from copartner.portal.page import Page

# People of every side and role, and of partners and customers whose things these are not.
PEOPLE = (
    *(f"{one}@nordlicht" for one in ("ga", "um", "aa", "sa", "hd", "ba")),
    *("sa@suedwind", "aa@wolkenwerk"),
    *(f"{one}@alpenblick" for one in ("ga", "ba", "user")),
    "ga@hafen",
    *("ga@wolkenstadt", "approver@wolkenstadt"),
)
# Identifiers that mean something else below some addresses: the longest beginning counts.
_ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("/partner/customers/", "user_id"): "customer_user_id",
    ("/customer/consent/delegated-admin-relationships/", "relationship_id"): "asked_relationship_id",
    ("/partners/invitation/", "relationship_id"): "asked_relationship_id",
}


PAGES = tuple(page for room in portal.ROOMS for page in room.PAGES)


def address(page: Page, ids: Mapping[str, str]) -> str:
    """Where the page is, for things there are; an identifier without an example is an error."""

    def example(found: re.Match[str]) -> str:
        name = found[1]
        fitting = [key for key in _ELSEWHERE if key[1] == name and page.path.startswith(key[0])]
        key = _ELSEWHERE[max(fitting, key=lambda one: len(one[0]))] if fitting else name
        assert key in ids, f"{page.name} needs an example of {key}: give one in support/scene.py"
        return ids[key]

    return re.sub(r"\{(\w+)\}", example, page.path)
