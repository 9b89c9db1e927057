"""A new customer, in four steps; what was typed goes from step to step in the form, nothing of it is kept elsewhere."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from unicodedata import normalize

from babel import Locale
from litestar import Response

from copartner.customers import rules
from copartner.customers.countries import Country, check_registration, countries
from copartner.customers.creating import read_creating
from copartner.customers.model import BillingDetails, NewCustomer
from copartner.customers.service import create_customer
from copartner.customers.tenancy import check_address, is_domain_taken
from copartner.kernel.errors import Conflict, Illegal, Invalid, Refusal
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of
from copartner.portal.speaking import word
from copartner.tenants.details import Address, check_mail, check_text

Typed = dict[str, str]
Errors = dict[str, str]
Check = Callable[[Visit, Typed], Awaitable[Errors]]

# What each step asks for; a step's fields are typed on its page and go along unseen on the others.
STEPS: Mapping[str, tuple[str, ...]] = {
    "company": ("company_name", "domain", "country"),
    "address": (
        "address_line1",
        "address_line2",
        "postal_code",
        "city",
        "state",
        "registration_number",
        "first_name",
        "last_name",
        "phone_number",
    ),
    "billing": ("email", "billing_name", "culture", "language", "admin_name"),
    "review": (),
}
_TITLES = {
    "company": word("Company"),
    "address": word("Postal address"),
    "billing": word("Language and billing"),
    "review": word("Review"),
}
_FIELDS = tuple(name for names in STEPS.values() for name in names)
_TAKEN = word("Another tenant has this domain already. Choose another one.")
# The address check names properties as the API does.
_PARTS = {"AddressLine1": "address_line1", "City": "city", "State": "state", "PostalCode": "postal_code"}
_MISFITS = {
    "address_line1": word("Give street and number; without a number it leads to no door."),
    "city": word("Give the city."),
    "state": word("Choose one of the states of this country."),
    "postal_code": word("Postal codes of this country look otherwise."),
}


async def show(visit: Visit) -> Response[bytes]:
    """The first step."""
    own = await read_creating(visit.ctx)
    return _step(visit, "company", {**dict.fromkeys(_FIELDS, ""), "country": own, "admin_name": "admin"}, {})


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """On to the step that is asked for, unless something before it is wrong; at the end the customer is made."""
    typed = {name: form.get(name, "").strip() for name in (*_FIELDS, "step")}
    at, wanted = form.get("step", ""), form.get("go", "")
    order = list(STEPS)
    if at not in STEPS or wanted not in (*STEPS, "create"):
        return _step(visit, "company", typed, {}, form)
    # Whoever goes back is asked nothing.
    ahead = wanted == "create" or order.index(wanted) > order.index(at)
    passed = order[:-1] if wanted in ("create", "review") else order[: order.index(wanted)]
    for step in passed if ahead else ():
        if errors := await _CHECKS[step](visit, typed):
            return _step(visit, step, typed, errors, form)
    if wanted != "create":
        return _step(visit, wanted, typed, {}, form)
    try:
        made = await create_customer(repeated(visit, form), new=_new(typed))
    except (Invalid, Conflict, Illegal) as refusal:
        step = "company" if isinstance(refusal, rules.DomainTaken) else "review"
        return _step(visit, step, typed, {}, form, refusal)
    return visit.page("partner/customers/created.html", made=made, customer=made.customer)


async def _check_company(visit: Visit, typed: Typed) -> Errors:
    errors: Errors = {}
    if not _fits(lambda: check_text(typed["company_name"], "company_name")):
        errors["company_name"] = visit.text("Give the company's name, in at most 256 characters.")
    if typed["country"] not in countries():
        errors["country"] = visit.text("Choose the country.")
    if not _fits(lambda: rules.check_domain(typed["domain"])):
        errors["domain"] = visit.text("Give a domain, such as company.example.")
    # Only as it is typed: later the making itself says so, and a form that is sent twice finds its own customer.
    elif typed["step"] == "company" and await is_domain_taken(visit.ctx, domain=typed["domain"]):
        errors["domain"] = visit.text(_TAKEN)
    return errors


async def _check_address(visit: Visit, typed: Typed) -> Errors:
    try:
        judged = await check_address(visit.ctx, address=_address(typed))
    except Invalid as refusal:
        name = refusal.data[0] if refusal.data and refusal.data[0] in _FIELDS else "address_line1"
        return {name: visit.text("This has at most 256 printable characters.")}
    if judged.suggested is not None:
        typed |= {"state": judged.suggested.state, "postal_code": judged.suggested.postal_code}
    errors = {_PARTS[part]: visit.text(_MISFITS[_PARTS[part]]) for part in judged.wrong}
    if not _fits(lambda: check_registration(typed["country"], typed["registration_number"])):
        errors["registration_number"] = visit.text(
            "Customers of this country are created with their registration number."
        )
    return errors


async def _check_billing(visit: Visit, typed: Typed) -> Errors:
    errors: Errors = {}
    country = countries()[typed["country"]]
    if not _fits(lambda: check_mail(typed["email"], "email")):
        errors["email"] = visit.text("Give the mail address that invoices and notices go to.")
    if typed["culture"] not in country.cultures:
        errors["culture"] = visit.text("Choose one of these.")
    if typed["language"] not in country.languages:
        errors["language"] = visit.text("Choose one of these.")
    if not _fits(lambda: rules.check_admin_name(typed["admin_name"])):
        errors["admin_name"] = visit.text("Letters, digits, dots and dashes, at most 64 of them.")
    return errors


_CHECKS: Mapping[str, Check] = {"company": _check_company, "address": _check_address, "billing": _check_billing}


def _fits(check: Callable[[], object]) -> bool:
    try:
        check()
    except Invalid:
        return False
    return True


def _address(typed: Typed) -> Address:
    return Address(**{name: typed[name] for name in Address.__dataclass_fields__})


def _new(typed: Typed) -> NewCustomer:
    return NewCustomer(
        company_name=typed["company_name"],
        domain=typed["domain"],
        billing=BillingDetails(
            email=typed["email"],
            company_name=typed["billing_name"] or typed["company_name"],
            culture=typed["culture"],
            language=typed["language"],
            address=_address(typed),
        ),
        admin_name=typed["admin_name"],
        registration_number=typed["registration_number"],
    )


def _step(
    visit: Visit,
    step: str,
    typed: Typed,
    errors: Errors,
    form: Mapping[str, str] | None = None,
    problem: Refusal | None = None,
) -> Response[bytes]:
    country = countries().get(typed["country"])
    step = step if country is not None else "company"
    if country is not None and step == "billing":
        typed = _with_habits(typed, country)
    order = list(STEPS)
    place = order.index(step)
    return visit.page(
        "partner/customers/new.html",
        status=status_of(problem) if problem else 400 if errors else 200,
        step=step,
        steps=[(name, _TITLES[name]) for name in order],
        back=order[place - 1] if place else "",
        forward=order[place + 1] if place + 1 < len(order) else "create",
        typed=typed,
        unseen={name: typed[name] for name in _FIELDS if name not in STEPS[step]},
        errors=dict.fromkeys(_FIELDS, "") | errors,
        problem=problem,
        country=country,
        once=once(form or {}),
        call=_call(typed),
        **_names(visit, country),
    )


def _with_habits(typed: Typed, country: Country) -> Typed:
    """What is usual in the country, where nothing that is possible there was chosen."""
    habits = {"culture": country.cultures, "language": country.languages}
    chosen = {name: typed[name] if typed[name] in some else some[0] for name, some in habits.items()}
    return {**typed, **chosen, "billing_name": typed["billing_name"] or typed["company_name"]}


def _names(visit: Visit, country: Country | None) -> dict[str, Any]:
    """Countries, cultures and languages with their names in the reader's language."""
    locale = Locale.parse(visit.language.value)
    named = {code: locale.territories.get(code, code) for code in countries()}
    cultures = country.cultures if country else ()
    return {
        "countries": [("", "–"), *sorted(named.items(), key=lambda one: normalize("NFKD", one[1]))],
        "states": [("", "–"), *((state, state) for state in (country.states if country else ()))],
        "cultures": [(tag, f"{_culture(tag, locale)} ({tag})") for tag in cultures],
        "spoken": [(tag, locale.languages.get(tag, tag)) for tag in (country.languages if country else ())],
    }


def _culture(tag: str, locale: Locale) -> str:
    return Locale.parse(tag, sep="-").get_display_name(locale) or tag


def _call(typed: Typed) -> dict[str, Any]:
    """What the call of the API that makes the same customer says."""
    camel = {name: name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]) for name in _FIELDS}
    address = {camel[name]: typed[name] for name in Address.__dataclass_fields__ if typed[name]}
    number = {"organizationRegistrationNumber": typed["registration_number"]} if typed["registration_number"] else {}
    return {
        "companyProfile": {"companyName": typed["company_name"], "domain": typed["domain"], **number},
        "billingProfile": {
            "email": typed["email"],
            "companyName": typed["billing_name"] or typed["company_name"],
            "culture": typed["culture"],
            "language": typed["language"],
            "defaultAddress": address,
        },
        "userCredentials": {"userName": typed["admin_name"]},
    }


PAGES = (Page("/partner/customers/new", "partner_customer_new", Side.PARTNER, show, take),)
