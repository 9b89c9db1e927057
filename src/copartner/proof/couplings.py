"""What a partner's answers may tell of other partners: the couplings that are declared, and nothing else.

Every fact that a rule reads is somebody's. A rule that reads a fact of another partner lets the answer depend on it,
so each such pair of fact and rule is declared here with its source. Of a thing's seller the rules read much; that
is the actor's own where an invariant says that nobody gets at another's thing, whatever the seller is like.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from copartner.policy.actions import Action
from copartner.policy.disclosure import RULES_ALONE
from copartner.policy.evaluate import covers
from copartner.policy.explain import render
from copartner.policy.facts import Side
from copartner.policy.rule import Rule
from copartner.policy.rulebook import Rulebook
from copartner.policy.tree import Attr, Expr, Has, walk
from copartner.proof.invariants import ALL
from copartner.proof.questions import Result
from copartner.proof.specimens import kinds, sides


@dataclass(frozen=True, slots=True)
class Coupling:
    """A fact of another partner that some rules read; `told` when its value may be shown to whoever asks."""

    fact: str
    rules: frozenset[str]
    text: str
    source: str
    told: bool = False


COUPLINGS = (
    Coupling(
        "context.pool.held",
        frozenset({"seats-pooled"}),
        "A pooled maximum tells what is left of it.",
        "declared disclosure; pricing-and-offers",
        told=True,
    ),
    Coupling(
        "context.azureElsewhere",
        frozenset({"mp-second-azure", "role-cart"}),
        "Azure is sold by one permit or by another where the customer holds Azure of somebody else.",
        "multipartner, 2019-11-20",
    ),
    Coupling(
        "context.serviceDelegatedElsewhere",
        frozenset({"one-dap-per-service", "one-dap-per-service-2016"}),
        "A sale is refused where another partner with whole-tenant privileges sells the service.",
        "the rule itself: request-a-relationship-with-a-customer, 2016-12; partner-china, 2016-10",
    ),
    Coupling(
        "context.shared",
        frozenset({"cust-purge"}),
        "A customer is not purged while somebody else works with it.",
        "the rule itself: delete-a-customer-account-from-the-integration-sandbox, 2022-06-22",
    ),
    Coupling(
        "resource.reseller.agreementSigned",
        frozenset({"mpa-signed-reseller"}),
        "A provider learns that its own indirect reseller signed no partner agreement.",
        "the rule itself: verify-indirect-reseller-mpa-status, 2022-06-29",
    ),
    Coupling(
        "resource.partner.organisation.providers",
        frozenset({"gdap-provider"}),
        "A provider learns that a partner is none of its own indirect resellers.",
        "the rule itself: resellerDelegatedAdminRelationship, v1.0; indirect-provider-tasks",
    ),
)
# Declared disclosures that no rule carries: they are told by the services, and tests hold them.
BESIDE_THE_RULES = (
    "A seller learns that an unnamed party attempted a change.",
    "An add-on's prerequisite is looked for on the whole tenant.",
    "A support contact may be another partner.",
    "With delegated admin, licences of the tenant are seen across channels; the subscription behind them is not.",
    "The customer may have bought directly, with no partner.",
)
# Facts of the actor, of the thing and of the two parties of the request: by what they begin with.
_OF_THE_PARTIES = (
    "principal.",
    "resource.customer",
    "resource.tenant",
    "resource.user",
    "resource.actor",
    "resource.provider",
    "context.relationship",
    "context.delegation",
    "context.agreement",
    "context.ending.",
    "context.commitment.",
    "context.azureOnly",
    "context.pool.maximum",
    "context.pool.requested",
)
_OF_THE_THING = frozenset(
    f"resource.{name}"
    for name in (
        *("partner", "includesPrivileges", "guarded", "adminConsent", "active", "globalAdministrator", "rolesWithin"),
        *("withinLimits", "withinCap", "resellerConsented", "published", "audience", "proposer", "proved", "notice"),
    )
) | {"context.azure"}
# Of these kinds of request the thing is the actor's own, or it is refused whatever else is so.
_OWN = frozenset(
    action
    for invariant in ALL
    if invariant.id in {"only-the-seller", "only-ones-own", "in-ones-own-name", "own-requests", "own-granular"}
    for action in invariant.actions
)


def look_for_couplings(book: Rulebook, result: Result) -> None:
    """Every fact of another partner that a rule reads is declared, and every declared one is read."""
    undeclared = sorted({f"{rule.id} reads {fact}: {why}" for rule, fact, why in undeclared_couplings(book)})
    read = {(render(path), rule.id) for rule in book.rules for path in _read(rule)}
    idle = [
        f"{name} does not read {one.fact}, though that is declared"
        for one in COUPLINGS
        for name in sorted(one.rules)
        if (one.fact, name) not in read
    ]
    shown = [
        f"{one.fact} is told to whoever asks, though it is another's"
        for one in COUPLINGS
        if one.fact.startswith("context.") and not one.told and one.fact.split(".")[1] not in RULES_ALONE
    ]
    result.failures += [*undeclared, *idle, *shown]


def undeclared_couplings(book: Rulebook) -> Iterator[tuple[Rule, str, str]]:
    """Rules that read what may be another partner's without its being declared, with the fact and why."""
    declared = {(one.fact, name) for one in COUPLINGS for name in one.rules}
    for rule in book.rules:
        for fact in (render(path) for path in _read(rule)):
            if fact in _OF_THE_THING or fact.startswith(_OF_THE_PARTIES) or (fact, rule.id) in declared:
                continue
            if not fact.startswith("resource.partner."):
                yield rule, fact, "it may be another partner's and is not declared"
            elif foreign := _foreign(book, rule):
                yield rule, fact, f"the seller may be somebody else in {', '.join(foreign)}"


def _foreign(book: Rulebook, rule: Rule) -> list[Action]:
    """What a rule is asked about in which a partner could name another partner's thing and not be refused for it."""
    return [
        action
        for action, kind in kinds(book.schema)
        if covers(rule.policy, book.schema, action, kind) and Side.PARTNER in sides(action) and action not in _OWN
    ]


def _read(rule: Rule) -> Iterator[Expr]:
    """What a rule reads, each path as long as it is written; what it asks the presence of counts as read."""
    met = [inside for condition in rule.policy.conditions for inside in walk(condition.body)]
    read = [Attr(one.of, one.name) if isinstance(one, Has) else one for one in met if isinstance(one, Attr | Has)]
    inner = {inside for path in read for inside in walk(path)[1:]}
    yield from (path for path in dict.fromkeys(read) if path not in inner)
