"""The clock of a running emulator: moved forward from outside, it lets pass what is due then, and says what it was."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.granular import CONSENT, GRAPH, asked
from support.up import Emulator, emulator

CLOCK = "/emulator/v1/clock"


def active(up: Emulator, duration: str) -> str:
    """The id of a relationship that a customer approved."""
    partner, customer = up.person("Admin agent", "nordlicht"), up.person("Global admin", "alpenblick")
    body = asked("Betrieb", customer={"tenantId": up.id("alpenblick")}) | {"duration": duration}
    made: str = partner.post(GRAPH, body)["id"]
    partner.post(f"{GRAPH}/{made}/requests", {"action": "lockForApproval"})
    customer.post(f"{CONSENT}/{made}", {"answer": "approve"})
    return made


def move(up: Emulator, body: Any) -> httpx.Response:
    return httpx.post(f"{up.url}{CLOCK}", json=body, timeout=60)


def shown(up: Emulator) -> datetime:
    return datetime.fromisoformat(httpx.get(f"{up.url}{CLOCK}", timeout=10).json()["clock"])


def test_time_moves_things_pass_letters_lie_there_and_all_of_it_stays(used: Path) -> None:
    with emulator(used) as up:
        relationship = active(up, "P1Y")
        begun = shown(up)
        seen = up.person("Admin agent", "nordlicht").get(f"{GRAPH}/{relationship}")
        end = datetime.fromisoformat(seen["endDateTime"])
        first = move(up, {"forward": "P1Y2D"})
        assert first.status_code == 200, first.text
        said = first.json()
        assert timedelta(days=366) < datetime.fromisoformat(said["clock"]) - begun < timedelta(days=369)
        assert said["passedCount"] == len(said["passed"]) == 5
        assert [(one["operation"], end - datetime.fromisoformat(one["at"])) for one in said["passed"]] == [
            *(("admin_relationship.notify", timedelta(days=days)) for days in (30, 7, 1)),
            ("admin_relationship.end", timedelta(0)), ("admin_relationship.end", timedelta(0)),
        ]  # fmt: skip
        assert {one["resourceId"] for one in said["passed"]} == {relationship[:36]}
        # To the Admin agent and to the Global admin, four times each; who asks finds them written.
        letters = sorted((used / "data" / "mail").iterdir())
        assert len(letters) == 8
        last = message_from_bytes(letters[-1].read_bytes(), policy=policy.default)
        assert (last["From"], last["Date"].datetime) == ("copartner@emulator.example", end.replace(microsecond=0))
        to = f"{end + timedelta(days=10):%Y-%m-%dT00:00:00Z}"
        assert move(up, {"to": to}).json()["passed"] == []
        # Tokens live by the machine's time and are as good as before.
        assert up.person("Admin agent", "nordlicht").get(f"{GRAPH}/{relationship}")["status"] == "expired"
    with emulator(used) as again:
        assert shown(again) >= datetime.fromisoformat(to)
        assert again.person("Admin agent", "nordlicht").get(f"{GRAPH}/{relationship}")["status"] == "expired"


def test_the_clock_goes_neither_back_nor_astray(used: Path) -> None:
    with emulator(used) as up:
        begun = shown(up)
        back = move(up, {"to": "2001-01-01T00:00:00Z"})
        assert back.status_code == 400
        assert "only moves forward" in back.json()["error"]
        for wrong in (
            {}, {"forward": "P1D", "to": "2090-01-01T00:00:00Z"}, {"forward": "1D"}, {"forward": "P"},
            {"forward": "-P1D"}, {"forward": "P9999Y"}, {"to": "tomorrow"}, {"back": "P1D"}, [],
        ):  # fmt: skip
            refused = move(up, wrong)
            assert refused.status_code == 400, wrong
            assert 'Send {"forward": "P30D"}' in refused.json()["error"]
        form = httpx.post(f"{up.url}{CLOCK}", data={"forward": "P1D"})
        plain = httpx.post(f"{up.url}{CLOCK}", content='{"forward": "P1D"}', headers={"Content-Type": "text/plain"})
        assert (form.status_code, plain.status_code) == (415, 415)
        assert shown(up) - begun < timedelta(hours=1)


@pytest.mark.parametrize("forward", ["PT1H", "P1M", "P1Y2M3DT4H5M6S"])
def test_by_any_duration(used: Path, forward: str) -> None:
    with emulator(used) as up:
        before = shown(up)
        after = datetime.fromisoformat(move(up, {"forward": forward}).json()["clock"])
        assert after - before >= {
            "PT1H": timedelta(hours=1), "P1M": timedelta(days=28), "P1Y2M3DT4H5M6S": timedelta(days=427, hours=4),
        }[forward]  # fmt: skip
