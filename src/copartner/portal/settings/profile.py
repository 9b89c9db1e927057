"""What a partner says of itself: its legal business, its organisation and where its customers find help."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from litestar import Response

from copartner.kernel.errors import Refusal
from copartner.partners import service
from copartner.partners.model import PartnerProfile, Profiles
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.page import Page, Show, Take, Visit
from copartner.portal.refusing import invalid
from copartner.portal.settings import acts
from copartner.portal.speaking import word

_ALL = "/settings/profile"
_LABELS = {
    "company_name": word("Company"),
    "address": word("Postal address"),
    "default_address": word("Postal address"),
    "approver_address": word("Address of who approves for the business"),
    "approver_email": word("Mail address of who approves"),
    "primary_contact": word("Contact"),
    "email": word("Mail address"),
    "telephone": word("Telephone"),
    "website": word("Website"),
    "culture": word("Culture"),
    "language": word("Language"),
    "country": word("Country"),
    "address_line1": word("Street and number"),
    "address_line2": word("Second line"),
    "city": word("City"),
    "state": word("State or region"),
    "postal_code": word("Postal code"),
    "first_name": word("First name"),
    "last_name": word("Last name"),
    "phone_number": word("Telephone number"),
}
_HINTS = {
    "country": word("Two letters, such as DE"),
    "culture": word("Such as de-DE"),
    "language": word("Such as de"),
}
_NEEDED = frozenset({"company_name", "country", "culture", "language"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A profile: the end of its address, what it is called, what it is for."""

    name: str
    title: str
    text: str

    def of(self, found: Profiles) -> PartnerProfile[Any]:
        """The profile among all."""
        profile: PartnerProfile[Any] = getattr(found, self.name.replace("-", "_"))
        return profile


KINDS = (
    Kind("legal-business", word("Legal business"), word("The legal entity, and who approves for it.")),
    Kind("organization", word("Organisation profile"), word("The organisation as the programme writes to it.")),
    Kind("support", word("Support"), word("Where your customers find help.")),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a profile by its path in it, and the part it belongs to."""

    path: str
    label: str
    part: str
    value: str
    needed: bool
    hint: str


def flat(value: Any, above: str = "", part: str = "") -> list[Field]:
    """The fields of a profile, those of its parts in their place."""
    found: list[Field] = []
    for one in fields(value):
        held, path = getattr(value, one.name), f"{above}{one.name}"
        if is_dataclass(held):
            found += flat(held, f"{path}.", _LABELS[one.name])
        else:
            found.append(Field(path, _LABELS[one.name], part, held, one.name in _NEEDED, _HINTS.get(one.name, "")))
    return found


def parts(found: list[Field]) -> list[tuple[str, list[Field]]]:
    """Fields by the part that they belong to, in the order of the profile."""
    return [(part, [one for one in found if one.part == part]) for part in dict.fromkeys(one.part for one in found)]


def built(value: Any, typed: Mapping[str, str], above: str = "") -> Any:
    """The profile with what was typed."""
    changed: dict[str, Any] = {}
    for one in fields(value):
        held, path = getattr(value, one.name), f"{above}{one.name}"
        changed[one.name] = built(held, typed, f"{path}.") if is_dataclass(held) else typed.get(path, held)
    return replace(value, **changed)


async def show_all(visit: Visit) -> Response[bytes]:
    """The profiles as they stand."""
    found, may = await service.read_profiles(visit.ctx)
    return visit.page(
        "settings/profiles.html",
        company=found.company,
        kinds=[(kind, parts([one for one in flat(kind.of(found).value) if one.value])) for kind in KINDS],
        obstacle=may[Action.PARTNER_PROFILE_EDIT],
    )


def _showing(kind: Kind) -> Show:
    async def show(visit: Visit) -> Response[bytes]:
        return await _form(visit, kind, {}, None)

    return show


async def _form(visit: Visit, kind: Kind, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    found, may = await service.read_profiles(visit.ctx)
    profile = kind.of(found)
    named = {_snake(name): said for name, said in acts.wrong(refusal, visit.language).items()}
    return visit.page(
        "settings/profile.html",
        status=acts.status(refusal),
        kind=kind,
        parts=parts([replace(one, value=typed.get(one.path, one.value)) for one in flat(profile.value)]),
        version=profile.version,
        obstacle=may[Action.PARTNER_PROFILE_EDIT],
        refusal=refusal,
        wrong=lambda path: next((said for name, said in named.items() if f".{path}".endswith(f".{name}")), ""),
    )


def _snake(name: str) -> str:
    """The path of a field by the property that a service names."""
    path = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return path.replace("company_approver_email", "approver_email")


def _taking(kind: Kind) -> Take:
    async def take(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
        try:
            version = sent.get("version", "")
            if not (version.isascii() and version.isdigit() and len(version) < 10):
                raise invalid(word("The form is incomplete; open the page again."))
            found, _ = await service.read_profiles(visit.ctx)
            value = built(kind.of(found).value, sent)
            if value != kind.of(found).value:
                await service.update_profile(visit.ctx, value, expected_version=int(version))
        except acts.MENDABLE as refusal:
            return await _form(visit, kind, sent, refusal)
        return visit.see(_ALL, visit.text("The profile is as you wrote it."))

    return take


PAGES = (
    Page(_ALL, "partner_profiles", Side.PARTNER, show_all),
    *(
        Page(f"{_ALL}/{kind.name}", f"partner_profile_{kind.name}", Side.PARTNER, _showing(kind), _taking(kind))
        for kind in KINDS
    ),
)
