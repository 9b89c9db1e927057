"""What the operator announced, or is about to."""

from dataclasses import replace

from copartner.announcements import service
from copartner.policy.facts import Side
from support.announcing import drafted, published
from support.walls.scene import Matter, Scene
from support.walls.scenes import strangers


def to_customers(scene: Scene) -> Matter:
    """Something is announced to customers alone."""
    made = scene.run(published(scene.here, audience=(Side.CUSTOMER,)))
    return replace(strangers(scene), announcement=made.id)


def a_draft(scene: Scene) -> Matter:
    """Something is about to be announced to partners."""
    return replace(strangers(scene), announcement=scene.run(drafted(scene.here)).id)


async def read(matter: Matter) -> object:
    """The partner reads it."""
    assert matter.announcement is not None
    return await service.read_announcement(matter.seller, announcement_id=matter.announcement)
