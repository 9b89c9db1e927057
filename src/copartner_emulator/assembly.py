"""Puts the application together for the emulator."""

from importlib.metadata import version
from typing import Any

from litestar import Litestar, get

from copartner.command.runtime import Runtime
from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook
from copartner_emulator.clock import MovableClock


def release() -> str:
    """The installed version."""
    return version("copartner")


@get("/health/live", sync_to_thread=False)
def _live() -> None:
    """The process answers."""


def assemble(login_url: str, url: str, cloud: Cloud, programme: MovableClock, page_secret: bytes) -> Any:
    """The application as `copartner serve` builds it, with the emulator's additions."""
    machine = SystemClock()
    runtime = Runtime(
        pool=Pool(login_url),
        rulebook=Rulebook.load(),
        cloud=cloud,
        programme_clock=programme,
        machine_clock=machine,
        ids=Ids(machine),
        page_tokens=PageTokens(page_secret),
        public_url=url,
    )
    return Litestar([_live], on_shutdown=[runtime.pool.close])
