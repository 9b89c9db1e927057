"""The rulebook as of a day, by topic, and every version by which operators changed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar import Response

from copartner.kernel.errors import Invalid
from copartner.kernel.paging import Page as Part
from copartner.policy import telling
from copartner.policy.facts import Side
from copartner.policy.obligations import obligations
from copartner.portal.days import day
from copartner.portal.page import Page, Visit
from copartner.portal.serving import status_of
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.versions import service
from copartner.versions.model import RuleVersion

_SIZE = 50
_VERSIONS = Table(
    "versions",
    word("Versions of the rules"),
    (
        Column[RuleVersion]("number", word("Number"), lambda row: row.number, number=True),
        Column[RuleVersion]("title", word("Title"), lambda row: row.title),
        Column[RuleVersion]("state", word("State"), lambda row: row.state),
        Column[RuleVersion]("begins", word("Begins"), lambda row: row.begins),
        Column[RuleVersion]("until", word("Counted before"), lambda row: row.until),
        Column[RuleVersion]("proposed-by", word("Proposed by"), lambda row: row.proposed_by_name),
        Column[RuleVersion]("approved-by", word("Approved by"), lambda row: row.approved_by_name),
        Column[RuleVersion]("id", word("Id"), lambda row: row.id),
    ),
)
# By the file that a rule stands in; what versions brought stands in theirs.
_TOPICS: Mapping[str, str] = {
    "multi_partner": word("Several partners at one customer"),
    "relationships": word("Reseller relationships"),
    "programme": word("To whom is sold"),
    "catalogue": word("What may be taken of the catalogue"),
    "commitments": word("Terms and commitments"),
    "agreements": word("Agreements"),
    "partners": word("What partners are"),
    "delegation": word("Granular delegated admin"),
    "on_behalf": word("What partners do in a customer's directory"),
    "access": word("Who can do what"),
    "directory": word("A tenant's own directory"),
    "second_factor": word("The second factor"),
    "versions": word("How the rules change"),
    "announcements": word("Announcements"),
    "profiles": word("Profiles"),
    "roles": word("What partners' roles may"),
    "roles_sales": word("What partners' roles may in selling"),
    "customer_roles": word("What the roles of customers and of the operator may"),
    "obligations": word("What the programme does by itself"),
}
_OF_VERSIONS = word("Brought by a version")
_KINDS: Mapping[str, str] = {
    telling.FORBID: word("Forbids"),
    telling.PERMIT: word("Permits"),
    telling.OBLIGATION: word("Done by the programme"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One rule in the reader's language."""

    id: str
    kind: str
    text: str
    needs: str
    source: str
    begins: date | None
    ends: date | None
    disputed: str | None
    cedar: str


async def show(visit: Visit) -> Response[bytes]:
    """Versions, and the rules in force on a day, today unless the address names one."""
    refusal, wanted = None, visit.ctx.moment.date()
    try:
        if asked := visit.query.get("on"):
            wanted = day(asked, "on")
    except Invalid as invalid:
        refusal = invalid

    async def load(after: UUID | None) -> Part[RuleVersion]:
        return await service.list_versions(visit.ctx, newest=True, after=after, size=_SIZE)

    shown = await _VERSIONS.show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "operator/rules/rulebook.html",
        status=status_of(refusal) if refusal else 200,
        refusal=refusal,
        shown=shown,
        wanted=wanted,
        today=visit.ctx.moment.date(),
        search=visit.query.get("search", "")[:200],
        kinds=_KINDS,
        topics=_topics(visit, wanted),
    )


def _topics(visit: Visit, wanted: date) -> Mapping[str, list[Line]]:
    """The rules that count on a day in this deployment's cloud, by topic; the ones searched alone."""
    found = visit.query.get("search", "")[:200].strip().casefold()
    by_topic: dict[str, list[Line]] = {topic: [] for topic in _TOPICS.values()}
    for topic, line in _lines(visit, wanted):
        if not found or any(found in text.casefold() for text in (line.id, line.text, line.needs, line.source)):
            by_topic.setdefault(topic, []).append(line)
    return {topic: lines for topic, lines in by_topic.items() if lines}


def _lines(visit: Visit, wanted: date) -> list[tuple[str, Line]]:
    book, cloud, language = visit.ctx.runtime.rulebook, visit.ctx.runtime.cloud, visit.language
    counting = book.at(cloud, wanted).by_id
    lines = []
    for one in telling.told(book):
        if not one.holds(cloud=cloud, day=wanted):
            continue
        if one.kind == telling.OBLIGATION:
            text, needs = obligations()[one.id].said(language), ""
        else:
            said = counting[one.id].said(language)
            text, needs = said.text, said.needs
        topic = _TOPICS.get(one.file, _OF_VERSIONS)
        facts = (one.source, one.begins, one.ends, one.disputed, one.cedar)
        lines.append((topic, Line(one.id, one.kind, text, needs, *facts)))
    return lines


PAGES = (Page("/operator/rules", "operator_rules", Side.OPERATOR, show),)
