"""How fast changed rules are tried out on the whole world, and what memory that takes: in a process of its own.

The change ends one promise and bans sales into one country, so that it is about every subscription and every sale.
"""

import asyncio
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import world
from database import Database, connect

from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import FixedClock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn
from copartner.policy.amending import Amendment
from copartner.policy.facts import (
    Actor,
    Agreement,
    Cloud,
    Commitment,
    FactContext,
    Facts,
    Relationship,
    Role,
    Side,
    Subscription,
)
from copartner.policy.rulebook import Rulebook
from copartner.tryout import service
from copartner.tryout.model import Progress

DECISIONS = 100_000 // world.SCALE
_BAN = """
@id("no-germany")
@text("Nothing is sold into Germany.")
@source("the comparison")
@needs("The customer's tenant has to be in another country.")
forbid (principal, action in Action::"sell", resource)
when { resource has customer && resource.customer.country == "DE" };
"""
_PEOPLE = UUID("01890000-0000-7008-8000-000000000000")


@dataclass(frozen=True, slots=True)
class Figures:
    """Subscriptions, requests and decisions looked at, the seconds each took, and how much memory came to be used."""

    subscriptions: int
    requests: int
    present_seconds: float
    decisions: int
    committed_seconds: float
    shapes: int
    grown_mib: float

    def lines(self) -> list[str]:
        """What is printed."""
        return [
            f"try-out of present data: {self.subscriptions / self.present_seconds:,.0f} subscriptions/s, "
            f"{self.requests / self.present_seconds:,.0f} requests/s ({self.subscriptions:,} subscriptions, "
            f"{self.requests:,} requests in {self.present_seconds:.1f} s)",
            f"try-out of decisions: {self.decisions / self.committed_seconds:,.0f}/s ({self.decisions:,} in "
            f"{self.committed_seconds:.1f} s)",
            f"try-out: {self.shapes:,} shapes were decided, memory grew by {self.grown_mib:.0f} MiB at most",
        ]


def figures(database: Database) -> Figures:
    """Keep decisions to be decided again, and try the change out in another process."""
    asyncio.run(_keep(database))
    said = subprocess.run(
        [sys.executable, str(Path(__file__)), database.postgres.login_url], stdout=subprocess.PIPE, check=True
    ).stdout
    return msgspec.json.decode(said, type=Figures)


async def _keep(database: Database) -> None:
    """Decisions about subscriptions spread over the last month."""
    now, connection = datetime.now(UTC), await connect(database)
    columns = ("at", "id", "action", "allowed", "rules", "digest", "facts")
    try:
        await connection.copy_records_to_table(
            "decided",
            columns=columns,
            records=(
                (
                    now - timedelta(days=28) * number / DECISIONS,
                    UUID(int=_PEOPLE.int + number),
                    *("subscription.suspend", True, ["role-subscriptions"], "bench", _facts(number)),
                )
                for number in range(DECISIONS)
            ),
        )
        await connection.execute("ANALYZE decided")
    finally:
        await connection.close()


def _facts(number: int) -> str:
    place = number * 7919 % world.SUBSCRIPTIONS
    partner, customer = str(world.partner_id(world.partner_of(place))), str(world.customer_id(world.customer_of(place)))
    facts = Facts(
        principal=Actor(str(world.user_id(0)), partner, (Role.SALES_AGENT, Role.USER), Side.PARTNER, multi_factor=True),
        resource=Subscription(str(world.subscription_id(place)), partner, customer),
        context=FactContext(
            relationship=Relationship(str(_PEOPLE), partner, customer, active=True),
            agreement=Agreement(str(_PEOPLE), customer),
            commitment=Commitment(window_open=number % 2 == 0, reduces=False, shortens=False),
        ),
    )
    return msgspec.json.encode(facts).decode()


async def _try(login_url: str) -> Figures:
    clock, before = FixedClock(datetime.now(UTC)), Rulebook.load()
    runtime = Runtime(
        pool=Pool(login_url, 2),
        rules=InForce(before),
        cloud=Cloud.COMMERCIAL,
        programme_clock=clock,
        machine_clock=clock,
        ids=Ids(clock),
        page_tokens=PageTokens(b"bench"),
        drawn=Drawn(b"bench"),
        public_url="http://127.0.0.1",
    )
    begins: date = clock.now().date() + timedelta(days=30)
    after = before.amended(Amendment("the comparison", _BAN, ("mp-subscription",), begins))
    spent, last = {"present": 0.0, "committed": 0.0}, time.perf_counter()

    async def report(progress: Progress) -> None:
        nonlocal last
        now = time.perf_counter()
        spent["committed" if progress.at == "decisions" else "present"] += now - last
        last = now

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    last = time.perf_counter()
    try:
        outcome = await service.try_out(
            runtime,
            operator=_PEOPLE,
            now=clock.now(),
            before=before,
            after=after,
            begins=begins,
            report=report,
        )
    finally:
        await runtime.pool.close()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    looked = outcome.looked
    return Figures(
        subscriptions=looked.things["subscriptions"],
        requests=looked.requests,
        present_seconds=spent["present"],
        decisions=looked.decisions,
        committed_seconds=spent["committed"],
        shapes=looked.shapes,
        grown_mib=grown / 1024,
    )


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(asyncio.run(_try(sys.argv[1]))).decode())
