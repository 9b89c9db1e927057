"""What can be wrong with a request, free of domain words; capabilities subclass these, dialects map classes."""

from collections.abc import Mapping

from copartner.kernel.languages import Language
from copartner.kernel.phrasebook import phrasebook


class Refusal(Exception):
    """A request that cannot be done. `message` says what is wrong and what to do; `data` names the values concerned.

    What people read of it stands in `refusals.de.po` by the message, and in `refusals.en.po` where the message speaks
    of an API; `translations` go before both.
    """

    def __init__(self, message: str, *data: str) -> None:
        super().__init__(message)
        self.message = message
        self.data = data
        self.translations: Mapping[Language, str] = {}

    def said(self, language: Language) -> str:
        """What people read in a language: the message itself where no catalogue has it."""
        return self.translations.get(language) or phrasebook(language).said(self.message)


class NotFound(Refusal):
    """Nothing of that identifier is there for the caller."""


class Invalid(Refusal):
    """A value of the request is malformed or outside what is possible."""


class Illegal(Refusal):
    """The thing is in a state that does not allow the operation."""


class Conflict(Refusal):
    """Another request got there first, or is at work on the same thing."""


class Busy(Conflict):
    """Others are at work on the same things; the same request may be sent again at once."""


class StaleTag(Refusal):
    """The entity tag the caller sent is not the present one."""


def check_tag(present: int, expected: int | None, what: str, *data: str) -> None:
    """Raise StaleTag when the caller expects another version of `what` than the present one."""
    if expected not in (None, present):
        raise StaleTag(f"The {what} was changed meanwhile; read it again.", *data)


class RepeatedWithOtherBody(Refusal):
    """A request identifier came again with another body."""
