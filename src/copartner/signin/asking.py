"""What an application may ask for at the authorize endpoint, and how it wants the person to prove who they are."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from copartner.signin import rules
from copartner.signin.model import Application, AuthorizeRequest, Directory

if TYPE_CHECKING:
    from copartner.signin.service import Authority

LONGEST_NAME = 320
_PROMPTS = frozenset({"none", "login", "select_account", "consent"})
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)
_LONGEST_CLAIMS = 4000
MFA = "mfa"


async def returning_client(
    authority: "Authority", directory: Directory, client_id: str, redirect_uri: str
) -> Application:
    """The application to which a browser may be sent back; raises BadRequest or ClientRefused."""
    identifier = rules.guid(client_id)
    found = await authority.application(identifier) if identifier else None
    if found is None or not rules.admits(found, directory):
        raise rules.ClientRefused("The application is not known in this tenant. Check client_id.")
    if not rules.may_return_to(redirect_uri, found.redirect_uris):
        raise rules.BadRequest("redirect_uri is not one of the addresses registered for the application.")
    return found


def authorize(
    authority: "Authority", application: Application, directory: Directory, version: int, form: Mapping[str, str]
) -> AuthorizeRequest:
    """The request of an application for a code, checked; raises a Refusal that may go back to the application."""
    version = rules.version_at(directory.segment, version)
    if form.get("response_type") != "code":
        raise rules.ResponseUnsupported("response_type must be code.")
    response_mode = rules.response_mode_of(form.get("response_mode"))
    challenge = form.get("code_challenge", "")
    if form.get("code_challenge_method") != "S256" or not rules.is_challenge(challenge):
        raise rules.BadRequest("A code_challenge with code_challenge_method S256 is required.")
    return AuthorizeRequest(
        segment=directory.segment,
        client_id=application.id,
        application_name=application.name,
        redirect_uri=form["redirect_uri"],
        state=form.get("state"),
        code_challenge=challenge,
        audience=authority.audience(version, form),
        login_hint=form.get("login_hint", "")[:LONGEST_NAME],
        scopes=rules.lasting(version, rules.scopes_of(form.get("scope"))),
        nonce=rules.nonce_of(form.get("nonce")),
        response_mode=response_mode,
        prompt=prompts_of(form.get("prompt")),
        max_age=seconds_of(form.get("max_age")),
        second_factor=MFA in (form.get("acr_values") or "").split() or claims_ask_mfa(form.get("claims")),
    )


def prompts_of(text: str | None) -> tuple[str, ...]:
    """The words of a `prompt`; raises BadRequest for words of no meaning here and for `none` beside others."""
    words = tuple(dict.fromkeys((text or "").split()))
    if not _PROMPTS.issuperset(words) or ("none" in words and len(words) > 1):
        raise rules.BadRequest(f"prompt may hold {', '.join(sorted(_PROMPTS))}; none stands alone.")
    return words


def seconds_of(text: str | None) -> int | None:
    """How old a sign-in may be, from `max_age`; raises BadRequest."""
    if not text:
        return None
    if not _SECONDS.fullmatch(text):
        raise rules.BadRequest("max_age has to be a number of seconds.")
    return int(text)


def claims_ask_mfa(text: str | None) -> bool:
    """Whether the `claims` (OpenID Connect Core, 5.5) want `mfa` in `amr` or `acr`; raises BadRequest."""
    if not text:
        return False
    if len(text) > _LONGEST_CLAIMS:
        raise rules.BadRequest("claims is too long.")
    try:
        asked = msgspec.json.decode(text, type=dict[str, dict[str, Any] | None])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise rules.BadRequest("claims is not the JSON object that OpenID Connect describes.") from error
    return any(_wants_mfa((part or {}).get(name)) for part in asked.values() for name in ("amr", "acr"))


def _wants_mfa(wish: object) -> bool:
    if not isinstance(wish, dict):
        return False
    values = wish.get("values")
    return wish.get("value") == MFA or (isinstance(values, list) and MFA in values)
