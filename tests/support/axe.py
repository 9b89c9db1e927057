"""What axe-core finds on a page: WCAG 2.0 to 2.2, A and AA, and best practices.

The engine comes with the package axe-playwright-python; it is run as it is, because the package's own way puts it into
the page as a script, which the pages' policy rightly forbids.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.async_api import Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# Needs to be asked for: axe leaves it out of its own choice.
_RULES = {"target-size": {"enabled": True}}


@cache
def _engine() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


async def findings(page: Page) -> list[str]:
    """What is wrong, each with the rule and the element; empty when nothing is."""
    await page.evaluate(_engine())
    said: dict[str, Any] = await page.evaluate(
        "options => axe.run(document, options)",
        {"runOnly": {"type": "tag", "values": _TAGS}, "rules": _RULES, "resultTypes": ["violations"]},
    )
    return [
        f"{page.url}: {found['id']}: {node['html']} {node['failureSummary']}"
        for found in said["violations"]
        for node in found["nodes"]
    ]
