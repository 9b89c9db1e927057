"""What a customer's users and licences can be, free of storage; the ways administering them fails."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from copartner.delegation.roles import GLOBAL_ADMINISTRATOR
from copartner.directory.model import CustomerUser, Sku, Units, UserChange
from copartner.kernel.errors import Conflict, Illegal, Invalid, NotFound

LONGEST_NAME = 200
# Source: the directory's password policies: 8 to 256 characters, three of four kinds.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_NEEDED_KINDS = 3
_LOCAL_PART = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


class UnknownCustomerUser(NotFound):
    """The customer has no such user."""


class UnknownRole(NotFound):
    """There is no such built-in role."""


class NotAMember(NotFound):
    """The user does not have the role."""


class NameTaken(Conflict):
    """Another user has the sign-in name."""


class IsDeleted(Illegal):
    """The user is deleted, and can only be restored."""


class LastGlobalAdmin(Illegal):
    """Nobody could administer the tenant any more."""


class NoSuchLicence(Invalid):
    """The customer has no licences of this, or the user none to take."""


class OutOfLicences(Illegal):
    """Every unit is given to somebody."""


def check_sign_in_name(text: str, domains: Iterable[str]) -> str:
    """`name@domain` in one of these domains, in lower case; raises Invalid."""
    known = tuple(domains)
    name, _, domain = text.strip().lower().partition("@")
    if not _LOCAL_PART.fullmatch(name) or domain not in known:
        raise Invalid(
            "userPrincipalName has to be 1 to 64 letters, digits, dots, dashes and underscores, at "
            f"{' or '.join(known) or 'a domain that this directory signs people in for'}.",
            "userPrincipalName",
        )
    return f"{name}@{domain}"


def check_password(text: str) -> str:
    """A password somebody gives another one; raises Invalid."""
    kinds = sum(bool(re.search(kind, text)) for kind in _KINDS)
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD or kinds < _NEEDED_KINDS:
        raise Invalid(
            f"passwordProfile.password has to be {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, three of these "
            "kinds among them: lower case, upper case, digits, others.",
            "passwordProfile.password",
        )
    return text


def checked(user: CustomerUser) -> CustomerUser:
    """The user with its details as they are kept; raises Invalid."""
    display_name, location = user.display_name.strip(), user.usage_location.strip().upper()
    if not display_name:
        raise Invalid("displayName: send a name.", "displayName")
    named = (("displayName", display_name), ("firstName", user.first_name), ("lastName", user.last_name),
             ("immutableId", user.immutable_id))  # fmt: skip
    for field, text in named:
        if len(text) > LONGEST_NAME or not text.isprintable():
            raise Invalid(f"{field} has at most {LONGEST_NAME} printable characters.", field)
    if location and not _COUNTRY.fullmatch(location):
        raise Invalid("usageLocation: send a country by its two letters, as in US.", "usageLocation")
    return replace(
        user,
        display_name=display_name,
        first_name=user.first_name.strip(),
        last_name=user.last_name.strip(),
        usage_location=location,
        immutable_id=user.immutable_id.strip(),
    )


def changed(user: CustomerUser, change: UserChange, domains: Iterable[str]) -> CustomerUser:
    """The user after a change, restored where that is asked for; raises IsDeleted, Invalid."""
    if user.deleted_at is not None and not change.restore:
        raise IsDeleted("The user is deleted; send state active to restore it.", str(user.id))
    details = dict(change.details)
    if "user_principal_name" in details:
        given = details["user_principal_name"]
        if given.strip().lower() != user.user_principal_name:
            details["user_principal_name"] = check_sign_in_name(given, domains)
        else:
            del details["user_principal_name"]
    restored = replace(user, enabled=True, deleted_at=None) if user.deleted_at is not None else user
    if change.enabled is not None:
        details["enabled"] = change.enabled
    return checked(replace(restored, **details))


def deleted(user: CustomerUser, *, now: datetime) -> CustomerUser:
    """The user deleted now; raises IsDeleted."""
    if user.deleted_at is not None:
        raise IsDeleted("The user is deleted already.", str(user.id))
    return replace(user, enabled=False, deleted_at=now)


def refuse_last_admin(user: CustomerUser, roles: Iterable[UUID], *, others: int) -> None:
    """Raise LastGlobalAdmin when the user loses these roles and no other enabled one is a Global admin."""
    if user.enabled and GLOBAL_ADMINISTRATOR in roles and others == 0:
        raise LastGlobalAdmin("This is the tenant's last enabled Global admin; make another one first.", str(user.id))


def relicensed(
    held: Iterable[Sku], give: Iterable[str], take: Iterable[str], units: Iterable[Units]
) -> tuple[Sku, ...]:
    """A user's licences after some are given and some taken, by the names of their SKUs.

    `units` are what the customer has. Raises NoSuchLicence, OutOfLicences.
    """
    has = {sku.name: sku for sku in held}
    known = {one.sku.name: one for one in units}
    for name in map(_name, take):
        if has.pop(name, None) is None:
            raise NoSuchLicence(f"licensesToRemove: the user has no licence of {name}.", name)
    for name in map(_name, give):
        if name in has:
            continue
        has[name] = _free(known, name)
    return tuple(sorted(has.values()))


def _free(known: Mapping[str, Units], name: str) -> Sku:
    if name not in known:
        raise NoSuchLicence(f"licensesToAssign: the customer has no licences of {name}; list subscribedskus.", name)
    if known[name].available == 0:
        raise OutOfLicences(f"Every licence of {known[name].sku.title} is given to somebody; buy more first.", name)
    return known[name].sku


def _name(text: str) -> str:
    """A SKU by its id, or by its part number as the contract has both."""
    return text.strip().upper().replace("/", ":")
