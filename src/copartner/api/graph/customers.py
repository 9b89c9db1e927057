"""delegatedAdminCustomers: whom a partner administers while a relationship is active, and which services there."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call
from copartner.api.graph import below, options
from copartner.api.graph.errors import GraphErrorBody
from copartner.api.graph.options import Collection, Listing
from copartner.api.registry import Route
from copartner.delegation import administered
from copartner.delegation.below import AdminCustomer


class AdminCustomerBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delegatedAdminCustomer."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    id: UUID
    tenant_id: UUID | UnsetType = UNSET
    display_name: str | UnsetType = UNSET


class ServiceBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delegatedAdminServiceManagementDetail; services have no portals of their own here, so each names this one."""

    id: str
    service_name: str
    service_management_url: str


class ServicesBody(Struct, frozen=True, kw_only=True):
    """The services of one customer; the page about them knows no options."""

    context: str = field(name="@odata.context")
    value: tuple[ServiceBody, ...]


_CONTEXT = "tenantRelationships/delegatedAdminCustomers"
LISTING: Listing[AdminCustomer, AdminCustomerBody] = Listing(AdminCustomerBody, {"id": lambda _: ""})


def _body(found: AdminCustomer, context: str | UnsetType = UNSET) -> AdminCustomerBody:
    return AdminCustomerBody(context=context, id=found.id, tenant_id=found.id, display_name=found.display_name)


async def _list(call: Call) -> Collection[AdminCustomerBody]:
    asked = options.asked(call, LISTING)
    found = await administered.list_admin_customers(call.ctx, **below.place(asked))
    return options.collection(call, LISTING, asked, found, _body, _CONTEXT)


async def _read(call: Call) -> AdminCustomerBody:
    names = options.chosen(call, AdminCustomerBody)
    found = await administered.read_admin_customer(call.ctx, customer_id=call.id("delegatedAdminCustomer"))
    return options.only(_body(found, f"{options.root(call)}/$metadata#{_CONTEXT}/$entity"), names)


async def _services(call: Call) -> ServicesBody:
    """Source: delegatedadmincustomer-list-servicemanagementdetails, undated."""
    customer_id = call.id("delegatedAdminCustomer")
    found = await administered.list_services(call.ctx, customer_id=customer_id)
    address = f"{call.ctx.runtime.public_url.rstrip('/')}/"
    return ServicesBody(
        context=f"{options.root(call)}/$metadata#{_CONTEXT}('{customer_id}')/serviceManagementDetails",
        value=tuple(ServiceBody(id=one.id, service_name=one.name, service_management_url=address) for one in found),
    )


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    everything = f"/{version}/tenantRelationships/delegatedAdminCustomers"
    one = f"{everything}/{{delegatedAdminCustomer}}"
    name = f"{prefix}.{{}}_delegated_admin_customer".format
    return (
        Route(("GET",), everything, _list, name("list"), "List whom the caller administers.",
              Collection[AdminCustomerBody],
              query=LISTING.query, error=GraphErrorBody),
        Route(("GET",), one, _read, name("read"), "Read one of them.", AdminCustomerBody,
              query=(options.CHOICE,), error=GraphErrorBody),
        Route(("GET",), f"{one}/serviceManagementDetails", _services, name("list_services_of"),
              "List the services there.", ServicesBody, error=GraphErrorBody),
    )  # fmt: skip


ROUTES = (*routes("v1.0", "graph"), *routes("beta", "graph_beta"))
