"""The ready file and the greeting."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copartner_emulator import readyfile
from copartner_emulator.cast import CastApplication, CastTenant, CastUser
from copartner_emulator.data_dir import Options
from copartner_emulator.greeting import examples, greeting

NOW = datetime(2020, 11, 29, 8, tzinfo=UTC)
CAST = (
    CastTenant(
        "nordlicht",
        "00000000-0000-4000-8000-0000000000b1",
        "partner",
        (
            CastUser("sa@nordlicht.example", "one", ("Sales agent",)),
            CastUser("aa@nordlicht.example", "two", ("Admin agent", "User")),
        ),
        (CastApplication("app-id", "app-secret"),),
    ),
)


def test_the_shape_is_the_documented_one() -> None:
    assert readyfile.content("http://127.0.0.1:1", NOW, CAST) == {
        "url": "http://127.0.0.1:1",
        "clock": "2020-11-29T08:00:00Z",
        "tenants": [
            {
                "name": "nordlicht",
                "tenantId": "00000000-0000-4000-8000-0000000000b1",
                "kind": "partner",
                "users": [
                    {"userPrincipalName": "sa@nordlicht.example", "password": "one", "roles": ["Sales agent"]},
                    {"userPrincipalName": "aa@nordlicht.example", "password": "two", "roles": ["Admin agent", "User"]},
                ],
                "applications": [{"clientId": "app-id", "clientSecret": "app-secret"}],
            }
        ],
    }


def test_it_is_private_even_where_a_public_one_was(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    file.write_text("old")
    file.chmod(0o644)
    readyfile.write(file, {"url": "here"})
    assert json.loads(file.read_text()) == {"url": "here"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_the_greeting_names_everything_a_newcomer_needs() -> None:
    options = Options("multi-partner", "commercial", None, timedelta(0))
    said = greeting("http://127.0.0.1:1", options, NOW, CAST, Path("kept.json"))
    for wanted in ("http://127.0.0.1:1", "2020-11-29", "aa@nordlicht.example", "two", "Admin agent", "kept.json"):
        assert wanted in said
    assert sum("curl" in line for line in said.splitlines()) == 3


def test_the_examples_are_an_admin_agents() -> None:
    assert "username=aa@nordlicht.example" in examples("http://127.0.0.1:1", CAST)[0]
