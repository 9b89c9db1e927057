"""What an address has to look like, country by country, and whether one does. Pure; the countries are a table."""

import csv
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from copartner.kernel.errors import Invalid, NotFound
from copartner.tenants.details import Address, check_address


class UnknownCountry(NotFound):
    """The table has no such country."""


@dataclass(frozen=True, slots=True)
class Country:
    """The form of a country's addresses; the expressions are of whole values, a telephone's without its prefix.

    Without `states` none is asked for. `registration`: new customers there give their registration number
    (create-a-customer, 2023).
    """

    code: str
    calling_code: str
    cultures: tuple[str, ...]
    languages: tuple[str, ...]
    postal_code: str
    phone: str
    states: tuple[str, ...]
    vat: bool
    registration: bool


class Standing(StrEnum):
    """How an address stands, in the words of validate-an-address (2022-09-20) that need no register of streets."""

    VERIFIED = "Verified"
    STREET_PARTIAL = "StreetPartial"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class Judged:
    """An address as it was given, as it would be kept, how it stands, and which properties are wrong."""

    given: Address
    suggested: Address | None
    standing: Standing
    wrong: tuple[str, ...]


@cache
def countries() -> dict[str, Country]:
    """Every country of the table by its code."""
    text = (files(__package__) / "countries.csv").read_text(encoding="utf-8")
    return {
        row["country"]: Country(
            code=row["country"],
            calling_code=row["calling_code"],
            cultures=tuple(row["cultures"].split()),
            languages=tuple(row["languages"].split()),
            postal_code=row["postal_code"],
            phone=row["phone"],
            states=tuple(row["states"].split()),
            vat=row["vat"] == "Y",
            registration=row["registration"] == "Y",
        )
        for row in csv.DictReader(text.splitlines())
    }


def country(code: str) -> Country:
    """One country by its code in any case; raises UnknownCountry."""
    found = countries().get(code.strip().upper())
    if found is None:
        known = ", ".join(sorted(countries()))
        raise UnknownCountry(f"There are no rules for this country; those there are: {known}.", code[:20])
    return found


def check_registration(code: str, number: str) -> str:
    """A registration number without outer blanks; raises Invalid where the country needs one and there is none."""
    given = number.strip()
    known = countries().get(code.strip().upper())
    if not given and known is not None and known.registration:
        raise Invalid(
            f"A customer in {known.code} needs its registration number.",
            "companyProfile.organizationRegistrationNumber",
        )
    if len(given) > 64 or not given.isprintable():
        raise Invalid(
            "The registration number has at most 64 printable characters.",
            "companyProfile.organizationRegistrationNumber",
        )
    return given


def judge(given: Address) -> Judged:
    """Whether an address has its country's form; raises Invalid, UnknownCountry. No register of streets is asked."""
    address = check_address(given)
    rules = country(address.country)
    state, postal_code = address.state.upper(), address.postal_code.upper()
    wrong = [name for name, value in (("AddressLine1", address.address_line1), ("City", address.city)) if not value]
    if rules.states and state not in rules.states:
        wrong.append("State")
    if rules.postal_code and not re.fullmatch(rules.postal_code, address.postal_code):
        wrong.append("PostalCode")
    if wrong:
        return Judged(given, None, Standing.NONE, tuple(wrong))
    kept = replace(address, state=state if rules.states else address.state, postal_code=postal_code)
    # A street without any number leads to no door.
    if not any(character.isdigit() for character in f"{address.address_line1}{address.address_line2}"):
        return Judged(given, None, Standing.STREET_PARTIAL, ("AddressLine1",))
    return Judged(given, kept, Standing.VERIFIED, ())
