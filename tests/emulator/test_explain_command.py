"""A denial of a running service, told by the command that people run."""

import re
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from copartner.cli.main import build
from copartner.kernel.languages import Language, catalogue
from support.production import free_port
from support.up import emulator


def explained(*arguments: str, **environment: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), ["explain", *arguments], env=environment)
    return done.exit_code, done.output


def test_a_denial_is_told_in_the_readers_language(place: Path) -> None:
    with emulator(place) as up:
        agent = up.person("Sales agent", "nordlicht")
        denied = agent.call("GET", "/v1.0/groups")
        assert denied.status_code == 403, denied.text
        decision = denied.headers["copartner-decision-id"]
        token, address = place / "token", ("--url", up.url)
        token.write_text(agent.token + "\n")
        code, said = explained(decision, *address, "--token-file", str(token), "--language", "en")
        assert code == 0, said
        for part in (
            "group.list was denied at ",
            denied.json()["error"]["message"],
            "Rule role-own-users: A tenant's users and groups are administered by",
            "- the roles of the actor: Sales agent, User",
            "- the roles of the actor include one of Global admin, User management admin",
            "  Needed: Role Global admin or User management admin in this tenant.",
            "  Source: permissions-overview",
            "- Ask whoever administers your tenant for the role.",
        ):
            assert part in said, (part, said)
        code, said = explained(decision, COPARTNER_URL=up.url, COPARTNER_TOKEN=agent.token, LC_ALL="de_AT.UTF-8")
        assert code == 0, said
        for part in (
            "group.list wurde verweigert am ",
            "Keine Regel erlaubt das. Eines davon: (1) Nötig ist in diesem Mandanten die Rolle",
            "- die Rollen des Akteurs: Benutzer, Vertriebs-Agent",
            "Was Sie tun können:\n- Bitten Sie einen Administrator Ihres Mandanten um die Rolle.",
        ):
            assert part in said, (part, said)
        other = up.person("Sales agent", "suedwind")
        for language, words in (
            ("en", "copartner: There is no such decision in your tenant."),
            ("de", "copartner: In Ihrem Mandanten gibt es keine solche Entscheidung."),
        ):
            code, said = explained(decision, *address, "--language", language, COPARTNER_TOKEN=other.token)
            assert code == 1
            assert said.startswith(f"{words} (decision ")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "no access token"),
        ({"COPARTNER_TOKEN": "x"}, "cannot be asked"),
    ],
)
def test_what_is_missing_is_said(environment: dict[str, str], words: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    code, said = explained(str(uuid4()), "--url", nowhere, **environment)
    assert code == 1
    assert words in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, said = explained(str(uuid4()), "--token-file", str(tmp_path / "none"))
    assert code == 1
    assert "cannot be read" in said


def test_every_line_of_the_command_is_translated() -> None:
    code = (files("copartner.cli") / "explain.py").read_text(encoding="utf-8")
    said = set(re.findall(r'say\("([^"]+)"', code)) | set(re.findall(r"say\('([^']+)'", code))
    assert said == {message for _, message in catalogue("copartner.cli", "explain", Language.GERMAN)}
