"""A server process as far as tokens go: believes one until it must not, and says both. Database, key, token file."""

import asyncio
import sys
from pathlib import Path

from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn, KeyFile
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook
from copartner.signin.service import Authority
from copartner.signin.tokens import TokenRevoked


async def believe(database: str, key: str, token: str) -> None:
    """Check the token again and again."""
    clock = SystemClock()
    runtime = Runtime(
        pool=Pool(database),
        rules=InForce(Rulebook.load()),
        cloud=Cloud.COMMERCIAL,
        programme_clock=clock,
        machine_clock=clock,
        ids=Ids(clock),
        page_tokens=PageTokens(b"test"),
        drawn=Drawn(b"test"),
        public_url="http://127.0.0.1",
    )
    authority = await Authority.open(runtime, KeyFile(key.encode()))
    await authority.tokens.verify(token)
    sys.stdout.write("believed\n")
    sys.stdout.flush()
    while True:
        try:
            await authority.tokens.verify(token)
        except TokenRevoked:
            break
        await asyncio.sleep(0.001)
    sys.stdout.write("refused\n")
    sys.stdout.flush()
    await authority.close()
    await runtime.pool.close()


asyncio.run(believe(*sys.argv[1:3], Path(sys.argv[3]).read_text()))
