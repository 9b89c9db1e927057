"""`copartner rules list|show|at` reads well in a terminal of 100 columns, and as JSON."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from copartner.cli.main import build
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook

BOOK = Rulebook.load()


def rules(*arguments: str) -> Result:
    """What the command says to a terminal of 100 columns."""
    return CliRunner().invoke(build(), ["rules", *arguments], env={"COLUMNS": "100", "NO_COLOR": "1"})


def read(*arguments: str) -> Any:
    """What the command says as JSON."""
    answer = rules(*arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def test_the_list_has_every_rule_by_kind_within_the_width() -> None:
    said = rules("list").output
    assert max(map(len, said.splitlines())) <= 100
    for heading in (
        "What is forbidden, whatever is permitted",
        "What is permitted",
        "What the programme does by itself",
    ):
        assert said.count(heading) == 1
    lines = [line.strip() for line in said.splitlines()]
    for rule in (*BOOK.rules, *BOOK.set_aside):
        assert any(line.split()[:1] == [rule.id] for line in lines), rule.id
    assert "us-government, documents dispute it, not followed" in lines
    assert "commercial, from 2023-10-09" in lines


@pytest.mark.parametrize("cloud", Cloud)
@pytest.mark.parametrize("day", ["2016-11-01", "2020-11-29", "2026-11-22"])
def test_the_list_of_a_cloud_on_a_day_is_the_compiled_set(cloud: Cloud, day: str) -> None:
    listed = read("list", "--cloud", cloud, "--on", day)
    assert {one["id"] for one in listed if one["kind"] != "obligation"} == BOOK.at(
        cloud, date.fromisoformat(day)
    ).by_id.keys()


def test_a_rule_is_shown_with_all_that_is_known_of_it() -> None:
    said = rules("show", "gov-users").output
    told = " ".join(said.split())
    for part in (
        "gov-users, forbid",
        "says In US Government users and licences of customers are not administered by API.",
        "needs The customer administers its users and licences itself.",
        "clouds us-government",
        "counts from 2021-06-01",
        "source faq-for-us-govt-cloud, 2021-06",
        "disputed developing-for-partner-center-for-microsoft-national-cloud, 2023-09-28",
        "customer user: reset password",
        'forbid (principal, action in Action::"on_behalf", resource);',
    ):
        assert part in told, said
    assert "who may not know reads There is no such subscription among yours." in " ".join(
        rules("show", "mp-terms").output.split()
    )
    (single,) = read("show", "gov-single")
    assert (single["followed"], single["ends"], single["clouds"]) == (False, "2021-10-31", ["us-government"])
    assert "not followed; it would have counted to 2021-10-31" in rules("show", "gov-single").output


def test_an_unknown_rule_is_answered_with_those_near_it() -> None:
    answer = rules("show", "mp-subscriptoin")
    assert answer.exit_code == 1
    assert "there is no rule mp-subscriptoin. Did you mean mp-subscription" in answer.output
    assert "`copartner rules list` names all of them" in rules("show", "zzz").output


def test_a_day_is_told_with_its_span_its_digest_and_what_began_with_it() -> None:
    said = rules("at", "2023-12-01").output
    held = BOOK.at(Cloud.COMMERCIAL, date.fromisoformat("2023-12-01"))
    assert "commercial, 2023-10-09 to 2023-12-31: " in said
    assert held.digest in said
    told = " ".join(said.split())
    assert "With 2023-10-09 began: + rel-dap-ended New relationships carry no delegated admin privileges." in told
    ended = " ".join(rules("at", "2020-11-29").output.split())
    assert "With 2020-11-29 ended: - csp-no-partner-buyer" in ended
    first = read("at", "2000-01-01", "--cloud", "21vianet")
    assert (first["begins"], first["ends"], first["changed"]) == (None, "2016-09-30", None)


def test_a_day_that_is_none_is_refused() -> None:
    answer = rules("at", "yesterday")
    assert answer.exit_code == 2
    assert "yesterday" in answer.output
