"""What the rules must leave possible: a wall that stops everything would keep every promise."""

from dataclasses import dataclass, field
from datetime import date

from copartner.policy.actions import Action
from copartner.policy.behalf import AdminRole
from copartner.policy.decide import decide_cold
from copartner.policy.evaluate import World
from copartner.policy.facts import Cloud, Role
from copartner.policy.rulebook import RuleSet
from copartner.policy.tree import Attr, Binary, Entity, Expr, Has, Literal, Members, Not, Var
from copartner.proof.classes import CLASSES, ON_BEHALF
from copartner.proof.invariants_of_behalf import CHINA_ENDS, GOVERNMENT_ENDS, LICENCES_AND_PASSWORDS
from copartner.proof.invariants_of_delegation import GRANULAR_ACTIONS
from copartner.proof.questions import Prover, Result
from copartner.proof.solver import solve

# Nobody may do these at present; everything else has to stay possible in every cloud and span of days.
NOBODY = frozenset({Action.SUBSCRIPTION_SET_SELLER, Action.SUBSCRIPTION_SET_OWNER, Action.SUBSCRIPTION_SET_COMMITMENT})

_actor, _thing, _context = Var("principal"), Var("resource"), Var("context")
_agreement, _pool = Attr(_context, "agreement"), Attr(_context, "pool")
_buyer, _seller = Attr(_thing, "customer"), Attr(_thing, "partner")
_delegation = Attr(_context, "delegation")
_ADMINS = Members(tuple(Literal(Entity("Role", role)) for role in Role if role is not Role.USER))


def _and(left: Expr, right: Expr) -> Expr:
    return Binary("&&", left, right)


def _flag(name: str) -> Expr:
    return _and(Has(_context, name), Attr(_context, name))


def _only(role: AdminRole) -> Expr:
    others = tuple(Literal(Entity("AdminRole", one)) for one in AdminRole if one is not role)
    return _and(Has(_context, "delegation"), Not(Binary("containsAny", Attr(_delegation, "roles"), Members(others))))


@dataclass(frozen=True, slots=True)
class Story:
    """Something that has to be allowed to somebody, from a day on."""

    text: str
    german: str
    action: Action
    kind: str
    when: Expr
    begins: date = date.min
    ends: date = date.max
    clouds: frozenset[Cloud] = field(default_factory=lambda: frozenset(Cloud))


STORIES = (
    Story(
        "A second partner sells Azure to a customer that has it already.",
        "Ein zweiter Partner verkauft Azure an einen Kunden, der es schon hat.",
        Action.CART_CHECKOUT,
        "Cart",
        _and(_flag("azureOnly"), _flag("azureElsewhere")),
        date(2019, 11, 20),
        clouds=frozenset({Cloud.COMMERCIAL, Cloud.US_GOVERNMENT}),
    ),
    Story(
        "A partner's other tenant buys like any customer from another partner.",
        "Der andere Mandant eines Partners kauft wie jeder Kunde bei einem anderen Partner.",
        Action.CART_CHECKOUT,
        "Cart",
        _and(Attr(Attr(_buyer, "organisation"), "enrolled"), Not(Attr(_buyer, "enrolled"))),
        date(2020, 11, 29),
    ),
    Story(
        "A partner sells Azure to its own shared-services tenant.",
        "Ein Partner verkauft Azure an seinen eigenen Mandanten für gemeinsame Dienste.",
        Action.CART_CHECKOUT,
        "Cart",
        Binary("==", Attr(_buyer, "organisation"), Attr(_seller, "organisation")),
        date(2020, 5, 15),
        clouds=frozenset({Cloud.COMMERCIAL, Cloud.US_GOVERNMENT}),
    ),
    Story(
        "A partner sells after it attested the agreement itself.",
        "Ein Partner verkauft, nachdem er die Kundenvereinbarung selbst bestätigt hat.",
        Action.CART_CHECKOUT,
        "Cart",
        _and(
            _and(Has(_context, "agreement"), Has(_agreement, "confirmedBy")),
            Binary("==", Attr(_agreement, "confirmedBy"), Attr(_actor, "tenant")),
        ),
    ),
    Story(
        "A partner sells where the customer accepted the agreement itself.",
        "Ein Partner verkauft, wo der Kunde die Kundenvereinbarung selbst angenommen hat.",
        Action.CART_CHECKOUT,
        "Cart",
        _and(Has(_context, "agreement"), Not(Has(_agreement, "confirmedBy"))),
    ),
    Story(
        "Privileges come with the request that includes them, until they ended.",
        "Delegierte Administratorrechte kommen mit der Anfrage, die sie enthält, bis es sie nicht mehr gab.",
        Action.CONSENT_GRANT_PRIVILEGES,
        "RelationshipRequest",
        Attr(_thing, "includesPrivileges"),
        ends=date(2023, 10, 8),
    ),
    Story(
        "A customer takes privileges back from a relationship that stays active.",
        "Ein Kunde entzieht delegierte Administratorrechte, und die Vertriebspartnerschaft bleibt.",
        Action.OWN_RELATIONSHIP_REMOVE_PRIVILEGES,
        "Customer",
        Attr(Attr(_context, "relationship"), "active"),
    ),
    Story(
        "An application suspends a subscription that its partner sold.",
        "Eine Anwendung setzt ein Abonnement aus, das ihr Partner verkauft hat.",
        Action.SUBSCRIPTION_SUSPEND,
        "Subscription",
        Attr(_actor, "appOnly"),
    ),
    Story(
        "The last seat of a pooled maximum is taken.",
        "Die letzte Lizenz einer gemeinsamen Höchstzahl wird in Anspruch genommen.",
        Action.SEATS_TAKE,
        "Cart",
        _and(
            Has(_context, "pool"),
            Binary("==", Attr(_pool, "maximum"), Binary("+", Attr(_pool, "held"), Attr(_pool, "requested"))),
        ),
    ),
    Story(
        "A Helpdesk Administrator resets the password of somebody without a role.",
        "Ein Helpdesk-Administrator setzt das Kennwort von jemandem ohne Rolle zurück.",
        Action.CUSTOMER_USER_RESET_PASSWORD,
        "CustomerUser",
        _and(Not(Attr(_thing, "guarded")), _only(AdminRole.HELPDESK)),
        clouds=frozenset({Cloud.COMMERCIAL}),
    ),
    Story(
        "A License Administrator of a granular relationship assigns licences.",
        "Ein License Administrator einer granularen Beziehung weist Lizenzen zu.",
        Action.CUSTOMER_LICENCE_SET,
        "CustomerUser",
        _and(Not(Attr(_delegation, "wholeTenant")), _only(AdminRole.LICENSE)),
        clouds=frozenset({Cloud.COMMERCIAL}),
    ),
    Story(
        "A plain user reads why it was denied.",
        "Ein einfacher Benutzer liest, warum ihm etwas verweigert wurde.",
        Action.DECISION_READ,
        "DecisionRecord",
        Not(Binary("containsAny", Attr(_actor, "roles"), _ADMINS)),
    ),
)


def stay_possible(prover: Prover, result: Result) -> None:
    """With the permits as they are, each kind of request can be allowed, unless the programme ended it."""
    _tell(prover, result)
    asked = [(span, action, kind) for span in prover.spans for action, kind in prover.kinds]
    answers = solve([prover.may(*one) for one in asked])
    for (span, action, kind), answer in zip(asked, answers, strict=True):
        where = f"{action} on {kind}, {span.cloud} from {span.begins}"
        if answer.possible:
            facts = prover.facts(kind, answer)
            decision = decide_cold(span, action, facts)
            if decision.allowed:
                result.possible += 1
            else:
                result.failures.append(f"the engine denies what the solver says is possible: {where}: {decision}")
        elif ended(action, span):
            result.impossible.add(action)
        else:
            result.failures.append(f"nobody can do {where}")


def ended(action: Action, span: RuleSet) -> bool:
    """Whether the programme itself makes an action impossible in a cloud over a span of days."""
    if action in NOBODY:
        return True
    match action, span.cloud:
        case ((Action.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES | Action.CONSENT_GRANT_PRIVILEGES), Cloud.COMMERCIAL):
            return span.begins >= date(2023, 10, 9)
        case Action.ADMIN_RELATIONSHIP_EXTEND, Cloud.COMMERCIAL:
            return span.ends < date(2023, 10, 1)
        case _, Cloud.COMMERCIAL if action in GRANULAR_ACTIONS:
            return span.ends < date(2022, 1, 1)
        case _, _ if action in GRANULAR_ACTIONS:
            return True
        case _, Cloud.US_GOVERNMENT if action in CLASSES[ON_BEHALF]:
            return span.begins >= GOVERNMENT_ENDS
        case _, Cloud.CHINA if action in LICENCES_AND_PASSWORDS:
            return span.begins >= CHINA_ENDS
        case Action.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES, Cloud.COMMERCIAL:
            return span.ends < date(2018, 11, 1)
        case Action.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES, _:
            return True
    return False


def _tell(prover: Prover, result: Result) -> None:
    """Each story is possible in every cloud and span it belongs to, and the engine agrees."""
    asked = [
        (story, span)
        for story in STORIES
        for span in prover.spans
        if span.cloud in story.clouds and story.begins <= span.ends and span.begins <= story.ends
    ]
    answers = solve([prover.may(span, story.action, story.kind, story.when) for story, span in asked])
    failed: set[str] = set()
    for (story, span), answer in zip(asked, answers, strict=True):
        facts = prover.facts(story.kind, answer) if answer.possible else None
        if (
            facts is None
            or not decide_cold(span, story.action, facts).allowed
            or not World(story.action, facts).value(story.when)
        ):
            failed.add(story.text)
            result.failures.append(f"not possible in {span.cloud} from {span.begins}: {story.text}")
    result.stories += [story.text for story in STORIES if story.text not in failed]
