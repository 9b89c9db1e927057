"""What the forms of the settings have in common when they are refused."""

from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound, Refusal, RepeatedWithOtherBody, StaleTag
from copartner.kernel.languages import Language
from copartner.portal.serving import status_of
from copartner.portal.settings.refusals import told

# What can be mended by typing something else; all else becomes a page of its own.
MENDABLE = (Conflict, Illegal, Invalid, NotFound, RepeatedWithOtherBody, StaleTag)


def wrong(refusal: Refusal | None, language: Language) -> dict[str, str]:
    """What is wrong by the names of the fields concerned."""
    return {} if refusal is None else {name: told(refusal).said(language) for name in refusal.data}


def status(refusal: Refusal | None) -> int:
    """The status of a page with a form: 200, or that of what was refused, which speaks the reader's language then."""
    if refusal is None:
        return 200
    known = told(refusal)
    # The page is there; what was typed into it is not.
    return 400 if isinstance(known, NotFound) else status_of(known)
