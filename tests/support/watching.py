"""What goes wrong in a browser without anybody looking: each is a fault of the page."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# Said in the console of every answer of 400 and above; the answer itself is looked at below.
_ANSWERED = "Failed to load resource: the server responded with a status of"


@dataclass
class Watch:
    """Collects the faults of all pages of a browser context that belong to one deployment.

    The status of a page itself is no fault here: whoever opens it says which one it has to have.
    """

    root: str
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Begin to watch."""
        context.on("console", self._said)
        context.on("weberror", self._raised)
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def check(self) -> None:
        """Raise when there was a fault."""
        assert not self.faults, "\n".join(self.faults)

    def _said(self, message: ConsoleMessage) -> None:
        # What a policy forbids is said as an error too.
        if message.type in ("error", "warning") and not message.text.startswith(_ANSWERED):
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _raised(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _asked(self, request: Request) -> None:
        if _origin(request.url) != _origin(self.root):
            self.faults.append(f"foreign: {request.method} {request.url}")

    def _failed(self, request: Request) -> None:
        self.faults.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
