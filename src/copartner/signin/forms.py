"""What a page of sign-in carries until it is sent: the way so far, sealed for one browser and ten minutes."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from copartner.kernel.clock import Clock
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.signin.model import AuthorizeRequest, Proven
from copartner.signin.rules import FormStale

LIFETIME = timedelta(minutes=10)
_STALE = "This page is too old or was opened in another browser; go back to the application and sign in again."


class Form(msgspec.Struct, frozen=True):
    """A page's question by its name, what for, what the person has shown so far, and the seed of an app to be added."""

    step: str
    request: AuthorizeRequest
    proven: Proven | None = None
    chosen: bool = False
    seed: bytes = b""
    consented: bool = False

    def __repr__(self) -> str:
        return f"Form({self.step})"


class _Sealed(msgspec.Struct, frozen=True, tag="sign-in form"):
    browser: bytes
    expires_at: datetime
    form: Form


_decoder = msgspec.json.Decoder(_Sealed)


class Forms:
    """Seals forms into a field and opens them again; nothing is stored."""

    def __init__(self, key_file: KeyFile, clock: Clock) -> None:
        self._key_file = key_file
        self._clock = clock

    def seal(self, form: Form, browser: str) -> str:
        """The field for a page shown to the browser that holds this cookie value."""
        sealed = _Sealed(sha256(browser.encode()).digest(), self._clock.now() + LIFETIME, form)
        return self._key_file.encrypt(msgspec.json.encode(sealed)).decode()

    def open(self, field: str, browser: str) -> Form:
        """The form behind the field; raises FormStale unless it was sealed here, for this browser, lately."""
        try:
            sealed = _decoder.decode(self._key_file.decrypt(field.encode()))
        except (KeyFileError, msgspec.DecodeError, ValueError, TypeError) as error:
            raise FormStale(_STALE) from error
        own = hmac.compare_digest(sealed.browser, sha256(browser.encode()).digest())
        if not own or self._clock.now() >= sealed.expires_at:
            raise FormStale(_STALE)
        return sealed.form
