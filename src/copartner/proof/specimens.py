"""Facts that no forbid objects to, one for every action on every type of resource: what proofs and tests start from."""

from collections.abc import Iterator
from datetime import date

import msgspec

from copartner.policy.actions import Action
from copartner.policy.behalf import AdminRole, CustomerUser, Delegation
from copartner.policy.directory import ApplicationRecord, ConsentRecord, GroupRecord, UserRecord
from copartner.policy.facts import (
    Access,
    Actor,
    AdminRelationship,
    Agreement,
    Announcement,
    Cart,
    Cloud,
    Commitment,
    Customer,
    Ending,
    FactContext,
    Facts,
    Home,
    Order,
    Organisation,
    Pool,
    Relationship,
    RelationshipRequest,
    Resource,
    Role,
    Side,
    Subscription,
    Tenant,
)
from copartner.policy.operating import DecisionRecord, RuleVersion, TenantRecord
from copartner.policy.schema import Schema

PARTNER, CUSTOMER, OPERATOR, OTHER = "t-partner", "t-customer", "t-operator", "t-other"
BUSINESS, BUYER, OTHER_BUSINESS = "o-partner", "o-customer", "o-other"

# The dates at which the story is told.
STORY_DAYS = (date(2020, 11, 29), date(2026, 11, 22))

CUSTOMER_SIDE = frozenset(
    {
        Action.CONSENT_READ,
        Action.CONSENT_ACCEPT,
        Action.CONSENT_DECLINE,
        Action.CONSENT_GRANT_PRIVILEGES,
        Action.ADMIN_CONSENT_READ,
        Action.ADMIN_CONSENT_APPROVE,
        Action.ADMIN_CONSENT_COUNTER,
        Action.ADMIN_CONSENT_REJECT,
        Action.ADMIN_CONSENT_END,
        Action.ADMIN_CAP_READ,
        Action.ADMIN_CAP_SET,
        Action.OWN_SUBSCRIPTION_LIST,
        Action.OWN_RELATIONSHIP_LIST,
        Action.OWN_RELATIONSHIP_REMOVE_PRIVILEGES,
        Action.ACCESS_LIST,
        Action.ACCESS_REVOKE,
    }
)
OPERATOR_SIDE = frozenset(
    {
        Action.TENANT_ENROL,
        Action.TENANT_LIST,
        Action.TENANT_READ,
        Action.TENANT_SET_AFFILIATE,
        Action.DEPLOYMENT_READ,
        Action.DECISION_REPEAT,
        Action.ANNOUNCEMENT_DRAFT,
        Action.ANNOUNCEMENT_EDIT,
        Action.ANNOUNCEMENT_PUBLISH,
        Action.ANNOUNCEMENT_DELAY,
    }
) | {action for action in Action if action.partition(".")[0] == "rule_version"}
_EVERYBODYS = ("user", "group", "application", "application_consent", "event_address")
EVERY_SIDE = frozenset(
    {
        Action.AUDIT_READ,
        Action.OWN_TENANT_READ,
        Action.DECISION_READ,
        Action.ADMIN_RECEIPT_READ,
        Action.ANNOUNCEMENT_LIST,
        Action.ANNOUNCEMENT_READ,
    }
) | {action for action in Action if action.partition(".")[0] in _EVERYBODYS}


# What agents are in the tenant of a customer that delegates it whole.
_AGENTS = {Role.ADMIN_AGENT: AdminRole.GLOBAL, Role.HELPDESK_AGENT: AdminRole.HELPDESK}


def sides(action: Action) -> tuple[Side, ...]:
    """Whose action it is."""
    if action in EVERY_SIDE:
        return tuple(Side)
    if action is Action.ACCESS_READ:
        return (Side.PARTNER, Side.CUSTOMER)
    if action is Action.CATALOGUE_READ:
        return (Side.PARTNER, Side.OPERATOR)
    if action in CUSTOMER_SIDE:
        return (Side.CUSTOMER,)
    return (Side.OPERATOR,) if action in OPERATOR_SIDE else (Side.PARTNER,)


def specimen(action: Action, kind: str, cloud: Cloud, side: Side, roles: tuple[Role, ...]) -> Facts:
    """Facts of an ordinary request: own things, an active relationship, an agreement, a fitting customer."""
    tenant = {Side.PARTNER: PARTNER, Side.CUSTOMER: CUSTOMER, Side.OPERATOR: OPERATOR}[side]
    country = "US" if cloud is Cloud.US_GOVERNMENT else "DE"
    relationship = Relationship("r-1", PARTNER, CUSTOMER, active=True, privileges=True)
    ends = action in (Action.CUSTOMER_END_RELATIONSHIP, Action.CUSTOMER_PURGE)
    ending = Ending(active=0, running=0, reservations=0) if ends else None
    # For whom an indirect provider asks is a reseller of its own business, to need no third one.
    provides = action is Action.ADMIN_RELATIONSHIP_PROVIDE
    resource = _resource(kind, tenant)
    if provides:
        resource = msgspec.structs.replace(resource, provider=PARTNER)
    return Facts(
        principal=Actor("u-actor", tenant, roles, side, enrolled=side is Side.PARTNER, multi_factor=True),
        resource=resource,
        context=FactContext(
            relationship=relationship,
            agreement=Agreement("a-1", CUSTOMER),
            delegation=Delegation(
                "r-1",
                PARTNER,
                CUSTOMER,
                active=True,
                whole_tenant=True,
                roles=tuple(_AGENTS[role] for role in roles if role in _AGENTS),
            ),
            pool=Pool(maximum=300, held=100, requested=10) if action is Action.SEATS_TAKE else None,
            ending=ending,
            commitment=Commitment(window_open=True, reduces=False, shortens=False),
            shared=False if action is Action.CUSTOMER_PURGE else None,
            azure=False,
            azure_only=False,
            service_delegated_elsewhere=False,
        ),
        tenants=(
            Tenant(PARTNER, BUSINESS, cloud, country, enrolled=True, markets=(country,), agreement_signed=True),
            Tenant(CUSTOMER, BUYER, cloud, country, enrolled=False),
        ),
        organisations=(
            Organisation(BUSINESS, (), enrolled=True, providers=(BUSINESS,) if provides else ()),
            Organisation(BUYER, (), enrolled=False),
        ),
    )


def _resource(kind: str, tenant: str) -> Resource:
    match kind:
        case "Home":
            return Home(f"h-{tenant}", tenant)
        case "TenantRecord":
            return TenantRecord("tr-1", OTHER)
        case "DecisionRecord":
            return DecisionRecord("d-1", tenant, "u-another")
        case "RelationshipRequest":
            return RelationshipRequest("rr-1", PARTNER, CUSTOMER, includes_privileges=True)
        case "AdminRelationship":
            return AdminRelationship(
                *("ar-1", PARTNER, CUSTOMER),
                within_limits=True,
                global_administrator=False,
                active=True,
                roles_within=True,
                within_cap=True,
            )
        case "Customer":
            return Customer("c-1", PARTNER, CUSTOMER)
        case "Access":
            return Access("ac-1", PARTNER, CUSTOMER)
        case "CustomerUser":
            return CustomerUser("cu-1", PARTNER, CUSTOMER, guarded=False)
        case "Cart":
            return Cart("k-1", PARTNER, CUSTOMER)
        case "Order":
            return Order("o-1", PARTNER, CUSTOMER)
        case "Subscription":
            return Subscription("s-1", PARTNER, CUSTOMER)
        case "UserRecord":
            return UserRecord("u-1", tenant, guarded=False)
        case "GroupRecord":
            return GroupRecord("g-1", tenant, guarded=False)
        case "ApplicationRecord":
            return ApplicationRecord("p-1", tenant, admin_consent=False)
        case "ConsentRecord":
            return ConsentRecord("cr-1", tenant, "u-actor")
        case "RuleVersion":
            return RuleVersion("rv-1", tenant, "u-another", proved=True, notice=30)
        case "Announcement":
            return Announcement("an-1", published=True, audience=tuple(Side))
    raise ValueError(f"there is no type {kind}: add it here")


def kinds(schema: Schema) -> Iterator[tuple[Action, str]]:
    """Every kind of request: each action on each type of resource that it applies to."""
    for action in Action:
        for kind in schema.actions[action].resources:
            yield action, kind


def with_resource(facts: Facts, **changes: object) -> Facts:
    """The same facts with fields of the resource changed."""
    return msgspec.structs.replace(facts, resource=msgspec.structs.replace(facts.resource, **changes))


def with_context(facts: Facts, **changes: object) -> Facts:
    """The same facts with fields of the context changed."""
    return msgspec.structs.replace(facts, context=msgspec.structs.replace(facts.context, **changes))


def with_principal(facts: Facts, **changes: object) -> Facts:
    """The same facts with fields of the actor changed."""
    return msgspec.structs.replace(facts, principal=msgspec.structs.replace(facts.principal, **changes))


def with_tenant(facts: Facts, tenant: str, **changes: object) -> Facts:
    """The same facts with fields of one tenant changed."""
    changed = tuple(msgspec.structs.replace(t, **changes) if t.id == tenant else t for t in facts.tenants)
    return msgspec.structs.replace(facts, tenants=changed)


def with_organisation(facts: Facts, organisation: str, **changes: object) -> Facts:
    """The same facts with fields of one organisation changed."""
    changed = tuple(msgspec.structs.replace(o, **changes) if o.id == organisation else o for o in facts.organisations)
    return msgspec.structs.replace(facts, organisations=changed)
