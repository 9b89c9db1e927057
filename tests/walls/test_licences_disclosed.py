"""Licences of all sellers together are what a partner reads of others' sales: a declared disclosure, and no more."""

from collections.abc import Iterator

import pytest

from support.postgres import Server
from support.walls import behalf
from support.walls.perform import ALL, on_stage
from support.walls.scene import Scene
from support.walls.stage import Stage
from walls.test_disclosures import observed


@pytest.fixture(scope="module")
def stage(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with every wall."""
    with on_stage(postgres, tmp_path_factory.mktemp("licences"), ALL) as made:
        yield made


def test_licences_are_those_of_all_sellers_and_tell_nothing_of_them(stage: Stage) -> None:
    found = []
    for parts in ((5,), (2, 3)):
        stage.reset()
        scene = Scene(stage)
        for partner in (scene.first, scene.second, scene.third):
            scene.relate(partner, scene.buyer)
        for seller, quantity in zip((scene.first, scene.third), parts, strict=False):
            scene.sold(scene.matter(seller, scene.buyer), quantity)
        matter = scene.matter(scene.second, scene.buyer)
        found.append(observed(stage, behalf.DEEDS["list-licences"], matter, matter.partner_id))
    assert found[0] == found[1]
    # Beside the 25 that the customer has of the vendor itself.
    assert '"active":30' in found[0]["answer"]
