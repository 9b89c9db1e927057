"""Puts the application together for the emulator: production's, with a movable clock and the password grant."""

from typing import Any

from copartner import serve
from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import KeyFile
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook
from copartner_emulator import control, password_grant
from copartner_emulator.clock import MovableClock
from copartner_emulator.control import Control
from copartner_emulator.sandbox_store import Trying


def open_runtime(login_url: str, public_url: str, cloud: Cloud, clock: MovableClock, key_file: KeyFile) -> Runtime:
    """The runtime of an emulator."""
    machine = SystemClock()
    return Runtime(
        pool=Pool(login_url),
        rules=InForce(Rulebook.load()),
        cloud=cloud,
        programme_clock=clock,
        machine_clock=machine,
        ids=Ids(machine),
        page_tokens=PageTokens(key_file.derive("page tokens")),
        drawn=serve.drawn(key_file),
        public_url=public_url,
        sandbox=Trying(),
        private_events=True,
    )


async def assemble(runtime: Runtime, key_file: KeyFile, clock: Control, *, rate_limit: int = 0) -> Any:
    """The application as `copartner serve` composes it, with the emulator's grant and control of the clock.

    Unlimited unless asked for.
    """
    grants = {password_grant.GRANT_TYPE: password_grant.password}
    return await serve.compose(
        runtime, key_file, grants=grants, extra_routes=control.handlers(clock), rate_limit=rate_limit
    )
