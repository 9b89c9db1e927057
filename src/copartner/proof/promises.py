"""Does a changed rulebook keep the promises? Asked in a process of its own, which is killed when its time is over.

`python -m copartner.proof.promises` reads a question as JSON and prints the verdict as JSON.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import date

import msgspec

from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook, Source
from copartner.proof.changed import compare
from copartner.proof.solver import Unsolved
from copartner.proof.verdict import BrokenPromise, Lost, Names, Verdict

__all__ = ["LIMIT_SECONDS", "BrokenPromise", "Lost", "Names", "Verdict", "check"]
LIMIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the process reads."""

    before: Source
    after: Source
    cloud: Cloud
    begins: date
    names: Names


async def check(
    before: Source,
    after: Source,
    *,
    cloud: Cloud,
    begins: date,
    names: Names | None = None,
    limit: float = LIMIT_SECONDS,
) -> Verdict:
    """Prove that `after` keeps the promises that `before` keeps, in one cloud from a day on.

    An answer that is late, unreadable or missing is undecided. `limit` is in seconds.
    """
    began = time.perf_counter()
    asked = msgspec.json.encode(Asked(before, after, cloud, begins, names or Names()))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "copartner.proof.promises"),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limit):
            printed, complaint = await process.communicate(asked)
        return msgspec.json.decode(printed, type=Verdict)
    except TimeoutError:
        return _undecided(f"the proof had no answer after {limit:g} seconds", began)
    except msgspec.MsgspecError:
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        return _undecided(f"the proof gave no answer: {last or process.returncode}", began)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the process with the solver that it started; both are gone when it ended by itself."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _undecided(why: str, began: float) -> Verdict:
    return Verdict(False, why, seconds=time.perf_counter() - began)


def main() -> None:
    """Answer the question on standard input."""
    began = time.perf_counter()
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    try:
        verdict = compare(
            Rulebook.of(asked.before), Rulebook.of(asked.after), asked.cloud, asked.begins, asked.names, began
        )
    except Unsolved as open_question:
        verdict = _undecided(str(open_question), began)
    sys.stdout.buffer.write(msgspec.json.encode(verdict))


if __name__ == "__main__":
    main()
