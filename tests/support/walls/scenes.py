"""Scenes in which one wall alone stands in the way of a deed."""

from dataclasses import replace
from datetime import timedelta

from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.subscriptions.model import Patch, Status
from copartner.tenants.service import applications
from support.walls.scene import Matter, Scene


def strangers(scene: Scene) -> Matter:
    """A partner and a customer that have nothing to do with each other."""
    return scene.matter(scene.first, scene.buyer)


def asking_an_admin(scene: Scene) -> Matter:
    """A partner whose application wants a Global admin's consent."""
    matter = strangers(scene)
    change = applications.change_application(
        matter.chief, application_id=matter.application.caller.subject_id, admin_consent=True
    )
    scene.run(change)
    return matter


def related(scene: Scene) -> Matter:
    """A partner and its customer."""
    scene.relate(scene.first, scene.buyer)
    return scene.matter(scene.first, scene.buyer)


def without_privileges(scene: Scene) -> Matter:
    """A partner and its customer, which delegates nothing to it."""
    matter = related(scene)
    scene.run(customers.remove_privileges(matter.seller, customer_id=matter.customer_id))
    return matter


def foreign_sale(scene: Scene) -> Matter:
    """What the first partner sold and drafted; the second works for the same customer."""
    for partner in (scene.first, scene.second):
        scene.relate(partner, scene.buyer)
    return replace(scene.sold(scene.matter(scene.first, scene.buyer)), partner=scene.second)


def foreign_parent(scene: Scene) -> Matter:
    """The same, and the second partner wants to sell an add-on."""
    addon = scene.matter(scene.second, scene.buyer, "Archive add-on")
    return replace(foreign_sale(scene), item=addon.item)


def foreign_request(scene: Scene) -> Matter:
    """A request of the first partner, and the second partner."""
    return replace(scene.asked(scene.matter(scene.first, scene.buyer)), partner=scene.second)


def foreign_decision(scene: Scene) -> Matter:
    """A denial that the first partner has a record of, and the second partner."""
    matter = scene.matter(scene.first, scene.buyer)
    try:
        scene.run(customers.read_customer(matter.seller, customer_id=matter.customer_id))
    except Denied as denied:
        return replace(matter, partner=scene.second, decision=denied.decision_id)
    raise AssertionError("a stranger was read")


def addressed_to_another(scene: Scene) -> Matter:
    """A request, and a customer that it does not address."""
    return replace(scene.asked(scene.matter(scene.second, scene.buyer)), customer=scene.affiliate)


def addressed(scene: Scene) -> Matter:
    """A request and the customer that it addresses."""
    return scene.asked(scene.matter(scene.first, scene.buyer))


def addressed_to_affiliate(scene: Scene) -> Matter:
    """A request to a business affiliated to the partner's."""
    return scene.asked(scene.matter(scene.first, scene.affiliate))


def addressed_to_partner(scene: Scene) -> Matter:
    """A request to another partner's transaction tenant."""
    return scene.asked(scene.matter(scene.third, scene.second))


def addressed_abroad(scene: Scene) -> Matter:
    """A request to the customer that is elsewhere."""
    return scene.asked(scene.matter(scene.first, scene.elsewhere))


def selling_to_affiliate(scene: Scene) -> Matter:
    """A partner that has a relationship with a business affiliated to its own."""
    scene.relate(scene.first, scene.affiliate)
    return scene.matter(scene.first, scene.affiliate)


def selling_to_partner(scene: Scene) -> Matter:
    """A partner that has a relationship with another partner's transaction tenant."""
    scene.relate(scene.third, scene.second)
    return scene.matter(scene.third, scene.second)


def selling_to_partners_own_use(scene: Scene) -> Matter:
    """A partner that has a relationship with the tenant in which another partner works itself."""
    scene.relate(scene.third, scene.own_use)
    return scene.matter(scene.third, scene.own_use)


def selling_outside_the_market(scene: Scene) -> Matter:
    """A partner that has a relationship in a country it may not sell to."""
    scene.relate(scene.third, scene.elsewhere)
    return scene.matter(scene.third, scene.elsewhere)


def selling_to_another_cloud(scene: Scene) -> Matter:
    """A partner whose customer's tenant is of another cloud."""
    matter = related(scene)
    scene.run(scene.stage.owner.execute("UPDATE tenant SET cloud = '21vianet' WHERE id = $1", matter.customer_id))
    return matter


def without_agreement(scene: Scene) -> Matter:
    """A partner with a cart for a customer that has not accepted its agreement."""
    scene.relate(scene.first, scene.buyer, agreement=False)
    return scene.drafted(scene.matter(scene.first, scene.buyer))


def with_seats_taken(scene: Scene) -> Matter:
    """A partner with some seats of a SKU of which another partner keeps most."""
    for partner in (scene.first, scene.second):
        scene.relate(partner, scene.buyer)
    scene.sold(scene.matter(scene.second, scene.buyer, "Office 365 Basic"), 200)
    return scene.sold(scene.matter(scene.first, scene.buyer, "Office 365 Basic"), 50)


def with_subscription(scene: Scene) -> Matter:
    """A partner whose subscription runs."""
    return scene.sold(related(scene))


def with_suspended_subscription(scene: Scene) -> Matter:
    """A partner whose subscription is suspended."""
    return scene.changed(with_subscription(scene), Patch(status=Status.SUSPENDED))


def with_old_subscription(scene: Scene) -> Matter:
    """A partner whose subscription has run for eight days."""
    matter = with_subscription(scene)
    scene.here.clock.moment += timedelta(days=8)
    return matter


def with_upgradable_subscription(scene: Scene) -> Matter:
    """A partner that sold a year of Basic, and what it may become."""
    sold = scene.sold(scene.matter(*(related(scene).partner, scene.buyer), "Office 365 Basic"))
    return replace(sold, item=scene.matter(sold.partner, sold.customer, "Office 365 Premium").item)
