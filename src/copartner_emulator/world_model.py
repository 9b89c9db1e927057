"""A world in memory: everything that exists when it is made, with all references resolved."""

from dataclasses import dataclass
from uuid import UUID

from copartner.catalogue.model import Item, Promotion, Term
from copartner.policy.facts import Cloud, Role


@dataclass(frozen=True, slots=True)
class Organisation:
    """A business, with the businesses affiliated to it in either direction."""

    id: UUID
    name: str
    affiliates: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a tenant's company is and whom to ask for."""

    line: str
    city: str
    state: str
    postal_code: str
    country: str
    first_name: str
    last_name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A tenant's part in the programme."""

    mpn_id: str
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class User:
    """A person: `assigned` roles are the user's own, `roles` adds what group membership brings."""

    id: UUID
    user_principal_name: str
    display_name: str
    assigned: tuple[Role, ...]
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A security group whose members hold an agent role."""

    id: UUID
    name: str
    role: Role
    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """A registered client; its secret is random in every installation."""

    id: UUID
    secret_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Tenant:
    """A directory with its people. `part` says what it does in the story."""

    id: UUID
    name: str
    part: str
    kind: str
    organisation_id: UUID
    company_name: str
    domain: str
    culture: str
    language: str
    address: Address
    shared_services: bool
    enrolment: Enrolment | None
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    applications: tuple[Application, ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A reseller relationship that exists already; `agreement`: the customer accepted its agreement with it."""

    id: UUID
    agreement_id: UUID
    billing_profile_id: UUID
    partner: Tenant
    customer: Tenant
    days_ago: int
    privileges: bool
    agreement: bool


@dataclass(frozen=True, slots=True)
class DirectSubscription:
    """What a customer bought from the vendor itself."""

    id: UUID
    order_id: UUID
    seller: Tenant
    customer: Tenant
    item: Item
    term: Term
    quantity: int
    nickname: str
    days_ago: int


@dataclass(frozen=True, slots=True)
class World:
    """A cast and what exists between its members, with the catalogue of its cloud."""

    name: str
    cloud: Cloud
    organisations: tuple[Organisation, ...]
    tenants: tuple[Tenant, ...]
    relationships: tuple[Relationship, ...]
    subscriptions: tuple[DirectSubscription, ...]
    catalogue: tuple[Item, ...]
    promotions: tuple[Promotion, ...] = ()

    def tenant(self, name: str) -> Tenant:
        """The tenant of that name or, for what is alike in every cloud, that part; raises KeyError."""
        for tenant in self.tenants:
            if name in (tenant.name, tenant.part):
                return tenant
        raise KeyError(name)
