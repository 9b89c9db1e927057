"""A running `copartner up`, and people who call it over HTTP with tokens of their own."""

import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

_START_WITHIN = 90.0  # seconds; initdb and the world on a busy machine
_COMMAND = [sys.executable, "-c", "from copartner.cli.main import main; main()", "up"]


@dataclass(slots=True)
class Emulator:
    """A running emulator by its ready file."""

    url: str
    clock: str
    tenants: dict[str, dict[str, Any]]
    process: subprocess.Popen[bytes]
    certificate_authority: str | None = None
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def verify(self) -> ssl.SSLContext | bool:
        """What httpx is to trust."""
        return ssl.create_default_context(cafile=self.certificate_authority) if self.certificate_authority else True

    def id(self, tenant: str) -> str:
        """A tenant's id by its name in the world."""
        found: str = self.tenants[tenant]["tenantId"]
        return found

    def move_clock(self, day: str) -> None:
        """Make it the beginning of a later day, in UTC, with everything that happens until then."""
        moved = httpx.post(f"{self.url}/emulator/v1/clock", json={"to": f"{day}T00:00:00Z"}, timeout=120)
        assert moved.status_code == 200, moved.text

    def person(self, role: str, tenant: str) -> "Person":
        """The user of a tenant who has a role, signed in with a password."""
        user = next(one for one in self.tenants[tenant]["users"] if role in one["roles"])
        form = {"grant_type": "password", "username": user["userPrincipalName"], "password": user["password"]}
        return Person(self, user["userPrincipalName"], self._token(tenant, user["userPrincipalName"], form))

    def application(self, tenant: str) -> "Person":
        """A tenant's application, signed in with its secret."""
        app = self.tenants[tenant]["applications"][0]
        form = {"grant_type": "client_credentials", "client_id": app["clientId"], "client_secret": app["clientSecret"]}
        return Person(self, app["clientId"], self._token(tenant, app["clientId"], form))

    def _token(self, tenant: str, name: str, form: dict[str, str]) -> str:
        if name not in self._tokens:
            answer = httpx.post(f"{self.url}/{self.id(tenant)}/oauth2/token", data=form, timeout=30, verify=self.verify)
            assert answer.status_code == 200, answer.text
            self._tokens[name] = answer.json()["access_token"]
        return self._tokens[name]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token."""

    where: Emulator
    name: str
    token: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Any request; the answer is not looked at."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            **{name.replace("_", "-"): v for name, v in headers.items()},
        }
        url, verify = self.where.url + path, self.where.verify
        return httpx.request(method, url, json=body, headers=headers, timeout=30, verify=verify)

    def get(self, path: str) -> Any:
        """What a read answers; it has to succeed."""
        return self.done("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """What a POST answers; it has to succeed."""
        return self.done("POST", path, body, **headers)

    def done(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """What a request answers; it has to succeed."""
        answer = self.call(method, path, body, **headers)
        assert answer.is_success, f"{self.name} {method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str, dict[str, Any]]:
        """Status, code and body of a refusal; it has to be one."""
        answer = self.call(method, path, body, **headers)
        assert not answer.is_success, f"{self.name} {method} {path} was not refused: {answer.text}"
        said = answer.json()
        if answer.headers.get("copartner-decision-id"):
            assert said["data"][-1] == answer.headers["copartner-decision-id"]
        return answer.status_code, str(said["code"]), said


@contextmanager
def emulator(place: Path, *options: str) -> Iterator[Emulator]:
    """`copartner up` with these options on a free port, its data below `place`; ended by SIGTERM."""
    ready, log = place / "ready.json", place / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_COMMAND, "--port", "0", "--data", str(place / "data"), "--ready-file", str(ready), *options],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + _START_WITHIN
        while not ready.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, f"not ready: {log.read_text()}"
            time.sleep(0.05)
        said = json.loads(ready.read_text())
        tenants = {one["name"]: one for one in said["tenants"]}
        yield Emulator(said["url"], said["clock"], tenants, process, said.get("certificateAuthority"))
    finally:
        process.terminate()
        process.wait(30)
