"""Debian's Chromium without a window, driven by Playwright; it ends with whoever started it."""

import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

EXECUTABLE = "chromium"


def has_chromium() -> bool:
    """Whether Chromium is here."""
    return shutil.which(EXECUTABLE) is not None


@asynccontextmanager
async def chromium(*more: str) -> AsyncIterator[Browser]:
    """A running Chromium that finds no other host than this machine; `more` are switches of its command line."""
    found = shutil.which(EXECUTABLE)
    assert found, "Chromium is not here. On Debian: apt-get install chromium"
    switches: Sequence[str] = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-quic", *more]
    async with async_playwright() as playwright:
        # Chromium builds no sandbox for root.
        sandbox = os.geteuid() != 0
        browser = await playwright.chromium.launch(executable_path=found, chromium_sandbox=sandbox, args=switches)
        try:
            yield browser
        finally:
            await browser.close()
