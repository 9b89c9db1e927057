"""docs/rulebook.md is what the rulebook says, and has every row of the programme's first rulebook."""

import re

from copartner.cli.rules_page import NOT_STATED, NOTES, STATED, page
from copartner.policy import telling
from copartner.policy.rulebook import Rulebook
from support.tree import ROOT

BOOK = Rulebook.load()
FIRST_RULEBOOK = {
    "mp-subscription", "mp-ownership", "mp-terms", "mp-record", "mp-addon", "mp-second-azure",
    "csp-no-partner-buyer", "csp-tenant-only", "csp-self-affiliate", "csp-tier-customer", "rel-market",
    "rel-acceptor", "rel-cloud", "rel-address", "rel-end", "rel-dap-optional", "rel-dap-forced",
    "rel-dap-ended", "cust-default-gdap", "dap-idle", "mca-confirmed", "mpa-signed", "mfa-portal",
    "mfa-transaction", "mfa-api", "gdap-asker", "gdap-limits", "gdap-extend", "gdap-over-dap", "gov-single",
    "gov-users", "cn-no-azure", "one-dap-per-service", "seats-pooled", "nce-7-days", "nce-longer-only",
    "licence-no-switch", "transfer-consent", "enrol-restricted", "reseller-limits",
}  # fmt: skip
# A day, month or year; a version of an interface; what has no date says so.
DATED = re.compile(r"\b20\d\d(-\d\d){0,2}\b|\bundated\b|\bpromises? \d")


def test_the_page_is_current() -> None:
    kept = (ROOT / "docs/rulebook.md").read_text(encoding="utf-8")
    assert kept == page(BOOK), "write it anew: python -m copartner.cli.rules_page docs/rulebook.md"


def test_every_row_of_the_first_rulebook_is_stated_or_says_why_not() -> None:
    assert {*STATED} | {*NOT_STATED} == FIRST_RULEBOOK
    assert not {*STATED} & {*NOT_STATED}
    assert {*NOTES} <= {*STATED}
    known = {one.id for one in telling.told(BOOK)}
    assert {name for names in STATED.values() for name in names} <= known
    assert not known & {*NOT_STATED}


def test_every_source_has_its_date_or_says_that_it_has_none() -> None:
    undated = [one.id for one in telling.told(BOOK) if not DATED.search(one.source)]
    assert not undated, f"name page and date in @source: {undated}"


def test_every_dispute_names_the_page_that_is_followed() -> None:
    disputed = {one.id: one.disputed for one in telling.told(BOOK) if one.disputed}
    assert disputed
    for name, said in disputed.items():
        assert "followed" in said or "left out" in said, name
