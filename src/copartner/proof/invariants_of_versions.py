"""What has to hold of who changes the rules, and how, written apart from the rules."""

from copartner.policy.actions import Action as A
from copartner.policy.facts import Role, Side
from copartner.policy.tree import Binary, Entity, Has, Literal, Not
from copartner.proof.classes import CHANGING_RULES, CLASSES, OPERATING
from copartner.proof.vocabulary import ACTOR, THING, Invariant, at, every, same

_APPROVAL = frozenset({A.RULE_VERSION_APPROVE})
_EVERYTHING = CLASSES[CHANGING_RULES] | {A.RULE_VERSION_PROPOSE, A.RULE_VERSION_LIST, A.DECISION_REPEAT}

_operator = every(
    same(at(ACTOR, "side"), Literal(Entity("Side", Side.OPERATOR))),
    Binary("contains", at(ACTOR, "roles"), Literal(Entity("Role", Role.GLOBAL_ADMIN))),
)

OF_VERSIONS = (
    Invariant(
        "operated-by-operators",
        "Global admins of the operator see the deployment and its tenants and administer them, and nobody else.",
        CLASSES[OPERATING] | {A.TENANT_LIST, A.DEPLOYMENT_READ},
        _operator,
    ),
    Invariant(
        "rules-by-operators",
        "Global admins of the operator change the rules and repeat decisions, and nobody else.",
        _EVERYTHING,
        _operator,
    ),
    Invariant(
        "rules-of-ones-own",
        "A version of the rules is the acting operator's.",
        CLASSES[CHANGING_RULES],
        every(Has(THING, "tenant"), same(at(THING, "tenant"), at(ACTOR, "tenant"))),
    ),
    Invariant(
        "rules-by-two",
        "Nobody approves its own version of the rules.",
        _APPROVAL,
        every(Has(THING, "proposer"), Not(same(at(THING, "proposer"), ACTOR))),
    ),
    Invariant(
        "rules-proved-first",
        "No version of the rules is approved of which the promises were not proved.",
        _APPROVAL,
        every(Has(THING, "proved"), at(THING, "proved")),
    ),
    # Operators may change how many days the notice has; that there is one is a promise.
    Invariant(
        "rules-announced-first",
        "No version of the rules is approved on its first day or later.",
        _APPROVAL,
        every(Has(THING, "notice"), Binary("<", Literal(0), at(THING, "notice"))),
    ),
)
