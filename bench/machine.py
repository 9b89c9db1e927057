"""What the figures were measured on."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from database import SHOWN, Database, connect

_PACKAGES = ("copartner", "uvicorn", "uvloop", "httptools", "litestar", "msgspec", "asyncpg", "cedarpy", "joserfc")


async def described(database: Database) -> list[str]:
    """Processor, memory, kernel, versions and the settings of PostgreSQL that matter, a line each."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+) kB", Path("/proc/meminfo").read_text())
    connection = await connect(database)
    try:
        shown = [f"{name} {await connection.fetchval(f'SHOW {name}')}" for name in SHOWN]
        size = await connection.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
    finally:
        await connection.close()
    return [
        f"{os.cpu_count()} cores of {model.group(1).strip() if model else 'unknown'}, "
        f"{int(memory.group(1)) / 1_048_576 if memory else 0:.0f} GiB of memory, Linux {platform.release()}",
        f"Python {platform.python_version()}, {', '.join(f'{name} {_version(name)}' for name in _PACKAGES)}",
        f"PostgreSQL: {', '.join(shown)}; database of {size}",
    ]


def engines() -> list[str]:
    """What decides, and what proves."""
    return [f"cedarpy {_version('cedarpy')}, z3 {_version('z3-solver')}"]


def busy() -> float:
    """The share of the machine that is in use before anything is measured, from 0 to 1, over the last minute."""
    return min(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0)


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "absent"
