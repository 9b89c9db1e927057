"""How a person signs in: one step after the other, until nothing is left to show and the browser goes back.

    WHO             who is it, unless a session of this browser says so; by a page or at an identity provider
    CHOOSE          this account or another, where the request wants the person to choose
    SECOND_FACTOR   a code of the authenticator app, or a recovery code
    ENROLMENT       an app first, where a second factor is wanted and there is none
    RECOVERY        the recovery codes, told once after that
    CHANGE          another password, where somebody else drew the present one
    CONSENT         whether a tenant's application may act for the person, once
    then            `arrive`: session and code

A step is a question with two functions beside it: whether it has to be asked now, and what an answer adds to what the
person has shown. Between two pages the way is in the form, sealed (`forms`). What else proves somebody is `proven`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from copartner.signin import (
    account,
    codes,
    consenting,
    grounds,
    guesses,
    revocation_store,
    rules,
    second_factor,
    session_store,
    sessions,
    store,
    totp,
)
from copartner.signin.asking import MFA
from copartner.signin.forms import Form
from copartner.signin.model import AuthorizeRequest, Browser, Held, Proven, Returned, User

if TYPE_CHECKING:
    from copartner.signin.service import Authority

_STALE = "This page does not fit the person who is signed in any more. Go back to the application and begin again."


class Step(StrEnum):
    """What a person is asked for."""

    WHO = "who"
    CHOOSE = "choose"
    SECOND_FACTOR = "second_factor"
    ENROLMENT = "enrolment"
    RECOVERY = "recovery"
    CHANGE = "change"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Passage:
    """A person on the way: what for, what they have shown, and whether they chose the account and agreed just now.

    `seed` is that of an app to be added, `recovery_codes` are told on the next page alone.
    """

    request: AuthorizeRequest
    user: User | None = None
    proven: Proven | None = None
    chosen: bool = False
    seed: bytes = field(default=b"", repr=False)
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)
    consented: bool = False

    def showing(self, user: User, proven: Proven) -> "Passage":
        """The same way, after who it is was shown anew."""
        return replace(self, user=user, proven=proven, chosen=True, consented=False)


Answer = Mapping[str, str]


async def enter(authority: "Authority", request: AuthorizeRequest, browser: Browser) -> Passage:
    """The beginning of a way: with what the browser's session shows, where the request takes a session's word."""
    held, start = browser.held, Passage(request)
    if held is None or not await _fits(authority, request, held):
        return start
    session = held.session
    proven = Proven(held.user.tenant_id, held.user.id, session.methods, session.signed_in_at, session.id)
    return replace(start, user=held.user, proven=proven)


async def resume(authority: "Authority", form: Form, browser: Browser) -> Passage:
    """The way a sealed form holds, if who it names may still go on; raises FormStale."""
    proven, held = form.proven, browser.held
    if proven is None:
        return Passage(form.request, chosen=form.chosen)
    if proven.session_id is not None and (held is None or held.session.id != proven.session_id):
        raise rules.FormStale(_STALE)
    async with store.acting(authority.pool) as db:
        user = await store.user_by_id(db, proven.tenant_id, proven.user_id)
        ended = await revocation_store.ended(
            db, tenant_id=proven.tenant_id, ground_ids=(proven.user_id, proven.session_id), since=proven.at
        )
    if user is None or not user.enabled or ended:
        raise rules.FormStale(_STALE)
    return Passage(form.request, user, proven, form.chosen, form.seed, consented=form.consented)


async def next_step(authority: "Authority", passage: Passage) -> Step | None:
    """What the person has to do now; None when they have arrived."""
    for step, (needed, _) in _STEPS.items():
        if await needed(authority, passage):
            return step
    return None


def form_of(passage: Passage, step: Step) -> Form:
    """What the page of a step carries."""
    return Form(step, passage.request, passage.proven, passage.chosen, passage.seed, passage.consented)


def prepared(passage: Passage, step: Step) -> Passage:
    """The way with what the page of a step shows: for an app to be added, its seed."""
    return replace(passage, seed=totp.draw()) if step is Step.ENROLMENT and not passage.seed else passage


async def second_factor_now(authority: "Authority", passage: Passage) -> bool:
    """Whether the person needs a second factor now: what they have shown lacks one, and they have one or are to.

    The one place that says so: of a user's own app, a request's wish, and whatever rule comes to want it.
    """
    user, proven = passage.user, passage.proven
    if user is None or proven is None or MFA in proven.methods:
        return False
    return passage.request.second_factor or await second_factor.of(authority, user) is not None


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
    await check_application(authority, request, user)
    token, held = None, browser.held
    known = held and (held.session.id, held.session.methods, held.session.signed_in_at)
    async with store.acting(authority.pool) as db:
        if proven.session_id is None or known != (proven.session_id, proven.methods, proven.at):
            proven, token = await sessions.begin(authority, db, user, proven, browser)
        else:
            await session_store.used(db, proven.session_id, now=authority.clock.now())
        code = await codes.add(authority, db, request, proven)
    return Returned(request.redirect_uri, user.id, request.state, code, token)


async def check_application(authority: "Authority", request: AuthorizeRequest, user: User) -> None:
    """Raise SignInFailed unless the user belongs where the request is made; ClientRefused when the application went."""
    directory, application = await authority.addressed(request)
    if not rules.may_use(user, directory, application):
        raise rules.SignInFailed("The application is for accounts of another tenant.")


async def _fits(authority: "Authority", request: AuthorizeRequest, held: Held) -> bool:
    """Whether a request takes the word of a session: of the right person, young enough, of the right tenant.

    An identity provider is asked again after a while, since only a sign-in hears of what changed there.
    """
    hint = request.login_hint.strip().lower()
    age = authority.clock.now() - held.session.signed_in_at
    if authority.provider is not None and age >= authority.provider.lasts:
        return False
    if "login" in request.prompt or (hint and hint != held.user.user_principal_name):
        return False
    if request.max_age is not None and age > timedelta(seconds=request.max_age):
        return False
    try:
        await check_application(authority, request, held.user)
    except rules.SignInFailed:
        return False
    return not await _ended_for(authority, request, held)


async def _ended_for(authority: "Authority", request: AuthorizeRequest, held: Held) -> bool:
    """Whether what the application was given on this session has ended, so that its word is none there any more."""
    user, session = held.user, held.session
    ground_ids = grounds.of_user(
        tenant_id=user.tenant_id, user_id=user.id, application_id=request.client_id, session_id=session.id
    )
    async with store.acting(authority.pool) as db:
        return await revocation_store.ended(
            db, tenant_id=user.tenant_id, ground_ids=ground_ids, since=session.signed_in_at
        )


async def _unknown(_authority: "Authority", passage: Passage) -> bool:
    return passage.proven is None


async def _take_password(authority: "Authority", passage: Passage, typed: Answer, browser: Browser) -> Passage:
    directory, application = await authority.addressed(passage.request)
    name, password = typed.get("username", ""), typed.get("password", "")
    user = await guesses.password(authority, name, password, directory, application, browser)
    return passage.showing(user, Proven(user.tenant_id, user.id, ("pwd",), authority.clock.now()))


async def _undecided(_authority: "Authority", passage: Passage) -> bool:
    return "select_account" in passage.request.prompt and not passage.chosen


async def _take_choice(_authority: "Authority", passage: Passage, typed: Answer, _browser: Browser) -> Passage:
    if typed.get("answer") == "other":
        return Passage(replace(passage.request, login_hint=""), chosen=True)
    return replace(passage, chosen=True)


async def _lacks_code(authority: "Authority", passage: Passage) -> bool:
    enrolled = passage.user is not None and await second_factor.of(authority, passage.user) is not None
    return enrolled and await second_factor_now(authority, passage)


async def _take_code(authority: "Authority", passage: Passage, typed: Answer, browser: Browser) -> Passage:
    user, proven = _shown(passage)
    methods = await second_factor.check(authority, user, typed.get("code", ""), browser)
    return replace(passage, proven=replace(proven, methods=(*proven.methods, *methods)))


async def _take_enrolment(authority: "Authority", passage: Passage, typed: Answer, browser: Browser) -> Passage:
    user, proven = _shown(passage)
    told = await second_factor.add(authority, user, passage.seed, typed.get("code", ""), browser)
    proven = replace(proven, methods=(*proven.methods, *second_factor.METHODS))
    return replace(passage, proven=proven, seed=b"", recovery_codes=told)


async def _untold(_authority: "Authority", passage: Passage) -> bool:
    return bool(passage.recovery_codes)


async def _take_nothing(_authority: "Authority", passage: Passage, _typed: Answer, _browser: Browser) -> Passage:
    return passage


async def _must_change(authority: "Authority", passage: Passage) -> bool:
    # Where an identity provider signs people in, passwords here open nothing.
    return authority.provider is None and passage.user is not None and passage.user.must_change_password


async def _take_new_password(authority: "Authority", passage: Passage, typed: Answer, _browser: Browser) -> Passage:
    user, proven = _shown(passage)
    at = await account.replace_password(
        authority, user, typed.get("new", ""), typed.get("again", ""), session_id=proven.session_id
    )
    return replace(passage, user=replace(user, must_change_password=False), proven=replace(proven, at=at))


def _shown(passage: Passage) -> tuple[User, Proven]:
    """Who it is, at a step that comes after that was shown."""
    if passage.user is None or passage.proven is None:
        raise rules.FormStale(_STALE)
    return passage.user, passage.proven


async def _unasked(authority: "Authority", passage: Passage) -> bool:
    if passage.proven is None or passage.consented:
        return False
    return await consenting.needed(authority, passage.request, passage.proven)


async def _take_consent(authority: "Authority", passage: Passage, typed: Answer, _browser: Browser) -> Passage:
    _, proven = _shown(passage)
    await consenting.answered(authority, passage.request, proven, typed.get("answer", ""))
    return replace(passage, consented=True)


_STEPS: Mapping[
    Step,
    tuple[
        Callable[["Authority", Passage], Awaitable[bool]],
        Callable[["Authority", Passage, Answer, Browser], Awaitable[Passage]],
    ],
] = {
    Step.WHO: (_unknown, _take_password),
    Step.CHOOSE: (_undecided, _take_choice),
    Step.SECOND_FACTOR: (_lacks_code, _take_code),
    Step.ENROLMENT: (second_factor_now, _take_enrolment),
    Step.RECOVERY: (_untold, _take_nothing),
    Step.CHANGE: (_must_change, _take_new_password),
    Step.CONSENT: (_unasked, _take_consent),
}
