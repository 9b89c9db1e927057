"""Granular relationships on the stage, and deeds in whose way one forbid about them stands."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from copartner.delegation import administered, assigning, cap, consent, reading, service, tiers
from copartner.delegation.consent_model import CapKind, Offer
from copartner.delegation.model import AdminRelationship, Asked, Key
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.policy.facts import Cloud, Side
from support.programme import PRESENT
from support.walls import scenes
from support.walls.scene import Matter, Scene

EVE = datetime(2021, 12, 31, tzinfo=UTC)
EVE_OF_APRIL = datetime(2026, 3, 31, tzinfo=UTC)
_ROLES = tuple(known())[-2:]
_C, _G = Cloud.COMMERCIAL, Cloud.US_GOVERNMENT
Deed = Callable[[Matter], Coroutine[Any, Any, Any]]


def _drafting(matter: Matter, *, customer: bool) -> Coroutine[Any, Any, AdminRelationship]:
    asked = Asked(
        display_name="Help here" if customer else "Help",
        duration="P1Y",
        roles=_ROLES,
        customer_tenant_id=matter.customer_id if customer else None,
    )
    return service.create_relationship(matter.seller, asked=asked)


def drafted(scene: Scene, partner: str) -> Key:
    """A draft of a partner, at the present."""
    made: AdminRelationship = scene.run(_drafting(scene.matter(partner, scene.buyer), customer=False))
    return made.key


def _asked_by(scene: Scene, partner: str, customer: str) -> Key:
    made: AdminRelationship = scene.run(_drafting(scene.matter(partner, customer), customer=True))
    scene.run(service.ask_for_approval(scene.matter(partner, customer).seller, key=made.key))
    return made.key


def foreign(scene: Scene) -> Matter:
    """The second partner looks at the first one's draft."""
    return replace(scene.matter(scene.second, scene.buyer), granular=drafted(scene, scene.first))


def _key(matter: Matter) -> Key:
    assert matter.granular is not None
    return matter.granular


def approved(scene: Scene, partner: str, customer: str) -> Key:
    """What a partner asked a customer and got."""
    key = _asked_by(scene, partner, customer)
    scene.run(consent.approve_relationship(scene.matter(partner, customer).buyer, key=key))
    return key


def active(scene: Scene) -> Matter:
    """A partner whose relationship with a customer is active."""
    return replace(scenes.strangers(scene), granular=approved(scene, scene.first, scene.buyer))


def active_of_another(scene: Scene) -> Matter:
    """The second partner, and an active relationship of the first."""
    return replace(active(scene), partner=scene.second)


def waiting(scene: Scene) -> Matter:
    """A partner that waits for a customer's answer."""
    return replace(scenes.strangers(scene), granular=_asked_by(scene, scene.first, scene.buyer))


def addressed(scene: Scene) -> Matter:
    """A partner asked the customer that looks."""
    return replace(scenes.strangers(scene), granular=_asked_by(scene, scene.first, scene.buyer))


def addressed_to_another(scene: Scene) -> Matter:
    """A partner asked another customer than the one that looks."""
    return replace(scenes.strangers(scene), granular=_asked_by(scene, scene.first, scene.affiliate))


def _create(**wanted: Any) -> Deed:
    asked = Asked(**{"display_name": "More", "duration": "P1Y", "roles": _ROLES, **wanted})
    return lambda m: service.create_relationship(m.seller, asked=asked)


def _by_chief(matter: Matter) -> Coroutine[Any, Any, Any]:
    asked = Asked(display_name="More", duration="P1Y", roles=_ROLES)
    return service.create_relationship(matter.chief, asked=asked)


def _assign(*roles: UUID) -> Deed:
    """Gives a group of the partner roles of a relationship; whether there is such a group comes after the rules."""
    return lambda m: assigning.create_assignment(m.seller, key=_key(m), group_id=m.partner_id, roles=roles or _ROLES)


def _assign_as(name: str) -> Deed:
    return lambda m: assigning.create_assignment(
        m.here.context(f"{name}@{m.partner}"), key=_key(m), group_id=m.partner_id, roles=_ROLES
    )


def _reassign(matter: Matter) -> Coroutine[Any, Any, Any]:
    return assigning.change_assignment(matter.seller, key=_key(matter), assignment_id=matter.partner_id, roles=_ROLES)


def _unassign(matter: Matter) -> Coroutine[Any, Any, Any]:
    return assigning.delete_assignment(matter.seller, key=_key(matter), assignment_id=matter.partner_id)


def _by_billing_admin(matter: Matter) -> Coroutine[Any, Any, Any]:
    return consent.approve_relationship(matter.here.context(f"ba@{matter.customer}", Side.CUSTOMER), key=_key(matter))


def _providing(matter: Matter) -> Coroutine[Any, Any, AdminRelationship]:
    asked = Asked(display_name="More", duration="P1Y", roles=_ROLES)
    return tiers.provide_relationship(matter.seller, reseller_tenant_id=matter.customer_id, asked=asked)


def capped(scene: Scene) -> Matter:
    """A partner asked a customer that lets partners have none of the roles."""
    matter = addressed(scene)
    scene.run(cap.set_cap(matter.buyer, kind=CapKind.REFUSED, roles=_ROLES))
    return matter


def offered_and_capped(scene: Scene) -> Matter:
    """A customer offered less than it was asked for, and then less still to anybody."""
    matter = addressed(scene)
    made = scene.run(consent.counter_relationship(matter.buyer, key=_key(matter), offer=Offer(duration="P1D")))
    scene.run(cap.set_cap(matter.buyer, kind=CapKind.REFUSED, roles=_ROLES))
    return replace(matter, granular=made.offered.key)


def provided(scene: Scene) -> Matter:
    """An indirect provider asked a customer for its reseller, which has said nothing yet."""
    matter = scenes.strangers(scene)
    reseller = scene.here.id(scene.second)
    scene.execute(
        """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
        VALUES ($1, $2, $3, 'active', $4)""",
        *(matter.partner_id, reseller, scene.here.runtime.ids.new(), scene.stage.now),
    )
    asked = Asked(display_name="Help", duration="P1Y", roles=_ROLES, customer_tenant_id=matter.customer_id)
    made = scene.run(tiers.provide_relationship(matter.seller, reseller_tenant_id=reseller, asked=asked))
    return replace(matter, granular=made.key)


CASES: tuple[tuple[str, str, Deed, Callable[[Scene], Matter], datetime, Cloud], ...] = (
    ("gdap-own", "read", lambda m: service.read_relationship(m.seller, key=_key(m)), foreign, PRESENT, _C),
    ("gdap-own", "ask", lambda m: service.ask_for_approval(m.seller, key=_key(m)), foreign, PRESENT, _C),
    ("gdap-own", "delete", lambda m: service.delete_relationship(m.seller, key=_key(m)), foreign, PRESENT, _C),
    ("gdap-own", "end", lambda m: service.terminate_relationship(m.seller, key=_key(m)), foreign, PRESENT, _C),
    ("gdap-own", "change", lambda m: service.change_relationship(
        m.seller, key=_key(m), asked=Asked(duration="P2Y")), foreign, PRESENT, _C),
    ("gdap-own", "assign", _assign(), active_of_another, PRESENT, _C),
    ("gdap-own", "reassign", _reassign, active_of_another, PRESENT, _C),
    ("gdap-own", "unassign", _unassign, active_of_another, PRESENT, _C),
    ("gdap-own", "assignments", lambda m: reading.list_assignments(m.seller, key=_key(m)), active_of_another,
     PRESENT, _C),
    ("gdap-own", "operations", lambda m: reading.list_operations(m.seller, key=_key(m)), active_of_another,
     PRESENT, _C),
    ("gdap-own", "customer", lambda m: administered.read_admin_customer(m.seller, customer_id=m.customer_id),
     active_of_another, PRESENT, _C),
    ("gdap-assigner", "assign", _assign_as("ba"), active, PRESENT, _C),
    ("gdap-active", "assign", _assign(), waiting, PRESENT, _C),
    ("gdap-active", "reassign", _reassign, waiting, PRESENT, _C),
    ("gdap-within", "assign", _assign(GLOBAL_ADMINISTRATOR), active, PRESENT, _C),
    ("gdap-asker", "create", _by_chief, scenes.strangers, PRESENT, _C),
    ("gdap-limits", "create", _create(duration="P25M"), scenes.strangers, PRESENT, _C),
    ("gdap-start", "create", _create(), scenes.strangers, EVE, _C),
    ("gdap-national", "create", _create(), scenes.strangers, PRESENT, _G),
    ("gdap-addressee", "read", lambda m: consent.read_invitation(m.buyer, key=_key(m)), addressed_to_another,
     PRESENT, _C),
    ("gdap-addressee", "approve", lambda m: consent.approve_relationship(m.buyer, key=_key(m)), addressed_to_another,
     PRESENT, _C),
    ("gdap-addressee", "reject", lambda m: consent.reject_relationship(m.buyer, key=_key(m)), addressed_to_another,
     PRESENT, _C),
    ("gdap-addressee", "end", lambda m: consent.end_relationship(m.buyer, key=_key(m)), addressed_to_another,
     PRESENT, _C),
    ("gdap-addressee", "counter", lambda m: consent.counter_relationship(
        m.buyer, key=_key(m), offer=Offer(duration="P1D")), addressed_to_another, PRESENT, _C),
    ("gdap-acceptor", "approve", _by_billing_admin, addressed, EVE_OF_APRIL, _C),
    ("gdap-acceptor-2026", "approve", _by_billing_admin, addressed, PRESENT, _C),
    ("gdap-cap", "approve", lambda m: consent.approve_relationship(m.buyer, key=_key(m)), capped, PRESENT, _C),
    ("gdap-cap", "counter", lambda m: consent.counter_relationship(
        m.buyer, key=_key(m), offer=Offer(duration="P1D")), capped, PRESENT, _C),
    ("gdap-cap", "take", lambda m: service.ask_for_approval(m.seller, key=_key(m)), offered_and_capped, PRESENT, _C),
    ("gdap-provider", "provide", _providing, scenes.strangers, PRESENT, _C),
    ("gdap-own", "consent", lambda m: tiers.consent_to_relationship(
        m.seller, key=_key(m), approves=True), foreign, PRESENT, _C),
    ("gdap-reseller-consent", "approve", lambda m: consent.approve_relationship(m.buyer, key=_key(m)), provided,
     PRESENT, _C),
)  # fmt: skip
