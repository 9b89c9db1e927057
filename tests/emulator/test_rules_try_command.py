"""`copartner rules try` asks a running deployment and says what it answers, in each of its formats."""

from io import StringIO
from pathlib import Path

import msgspec
from rich.console import Console
from typer.testing import CliRunner

from copartner.api.programme.rule_trials import OutcomeBody
from copartner.cli.main import build
from copartner.cli.rules_trying import as_csv, show
from support.up import emulator

TEXT = """
@id("no-reading")
@text("Customers are [b]not[/b] read.")
@source("a test")
@needs("Nothing helps.")
forbid (principal, action == Action::"customer.read", resource);
"""


def tried(*arguments: str, **environment: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(build(), ["rules", "try", *arguments], env=environment)
    return done.exit_code, done.stdout, done.stderr


def test_rules_are_tried_out_from_a_file(place: Path) -> None:
    file, token = place / "new.cedar", place / "token"
    file.write_text(TEXT)
    with emulator(place) as up:
        token.write_text(up.person("Global admin", "operator").token)
        named = (str(file), "--from", "2027-01-01", "--end", "mp-visibility", "--url", up.url)
        code, said, told = tried(*named, "--token-file", str(token), "--format", "json")
        assert code == 0, told
        outcome = msgspec.json.decode(said, type=OutcomeBody)
        assert {*outcome.changed} == {"no-reading", "mp-visibility"}
        assert (outcome.days, str(outcome.begins)) == (30, "2027-01-01")
        # One partner has one customer, and reads it.
        assert (outcome.present.denied, outcome.present.allowed) == (1, 0)
        code, _, told = tried(*named, COPARTNER_TOKEN=up.person("Global admin", "nordlicht").token)
        assert (code, told.startswith("copartner: ")) == (1, True), told
    assert "COPARTNER_TOKEN" in tried(*named, COPARTNER_TOKEN="")[2]
    rows = as_csv(outcome).splitlines()
    assert rows[0].startswith("basis,turn,rule,text,partner,customer,count,example_action")
    assert len(rows) == 1 + len(outcome.differences)
    shown = StringIO()
    show(outcome, Console(file=shown, width=1000))
    first = outcome.differences[0]
    assert all(part in shown.getvalue() for part in (first.text, first.partner or "", first.examples[0].resource_id))
