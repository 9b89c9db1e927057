"""The pages of a sign-in, one for each step, until the browser goes back to whom it came from."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response

from copartner.api.authority import pages, wire
from copartner.api.authority.browser import Browsers
from copartner.api.authority.errors import code_of
from copartner.api.authority.returning import sent_back
from copartner.api.authority.speaking import language_of, told
from copartner.kernel.languages import Language
from copartner.signin import consenting, steps
from copartner.signin.consents import Question
from copartner.signin.model import AuthorizeRequest, Browser, Held, Proven
from copartner.signin.provider.service import IdentityProvider
from copartner.signin.rules import BadRequest, ConsentDeclined, SignInFailed
from copartner.signin.service import Authority
from copartner.signin.steps import Passage, Step

_ACTION = "oauth2/v2.0/authorize"


class Way:
    """Leads a browser through the steps of a sign-in; what a page needs to know is sealed into its form."""

    def __init__(self, authority: Authority) -> None:
        self.browsers = Browsers(authority)
        self._authority = authority
        self._host = urlsplit(authority.root).hostname or ""

    async def enter(self, request: Request[Any, Any, Any], wanted: AuthorizeRequest) -> Response[bytes]:
        """The first page, or straight back when a session answers; raises LoginRequired and its kin."""
        browser = await self.browsers.of(request)
        passage = await steps.enter(self._authority, wanted, browser)
        step = await steps.next_step(self._authority, passage)
        if step is None:
            return await self._arrive(language_of(request), passage, browser, 302)
        steps.refuse_silence(passage, step)
        return await self._ask(request, passage, step)

    async def own(
        self, request: Request[Any, Any, Any], page: str, name: str
    ) -> tuple[Browser, Held] | Response[bytes]:
        """Who is before a page of the authority's own, or the first page of the sign-in that leads there."""
        browser = await self.browsers.of(request)
        passage = await steps.enter(self._authority, AuthorizeRequest("common", None, name, page), browser)
        step = await steps.next_step(self._authority, passage)
        if step is None and browser.held is not None:
            return browser, browser.held
        return await self._ask(request, passage, step or Step.WHO)

    async def take(self, request: Request[Any, Any, Any], segment: str, body: bytes) -> Response[bytes]:
        """The next page, the same one again, or back with what was wanted; raises FormStale, BadRequest."""
        typed = wire.form_of(request, body)
        form = self._authority.forms.open(typed.get("form", ""), self.browsers.form_secret(request))
        if form.request.segment != segment:
            raise BadRequest("The form was sent to another tenant's address.")
        browser = await self.browsers.of(request)
        passage = await steps.resume(self._authority, form, browser)
        try:
            passage = await steps.answer(self._authority, passage, Step(form.step), typed, browser)
        except SignInFailed as failed:
            why = told(failed, language_of(request))
            return await self._ask(request, passage, Step(form.step), typed.get("username", ""), why)
        except ConsentDeclined as declined:
            code, _ = code_of(declined)
            to, said, language = form.request, declined.message, language_of(request)
            where = (to.redirect_uri, to.response_mode)
            return sent_back(language, *where, 303, error=code, error_description=said, state=to.state)
        return await self._on(request, passage, browser)

    async def back(self, request: Request[Any, Any, Any], provider: IdentityProvider) -> Response[bytes]:
        """From the identity provider: the next page, or on to whom the browser came from; raises a Refusal."""
        browser = await self.browsers.of(request)
        answer = wire.query_of(request.scope["query_string"])
        came = await provider.finish(answer, self.browsers.form_secret(request))
        # Nothing is asked of somebody whom the application is not for.
        await steps.check_application(self._authority, came.request, came.user)
        proven = Proven(came.user.tenant_id, came.user.id, came.methods, self._authority.clock.now())
        return await self._on(request, Passage(came.request).showing(came.user, proven), browser)

    @property
    def elsewhere(self) -> str:
        """Scheme and host of the identity provider, to which a form may lead; empty without one."""
        provider = self._authority.provider
        return provider.origin if provider is not None else ""

    async def _on(self, request: Request[Any, Any, Any], passage: Passage, browser: Browser) -> Response[bytes]:
        step = await steps.next_step(self._authority, passage)
        if step is None:
            return await self._arrive(language_of(request), passage, browser, 303)
        return await self._ask(request, passage, step)

    async def _arrive(self, language: Language, passage: Passage, browser: Browser, status: int) -> Response[bytes]:
        returned = await steps.arrive(self._authority, passage, browser)
        to = returned.redirect_uri
        if returned.code is None:
            answer = wire.redirect(to, status)
        else:
            mode = passage.request.response_mode
            answer = sent_back(language, to, mode, status, code=returned.code, state=returned.state)
        if returned.session_token is None:
            return answer
        return self.browsers.signed_in(answer, browser, returned.user_id, returned.session_token)

    async def _ask(
        self, request: Request[Any, Any, Any], passage: Passage, step: Step, name: str = "", failed: str = ""
    ) -> Response[bytes]:
        secret, wanted = self.browsers.with_form_secret(request), passage.request
        provider = self._authority.provider
        if step is Step.WHO and provider is not None:
            return self.browsers.bind(wire.redirect(await provider.begin(wanted, secret), 303), secret)
        passage, language = steps.prepared(passage, step), language_of(request)
        page = pages.step_page(
            language,
            step,
            passage,
            action=f"/{wanted.segment}/{_ACTION}",
            form=self._authority.forms.seal(steps.form_of(passage, step), secret),
            name=name or wanted.login_hint,
            issuer=self._host,
            question=await self._question(passage, language) if step is Step.CONSENT else None,
            elsewhere=self.elsewhere,
            failed=failed,
        )
        return self.browsers.bind(page, secret)

    async def _question(self, passage: Passage, language: Language) -> Question | None:
        if passage.proven is None:
            return None
        return await consenting.question(self._authority, passage.request, passage.proven, language)
