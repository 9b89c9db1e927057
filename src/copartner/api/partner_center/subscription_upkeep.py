"""What a seller reads and settles beside a subscription, in the contract's shapes.

Pages: get-a-list-of-add-ons-for-a-subscription, 2022-06-28; get-a-subscription-s-support-contact, 2022-06-13;
update-a-subscription-s-support-contact, 2022-06-22; register-a-subscription, 2022-06-28;
get-subscription-registration-status, 2022-06-13; custom-term-end-dates, 2023-07-18.
"""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call, Reply
from copartner.api.partner_center import wire
from copartner.api.partner_center.subscriptions import SubscriptionBody, present_subscription
from copartner.api.partner_center.wire import Attributes, Collection, Links
from copartner.api.registry import Query, Route
from copartner.subscriptions import upkeep
from copartner.subscriptions.model import SupportContact, TermEnd


class SupportContactRequest(Struct, frozen=True, rename="camel"):
    """The partner to support a subscription; its name is taken from the programme, not from here."""

    support_tenant_id: UUID
    support_mpn_id: str
    name: str | UnsetType = UNSET


class SupportContactBody(Struct, frozen=True, rename="camel"):
    """Who supports a subscription."""

    support_tenant_id: UUID
    support_mpn_id: str
    name: str
    links: Links
    attributes: Attributes = Attributes("SupportContact")


class RegistrationBody(Struct, frozen=True, rename="camel"):
    """Whether a subscription is registered for reservations."""

    subscription_id: UUID
    status: str
    attributes: Attributes = Attributes("SubscriptionRegistrationStatus")


class TermEndBody(Struct, frozen=True, rename="camel"):
    """A day on which a new term may end early."""

    allowed_custom_term_end_date_type: str
    allowed_custom_term_end_date: datetime
    coterm_subscription_ids: tuple[UUID, ...] | UnsetType = UNSET


def _present(found: SupportContact) -> SupportContactBody:
    return SupportContactBody(
        support_tenant_id=found.support_tenant_id,
        support_mpn_id=found.mpn_id,
        name=found.name,
        links=wire.self_link("customers", found.customer_tenant_id, "subscriptions", found.id, "supportcontact"),
    )


async def _addons(call: Call) -> Collection[SubscriptionBody]:
    found = await upkeep.list_addons(call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription"))
    return wire.collection(map(present_subscription, found), call)


async def _read_contact(call: Call) -> SupportContactBody:
    return _present(
        await upkeep.read_support_contact(
            call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
        )
    )


async def _set_contact(call: Call) -> SupportContactBody:
    customer_id, subscription_id = call.id("customer"), call.id("subscription")
    asked = call.decode(SupportContactRequest)
    return _present(
        await upkeep.set_support_contact(
            call.ctx,
            customer_id=customer_id,
            subscription_id=subscription_id,
            support_tenant_id=asked.support_tenant_id,
            mpn_id=asked.support_mpn_id,
        )
    )


async def _register(call: Call) -> Reply:
    found = await upkeep.register_subscription(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )
    place = wire.link("customers", found.customer_tenant_id, "subscriptions", found.id, "registrationstatus")
    return Reply(202, headers={"location": f"/{place.uri}"})


async def _read_registration(call: Call) -> RegistrationBody:
    found = await upkeep.read_registration(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )
    return RegistrationBody(found.id, "registered" if found.registered_at else "notregistered")


async def _term_ends(call: Call) -> Collection[TermEndBody]:
    found = await upkeep.list_term_ends(
        call.ctx,
        customer_id=call.id("customer"),
        term=(call.query("term_duration") or call.query("termDuration") or "").strip().upper(),
        subscription_id=call.query_id("targetCotermSubscriptionId"),
    )
    return wire.collection(map(_term_end, found), call)


def _term_end(found: TermEnd) -> TermEndBody:
    if found.aligned_with:
        return TermEndBody("subscriptionAligned", found.at, found.aligned_with)
    return TermEndBody("calendarMonthAligned", found.at)


_ALL = "/v1/customers/{customer}/subscriptions"
_ONE = f"{_ALL}/{{subscription}}"
ROUTES = (
    Route(("GET",), f"{_ALL}/customTermEndDates", _term_ends, "subscriptions.list_term_ends",
          "List the days on which a new term may end early.", Collection[TermEndBody],
          query=(Query("term_duration", "P1M, P1Y or P3Y; also as termDuration."),
                 Query("targetCotermSubscriptionId", "Only the end of this subscription."))),
    Route(("GET",), f"{_ONE}/addons", _addons, "subscriptions.list_addons", "List the add-ons to a subscription.",
          Collection[SubscriptionBody]),
    Route(("GET",), f"{_ONE}/supportcontact", _read_contact, "support_contacts.read",
          "Read who supports a subscription.", SupportContactBody, user_only=True),
    Route(("PUT",), f"{_ONE}/supportcontact", _set_contact, "support_contacts.replace",
          "Say who supports a subscription.", SupportContactBody, SupportContactRequest, user_only=True),
    Route(("POST",), f"{_ONE}/registrations", _register, "registrations.make",
          "Register an Azure subscription for reservations.", status=202),
    Route(("GET",), f"{_ONE}/registrationstatus", _read_registration, "registrations.read",
          "Read whether a subscription is registered.", RegistrationBody),
)  # fmt: skip
