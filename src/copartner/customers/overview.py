"""One customer as the page of its partner shows it: what is known of it, and what may be done there and why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from copartner.agreements.model import Agreement
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.customers import rules, store
from copartner.customers.model import CompanyProfile, Customer
from copartner.partners.model import Partner
from copartner.policy.actions import Action
from copartner.policy.explain import Explanation
from copartner.policy.facts import Ending, FactContext, Facts

# What is judged by the customer alone; of a sale, without Azure in it.
_ASKED = (
    Action.COMPANY_PROFILE_READ,
    Action.AGREEMENT_READ,
    Action.AGREEMENT_ATTEST,
    Action.CUSTOMER_LIST_RESELLERS,
    Action.CUSTOMER_CATALOGUE_READ,
    Action.SUBSCRIPTION_LIST,
    Action.CART_CREATE,
    Action.ORDER_PLACE,
    Action.CUSTOMER_REMOVE_PRIVILEGES,
    Action.CUSTOMER_END_RELATIONSHIP,
)


@dataclass(frozen=True, slots=True)
class _Found:
    facts: Facts
    customer: Customer
    company: CompanyProfile
    accepted: tuple[Agreement, ...]
    attested: Agreement | None
    resellers: tuple[Partner, ...]
    ending: Ending


@dataclass(frozen=True, slots=True)
class Overview:
    """A customer; what the caller may not read is None, and `denied` says why, of that and of what it may not do.

    `agreement` is the customer's own acceptance, else what the acting partner attested last. `resellers` are the acting
    partner's own through which it works with the customer. `ending` counts what it sold that has not ended.
    """

    customer: Customer
    company: CompanyProfile | None
    agreement: Agreement | None
    has_agreement: bool
    resellers: tuple[Partner, ...]
    ending: Ending
    denied: Mapping[Action, Explanation]

    def allows(self, action: Action) -> bool:
        """Whether the rules let the caller do this now."""
        return action not in self.denied


async def read_overview(ctx: Context, *, customer_id: UUID, to_sell: bool = False) -> Overview:
    """One customer of the acting partner, in one trip; raises Denied, UnknownCustomer.

    With `to_sell` who may not draft a cart is denied that; nothing else is recorded.
    """
    found = rules.existing(
        await ctx.find(Action.CUSTOMER_READ, store.overview(), customer_id, body=_Found), customer_id
    )
    if to_sell:
        await ctx.require(Action.CART_CREATE, _facts(found, Action.CART_CREATE))
    denied = {action: said for action in _ASKED if (said := objection(ctx, action, _facts(found, action)))}
    agreement = found.accepted[0] if found.accepted else found.attested
    return Overview(
        customer=found.customer,
        company=None if Action.COMPANY_PROFILE_READ in denied else found.company,
        agreement=None if Action.AGREEMENT_READ in denied else agreement,
        has_agreement=agreement is not None,
        resellers=() if Action.CUSTOMER_LIST_RESELLERS in denied else found.resellers,
        ending=found.ending,
        denied=denied,
    )


def _facts(found: _Found, action: Action) -> Facts:
    """What the action will be judged by when it is done."""
    facts, context = found.facts, found.facts.context
    if action in (Action.CART_CREATE, Action.ORDER_PLACE):
        return replace(facts, context=replace(context, azure=False, azure_only=False, azure_elsewhere=False))
    ending = found.ending if action is Action.CUSTOMER_END_RELATIONSHIP else None
    return Facts(facts.principal, facts.resource, FactContext(relationship=context.relationship, ending=ending))
