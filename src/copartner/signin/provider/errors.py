"""The ways in which a sign-in at the identity provider does not lead to one here."""

from copartner.kernel.errors import Refusal
from copartner.signin.tokens import TokenRefused


class ProviderUnavailable(Refusal):
    """The identity provider does not answer, or not as one does."""


class ProviderRefused(Refusal):
    """The provider's answer cannot be relied upon, or says no."""


class VisitStale(Refusal):
    """The way back from the provider belongs to another browser, was used already, or is too old."""


class NotAdmitted(Refusal):
    """The provider says who it is, and that leads to no account here."""


class ProviderTokenRefused(TokenRefused):
    """A token of the provider does not hold here."""
