"""Rules that cannot be trusted stop the start."""

import re
import shutil
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from copartner.policy.amending import Amendment
from copartner.policy.facts import Cloud
from copartner.policy.rule import BrokenRules
from copartner.policy.rulebook import Rulebook
from support.rulebook import RULEBOOK

HEAD = '@id("extra") @text("Extra.") @source("a test") @needs("Nothing.")\n'
GOOD = HEAD + 'forbid (principal, action == Action::"audit.read", resource) when { principal.appOnly };'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in ("schema.cedarschema", "roles.cedar", "relationships.cedar"):
        shutil.copy(str(files("copartner.rules") / name), tmp_path / name)
    return tmp_path


def test_a_directory_of_rules_loads(directory: Path) -> None:
    (directory / "extra.cedar").write_text(GOOD)
    book = Rulebook.load(directory)
    assert book.rules[-1].id == "extra"
    assert book.at(Cloud.CHINA, date(2020, 1, 1)).rule("extra").text == "Extra."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("forbid (principal, action, resource", "cannot be read"),
        (GOOD.replace('@text("Extra.")', ""), "@text is missing"),
        (GOOD.replace('@id("extra")', ""), "@id is missing"),
        (GOOD.replace('@id("extra")', '@id("Extra")'), "lower case"),
        (GOOD.replace('@id("extra")', '@id("rel-end")'), "the id is used twice"),
        (GOOD.replace("@source", '@colour("red") @source'), "@colour is unknown"),
        (GOOD.replace("@source", '@from("2020-13-01") @source'), "@from is no date"),
        (GOOD.replace("@source", '@from("2021-01-01") @to("2020-01-01") @source'), "after @to"),
        (GOOD.replace("@source", '@cloud("mars") @source'), "@cloud takes"),
        (GOOD.replace("@source", '@caller("No.") @source').replace("forbid", "permit"), "@caller"),
        (GOOD.replace("audit.read", "audit.reed"), "no action or group"),
        (GOOD.replace("@source", '@disputed("") @source'), "@disputed says which page"),
        (GOOD.replace("@source", '@followed("no") @source'), "@followed takes no, beside @disputed"),
        (GOOD.replace("@source", '@disputed("So.") @followed("yes") @source'), "@followed takes no"),
        (HEAD + "permit (principal, action, resource);", "a permit names its actions"),
        (GOOD.replace("principal.appOnly", 'principal == Actor::"u-1"'), "enumerated"),
        (GOOD.replace("principal.appOnly", 'principal.roles.contains(Role::"Boss")'), "Boss"),
        (GOOD.replace("principal.appOnly", "principal.height > 2"), "height"),
        (GOOD.replace("principal.appOnly", "context.azureOnly"), "azureOnly"),
        (GOOD.replace("principal.appOnly", 'datetime("2020-01-01") < datetime("2021-01-01")'), "cannot be read"),
        (GOOD.replace("principal.appOnly", 'decimal("1.0").lessThan(decimal("2.0"))'), "cannot be read"),
        (GOOD.replace("principal.appOnly", 'principal.tenant.country like "D*"'), "cannot be read"),
        (GOOD.replace("principal.appOnly", 'action in Action::"sell"'), "cannot be read"),
        (GOOD.replace("(principal, action", "(principal is Actor, action"), "cannot be read"),
        (GOOD.replace("(principal, action", "(principal == ?principal, action"), "templates"),
        (GOOD.replace("resource)", 'resource == Home::"h")'), "cannot be read"),
    ],
)
def test_broken_rules_stop_the_start(directory: Path, text: str, complaint: str) -> None:
    (directory / "extra.cedar").write_text(text)
    with pytest.raises(BrokenRules, match=complaint):
        Rulebook.load(directory)


def test_a_broken_schema_stops_the_start(directory: Path) -> None:
    (directory / "schema.cedarschema").write_text("entity {")
    with pytest.raises(BrokenRules):
        Rulebook.load(directory)


def test_no_rules_stop_the_start(tmp_path: Path) -> None:
    shutil.copy(str(files("copartner.rules") / "schema.cedarschema"), tmp_path / "schema.cedarschema")
    with pytest.raises(BrokenRules, match="no permit"):
        Rulebook.load(tmp_path)


def test_a_rule_that_is_not_followed_is_checked_and_in_force_never(directory: Path) -> None:
    aside = GOOD.replace("@source", '@disputed("Another page says otherwise.") @followed("no") @source')
    (directory / "extra.cedar").write_text(aside)
    book = Rulebook.load(directory)
    (rule,) = book.set_aside
    assert (rule.id, rule.disputed) == ("extra", "Another page says otherwise.")
    assert not any("extra" in rules.by_id for cloud in Cloud for rules in book.spans(cloud))
    stated = book.amended(Amendment("followed after all", GOOD, (), date(2027, 1, 1)))
    assert stated.set_aside == ()
    assert stated.at(Cloud.CHINA, date(2027, 1, 1)).rule("extra")
    with pytest.raises(BrokenRules, match="leave @followed out"):
        book.amended(Amendment("still not", aside, (), date(2027, 1, 1)))
    (directory / "extra.cedar").write_text(aside.replace("principal.appOnly", "principal.height > 2"))
    with pytest.raises(BrokenRules, match="height"):
        Rulebook.load(directory)


def test_spans_cover_every_day_once() -> None:
    book = RULEBOOK
    for cloud in Cloud:
        spans = book.spans(cloud)
        assert spans[0].begins == date.min
        assert spans[-1].ends == date.max
        for before, after in pairwise(spans):
            assert after.begins.toordinal() == before.ends.toordinal() + 1
            assert before.digest != after.digest


def test_variants_are_other_rulebooks() -> None:
    book = RULEBOOK
    at = (Cloud.COMMERCIAL, date(2026, 11, 22))
    open_book = book.variant(permit_all=True, drop_forbids=True)
    assert [rule.id for rule in open_book.rules] == ["permit-all"]
    assert open_book.at(*at).digest != book.at(*at).digest
    assert "mp-terms" not in book.variant(drop={"mp-terms"}).at(*at).by_id
    assert book.variant(add=GOOD).at(*at).rule("extra")
    with pytest.raises(ValueError, match="no rule mp-nothing"):
        book.variant(drop={"mp-nothing"})


def test_only_proofs_and_tests_leave_rules_out() -> None:
    source = Path(str(files("copartner"))).parent
    using = {
        path.relative_to(source).parts[1]
        for path in source.rglob("*.py")
        if re.search(r"\.variant\(", path.read_text(encoding="utf-8"))
    }
    assert using <= {"proof"}
