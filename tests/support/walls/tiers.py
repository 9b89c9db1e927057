"""Scenes of partners that have not signed, of providers with their resellers, and of partners side by side."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from support.walls.scene import Matter, Scene
from support.walls.scenes import addressed, foreign_sale, related


def unsigned(scene: Scene) -> Matter:
    """A partner that has not signed the partner agreement, and its customer."""
    matter = related(scene)
    scene.execute("DELETE FROM partner_agreement WHERE partner_tenant_id = $1", matter.partner_id)
    return matter


def restricted(scene: Scene) -> Matter:
    """A partner whose enrolment is restricted, and its customer."""
    matter = related(scene)
    scene.execute("UPDATE enrolment SET state = 'restricted' WHERE tenant_id = $1", matter.partner_id)
    return matter


def unsigned_reseller(scene: Scene) -> Matter:
    """A provider, and a reseller of it that has not signed the partner agreement."""
    reseller = scene.here.id(scene.second)
    _tier(scene, scene.first, reseller)
    scene.execute("DELETE FROM partner_agreement WHERE partner_tenant_id = $1", reseller)
    return replace(related(scene), nobody=reseller)


def selling_to_reseller(scene: Scene) -> Matter:
    """A provider, and a customer that resells for it."""
    matter = related(scene)
    _tier(scene, scene.first, matter.customer_id)
    return matter


def addressed_to_reseller(scene: Scene) -> Matter:
    """A provider's request to a customer that resells for it."""
    matter = addressed(scene)
    _tier(scene, matter.partner, matter.customer_id)
    return matter


def reselling(scene: Scene) -> Matter:
    """An indirect reseller and its customer."""
    matter = related(scene)
    scene.execute("UPDATE enrolment SET model = 'indirect-reseller' WHERE tenant_id = $1", matter.partner_id)
    return matter


def shared(scene: Scene) -> Matter:
    """A customer of two partners."""
    scene.relate(scene.second, scene.buyer)
    return related(scene)


def drafted_beside_foreign_sale(scene: Scene) -> Matter:
    """What another partner sold, and a cart of one's own with the same product; both have privileges."""
    return scene.drafted(foreign_sale(scene))


def _tier(scene: Scene, provider: str, reseller: UUID) -> None:
    scene.execute(
        """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
        VALUES ($1, $2, $3, 'active', $4)""",
        *(scene.here.id(provider), reseller, scene.here.runtime.ids.new(), scene.stage.now),
    )


def selling_azure(title: str) -> Callable[[Scene], Matter]:
    """A partner that would sell Azure to its customer."""
    return lambda scene: replace(related(scene), item=scene.matter(scene.first, scene.buyer, title).item)
