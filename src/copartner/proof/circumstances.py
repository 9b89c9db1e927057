"""The circumstances of a story: what of the facts breaks the invariant, each as words for the sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from copartner.policy.actions import Action
from copartner.policy.evaluate import Unknown, World
from copartner.policy.facts import Door, Facts
from copartner.policy.tree import Attr, Binary, Entity, Expr, Has, Literal, Not, walk
from copartner.proof.questions import Case
from copartner.proof.vocabulary import ACTOR, CONTEXT, THING, at, every, same


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Words for what holds of the facts, told when the invariant asks for `about`."""

    about: Expr
    when: Expr
    english: str
    german: str


_home, _seller, _buyer = at(ACTOR, "tenant"), at(THING, "partner"), at(THING, "customer")
_relationship, _delegation, _agreement = (at(CONTEXT, name) for name in ("relationship", "delegation", "agreement"))


def _is(path: Expr, english: str, german: str) -> Circumstance:
    return Circumstance(path, path, english, german)


def _is_not(path: Expr, english: str, german: str) -> Circumstance:
    return Circumstance(path, Not(path), english, german)


def _some(path: Expr, english: str, german: str) -> Circumstance:
    return Circumstance(path, Not(Binary("<=", path, Literal(0))), english, german)


def _unlike(path: Expr, other: Expr, english: str, german: str) -> Circumstance:
    return Circumstance(path, Not(same(path, other)), english, german)


def _unknown(of: Expr, name: str, english: str, german: str) -> Circumstance:
    return Circumstance(Attr(of, name), Not(Has(of, name)), english, german)


CIRCUMSTANCES = (
    _is(at(ACTOR, "appOnly"), "without a signed-in user", "ohne angemeldeten Benutzer"),
    _is_not(at(ACTOR, "multiFactor"), "without a second factor", "ohne zweiten Faktor"),
    Circumstance(
        at(ACTOR, "door"),
        same(at(ACTOR, "door"), Literal(Entity("Door", Door.PAGE))),
        "on a page of the portal",
        "auf einer Seite des Portals",
    ),
    Circumstance(
        at(ACTOR, "door"), same(at(ACTOR, "door"), Literal(Entity("Door", Door.API))), "by the API", "über die API"
    ),
    # The witnesses.
    _unknown(
        CONTEXT,
        "relationship",
        "without a relationship with the customer",
        "ohne Vertriebspartnerschaft mit dem Kunden",
    ),
    _is_not(at(_relationship, "active"), "after the relationship ended", "nach dem Ende der Vertriebspartnerschaft"),
    _unlike(
        at(_relationship, "partner"),
        _home,
        "by somebody else's relationship",
        "durch die Vertriebspartnerschaft eines anderen",
    ),
    _unlike(
        at(_relationship, "customer"),
        _buyer,
        "by a relationship with another customer",
        "durch eine Vertriebspartnerschaft mit einem anderen Kunden",
    ),
    _is_not(
        at(_relationship, "privileges"),
        "without delegated admin privileges",
        "ohne delegierte Administratorrechte",
    ),
    _unknown(CONTEXT, "delegation", "without the customer's approval", "ohne Genehmigung des Kunden"),
    _is_not(at(_delegation, "active"), "after the approval ended", "nach dem Ende der Genehmigung"),
    _unlike(at(_delegation, "partner"), _home, "by somebody else's approval", "durch die Genehmigung eines anderen"),
    _unlike(
        at(_delegation, "customer"),
        _buyer,
        "by another customer's approval",
        "durch die Genehmigung eines anderen Kunden",
    ),
    Circumstance(
        at(_delegation, "superseded"),
        every(at(_delegation, "wholeTenant"), at(_delegation, "superseded")),
        "by whole-tenant privileges beside a granular relationship",
        "durch delegierte Administratorrechte für den ganzen Mandanten neben einer granularen Beziehung",
    ),
    _unknown(CONTEXT, "agreement", "without the customer agreement", "ohne die Kundenvereinbarung"),
    _unlike(
        at(_agreement, "customer"),
        _buyer,
        "by another customer's agreement",
        "durch die Kundenvereinbarung eines anderen Kunden",
    ),
    _unlike(
        at(_agreement, "confirmedBy"),
        _home,
        "by an agreement that another partner confirmed",
        "durch eine Kundenvereinbarung, die ein anderer Partner bestätigt hat,",
    ),
    # The parties.
    _is(at(_buyer, "enrolled"), "to a tenant used for transactions", "an einen Mandanten für Geschäfte des Programms"),
    _is(
        at(_buyer, "organisation", "enrolled"),
        "to an organisation that is a partner",
        "an ein Unternehmen, das Partner ist,",
    ),
    Circumstance(
        at(_seller, "organisation"),
        same(at(_seller, "organisation"), at(_buyer, "organisation")),
        "with one's own organisation as the customer",
        "mit dem eigenen Unternehmen als Kunden",
    ),
    Circumstance(
        at(_seller, "organisation", "affiliates"),
        Binary("contains", at(_seller, "organisation", "affiliates"), at(_buyer, "organisation")),
        "with an affiliate as the customer",
        "mit einem verbundenen Unternehmen als Kunden",
    ),
    Circumstance(
        at(_buyer, "organisation", "affiliates"),
        Binary("contains", at(_buyer, "organisation", "affiliates"), at(_seller, "organisation")),
        "with a customer that calls the seller its affiliate",
        "mit einem Kunden, der den Verkäufer verbunden nennt,",
    ),
    Circumstance(
        at(_buyer, "organisation", "providers"),
        Binary("contains", at(_buyer, "organisation", "providers"), at(_seller, "organisation")),
        "with its own indirect reseller as the customer",
        "mit dem eigenen indirekten Handelspartner als Kunden",
    ),
    Circumstance(
        at(_seller, "markets"),
        Not(Binary("contains", at(_seller, "markets"), at(_buyer, "country"))),
        "outside the seller's market",
        "außerhalb des Marktes des Verkäufers",
    ),
    _unlike(at(_buyer, "cloud"), at(_seller, "cloud"), "across two clouds", "über zwei Clouds hinweg"),
    _is_not(
        at(_seller, "agreementSigned"), "without a signed partner agreement", "ohne unterzeichnete Partnervereinbarung"
    ),
    _is(at(_seller, "restricted"), "though its enrolment is restricted", "trotz eingeschränkter Teilnahme"),
    _is(at(_seller, "indirectReseller"), "as an indirect reseller", "als indirekter Handelspartner"),
    # The thing.
    _is_not(at(THING, "includesPrivileges"), "though the request asks for none", "obwohl die Anfrage keine enthält,"),
    _is(at(THING, "guarded"), "of somebody with an administrator's role", "mit einer Administratorrolle"),
    _is(
        at(THING, "adminConsent"),
        "where an admin's consent is asked for",
        "wo die Zustimmung eines Globalen Administrators nötig ist,",
    ),
    _is_not(at(THING, "withinLimits"), "for longer than two years", "für länger als zwei Jahre"),
    _is_not(at(THING, "active"), "while that is not active", "ohne dass sie aktiv ist,"),
    _is_not(at(THING, "rolesWithin"), "with roles that it does not have", "mit Rollen, die sie nicht hat,"),
    _is_not(at(THING, "withinCap"), "with roles that the customer's cap leaves out", "mit Rollen über der Obergrenze"),
    _is_not(
        at(THING, "resellerConsented"),
        "without the reseller's consent",
        "ohne Zustimmung des indirekten Handelspartners",
    ),
    Circumstance(
        at(THING, "proposer"), same(at(THING, "proposer"), ACTOR), "that it proposed itself", "die er selbst vorschlug,"
    ),
    _is_not(at(THING, "proved"), "that was not proved", "die nicht nachgewiesen ist,"),
    Circumstance(
        at(THING, "notice"), Binary("<=", at(THING, "notice"), Literal(0)), "without notice", "ohne Ankündigung"
    ),
    # The figures.
    _some(at(CONTEXT, "ending", "active"), "while subscriptions are active", "trotz aktiver Abonnements"),
    _some(at(CONTEXT, "ending", "running"), "while subscriptions still run", "trotz laufender Abonnements"),
    _some(at(CONTEXT, "ending", "reservations"), "while reservations are left", "trotz verbliebener Reservierungen"),
    _is(at(CONTEXT, "shared"), "though others work with the customer", "obwohl andere mit dem Kunden arbeiten,"),
    _is(at(CONTEXT, "commitment", "shortens"), "to a shorter term", "auf eine kürzere Laufzeit"),
    _is_not(at(CONTEXT, "commitment", "windowOpen"), "after its seven days", "nach den sieben Tagen"),
    _is(
        at(CONTEXT, "serviceDelegatedElsewhere"),
        "though another partner administers the tenant and sells the service",
        "obwohl ein anderer Partner mit Administratorrechten den Dienst verkauft,",
    ),
)


def circumstances(action: Action, facts: Facts, case: Case) -> Iterator[tuple[str, str]]:
    """The words for everything the invariant asks for that is so."""
    world = World(action, facts)
    asked = {Attr(e.of, e.name) if isinstance(e, Has) else e for e in walk(case.invariant.holds)}
    for one in CIRCUMSTANCES:
        if one.about in asked and _holds(world, one.when):
            yield one.english, one.german


def _holds(world: World, expr: Expr) -> bool:
    try:
        return bool(world.value(expr))
    except Unknown:
        return False
