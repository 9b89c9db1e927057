"""Who plays: four partners and three customers of the world `multi-partner`, and what can be bought."""

from dataclasses import replace
from uuid import UUID, uuid5

from copartner.policy.facts import Cloud
from copartner_emulator.world import read_world
from copartner_emulator.world_model import Application, Enrolment, Group, Organisation, Tenant, World

# The tenants by their part, which is alike in every cloud's cast; the fourth partner is made like the third.
PARTNER_PARTS = ("licence partner", "first azure partner", "second azure partner", "fourth partner")
CUSTOMER_PARTS = ("customer", "affiliate", "elsewhere")
# Staff by sign-in name: mostly those who may do most, so that a play gets somewhere.
STAFF = ("aa", "aa", "sa", "ga", "ga", "hd", "ba", "um", "app")


def crowd(cloud: Cloud) -> World:
    """The world of the main story with a fourth partner, whose market is that of the first.

    The cast of 21Vianet is smaller; there the commercial one plays under the rules of that cloud.
    """
    cast = Cloud.COMMERCIAL if cloud is Cloud.CHINA else cloud
    world = replace(read_world("multi-partner", cast), cloud=cloud)
    first, third = world.tenant(PARTNER_PARTS[0]), world.tenant(PARTNER_PARTS[2])
    business = Organisation(_own(third.organisation_id), "Ostwind Netze GmbH", ())
    markets = first.enrolment.markets if first.enrolment else ()
    fourth = replace(
        third,
        id=_own(third.id),
        name="ostwind",
        part=PARTNER_PARTS[3],
        organisation_id=business.id,
        company_name=business.name,
        domain="ostwind.example",
        enrolment=Enrolment("4199999", markets),
        users=tuple(
            replace(user, id=_own(user.id), user_principal_name=f"{_name(user.user_principal_name)}@ostwind.example")
            for user in third.users
        ),
        groups=tuple(
            Group(_own(group.id), group.name, group.role, tuple(_own(member) for member in group.members))
            for group in third.groups
        ),
        applications=tuple(Application(_own(it.id), _own(it.secret_id), it.name) for it in third.applications),
    )
    return replace(
        world, organisations=(*world.organisations, business), tenants=(*world.tenants, fourth), relationships=()
    )


def partners(world: World) -> tuple[Tenant, ...]:
    """The four."""
    return tuple(world.tenant(part) for part in PARTNER_PARTS)


def customers(world: World) -> tuple[Tenant, ...]:
    """The three: one that bought directly, one affiliated to the first partner, one outside the third's market."""
    return tuple(world.tenant(part) for part in CUSTOMER_PARTS)


def _own(of_third: UUID) -> UUID:
    return uuid5(of_third, "ostwind")


def _name(sign_in_name: str) -> str:
    return sign_in_name.partition("@")[0]
