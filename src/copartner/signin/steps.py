"""How a person signs in: one step after the other, until nothing is left to show and the browser goes back.

    WHO             who is it, unless a session of this browser says so or the request wants to hear it again
    CHOOSE          this account or another, where the request wants the person to choose
    then            `arrive`: session and code

A step is a question with two functions beside it: whether it has to be asked now, and what an answer adds to what the
person has shown. Between two pages the person's way is in the form, sealed (`forms`). Whatever else proves who somebody
is comes in by `Passage.proven`: with it, `next_step` and `arrive` do the rest.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from copartner.signin import codes, revocation_store, rules, sessions, store
from copartner.signin.model import AuthorizeRequest, Browser, Held, Proven, Returned, User

if TYPE_CHECKING:
    from copartner.signin.service import Authority

_STALE = "This page does not fit the person who is signed in any more. Go back to the application and begin again."


class Step(StrEnum):
    """What a person is asked for."""

    WHO = "who"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class Passage:
    """A person on the way: what for, what they have shown so far, and whether they have chosen the account."""

    request: AuthorizeRequest
    user: User | None = None
    proven: Proven | None = None
    chosen: bool = False

    def showing(self, user: User, proven: Proven) -> "Passage":
        """The same way, after who it is was shown anew."""
        return replace(self, user=user, proven=proven, chosen=True)


Answer = Mapping[str, str]


async def enter(authority: "Authority", request: AuthorizeRequest, browser: Browser) -> Passage:
    """The beginning of a way: with what the browser's session shows, where the request takes a session's word."""
    held, start = browser.held, Passage(request)
    if held is None or not await _fits(authority, request, held):
        return start
    session = held.session
    proven = Proven(held.user.tenant_id, held.user.id, session.methods, session.signed_in_at, session.id)
    return replace(start, user=held.user, proven=proven)


async def resume(
    authority: "Authority", request: AuthorizeRequest, proven: Proven | None, chosen: bool, browser: Browser
) -> Passage:
    """The way a sealed form holds, if who it names may still go on; raises FormStale."""
    if proven is None:
        return Passage(request, chosen=chosen)
    held = browser.held
    if proven.session_id is not None and (held is None or held.session.id != proven.session_id):
        raise rules.FormStale(_STALE)
    async with store.acting(authority.pool) as db:
        user = await store.user_by_id(db, proven.tenant_id, proven.user_id)
        ended = await revocation_store.ended(
            db, tenant_id=proven.tenant_id, ground_ids=(proven.user_id, proven.session_id), since=proven.at
        )
    if user is None or not user.enabled or ended:
        raise rules.FormStale(_STALE)
    return Passage(request, user, proven, chosen)


async def next_step(authority: "Authority", passage: Passage) -> Step | None:
    """What the person has to do now; None when they have arrived."""
    for step, (needed, _) in _STEPS.items():
        if await needed(authority, passage):
            return step
    return None


def refuse_silence(passage: Passage, step: Step) -> None:
    """Raise LoginRequired or InteractionRequired when the application wants no page shown."""
    if "none" in passage.request.prompt:
        if step is Step.WHO:
            raise rules.LoginRequired("Nobody is signed in here as the application asks.")
        raise rules.InteractionRequired("The person who is signed in has something to do first.")


async def answer(authority: "Authority", passage: Passage, step: Step, typed: Answer, browser: Browser) -> Passage:
    """The way after an answer; raises SignInFailed when it is no good and the step has to be asked again."""
    _, take = _STEPS[step]
    return await take(authority, passage, typed, browser)


async def arrive(authority: "Authority", passage: Passage, browser: Browser) -> Returned:
    """The end of the way: a session where something was proved anew, and the code the application waits for."""
    request, user, proven = passage.request, passage.user, passage.proven
    if user is None or proven is None:
        raise rules.FormStale(_STALE)
    await _check_application(authority, request, user)
    token = None
    async with store.acting(authority.pool) as db:
        if proven.session_id is None:
            proven, token = await sessions.begin(authority, db, user, proven, browser)
        else:
            await sessions.used(authority, db, proven.session_id)
        code = await codes.add(authority, db, request, proven)
    return Returned(request.redirect_uri, user.id, request.state, code, token)


async def _fits(authority: "Authority", request: AuthorizeRequest, held: Held) -> bool:
    """Whether a request takes the word of a session: of the right person, young enough, of the right tenant."""
    hint = request.login_hint.strip().lower()
    age = authority.clock.now() - held.session.signed_in_at
    if "login" in request.prompt or (hint and hint != held.user.user_principal_name):
        return False
    if request.max_age is not None and age > timedelta(seconds=request.max_age):
        return False
    try:
        await _check_application(authority, request, held.user)
    except rules.SignInFailed:
        return False
    return True


async def _check_application(authority: "Authority", request: AuthorizeRequest, user: User) -> None:
    """Raise SignInFailed unless the user belongs where the request is made; ClientRefused when the application went."""
    directory, application = await authority.addressed(request)
    if not rules.may_use(user, directory, application):
        raise rules.SignInFailed("The application is for accounts of another tenant.")


async def _unknown(_authority: "Authority", passage: Passage) -> bool:
    return passage.proven is None


async def _take_password(authority: "Authority", passage: Passage, typed: Answer, _browser: Browser) -> Passage:
    directory, application = await authority.addressed(passage.request)
    user = await authority.user(typed.get("username", ""), typed.get("password", ""), directory, application)
    return passage.showing(user, Proven(user.tenant_id, user.id, ("pwd",), authority.clock.now()))


async def _undecided(_authority: "Authority", passage: Passage) -> bool:
    return "select_account" in passage.request.prompt and not passage.chosen


async def _take_choice(_authority: "Authority", passage: Passage, typed: Answer, _browser: Browser) -> Passage:
    if typed.get("answer") == "other":
        return Passage(replace(passage.request, login_hint=""), chosen=True)
    return replace(passage, chosen=True)


_STEPS: Mapping[
    Step,
    tuple[
        Callable[["Authority", Passage], Awaitable[bool]],
        Callable[["Authority", Passage, Answer, Browser], Awaitable[Passage]],
    ],
] = {
    Step.WHO: (_unknown, _take_password),
    Step.CHOOSE: (_undecided, _take_choice),
}
