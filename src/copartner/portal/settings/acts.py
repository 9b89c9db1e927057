"""What the forms of the settings have in common: ticked rows, and how they are refused."""

from collections.abc import Mapping
from uuid import UUID

from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound, Refusal, RepeatedWithOtherBody, StaleTag
from copartner.kernel.ids import parse_id
from copartner.kernel.languages import Language
from copartner.portal.refusing import invalid
from copartner.portal.serving import status_of
from copartner.portal.speaking import word

# What can be mended by typing something else; all else becomes a page of its own.
MENDABLE = (Conflict, Illegal, Invalid, NotFound, RepeatedWithOtherBody, StaleTag)


def ticked(sent: Mapping[str, str], prefix: str, none: str) -> list[UUID]:
    """The rows of a form that were ticked, by their identifiers; raises Invalid, which says `none`."""
    names = (name.removeprefix(prefix) for name in sent if name.startswith(prefix))
    found = [one for one in map(parse_id, names) if one is not None]
    if not found:
        raise invalid(none)
    return found


def sure(sent: Mapping[str, str]) -> None:
    """Raise Invalid unless the box beside something that ends much was ticked."""
    if sent.get("sure") != "on":
        raise invalid(word("Tick the box to say that you mean it."), "sure")


def wrong(refusal: Refusal | None, language: Language) -> dict[str, str]:
    """What is wrong by the names of the fields concerned."""
    return {} if refusal is None else {name: refusal.said(language) for name in refusal.data}


def status(refusal: Refusal | None) -> int:
    """The status of a page with a form: 200, or that of what was refused."""
    if refusal is None:
        return 200
    # The page is there; what was typed into it is not.
    return 400 if isinstance(refusal, NotFound) else status_of(refusal)
