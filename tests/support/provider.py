"""An OpenID provider as published (npm `oidc-provider`), run by our script, and how a browser is led through it."""

import base64
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urljoin, urlsplit

import httpx

from support.production import free_port
from support.tree import ROOT

HERE = ROOT / "tests" / "identity" / "provider"
_MADE = ROOT / ".venv" / "clients"
_OLDEST_NODE = 20
CLIENT, SECRET = "copartner", "a client's secret: 100% & more"
TOOL = "tool"
AUDIENCE = "https://copartner.example/interfaces"
# Claims of three people: of a partner, of a customer, and one whose name and mail at the provider are another's here.
# Those of the partner sign in with a second factor, which the programme asks of them.
PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {
        "tid": "north",
        "groups": ["partner-admins", "unrelated"],
        "amr": ["pwd", "mfa"],
        "name": "Anna Arendt",
        "preferred_username": "Anna.Arendt@corp.example",
        "email": "anna.arendt@corp.example",
    },
    "ben": {"tid": "alps", "groups": ["customer-admins"], "name": "Ben Bauer"},
    "carl": {
        "tid": "north",
        "preferred_username": "aa@nordlicht.example",
        "email": "aa@nordlicht.example",
        "amr": ["pwd", "mfa"],
    },
}


def has_node() -> bool:
    """Whether Node.js is here in a version the provider runs on, with npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout
    return int(said.strip().removeprefix("v").partition(".")[0] or 0) >= _OLDEST_NODE


def installed() -> Path:
    """A directory with the provider in it, made at the first use from exact versions with their digests."""
    manifest, packages = (json.loads((HERE / name).read_text()) for name in ("package.json", "packages.json"))
    digest = sha256(json.dumps([manifest, packages]).encode()).hexdigest()[:16]
    place = _MADE / f"oidc-provider-{digest}"
    _MADE.mkdir(parents=True, exist_ok=True)
    with (_MADE / "oidc-provider.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (place / "complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            (place / "package.json").write_text(json.dumps(manifest))
            # npm checks each digest; where it gets the packages from is its own setting.
            lock = {"name": manifest["name"], "lockfileVersion": 3, "packages": {"": manifest, **packages}}
            (place / "package-lock.json").write_text(json.dumps(lock))
            done = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=place,
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
            (place / "complete").touch()
    return place


@dataclass(frozen=True, slots=True)
class Provider:
    """A running provider."""

    process: subprocess.Popen[bytes]
    issuer: str
    back: str

    def order(self, order: str, to: Any = None) -> Any:
        """Have the provider do something: another `person`, other `claims`, `rotate`, `counted`, `broken`."""
        answer = httpx.post(f"{origin(self.issuer)}/orders", json={"order": order, "to": to}, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def asked(self, path: str) -> int:
        """How often an address of the provider was asked for."""
        counted: int = self.order("counted").get(urlsplit(self.issuer).path + path, 0)
        return counted

    def access_token(self, person: str, audience: str = AUDIENCE) -> str:
        """An access token of the provider for a person."""
        return self.tokens(person, audience)["access_token"]

    def tokens(self, person: str, audience: str = AUDIENCE) -> dict[str, str]:
        """What the provider gives another application for a person, by the code flow."""
        self.order("person", person)
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        back = "http://127.0.0.1:53682/back"
        query = {
            "client_id": TOOL,
            "response_type": "code",
            "redirect_uri": back,
            "scope": "openid use",
            "resource": audience,
            "state": "s",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with httpx.Client(trust_env=False) as browser:
            sent = follow(browser, f"{self.issuer}/auth?{urlencode(query)}", until=back)
        form = {
            "grant_type": "authorization_code",
            "client_id": TOOL,
            "code": sent["code"],
            "redirect_uri": back,
            "code_verifier": verifier,
            "resource": audience,
        }
        return self._token(form)

    def application_token(self, audience: str = AUDIENCE) -> str:
        """An access token of the provider for an application by itself."""
        form = {"grant_type": "client_credentials", "resource": audience, "scope": "use"}
        return self._token(form, auth=(CLIENT, quote_plus(SECRET)))["access_token"]

    def _token(self, form: dict[str, str], **options: Any) -> dict[str, str]:
        answer = httpx.post(f"{self.issuer}/token", data=form, trust_env=False, **options)
        assert answer.status_code == 200, answer.text
        found: dict[str, str] = answer.json()
        return found

    def stop(self) -> None:
        """End it; nothing answers at its address afterwards."""
        self.process.terminate()
        self.process.wait(20)


def origin(address: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def follow(browser: httpx.Client, address: str, *, until: str) -> dict[str, str]:
    """The query of the address below `until` to which a browser is sent in the end."""
    for _ in range(10):
        answer = browser.get(address, follow_redirects=False)
        assert answer.is_redirect, f"{address}: {answer.status_code} {answer.text}"
        address = urljoin(address, answer.headers["location"])
        if address.startswith(until):
            return dict(parse_qsl(urlsplit(address).query))
    raise AssertionError("no end of redirects")


@contextmanager
def provider(root: str, *, path: str = "", lasts: int = 600) -> Iterator[Provider]:
    """A provider that sends people back to a deployment at this root; its access tokens last so many seconds."""
    place, port, back = installed(), free_port(), f"{root}/common/oauth2/provider"
    # Modules are looked for beside the script that wants them.
    source = (HERE / "provider.mjs").read_bytes()
    script = place / f"provider-{sha256(source).hexdigest()[:16]}.mjs"
    if not script.exists():
        unfinished = script.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(source)
        unfinished.replace(script)
    given = {
        "port": port,
        "path": path,
        "lasts": lasts,
        "person": "anna",
        "people": {name: {"claims": claims} for name, claims in PEOPLE.items()},
        "clients": [
            {
                "client_id": CLIENT,
                "client_secret": SECRET,
                "redirect_uris": [back],
                "grant_types": ["authorization_code", "client_credentials"],
            },
            {
                "client_id": TOOL,
                "token_endpoint_auth_method": "none",
                "redirect_uris": ["http://127.0.0.1:53682/back"],
                "application_type": "native",
            },
        ],
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["node", str(script), json.dumps(given)], cwd=place, stdout=subprocess.PIPE, stderr=log, env=os.environ
        )
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            if not said:
                log.seek(0)
                raise AssertionError(f"the provider does not start: {log.read().decode()}")
            yield Provider(process, json.loads(said)["issuer"], back)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(20)
            if process.stdout is not None:
                process.stdout.close()
