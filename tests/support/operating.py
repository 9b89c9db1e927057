"""The operator's people at their pages."""

import httpx

from support.portal import Browser, House

OPERATOR, APPROVER = "ga@wolkenstadt", "approver@wolkenstadt"


async def signed_in(home: House, name: str = OPERATOR) -> Browser:
    """A browser of somebody who signed in to the operator's rooms."""
    browser = home.browser()
    await browser.sign_in("/operator", name)
    return browser


async def press(browser: Browser, page: httpx.Response, act: str, **typed: str) -> httpx.Response:
    """Press the button `act` of the form that has it."""
    forms = page.text.split("<form")[1:]
    place = next(at for at, part in enumerate(forms) if f'value="{act}"' in part.partition("</form>")[0])
    return await browser.follow(await browser.send(page, form=place, act=act, **typed))
