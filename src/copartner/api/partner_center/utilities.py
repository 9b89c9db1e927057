"""Domains, addresses and countries in the contract's shapes."""

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call, Reply
from copartner.api.partner_center.profiles import AddressBody, address_of, present_address
from copartner.api.partner_center.wire import Attributes
from copartner.api.registry import Route
from copartner.customers import tenancy

_FORM_ALONE = "The form of the address was checked; no register of streets was asked."


class ValuesBody(Struct, frozen=True, rename="camel"):
    """A list, wrapped as this resource has it."""

    value: tuple[str, ...]


class CountryBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What addresses and numbers of a country look like (get-market-specific-validation-data, 2022-06-30)."""

    iso2_code: str
    default_culture: str
    is_state_required: bool
    supported_languages: ValuesBody
    supported_cultures: ValuesBody
    is_postal_code_required: bool
    is_city_required: bool
    is_vat_id_supported: bool
    is_registration_number_supported: bool
    is_tax_id_supported: bool
    phone_number_regex: str
    country_calling_codes: ValuesBody
    states: ValuesBody | UnsetType = UNSET
    postal_code_regex: str | UnsetType = UNSET
    attributes: Attributes = Attributes("CountryInformation")


class AddressVerdictBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """How an address stands, in the words of validate-an-address (2022-09-20)."""

    original_address: AddressBody
    suggested_addresses: tuple[AddressBody, ...]
    status: str
    validation_message: str


async def _country(call: Call) -> CountryBody:
    found = await tenancy.read_country(call.ctx, code=call.text("countryvalidationrule"))
    return CountryBody(
        iso2_code=found.code,
        default_culture=found.cultures[0],
        is_state_required=bool(found.states),
        states=ValuesBody(found.states) if found.states else UNSET,
        supported_languages=ValuesBody(found.languages),
        supported_cultures=ValuesBody(found.cultures),
        is_postal_code_required=bool(found.postal_code),
        postal_code_regex=f"^{found.postal_code}$" if found.postal_code else UNSET,
        is_city_required=True,
        is_vat_id_supported=found.vat,
        is_registration_number_supported=found.registration,
        is_tax_id_supported=not found.vat,
        phone_number_regex=f"^{found.phone}$",
        country_calling_codes=ValuesBody((found.calling_code,)),
    )


async def _domain(call: Call) -> Reply:
    taken = await tenancy.is_domain_taken(call.ctx, domain=call.text("domain"))
    return Reply(200 if taken else 404)


async def _address(call: Call) -> AddressVerdictBody:
    found = await tenancy.check_address(call.ctx, address=address_of(call.decode(AddressBody)))
    wrong = f"Address field invalid for property: {', '.join(map(repr, found.wrong))}"
    return AddressVerdictBody(
        original_address=present_address(found.given),
        suggested_addresses=() if found.suggested is None else (present_address(found.suggested),),
        status=found.standing.value,
        validation_message=wrong if found.wrong else _FORM_ALONE,
    )


async def _domains(call: Call) -> tuple[str, ...]:
    return await tenancy.list_domains(call.ctx, customer_id=call.id("customer"))


ROUTES = (
    Route(("GET",), "/v1/countryvalidationrules/{countryvalidationrule}", _country, "country_rules.read",
          "Read what addresses of a country look like.", CountryBody),
    Route(("HEAD",), "/v1/domains/{domain}", _domain, "domains.check",
          "Check whether a domain is taken: 200 when it is, 404 when it is free."),
    Route(("POST",), "/v1/validations/address", _address, "addresses.check",
          "Check whether an address has its country's form.", AddressVerdictBody, AddressBody),
    Route(("GET",), "/v1/customers/{customer}/customDomains", _domains, "customer_domains.list",
          "List a customer's domains.", tuple[str, ...]),
)  # fmt: skip
