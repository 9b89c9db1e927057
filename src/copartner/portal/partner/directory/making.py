"""A new user of a customer."""

from collections.abc import Mapping

from litestar import Response

from copartner.command.denial import Denied
from copartner.directory.model import NewUser
from copartner.directory.service import showing, users
from copartner.kernel.errors import Refusal
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner.directory import passwords, people
from copartner.portal.partner.directory.denying import refused
from copartner.portal.repeating import once, repeated
from copartner.portal.serving import status_of

_PATH = f"{people.PATH}/new"


async def show(visit: Visit) -> Response[bytes]:
    """The form."""
    return await _form(visit, {}, None)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Make the user, and show its password once."""
    try:
        password = passwords.drawn(visit, form)
        made = await users.create_user(
            repeated(visit, form),
            customer_id=visit.ids["customer_id"],
            new=NewUser(
                user_principal_name=f"{form.get('local', '').strip()}@{form.get('domain', '')}",
                display_name=form.get("name", ""),
                password=password,
                first_name=form.get("first", ""),
                last_name=form.get("last", ""),
                usage_location=form.get("country", ""),
            ),
        )
    except Denied as denied:
        return refused(visit, denied)
    except Refusal as refusal:
        return await _form(visit, form, refusal)
    return visit.page(
        "partner/directory/password.html",
        user=made,
        password=password,
        made=True,
        back=f"{people.PATH.format(**visit.ids)}/{made.id}",
        customer=visit.ids["customer_id"],
    )


async def _form(visit: Visit, form: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    customer = visit.ids["customer_id"]
    try:
        found = await showing.read_directory(visit.ctx, customer_id=customer, size=1)
    except Denied as denied:
        return refused(visit, denied)
    return visit.page(
        "partner/directory/new.html",
        status=status_of(refusal) if refusal else 200,
        found=found,
        domains=[(one, one) for one in found.domains],
        customer=customer,
        refusal=refusal,
        typed=form,
        once=once(form),
    )


PAGES = (Page(_PATH, "new_customer_user", Side.PARTNER, show, take),)
