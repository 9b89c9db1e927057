"""Details of companies, whoever keeps them: addresses, mail addresses, telephone numbers, languages. Pure."""

import re
from dataclasses import dataclass

from copartner.kernel.errors import Invalid

LONGEST = 256
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+0-9()./ -]{3,32}")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address with the person to write to; `country` is the two-letter code."""

    country: str = ""
    address_line1: str = ""
    address_line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    first_name: str = ""
    last_name: str = ""
    phone_number: str = ""


def check_address(given: Address) -> Address:
    """The address in the form it is kept in; raises Invalid naming the property."""
    country = given.country.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise Invalid("The address needs a two-letter country code, such as DE.", "country")
    parts = {}
    for name in Address.__dataclass_fields__:
        value = getattr(given, name).strip()
        if len(value) > LONGEST or not value.isprintable():
            raise Invalid(f"The address's {name} has at most {LONGEST} printable characters.", name)
        parts[name] = value
    return Address(**{**parts, "country": country})


def check_text(value: str, name: str, *, needed: bool = True) -> str:
    """Text of one line without outer blanks; raises Invalid naming the property."""
    text = value.strip()
    if not (needed <= len(text) <= LONGEST and text.isprintable()):
        raise Invalid(f"{name} has to be {int(needed)} to {LONGEST} printable characters.", name)
    return text


def check_mail(value: str, name: str, *, needed: bool = True) -> str:
    """A mail address without outer blanks; raises Invalid naming the property."""
    mail = value.strip()
    if (mail or needed) and (len(mail) > LONGEST or not mail.isprintable() or not _MAIL.fullmatch(mail)):
        raise Invalid(f"{name} has to be a mail address.", name)
    return mail


def check_phone(value: str, name: str) -> str:
    """A telephone number without outer blanks, or nothing; raises Invalid naming the property."""
    number = value.strip()
    if number and not _PHONE.fullmatch(number):
        raise Invalid(f"{name} has to be a telephone number.", name)
    return number


def check_tag(value: str, name: str) -> str:
    """A language tag without outer blanks; raises Invalid naming the property."""
    tag = value.strip()
    if not _TAG.fullmatch(tag):
        raise Invalid(f"{name} has to be a language tag, such as de-DE.", name)
    return tag
