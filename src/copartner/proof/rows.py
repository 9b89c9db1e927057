"""Row security and the rules say the same about whose thing is whose.

A row predicate compares one column with the actor's tenant. Under it a row is seen exactly when the rule about reading
such a thing does not refuse it as another's. A test compares this list with the policies in the database.
"""

from dataclasses import dataclass

from copartner.policy.actions import Action
from copartner.policy.facts import Cloud, Side
from copartner.proof.questions import Prover, Result
from copartner.proof.solver import Question, solve


@dataclass(frozen=True, slots=True)
class Row:
    """One policy of one table: which column it compares, what the row is to the rules, and which rule says the same.

    `filled` are other columns that are never null and that the rule reads too.
    """

    table: str
    side: Side
    column: str
    kind: str
    attribute: str
    action: Action
    rule: str
    filled: tuple[str, ...]


def _row(table: str, side: Side, kind: str, attribute: str, action: Action, rule: str, *also_filled: str) -> Row:
    return Row(
        table, side, f"{attribute}_tenant_id".removeprefix("tenant_"), kind, attribute, action, rule, also_filled
    )


_P, _C = Side.PARTNER, Side.CUSTOMER
# A relationship and what groups hold by it.
_GRANULAR = ("admin_relationship", "access_assignment", "access_assignment_role")
ROWS = (
    _row("cart", _P, "Cart", "partner", Action.CART_READ, "mp-visibility", "customer"),
    _row("purchase_order", _P, "Order", "partner", Action.ORDER_READ, "mp-visibility", "customer"),
    _row("subscription", _P, "Subscription", "partner", Action.SUBSCRIPTION_READ, "mp-visibility", "customer"),
    _row(
        "relationship_request",
        _P,
        "RelationshipRequest",
        "partner",
        Action.RELATIONSHIP_REQUEST_READ,
        "rel-own-request",
    ),
    _row(
        "relationship_request",
        _C,
        "RelationshipRequest",
        "customer",
        Action.CONSENT_READ,
        "rel-addressee",
        "partner",
    ),
    *(
        _row(table, _P, "AdminRelationship", "partner", Action.ADMIN_RELATIONSHIP_READ, "gdap-own")
        for table in (*_GRANULAR, "admin_operation", "admin_request")
    ),
    *(
        _row(table, _C, "AdminRelationship", "customer", Action.ADMIN_CONSENT_READ, "gdap-addressee", "partner")
        for table in _GRANULAR
    ),
    *(_row("audit_record", side, "Home", "tenant", Action.AUDIT_READ, "own-tenant") for side in Side),
    *(
        _row(table, side, kind, "tenant", action, "own-directory")
        for side in Side
        for table, kind, action in (
            ("user_account", "UserRecord", Action.USER_READ),
            ("role_assignment", "UserRecord", Action.USER_READ),
            ("provider_role", "UserRecord", Action.USER_READ),
            ("directory_group", "GroupRecord", Action.GROUP_READ),
            ("group_member", "GroupRecord", Action.GROUP_READ),
            ("application", "ApplicationRecord", Action.APPLICATION_READ),
            ("application_secret", "ApplicationRecord", Action.APPLICATION_READ),
            ("application_consent", "ConsentRecord", Action.APPLICATION_CONSENT_READ),
        )
    ),
    *(_row("decision_record", side, "DecisionRecord", "tenant", Action.DECISION_READ, "own-decision") for side in Side),
)


def compare_rows(prover: Prover, result: Result) -> None:
    """Each row predicate and its rule agree on every row there can be, under every rule set."""
    asked: list[tuple[Row, str, Question]] = []
    for row in ROWS:
        encoding = prover.encodings[row.kind]
        optional = prover.book.schema.entities[row.kind]
        present = [f"({row.kind}.has.{name} resource)" for name in row.filled if optional[name].optional]
        seen = f"(= ({row.kind}.{row.attribute} resource) (Actor.tenant principal))"
        if optional[row.attribute].optional:
            seen = f"(and ({row.kind}.has.{row.attribute} resource) {seen})"
        for span in (span for cloud in Cloud for span in prover.book.spans(cloud)):
            refused = encoding.rule(span.rule(row.rule).policy)
            differ = f"(= {seen} {refused})"
            asked.append(
                (row, f"{span.cloud} from {span.begins}", Question(prover.declarations[row.kind], (*present, differ)))
            )
    for (row, where, _), answer in zip(asked, solve([question for _, _, question in asked]), strict=True):
        if answer.possible:
            result.failures.append(f"{row.table}.{row.column} and {row.rule} differ for the {row.side}, {where}")
    result.rows = len(ROWS)
