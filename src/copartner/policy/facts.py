"""What the rules see: typed facts of one request, in the shape the database hands them over as JSON.

Keys are camelCase and equal the attribute names of rules/schema.cedarschema. None means that the attribute is absent.
A reference to a tenant that is not among `tenants` is fine as long as no rule reads that tenant's attributes; a rule
that does read them makes the decision a denial.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from copartner.policy.behalf import CustomerUser, Delegation
from copartner.policy.directory import ApplicationRecord, ConsentRecord, GroupRecord, UserRecord
from copartner.policy.records import DecisionRecord, TenantRecord
from copartner.policy.refs import ActorId, OrganisationId, Ref, TenantId


class Role(StrEnum):
    """The roles of programme.md; the customer's and the operator's admins use the first two and the last two."""

    GLOBAL_ADMIN = "Global admin"
    USER_MANAGEMENT_ADMIN = "User management admin"
    ADMIN_AGENT = "Admin agent"
    SALES_AGENT = "Sales agent"
    HELPDESK_AGENT = "Helpdesk agent"
    BILLING_ADMIN = "Billing admin"
    DELEGATION_ADMIN = "Customer Delegated Admin Relationship Administrator"
    USER = "User"


class Side(StrEnum):
    """Which of the three audiences an actor belongs to."""

    PARTNER = "partner"
    CUSTOMER = "customer"
    OPERATOR = "operator"


class Cloud(StrEnum):
    """The clouds whose rules differ; one deployment serves one of them."""

    COMMERCIAL = "commercial"
    US_GOVERNMENT = "us-government"
    CHINA = "21vianet"


class Door(StrEnum):
    """Where a request comes in: a page of the portal, the API with a token, or the sign-in that leads to either."""

    PAGE = "page"
    API = "api"
    SIGN_IN = "sign-in"


class Actor(Struct, frozen=True, rename="camel"):
    """Who acts: a user, or with `app_only` an application, which stands as one of the Admin agents.

    `enrolled` when the tenant is a partner's, whichever side it acts on; `multi_factor` when a second factor was used.
    What is not said is taken as what lets pass least.
    """

    id: ActorId
    tenant: TenantId
    roles: tuple[Role, ...]
    side: Side
    app_only: bool = False
    enrolled: bool = True
    multi_factor: bool = False
    door: Door = Door.API


class Tenant(Struct, frozen=True, rename="camel"):
    """A tenant; `enrolled` when it transacts in the programme, `markets` the countries it may sell to as a partner.

    `agreement_signed`: the partner agreement. `indirect_reseller`: it leaves orders to its provider.
    `restricted`: its enrolment is restricted or suspended.
    """

    id: Annotated[str, Ref("Tenant")]
    organisation: OrganisationId
    cloud: Cloud
    country: str
    enrolled: bool
    shared_services: bool = False
    markets: tuple[str, ...] = ()
    agreement_signed: bool = False
    indirect_reseller: bool = False
    restricted: bool = False


class Organisation(Struct, frozen=True, rename="camel"):
    """The business behind tenants; `enrolled` when any tenant of it is a partner of the programme.

    `providers` are the businesses for which it resells.
    """

    id: Annotated[str, Ref("Organisation")]
    affiliates: tuple[OrganisationId, ...]
    enrolled: bool
    providers: tuple[OrganisationId, ...] = ()


class Home(Struct, frozen=True, rename="camel", tag_field="type", tag="Home"):
    """The actor's own tenant: its lists, audit, catalogue, profile and standing link."""

    id: Annotated[str, Ref("Home")]
    tenant: TenantId


class Customer(Struct, frozen=True, rename="camel", tag_field="type", tag="Customer"):
    """A customer as one partner sees it; without `customer` there is no such tenant.

    For customer.create it is the tenant to be made: its id is drawn before the decision, `tenants` describes it as it
    would be, and `reseller` is the indirect reseller that it is made for. For own_relationship.* `customer` is the
    actor's tenant and `partner` whose relationship it is.
    """

    id: Annotated[str, Ref("Customer")]
    partner: TenantId | None = None
    customer: TenantId | None = None
    reseller: TenantId | None = None


class RelationshipRequest(Struct, frozen=True, rename="camel", tag_field="type", tag="RelationshipRequest"):
    """A request or a standing link; without `partner` there is none such.

    At consent `customer` is the customer the request names, or the answering tenant where it names nobody.
    """

    id: Annotated[str, Ref("RelationshipRequest")]
    partner: TenantId | None = None
    customer: TenantId | None = None
    includes_privileges: bool | None = None


class AdminRelationship(Struct, frozen=True, rename="camel", tag_field="type", tag="AdminRelationship"):
    """A granular delegated admin relationship; without `partner` there is none such.

    On the customer's side `customer` is the customer it names, or the answering tenant where it names nobody and was
    asked for. `within_limits`: its duration is one that the programme allows. `global_administrator`: that role is
    among those asked for. `active`: it is so now. `roles_within`: all that a group is to get of it are its roles.
    `within_cap`: the customer's cap leaves none of the roles out. `provider`: the indirect
    provider that asked for its reseller, which `reseller_consented` or has not.
    """

    id: Annotated[str, Ref("AdminRelationship")]
    partner: TenantId | None = None
    customer: TenantId | None = None
    within_limits: bool | None = None
    global_administrator: bool | None = None
    active: bool | None = None
    roles_within: bool | None = None
    within_cap: bool | None = None
    provider: TenantId | None = None
    reseller_consented: bool | None = None


class Access(Struct, frozen=True, rename="camel", tag_field="type", tag="Access"):
    """What one partner may do in one customer's tenant; without `partner` the customer has nothing to do with it."""

    id: Annotated[str, Ref("Access")]
    partner: TenantId | None = None
    customer: TenantId | None = None


class Cart(Struct, frozen=True, rename="camel", tag_field="type", tag="Cart"):
    """A cart; without `partner` there is none such."""

    id: Annotated[str, Ref("Cart")]
    partner: TenantId | None = None
    customer: TenantId | None = None


class Order(Struct, frozen=True, rename="camel", tag_field="type", tag="Order"):
    """An order; without `partner` there is none such."""

    id: Annotated[str, Ref("Order")]
    partner: TenantId | None = None
    customer: TenantId | None = None


class Subscription(Struct, frozen=True, rename="camel", tag_field="type", tag="Subscription"):
    """A subscription; `partner` sold it (the operator when bought directly), absent when there is none such."""

    id: Annotated[str, Ref("Subscription")]
    partner: TenantId | None = None
    customer: TenantId | None = None


class Announcement(Struct, frozen=True, rename="camel", tag_field="type", tag="Announcement"):
    """An announcement: whether it is out, and to which sides; one that is not there is out to nobody."""

    id: Annotated[str, Ref("Announcement")]
    published: bool
    audience: tuple[Side, ...]


Resource = (
    Home
    | Customer
    | CustomerUser
    | RelationshipRequest
    | AdminRelationship
    | Access
    | Cart
    | Order
    | Subscription
    | TenantRecord
    | DecisionRecord
    | UserRecord
    | GroupRecord
    | ApplicationRecord
    | ConsentRecord
    | Announcement
)


class Relationship(Struct, frozen=True, rename="camel"):
    """Witness: the reseller relationship the actor relies upon."""

    id: Annotated[str, Ref("Relationship")]
    partner: TenantId
    customer: TenantId
    active: bool
    privileges: bool = False


class Agreement(Struct, frozen=True, rename="camel"):
    """Witness: the customer agreement relied upon; without `confirmed_by` the customer accepted it itself."""

    id: Annotated[str, Ref("Agreement")]
    customer: TenantId
    confirmed_by: TenantId | None = None


class Pool(Struct, frozen=True, rename="camel"):
    """Seats of one SKU at one customer: the maximum, held by all partners without this change, and asked for."""

    maximum: int
    held: int
    requested: int


class Ending(Struct, frozen=True, rename="camel"):
    """How many of the partner's subscriptions are not suspended, how many not ended, how many are reservations."""

    active: int
    running: int
    reservations: int


class Commitment(Struct, frozen=True, rename="camel"):
    """What a change does to an agreed term, and whether the days for cancelling still run."""

    window_open: bool
    reduces: bool
    shortens: bool


class FactContext(Struct, frozen=True, rename="camel"):
    """Witnesses and figures beside actor and resource.

    `shared`: somebody else works with the customer or sold to it. `azure_only`: every line of the sale is Azure.
    `azure_elsewhere`: the sale has Azure in it and the customer holds Azure from another seller already.
    `service_delegated_elsewhere`: the customer holds a product of the sale from another seller with whole-tenant
    privileges there.
    """

    relationship: Relationship | None = None
    agreement: Agreement | None = None
    delegation: Delegation | None = None
    pool: Pool | None = None
    ending: Ending | None = None
    commitment: Commitment | None = None
    shared: bool | None = None
    azure_only: bool | None = None
    azure_elsewhere: bool | None = None
    service_delegated_elsewhere: bool | None = None

    @property
    def witnesses(self) -> tuple[Relationship | Agreement | Delegation | None, ...]:
        """The entities among them, each where it is there."""
        return self.relationship, self.agreement, self.delegation


class Facts(Struct, frozen=True, rename="camel"):
    """Everything one decision is made from."""

    principal: Actor
    resource: Resource
    context: FactContext = FactContext()
    tenants: tuple[Tenant, ...] = ()
    organisations: tuple[Organisation, ...] = ()
