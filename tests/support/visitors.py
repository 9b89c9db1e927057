"""People before browsers of their own, who come to a running deployment by its real sign-in."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, Response, StorageState

from copartner.kernel.languages import Language
from copartner.portal.speaking import text_in
from copartner.signin import totp
from support.up import Emulator
from support.watching import Watch

Scheme = Literal["light", "dark"]
_LOCALES = {"en": "en-GB", "de": "de-DE"}
_HEIGHT = 900


@dataclass(frozen=True, slots=True)
class Look:
    """By what browser somebody looks: language, script or none, colour scheme, width in pixels."""

    language: str = "en"
    script: bool = True
    scheme: Scheme = "light"
    width: int = 1280

    @property
    def name(self) -> str:
        """Its name in tests and files."""
        return f"{self.language}-{self.scheme}-{self.width}{'' if self.script else '-bare'}"


ENGLISH = Look()
GERMAN = Look("de")
BARE = Look(script=False)
BARE_GERMAN = Look("de", script=False)


@dataclass(slots=True)
class Visitor:
    """One person before one browser."""

    name: str
    look: Look
    page: Page
    context: BrowserContext
    watch: Watch
    codes: list[str]
    _password: str
    status: int = 0

    async def open(self, path: str, status: int | None = 200) -> None:
        """Go to an address by typing it, past the sign-in where there is one; None takes any status."""
        self._came(await self.page.goto(self.watch.root + path))
        await self._in(status)

    async def press(self, button: str | Locator, status: int = 200) -> None:
        """Press the button or link of this English name, said in the reader's language; wait for the next page."""
        where = self._named(self.said(button)) if isinstance(button, str) else button
        async with self.page.expect_navigation() as coming:
            await where.click()
        self._came(await coming.value)
        await self._in(status)

    def said(self, english: str, **values: object) -> str:
        """A text of the portal in the reader's language."""
        return text_in(Language(self.look.language), english, **values)

    async def fill(self, name: str, text: str) -> None:
        """Type into the field of this name."""
        await self.page.locator(f'main [name="{name}"]:not([type="hidden"])').fill(text)

    async def search(self, name: str, text: str) -> None:
        """Type into a field that searches, and have it search: by itself where scripts run, else by its button."""
        field = self.page.locator(f'main [name="{name}"]')
        if self.look.script:
            await field.fill(text)
            # What was found is there when the address says what was searched for.
            await self.page.wait_for_url(re.compile(rf"[?&]{name}=[^&]"))
        else:
            await field.fill(text)
            async with self.page.expect_navigation() as coming:
                await field.press("Enter")
            self._came(await coming.value)
            await self._in(200)

    async def tick(self, name: str) -> None:
        """Tick the box of this name."""
        await self.page.locator(f'main input[type="checkbox"][name="{name}"]').check()

    async def heading(self) -> str:
        """The heading of the page."""
        return (await self.page.locator("h1").inner_text()).strip()

    async def text(self) -> str:
        """Everything that can be read on the page."""
        return await self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        """The address of the page below the deployment's."""
        return urlsplit(self.page.url).path

    def _named(self, name: str) -> Locator:
        page = self.page
        # Where several have one name, they lead to one place.
        named = page.get_by_role("button", name=name, exact=True)
        return named.or_(page.get_by_role("link", name=name, exact=True)).first

    def _came(self, answer: Response | None) -> None:
        assert answer is not None
        self.status = answer.status

    async def _in(self, status: int | None) -> None:
        """Through the pages of the sign-in, if it is them; then the status that the page has to have."""
        for _ in range(8):
            if not await self._step():
                break
        assert status in (None, self.status), f"{self.name} {self.page.url}: {self.status}\n{await self.text()}"
        self.watch.check()

    async def _step(self) -> bool:
        """One page of the sign-in, done as a person does it; False when it is none."""
        page = self.page
        typed = page.locator("main form input#code")
        if await page.locator("#username:not([hidden])").count():
            await page.locator("#username").fill(self.name)
            await page.locator("#password").fill(self._password)
            await self._submit("main form button")
        elif await page.locator("code.key").count():
            await typed.fill(_app_code(await page.locator("code.key").inner_text()))
            await self._submit("main form button")
        elif await page.locator("ul.codes").count() and "/oauth2/" in page.url:
            self.codes.extend(await page.locator("ul.codes code").all_inner_texts())
            await self._submit("main form button")
        elif await typed.count() and "/oauth2/" in page.url:
            await typed.fill(self.codes.pop())
            await self._submit("main form button")
        elif await (more := page.locator('main a[href*="factor=mfa"]')).count():
            await self._submit(more)
        else:
            return False
        return True

    async def _submit(self, where: str | Locator) -> None:
        async with self.page.expect_navigation() as coming:
            await (self.page.locator(where) if isinstance(where, str) else where).first.click()
        self._came(await coming.value)


@dataclass(slots=True)
class House:
    """A running deployment and the browser by which its people come; each signs in once and then comes back."""

    up: Emulator
    browser: Browser
    _known: dict[str, StorageState] = field(default_factory=dict)
    _codes: dict[str, list[str]] = field(default_factory=dict)

    @asynccontextmanager
    async def visitor(self, name: str, look: Look = ENGLISH, *, known: bool = True) -> AsyncIterator[Visitor]:
        """Somebody such as `sa@nordlicht` before a browser of their own; with `known` a session may go on.

        At the end nothing may have gone wrong in the browser.
        """
        given: dict[str, Any] = {"storage_state": self._known[name]} if known and name in self._known else {}
        context = await self.browser.new_context(
            locale=_LOCALES[look.language],
            java_script_enabled=look.script,
            color_scheme=look.scheme,
            reduced_motion="reduce",
            viewport={"width": look.width, "height": _HEIGHT},
            timezone_id="Europe/Berlin",
            **given,
        )
        context.set_default_timeout(20_000)
        watch = Watch(self.up.url)
        watch.over(context)
        try:
            codes = self._codes.setdefault(name, [])
            page = await context.new_page()
            made = Visitor(f"{name}.example", look, page, context, watch, codes, self._password(f"{name}.example"))
            yield made
            watch.check()
            self._known[name] = await context.storage_state()
        finally:
            await context.close()

    def codes(self, name: str) -> list[str]:
        """The recovery codes that somebody has left."""
        return self._codes[name]

    def _password(self, name: str) -> str:
        users = [user for tenant in self.up.tenants.values() for user in tenant["users"]]
        found: str = next(user["password"] for user in users if user["userPrincipalName"] == name)
        return found


def _app_code(key: str) -> str:
    """What an authenticator app with this key shows now."""
    return totp.code_at(base64.b32decode(key.replace(" ", "")), totp.step_of(datetime.now(UTC)))
