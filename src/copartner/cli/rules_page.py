"""docs/rulebook.md: the rulebook on one page, and where each rule of the programme's first rulebook is stated.

Written by `python -m copartner.cli.rules_page docs/rulebook.md`.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from copartner.policy import telling
from copartner.policy.rulebook import Rulebook
from copartner.policy.telling import Told

_HEAD = """# The rulebook

Every rule of this release: its sentence, the clouds and days on which it counts (inclusive, UTC), where it comes from.
Dates are those on which a page first has a rule or says that it holds; what is assumed says so. `copartner rules list`,
`show ID` and `at DATE` tell the same in a terminal, `show` with the rule's Cedar text.

Written by `python -m copartner.cli.rules_page docs/rulebook.md`; a test compares.

A **forbid** holds whatever is permitted. A **permit** lets roles do something, as long as no forbid objects; nothing is
allowed without one. An **obligation** is what the programme does by itself.

A rule that documents dispute says which page says otherwise and which one is followed. One that is not followed is
kept, checked like the others and in force nowhere; an amendment that states it anew puts it in force.
"""
_HEADINGS = {telling.FORBID: "Forbids", telling.PERMIT: "Permits", telling.OBLIGATION: "Obligations"}
# The programme's first rulebook, row by row: the ids under which it is stated here.
STATED: Mapping[str, tuple[str, ...]] = {
    "mp-subscription": ("mp-subscription",),
    "mp-ownership": ("mp-ownership",),
    "mp-terms": ("mp-terms",),
    "mp-record": ("mp-record",),
    "mp-addon": ("mp-addon",),
    "mp-second-azure": ("mp-second-azure",),
    "csp-no-partner-buyer": ("csp-no-partner-buyer",),
    "csp-tenant-only": ("csp-tenant-only",),
    "csp-self-affiliate": ("csp-self-affiliate",),
    "csp-tier-customer": ("csp-tier-customer",),
    "rel-market": ("rel-market",),
    "rel-acceptor": ("rel-acceptor", "rel-addressee"),
    "rel-cloud": ("rel-cloud",),
    "rel-address": ("rel-address",),
    "rel-end": ("rel-end", "rel-end-cancelled"),
    "rel-dap-optional": ("rel-dap-optional",),
    "rel-dap-forced": ("rel-dap-forced",),
    "rel-dap-ended": ("rel-dap-ended", "rel-dap-asked"),
    "cust-default-gdap": ("cust-default-gdap",),
    "dap-idle": ("dap-idle",),
    "mca-confirmed": ("mca-confirmed",),
    "mpa-signed": ("mpa-signed", "mpa-signed-reseller"),
    "mfa-portal": ("mfa-portal",),
    "mfa-transaction": ("mfa-transaction",),
    "mfa-api": ("mfa-api",),
    "gdap-asker": ("gdap-asker", "gdap-start", "gdap-national"),
    "gdap-limits": ("gdap-limits",),
    "gdap-extend": ("gdap-extend",),
    "gdap-over-dap": ("gdap-over-dap",),
    "gov-single": ("gov-single",),
    "gov-users": ("gov-users",),
    "cn-no-azure": ("cn-no-azure", "cn-licences"),
    "one-dap-per-service": ("one-dap-per-service", "one-dap-per-service-2016"),
    "seats-pooled": ("seats-pooled",),
    "nce-7-days": ("nce-7-days",),
    "nce-longer-only": ("nce-longer-only",),
    "enrol-restricted": ("enrol-restricted",),
    "reseller-limits": ("reseller-limits",),
}
# Rows that no rule states yet, and why.
NOT_STATED: Mapping[str, str] = {
    "licence-no-switch": (
        "No subscription changes its partner at all: no rule permits `subscription.set_seller` to anybody, so the ban "
        "holds without a rule of its own. A rule would have to know whether the term still runs, which is a fact of "
        "transfers; it belongs to them, for the days to 2024."
    ),
    "transfer-consent": (
        "Transfers are not built; the operations answer 501. What lapses after 30 days and needs both partners comes "
        "with them."
    ),
}
# What is stated otherwise than the row has it.
NOTES: Mapping[str, str] = {
    "gdap-over-dap": "A forbid: where a granular relationship exists the whole-tenant kind is refused, so it decides.",
    "gdap-limits": "That a request lapses after 90 days is no rule about a request but [time's work](time.md).",
    "gov-single": (
        "Not followed: the page on several partners is. Whoever puts it in force needs the fact it asks for, which is "
        "found out at a purge alone; until a sale has it too, the rule refuses every sale."
    ),
    "cn-no-azure": "Two rules, one about sales and one about licences and passwords.",
    "rel-end": "The second one asks for cancellation, from 2024.",
    "mfa-portal": "Of partners' users alone.",
}


def page(book: Rulebook) -> str:
    """The whole page as Markdown."""
    every = telling.told(book)
    parts = [_HEAD, *_mapped()]
    for kind, heading in _HEADINGS.items():
        parts.append(f"## {heading}\n")
        for one in every:
            if one.kind == kind:
                parts += _entry(one)
    return "\n".join(parts)


def _mapped() -> Iterator[str]:
    yield "## The programme's first rulebook, row by row\n"
    yield "| row | stated by | note |"
    yield "|---|---|---|"
    for row, names in STATED.items():
        yield f"| {row} | {', '.join(f'[{name}](#{name})' for name in names)} | {NOTES.get(row, '')} |"
    for row, why in NOT_STATED.items():
        yield f"| {row} | nothing | {why} |"
    yield ""
    yield "Rules beyond it keep the promises of this programme, or let each role do what the role table has for it.\n"


def _entry(one: Told) -> Iterator[str]:
    yield f"### {one.id}\n"
    yield f"{one.text}\n"
    counts = telling.dates(one) if one.followed else f"not followed; it would have counted {telling.dates(one)}"
    where = "all clouds" if (named := telling.clouds(one.clouds)) == "all" else named
    yield f"- {where}; {counts}"
    yield f"- source: {one.source}"
    if one.disputed:
        yield f"- disputed: {one.disputed}"
    if one.needs:
        yield f"- needs: {one.needs}"
    yield ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(Rulebook.load()), encoding="utf-8")
