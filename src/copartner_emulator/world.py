"""Worlds: reading one from its file, and filling an empty database with it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from copartner.agreements import rules as agreements
from copartner.catalogue.model import Item
from copartner.kernel.ids import parse_id
from copartner.policy.facts import Cloud, Role
from copartner_emulator.world_catalogue import read_catalogue, read_promotions
from copartner_emulator.world_file import (
    RelationshipEntry,
    SubscriptionEntry,
    TenantEntry,
    WorldEntry,
    WorldError,
    parse,
    text_of,
    world_file_name,
)
from copartner_emulator.world_load import load
from copartner_emulator.world_model import (
    Address,
    Application,
    DirectSubscription,
    Enrolment,
    Group,
    Organisation,
    Relationship,
    Tenant,
    User,
    World,
)

__all__ = ["World", "WorldError", "build_world", "load", "read_world"]

AGENT_GROUPS = {"AdminAgents": Role.ADMIN_AGENT, "HelpdeskAgents": Role.HELPDESK_AGENT}
_KINDS = ("partner", "customer", "operator")


def read_world(name: str, cloud: Cloud) -> World:
    """The packaged world of that name in that cloud; raises WorldError naming file and field."""
    file = world_file_name(name, cloud)
    made = build_world(name, file, parse(text_of(file), file, WorldEntry), read_catalogue(cloud))
    return replace(made, promotions=read_promotions())


def build_world(name: str, file: str, entry: WorldEntry, catalogue: tuple[Item, ...]) -> World:
    """The world a parsed file describes; raises WorldError."""
    return _Builder(file, entry, catalogue).world(name)


@dataclass(frozen=True, slots=True)
class _Builder:
    """Resolves the names of one world file."""

    file: str
    entry: WorldEntry
    catalogue: tuple[Item, ...]

    def world(self, name: str) -> World:
        organisations = self._organisations()
        tenants = {key: self._tenant(key, tenant) for key, tenant in self.entry.tenant.items()}
        self._unique("[tenant]", "id", (str(tenant.id) for tenant in tenants.values()))
        self._unique("[tenant]", "domain", (tenant.domain for tenant in tenants.values()))
        self._unique("[tenant]", "mpn_id", (t.enrolment.mpn_id for t in tenants.values() if t.enrolment))
        if [tenant.kind for tenant in tenants.values()].count("operator") != 1:
            raise self._wrong("[tenant]", 'exactly one tenant has kind = "operator"')
        return World(
            name=name,
            cloud=self.entry.cloud,
            organisations=organisations,
            tenants=tuple(tenants.values()),
            relationships=tuple(
                self._relationship(f"[relationship.{place}]", relationship, tenants)
                for place, relationship in enumerate(self.entry.relationship, 1)
            ),
            subscriptions=tuple(
                self._subscription(f"[subscription.{place}]", subscription, tenants)
                for place, subscription in enumerate(self.entry.subscription, 1)
            ),
            catalogue=self.catalogue,
        )

    def _wrong(self, place: str, message: str) -> WorldError:
        return WorldError(f"{self.file}: {place} {message}")

    def _id(self, place: str, text: str) -> UUID:
        found = parse_id(text)
        if found is None:
            raise self._wrong(place, f"id: {text!r} is no GUID")
        return found

    def _unique(self, place: str, field: str, values: Iterable[str]) -> None:
        seen: set[str] = set()
        for value in values:
            if value in seen:
                raise self._wrong(place, f"{field} {value} stands twice")
            seen.add(value)

    def _organisations(self) -> tuple[Organisation, ...]:
        ids = {key: self._id(f"[organisation.{key}]", it.id) for key, it in self.entry.organisation.items()}
        self._unique("[organisation]", "id", (str(found) for found in ids.values()))
        pairs: set[tuple[str, str]] = set()
        for key, organisation in self.entry.organisation.items():
            for affiliate in organisation.affiliates:
                if affiliate not in ids or affiliate == key:
                    raise self._wrong(f"[organisation.{key}]", f"affiliates: {affiliate} is no other organisation here")
                pairs |= {(key, affiliate), (affiliate, key)}
        return tuple(
            Organisation(ids[key], it.name, tuple(sorted(ids[other] for own, other in pairs if own == key)))
            for key, it in self.entry.organisation.items()
        )

    def _tenant(self, name: str, entry: TenantEntry) -> Tenant:
        place = f"[tenant.{name}]"
        if entry.organisation not in self.entry.organisation:
            raise self._wrong(place, f"organisation: {entry.organisation} is not described")
        if entry.kind not in _KINDS:
            raise self._wrong(place, f"kind: {entry.kind!r} is none of {', '.join(_KINDS)}")
        if (entry.enrolment is not None) != (entry.kind == "partner"):
            raise self._wrong(place, "enrolment: partners have one and nobody else has")
        if entry.domain != entry.domain.lower() or not entry.domain.endswith(".example"):
            raise self._wrong(place, f"domain: {entry.domain!r} has to be in small letters and end in .example")
        tenant_id = self._id(place, entry.id)
        users = self._users(place, tenant_id, entry)
        return Tenant(
            id=tenant_id,
            name=name,
            part=entry.part,
            kind=entry.kind,
            organisation_id=self._id(place, self.entry.organisation[entry.organisation].id),
            company_name=self.entry.organisation[entry.organisation].name,
            domain=entry.domain,
            culture=entry.culture,
            language=entry.language,
            address=self._address(place, entry),
            shared_services=entry.shared_services,
            enrolment=Enrolment(entry.enrolment.mpn_id, entry.enrolment.markets) if entry.enrolment else None,
            users=users,
            groups=_groups(tenant_id, entry) if entry.enrolment else (),
            applications=tuple(
                Application(_made(tenant_id, "application", app), _made(tenant_id, "secret", app), app)
                for app in entry.applications
            ),
        )

    def _address(self, place: str, entry: TenantEntry) -> Address:
        given = entry.address
        if not (len(given.country) == 2 and given.country.isalpha() and given.country.isupper()):
            raise self._wrong(place, f"address.country: {given.country!r} is no two-letter country code")
        first, _, last = given.contact.partition(" ")
        if not last:
            raise self._wrong(place, f"address.contact: {given.contact!r} is no first and last name")
        return Address(given.line, given.city, given.state, given.postal_code, given.country, first, last, given.phone)

    def _users(self, place: str, tenant_id: UUID, entry: TenantEntry) -> tuple[User, ...]:
        users = []
        for key, user in entry.users.items():
            spot = f"{place} users.{key}"
            if unknown := set(user.groups) - (AGENT_GROUPS.keys() if entry.enrolment else set()):
                raise self._wrong(spot, f"groups: {sorted(unknown)[0]} is no group of this tenant")
            if agent := set(user.roles) & set(AGENT_GROUPS.values()):
                raise self._wrong(spot, f"roles: {sorted(agent)[0]} comes from being in a group; name the group")
            roles = (*user.roles, *(AGENT_GROUPS[group] for group in user.groups))
            if not roles:
                raise self._wrong(spot, 'roles: a user has a role or a group; a plain user has "User"')
            users.append(
                User(
                    id=_made(tenant_id, "user", key),
                    user_principal_name=f"{key}@{entry.domain}",
                    display_name=user.name,
                    assigned=tuple(role for role in user.roles if role is not Role.USER),
                    roles=roles,
                )
            )
        return tuple(users)

    def _named(self, place: str, field: str, name: str, tenants: dict[str, Tenant], kind: str) -> Tenant:
        if name not in tenants:
            raise self._wrong(place, f"{field}: {name} is no tenant here")
        if tenants[name].kind != kind:
            raise self._wrong(place, f"{field}: {name} is a {tenants[name].kind}, not a {kind}")
        return tenants[name]

    def _relationship(self, place: str, entry: RelationshipEntry, tenants: dict[str, Tenant]) -> Relationship:
        partner = self._named(place, "partner", entry.partner, tenants, "partner")
        customer = self._named(place, "customer", entry.customer, tenants, "customer")
        if entry.agreement and not agreements.templates(self.entry.cloud):
            raise self._wrong(place, f"agreement: the {self.entry.cloud} cloud has no customer agreement")
        return Relationship(
            id=_made(customer.id, "relationship", entry.partner),
            agreement_id=_made(customer.id, "agreement", entry.partner),
            billing_profile_id=_made(customer.id, "billing profile", entry.partner),
            partner=partner,
            customer=customer,
            days_ago=entry.days_ago,
            privileges=entry.privileges,
            agreement=entry.agreement,
        )

    def _subscription(self, place: str, entry: SubscriptionEntry, tenants: dict[str, Tenant]) -> DirectSubscription:
        seller = self._named(place, "seller", entry.seller, tenants, "operator")
        customer = self._named(place, "customer", entry.customer, tenants, "customer")
        for item in self.catalogue:
            if item.sku.reference == entry.item and item.availability.country == customer.address.country:
                break
        else:
            raise self._wrong(place, f"item: {entry.item} is not sold in {customer.address.country}")
        for term in item.availability.terms:
            if (term.duration, term.billing_cycle) == (entry.term, entry.billing_cycle):
                break
        else:
            raise self._wrong(place, f"term: {entry.item} has no {entry.term} billed {entry.billing_cycle}")
        return DirectSubscription(
            id=_made(customer.id, "subscription", place),
            order_id=_made(customer.id, "order", place),
            seller=seller,
            customer=customer,
            item=item,
            term=term,
            quantity=entry.quantity,
            nickname=entry.nickname,
            days_ago=entry.days_ago,
        )


def _made(tenant_id: UUID, kind: str, name: str) -> UUID:
    """An identifier that stays the same for the same tenant and name."""
    return uuid5(tenant_id, f"{kind}:{name}")


def _groups(tenant_id: UUID, entry: TenantEntry) -> tuple[Group, ...]:
    return tuple(
        Group(
            id=_made(tenant_id, "group", group),
            name=group,
            role=role,
            members=tuple(_made(tenant_id, "user", key) for key, user in entry.users.items() if group in user.groups),
        )
        for group, role in AGENT_GROUPS.items()
    )
