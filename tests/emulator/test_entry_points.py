"""`copartner serve` and `copartner up`: the same application, but for what the emulator declares."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from inspect import isawaitable
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute

from copartner import serve as production
from copartner.kernel.secrets import KeyFile
from copartner.settings import Settings
from copartner_emulator import assembly
from copartner_emulator.clock import MovableClock
from copartner_emulator.control import Control
from support.postgres import Database
from support.production import ended, serve, settings
from support.programme import Programme, programme
from support.web import client

# What `copartner up` serves and production does not: method and address.
EMULATOR_ALONE = {(method, "/emulator/v1/clock") for method in ("GET", "POST", "OPTIONS")}
FORM = {"grant_type": "password", "username": "aa@nordlicht.example", "password": "any"}


@pytest.fixture
async def here(database: Database, tmp_path: Path) -> AsyncIterator[Programme]:
    """The world `multi-partner`."""
    async with programme(database, tmp_path) as made:
        yield made


def table(app: Any) -> set[tuple[str, str]]:
    """Method and address of everything that is served."""
    assert all(isinstance(route, HTTPRoute) for route in app.beside.routes), "there are routes that are not HTTP"
    found: set[tuple[str, str]] = app.addresses.served
    return found


@asynccontextmanager
async def both(here: Programme, place: Path) -> AsyncIterator[tuple[Any, Any]]:
    """Production's application and the emulator's, each put together by its own entry point."""
    key_file = KeyFile.create(place / "key")
    served = await production.assemble(Settings(database_url=here.database.login_url, key_file=place / "key"))
    clock = MovableClock(here.runtime.machine_clock, here.clock.now() - here.runtime.machine_clock.now())
    runtime = assembly.open_runtime(
        here.database.login_url, "http://127.0.0.1:8080", here.runtime.cloud, clock, key_file
    )
    control = Control(runtime, clock, here.runtime.machine_clock)
    up = await assembly.assemble(runtime, key_file, control)
    try:
        yield served, up
    finally:
        for hook in (*served.beside.on_shutdown, *up.beside.on_shutdown):
            ended = hook()
            if isawaitable(ended):
                await ended


async def test_both_serve_the_same_routes(here: Programme, tmp_path: Path) -> None:
    async with both(here, tmp_path) as apps:
        served, up = map(table, apps)
    assert served <= up, "the emulator lacks what production serves"
    assert up - served == EMULATOR_ALONE, "declare what the emulator adds"
    for wanted in (
        ("GET", "/v1/customers/{customer}/subscriptions"),
        ("POST", "/{tenant}/oauth2/token"),
        ("GET", "/openapi.json"),
        ("GET", "/health/ready"),
    ):
        assert wanted in served


async def test_the_password_grant_is_the_emulators_alone(here: Programme, tmp_path: Path) -> None:
    async with (
        both(here, tmp_path) as (served, up),
        client(served) as production_client,
        client(up) as emulator_client,
    ):
        grants = []
        for one in (production_client, emulator_client):
            described = await one.get("/nordlicht.example/v2.0/.well-known/openid-configuration")
            grants.append(set(described.json()["grant_types_supported"]))
        assert grants[1] - grants[0] == {"password"}
        assert grants[0] - grants[1] == set()
        for path in ("oauth2/token", "oauth2/v2.0/token"):
            refused = await production_client.post(f"/nordlicht.example/{path}", data=FORM)
            assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_grant_type")
            taken = await emulator_client.post(f"/nordlicht.example/{path}", data=FORM)
            assert (taken.status_code, taken.json()["error"]) == (400, "invalid_grant")


def test_a_process_refuses_the_password_grant(database: Database, tmp_path: Path) -> None:
    with serve(database.login_url, tmp_path) as serving:
        answer = httpx.post(f"{serving.url}/common/oauth2/token", data=FORM)
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
        assert httpx.get(f"{serving.url}/v1/customers").status_code == 401


@pytest.mark.parametrize("setting", ["database_url", "key_file"])
def test_without_a_database_or_a_key_nothing_is_served(database: Database, tmp_path: Path, setting: str) -> None:
    environment = settings(database.login_url, tmp_path)
    del environment[f"COPARTNER_{setting.upper()}"]
    code, said = ended(environment, "serve")
    assert (code, said.count("\n")) == (1, 1), said
    assert said.startswith(f"copartner: COPARTNER_{setting.upper()} is not set; ")


@pytest.mark.parametrize(
    ("role", "fault"),
    [("superuser", "is a superuser"), ("owner", "owns tables of the schema copartner")],
)
def test_a_role_that_passes_round_row_security_is_refused(
    database: Database, tmp_path: Path, role: str, fault: str
) -> None:
    code, said = ended(settings(getattr(database, f"{role}_url"), tmp_path), "serve")
    assert code != 0
    assert fault in said
    assert "Traceback" not in said, said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://copartner_login:geheim@127.0.0.1:1/copartner",
        "postgresql://copartner_login:geheim@/nowhere?host={}",
    ],
)
def test_a_database_that_does_not_answer_is_said_without_its_password(
    database: Database, tmp_path: Path, url: str
) -> None:
    code, said = ended(settings(url.format(database.login_url.partition("host=")[2]), tmp_path), "serve")
    assert code != 0
    assert "Traceback" not in said, said
    assert "geheim" not in said
