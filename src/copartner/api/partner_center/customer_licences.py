"""A customer's licences in the contract's shapes; of service plans, which the catalogue has not, none are listed."""

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import wire
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Query, Route
from copartner.directory.model import Sku, Units
from copartner.directory.service import licences

# Group 2 has only the licences of one game, which no catalogue here sells (license-resources, 2023-07-28).
_GROUP, _GROUPS = "group1", ("group1", "group2")
_QUERY = (Query("licenseGroupIds", "Group1 for all licences of the directory, Group2 for those of Minecraft; both."),)


class ServicePlanBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A service in a product."""

    display_name: str
    service_name: str
    id: str
    capability_status: str
    target_type: str


class ProductSkuBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a licence is of; `id` is its product and SKU in the catalogue, as `product:sku`."""

    id: str
    name: str
    sku_part_number: str
    target_type: str = "User"
    license_group_id: str = _GROUP


class SubscribedSkuBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Units of one SKU, of all sellers together (get-a-list-of-available-licenses-by-license-group, 2022-09-20)."""

    available_units: int
    active_units: int
    consumed_units: int
    suspended_units: int
    total_units: int
    warning_units: int
    product_sku: ProductSkuBody
    service_plans: tuple[ServicePlanBody, ...] = ()
    capability_status: str
    attributes: Attributes = Attributes("SubscribedSku")


class LicenseBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A licence of one user (check-which-licenses-are-assigned-to-a-user, 2022-06-30)."""

    service_plans: tuple[ServicePlanBody, ...] = ()
    product_sku: ProductSkuBody
    attributes: Attributes = Attributes("License")


class LicenseAssignment(Struct, frozen=True, kw_only=True, rename="camel"):
    """A licence to be given."""

    sku_id: str
    excluded_plans: tuple[str, ...] | UnsetType = UNSET


class LicenseUpdateRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """Licences to be given and to be taken."""

    licenses_to_assign: tuple[LicenseAssignment, ...] = ()
    licenses_to_remove: tuple[str, ...] = ()


class LicenseWarning(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a change of licences warns of."""

    code: str
    message: str
    service_plans: tuple[str, ...]


class LicenseUpdateBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What was done (assign-licenses-to-a-user, 2023-07-28)."""

    licenses_to_assign: tuple[LicenseAssignment, ...] | UnsetType = UNSET
    licenses_to_remove: tuple[str, ...] | UnsetType = UNSET
    license_warnings: tuple[LicenseWarning, ...] = ()
    attributes: Attributes = Attributes("LicenseUpdate")


def _sku(sku: Sku) -> ProductSkuBody:
    return ProductSkuBody(id=sku.name, name=sku.title or sku.name, sku_part_number=f"{sku.product_id}/{sku.sku_id}")


def _units(units: Units) -> SubscribedSkuBody:
    status = "Enabled" if units.active else "Warning" if units.warning else "Suspended"
    return SubscribedSkuBody(
        available_units=units.available,
        active_units=units.active,
        consumed_units=units.consumed,
        suspended_units=units.suspended,
        total_units=units.total,
        warning_units=units.warning,
        product_sku=_sku(units.sku),
        capability_status=status,
    )


def _wants_ours(call: Call) -> bool:
    """Whether the licence groups asked for, by default the first, have anything in them; raises Malformed."""
    wanted = [value.strip().lower() for value in call.query_all("licenseGroupIds")] or [_GROUP]
    if not set(wanted) <= set(_GROUPS):
        raise Malformed("licenseGroupIds: send Group1 or Group2, or the parameter twice for both.", "licenseGroupIds")
    return _GROUP in wanted


async def _subscribed(call: Call) -> Collection[SubscribedSkuBody]:
    ours = _wants_ours(call)
    found = await licences.list_licences(call.ctx, customer_id=call.id("customer"))
    return wire.collection(map(_units, found if ours else ()), call)


async def _of_user(call: Call) -> Collection[LicenseBody]:
    ours = _wants_ours(call)
    held = await licences.list_user_licences(call.ctx, customer_id=call.id("customer"), user_id=call.id("user"))
    return wire.collection((LicenseBody(product_sku=_sku(sku)) for sku in (held if ours else ())), call)


async def _update(call: Call) -> LicenseUpdateBody:
    asked = call.decode(LicenseUpdateRequest)
    if not asked.licenses_to_assign and not asked.licenses_to_remove:
        raise Malformed("Send licensesToAssign or licensesToRemove with at least one licence.", "licensesToAssign")
    excluded = [plan for one in asked.licenses_to_assign for plan in one.excluded_plans or ()]
    if excluded:
        raise Malformed("excludedPlans: these licences have no service plans; leave it out.", *excluded)
    await licences.update_licences(
        call.ctx,
        customer_id=call.id("customer"),
        user_id=call.id("user"),
        give=tuple(one.sku_id for one in asked.licenses_to_assign),
        take=asked.licenses_to_remove,
    )
    return LicenseUpdateBody(
        licenses_to_assign=tuple(LicenseAssignment(sku_id=one.sku_id) for one in asked.licenses_to_assign) or UNSET,
        licenses_to_remove=asked.licenses_to_remove or UNSET,
    )


_USER = "/v1/customers/{customer}/users/{user}"
ROUTES = (
    Route(("GET",), "/v1/customers/{customer}/subscribedskus", _subscribed, "customer_licences.list",
          "List what a customer has licences of, of all sellers together.", Collection[SubscribedSkuBody],
          user_only=True, query=_QUERY),
    Route(("GET",), f"{_USER}/licenses", _of_user, "customer_licences.list_of_user",
          "List the licences of a customer's user.", Collection[LicenseBody], user_only=True, query=_QUERY),
    Route(("POST",), f"{_USER}/licenseupdates", _update, "customer_licences.update",
          "Give a customer's user licences and take others.", LicenseUpdateBody, LicenseUpdateRequest, 201,
          user_only=True),
)  # fmt: skip
