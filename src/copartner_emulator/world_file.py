"""The text of a world and of the catalogue, checked field by field; a mistake is named with its file and its place."""

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from copartner.catalogue.model import BillingCycle, Segment, TargetView
from copartner.policy.facts import Cloud, Role

_FOLDER = "copartner_emulator.worlds"
T = TypeVar("T")


class WorldError(Exception):
    """A world cannot be read or loaded; the message names the file and the field, or what to do."""


class OrganisationEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`[organisation.<name>]`"""

    id: str
    name: str
    affiliates: tuple[str, ...] = ()


class AddressEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`address = {...}`; `contact` is first and last name."""

    line: str
    city: str
    postal_code: str
    country: str
    contact: str
    state: str = ""
    phone: str = ""


class EnrolmentEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`enrolment = {...}`: the tenant transacts in the programme."""

    mpn_id: str
    markets: tuple[str, ...]


class UserEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One line below `[tenant.<name>.users]`."""

    name: str
    roles: tuple[Role, ...] = ()
    groups: tuple[str, ...] = ()


class TenantEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`[tenant.<name>]`"""

    id: str
    part: str
    kind: str
    organisation: str
    domain: str
    culture: str
    language: str
    address: AddressEntry
    users: dict[str, UserEntry]
    enrolment: EnrolmentEntry | None = None
    applications: tuple[str, ...] = ()
    shared_services: bool = False


class RelationshipEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[relationship]]`"""

    partner: str
    customer: str
    days_ago: int
    privileges: bool
    agreement: bool


class SubscriptionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[subscription]]`: what the vendor sold directly."""

    seller: str
    customer: str
    item: str
    term: str
    billing_cycle: BillingCycle
    quantity: int
    nickname: str
    days_ago: int


class WorldEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole world file."""

    cloud: Cloud
    organisation: dict[str, OrganisationEntry]
    tenant: dict[str, TenantEntry]
    relationship: tuple[RelationshipEntry, ...] = ()
    subscription: tuple[SubscriptionEntry, ...] = ()


class ProductEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`[product.<id>]` of the catalogue."""

    title: str
    description: str
    views: tuple[TargetView, ...]
    sku: str
    quantity: tuple[int, int]
    price: str
    terms: dict[str, tuple[BillingCycle, ...]]
    pooled: int | None = None
    one_per_seller: bool = False
    trial: bool = False
    azure: bool = False
    reservation: bool = False
    renewable: bool = True
    below: tuple[str, ...] = ()
    needs_in_tenant: tuple[str, ...] = ()
    needs_of_seller: tuple[str, ...] = ()
    upgrades_to: tuple[str, ...] = ()
    converts_to: tuple[str, ...] = ()
    activation: str | None = None


class PromotionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`[promotion."<id>"]` of the catalogue: days are those on which it begins and on which it is over."""

    name: str
    description: str
    begins: date
    over: date
    item: str
    term: str
    billing_cycle: BillingCycle
    discount: str
    seats: tuple[int, int]
    segment: Segment = Segment.COMMERCIAL


class CatalogueEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole catalogue file."""

    currencies: dict[str, str]
    markets: dict[Cloud, dict[str, str]]
    product: dict[str, ProductEntry]
    promotion: dict[str, PromotionEntry] = {}


def world_file_name(name: str, cloud: Cloud) -> str:
    """The file of a world in a cloud: the commercial one has the plain name."""
    return f"{name}.toml" if cloud is Cloud.COMMERCIAL else f"{name}.{cloud}.toml"


def names() -> tuple[str, ...]:
    """The worlds there are, by name."""
    found = {entry.name.split(".")[0] for entry in files(_FOLDER).iterdir() if entry.name.endswith(".toml")}
    return tuple(sorted(found - {"catalogue"}))


def text_of(file: str) -> str:
    """The text of a packaged file; raises WorldError."""
    entry = files(_FOLDER).joinpath(file)
    if "/" in file or not entry.is_file():
        raise WorldError(f"There is no {file}; the worlds are: {', '.join(names())}.")
    return entry.read_text(encoding="utf-8")


def parse(text: str, file: str, shape: type[T]) -> T:
    """The text as that shape; raises WorldError naming line or field."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WorldError(f"{file}: {error}") from None
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise WorldError(f"{file}: {_located(raw, shape, str(error))}") from None


def _located(raw: dict[str, Any], shape: type[Any], message: str) -> str:
    """The first mistake with the name of its table, which the message of the whole leaves out."""
    for field in msgspec.structs.fields(shape):
        table = raw.get(field.name)
        if not isinstance(table, dict | list):
            continue
        entries = table.items() if isinstance(table, dict) else enumerate(table, 1)
        for key, entry in entries:
            part = {key: entry} if isinstance(table, dict) else [entry]
            try:
                msgspec.convert(part, field.type)
            except msgspec.ValidationError as error:
                return f"[{field.name}.{key}] {error}"
    return message
