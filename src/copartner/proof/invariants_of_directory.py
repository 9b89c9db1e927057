"""What must hold of a tenant's own directory: who is made what, and who consents."""

from copartner.policy.actions import Action as A
from copartner.policy.facts import Role
from copartner.policy.tree import Binary, Entity, Has, Literal, Not
from copartner.proof.vocabulary import ACTOR, THING, Invariant, at, either, every

_global_admin = Binary("contains", at(ACTOR, "roles"), Literal(Entity("Role", Role.GLOBAL_ADMIN)))

DIRECTORY = (
    Invariant(
        "nobody-rises",
        "Who is no Global admin changes neither Global admins nor agents nor what makes agents.",
        frozenset({A.USER_CHANGE, A.USER_SET_ROLE, A.GROUP_CHANGE}),
        either(_global_admin, every(Has(THING, "guarded"), Not(at(THING, "guarded")))),
    ),
    Invariant(
        "global-admins-make-them",
        "Global admins make Global admins.",
        frozenset({A.USER_SET_GLOBAL_ADMIN}),
        _global_admin,
    ),
    Invariant(
        "admins-consent-where-asked",
        "Where an application asks for an admin's consent, nobody consents for itself.",
        frozenset({A.APPLICATION_CONSENT}),
        every(Has(THING, "adminConsent"), Not(at(THING, "adminConsent"))),
    ),
)
