"""Passwords that a page makes and shows once: the same form sent again shows the same one, and nothing keeps it."""

from collections.abc import Mapping
from hashlib import sha256
from itertools import count

from copartner.directory import rules
from copartner.directory.model import Password
from copartner.kernel.errors import Invalid
from copartner.portal.page import Visit
from copartner.portal.refusing import invalid
from copartner.portal.repeating import ONCE
from copartner.portal.speaking import word
from copartner.tenants.rules import password_of


def drawn(visit: Visit, form: Mapping[str, str]) -> Password:
    """A password from the secret of the session and the word of the form."""
    own = form.get(ONCE, "")
    if not own:
        raise invalid(word("This form is incomplete; open the page again."), ONCE)
    for number in count():
        made = password_of(sha256(visit.key(f"password {number} {own}").encode()).digest()[:16])
        if _serves(made):
            return Password(made, must_change="keeps" not in form)
    raise AssertionError


def _serves(text: str) -> bool:
    try:
        rules.check_password(text)
    except Invalid:
        return False
    return True
