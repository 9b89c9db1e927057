"""The question on the way of a sign-in whether an application may act for the person."""

from typing import TYPE_CHECKING
from uuid import UUID

from asyncpg.connection import Connection

from copartner.command.context import Caller, Context
from copartner.command.denial import Denied
from copartner.kernel.languages import Language
from copartner.policy.facts import Door
from copartner.signin import consent_store, consents, rules, store
from copartner.signin.model import MULTI_FACTOR, AuthorizeRequest, Proven, SignedIn
from copartner.tenants.service.tenants import side_of

if TYPE_CHECKING:
    from copartner.signin.service import Authority

YES, FOR_ALL, NO = "accept", "accept-for-all", "decline"


async def needed(authority: "Authority", request: AuthorizeRequest, proven: Proven) -> bool:
    """Whether the person is asked: about a tenant's application, once, and again where the request wants it."""
    if request.client_id is None or await _is_own(authority, request.client_id):
        return False
    if "consent" in request.prompt:
        return True
    async with store.acting(authority.pool) as db:
        return not await covers(db, request.client_id, proven.tenant_id, proven.user_id, request.scopes)


async def covers(db: Connection, application_id: UUID, tenant_id: UUID, user_id: UUID, scopes: tuple[str, ...]) -> bool:
    """Whether the person, or an admin for everybody, agreed to what the application asks for."""
    return await consent_store.covers(
        db, tenant_id=tenant_id, application_id=application_id, user_id=user_id, offline=_offline(scopes)
    )


async def lacking(
    authority: "Authority", application_id: UUID, scopes: tuple[str, ...], signed_in: SignedIn, language: Language
) -> consents.Question | None:
    """What somebody who is signed in has yet to consent to, in their language; None when nothing."""
    user, found = signed_in.user, await authority.application(application_id)
    if found is None or found.tenant_id != user.tenant_id:
        return None
    async with store.acting(authority.pool) as db:
        if await covers(db, application_id, user.tenant_id, user.id, scopes):
            return None
    ctx = await context(authority, user.tenant_id, user.id, signed_in.methods, language)
    return await consents.read_question(ctx, application_id=application_id, offline=_offline(scopes))


async def question(
    authority: "Authority", request: AuthorizeRequest, proven: Proven, language: Language
) -> consents.Question | None:
    """What the page asks in a language; None where there is nothing to ask."""
    if request.client_id is None:
        return None
    ctx = await context(authority, proven.tenant_id, proven.user_id, proven.methods, language)
    return await consents.read_question(ctx, application_id=request.client_id, offline=_offline(request.scopes))


async def answered(authority: "Authority", request: AuthorizeRequest, proven: Proven, answer: str) -> None:
    """Keep what the person agreed to; raises ConsentDeclined, or SignInFailed where it is not theirs to agree."""
    if answer == NO or request.client_id is None:
        raise rules.ConsentDeclined("The application was not allowed to act for the person who signed in.")
    if answer not in (YES, FOR_ALL):
        raise rules.SignInFailed("Press one of the buttons.")
    ctx = await context(authority, proven.tenant_id, proven.user_id, proven.methods)
    await agree(ctx, request.client_id, request.scopes, for_all=answer == FOR_ALL)


async def agree(ctx: Context, application_id: UUID, scopes: tuple[str, ...], *, for_all: bool = False) -> None:
    """Keep that the caller agreed; raises SignInFailed where the rules deny it."""
    try:
        await consents.consent(ctx, application_id=application_id, offline=_offline(scopes), for_all=for_all)
    except Denied as denied:
        refused = rules.SignInFailed(denied.message)
        refused.translations = denied.translations
        raise refused from denied


async def context(
    authority: "Authority",
    tenant_id: UUID,
    user_id: UUID,
    methods: tuple[str, ...],
    language: Language = Language.ENGLISH,
) -> Context:
    """The context of somebody at a page of the authority, on the side of their tenant, spoken to in a language."""
    side = await side_of(authority.runtime, tenant_id)
    caller = Caller(side, tenant_id, user_id, False, MULTI_FACTOR in methods, Door.SIGN_IN)
    return Context(authority.runtime, caller, correlation_id=str(authority.ids.new()), language=language)


async def _is_own(authority: "Authority", application_id: UUID) -> bool:
    found = await authority.application(application_id)
    return found is not None and found.tenant_id is None


def _offline(scopes: tuple[str, ...]) -> bool:
    return rules.OFFLINE in scopes
