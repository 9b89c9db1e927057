"""Any request whatever, well formed or not quite, for Hypothesis."""

from hypothesis import strategies as st

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
    Customer,
    Door,
    Ending,
    FactContext,
    Facts,
    Home,
    Order,
    Organisation,
    Pool,
    Relationship,
    RelationshipRequest,
    Role,
    Side,
    Subscription,
    Tenant,
)
from copartner.policy.operating import DecisionRecord, RuleVersion, TenantRecord
from copartner.policy.rulebook import RuleSet
from copartner.proof.specimens import kinds
from support.rulebook import RULEBOOK as BOOK

KINDS = list(kinds(BOOK.schema))

_tenant = st.sampled_from(["t-1", "t-2", "t-3"])
_organisation = st.sampled_from(["o-1", "o-2"])
_maybe = st.none() | _tenant
_things = {kind: st.builds(kind, id=_tenant, partner=_maybe, customer=_maybe) for kind in (Access, Customer, Cart)}
_resources = {
    "Home": st.builds(Home, id=_tenant, tenant=_tenant),
    "TenantRecord": st.builds(TenantRecord, id=_tenant, tenant=_tenant),
    **{
        kind.__name__: st.builds(kind, id=_tenant, tenant=_maybe, guarded=st.none() | st.booleans())
        for kind in (UserRecord, GroupRecord)
    },
    "ApplicationRecord": st.builds(
        ApplicationRecord, id=_tenant, tenant=_maybe, admin_consent=st.none() | st.booleans()
    ),
    "ConsentRecord": st.builds(
        ConsentRecord, id=_tenant, tenant=_maybe, user=st.none() | st.sampled_from(["t-1", "u-2"])
    ),
    "RuleVersion": st.builds(
        RuleVersion,
        id=_tenant,
        tenant=_maybe,
        proposer=st.none() | st.sampled_from(["t-1", "u-2"]),
        proved=st.none() | st.booleans(),
        notice=st.none() | st.integers(-1, 31),
    ),
    "Announcement": st.builds(
        Announcement,
        id=_tenant,
        published=st.booleans(),
        audience=st.lists(st.sampled_from(Side), unique=True).map(tuple),
    ),
    "DecisionRecord": st.builds(
        DecisionRecord, id=_tenant, tenant=_tenant, actor=st.none() | st.sampled_from(["t-1", "u-2"])
    ),
    "RelationshipRequest": st.builds(
        RelationshipRequest,
        id=_tenant,
        partner=_maybe,
        customer=_maybe,
        includes_privileges=st.none() | st.booleans(),
    ),
    "AdminRelationship": st.builds(
        AdminRelationship,
        id=_tenant,
        partner=_maybe,
        customer=_maybe,
        within_limits=st.none() | st.booleans(),
        global_administrator=st.none() | st.booleans(),
        active=st.none() | st.booleans(),
        roles_within=st.none() | st.booleans(),
        within_cap=st.none() | st.booleans(),
        provider=_maybe,
        reseller_consented=st.none() | st.booleans(),
    ),
    "Access": _things[Access],
    "Customer": _things[Customer],
    "CustomerUser": st.builds(
        CustomerUser, id=_tenant, partner=_maybe, customer=_maybe, guarded=st.none() | st.booleans()
    ),
    "Cart": _things[Cart],
    "Order": st.builds(Order, id=_tenant, partner=_maybe, customer=_maybe),
    "Subscription": st.builds(Subscription, id=_tenant, partner=_maybe, customer=_maybe),
}
_number = st.integers(0, 3)
_context = st.builds(
    FactContext,
    relationship=st.none()
    | st.builds(Relationship, id=_tenant, partner=_tenant, customer=_tenant, active=st.booleans()),
    agreement=st.none() | st.builds(Agreement, id=_tenant, customer=_tenant, confirmed_by=_maybe),
    delegation=st.none()
    | st.builds(
        Delegation,
        id=_tenant,
        partner=_tenant,
        customer=_tenant,
        active=st.booleans(),
        whole_tenant=st.booleans(),
        superseded=st.booleans(),
        roles=st.lists(st.sampled_from(AdminRole), unique=True).map(tuple),
    ),
    pool=st.none() | st.builds(Pool, maximum=_number, held=_number, requested=_number),
    ending=st.none() | st.builds(Ending, active=_number, running=_number, reservations=_number),
    shared=st.none() | st.booleans(),
    azure=st.none() | st.booleans(),
    azure_only=st.none() | st.booleans(),
    azure_elsewhere=st.none() | st.booleans(),
    service_delegated_elsewhere=st.none() | st.booleans(),
)
_country = st.sampled_from(["DE", "US"])


@st.composite
def requests(draw: st.DrawFn) -> tuple[RuleSet, Action, Facts]:
    """Any request whatever: any cloud and span, any action on any type, well formed or not quite."""
    rules = draw(st.sampled_from([span for cloud in Cloud for span in BOOK.spans(cloud)]))
    action, kind = draw(st.sampled_from(KINDS))
    if draw(st.integers(0, 30)) == 0:
        kind = draw(st.sampled_from(sorted(_resources)))
    described = draw(st.sets(_tenant)) if draw(st.integers(0, 3)) == 0 else {"t-1", "t-2", "t-3"}
    tenants = tuple(
        Tenant(
            name,
            draw(_organisation),
            draw(st.sampled_from(Cloud)),
            draw(_country),
            draw(st.booleans()),
            draw(st.booleans()),
            tuple(draw(st.sets(_country))),
            draw(st.booleans()),
            draw(st.booleans()),
        )
        for name in sorted(described)
    )
    facts = Facts(
        principal=Actor(
            draw(st.sampled_from(["t-1", "u-2"])),
            draw(_tenant),
            tuple(draw(st.sets(st.sampled_from(Role)))),
            draw(st.sampled_from(Side)),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.sampled_from(Door)),
        ),
        resource=draw(_resources[kind]),
        context=draw(_context),
        tenants=tenants,
        organisations=tuple(
            Organisation(
                name, tuple(draw(st.sets(_organisation))), draw(st.booleans()), tuple(draw(st.sets(_organisation)))
            )
            for name in ("o-1", "o-2")
        ),
    )
    return rules, action, facts
