"""What one tenant may know of the facts of a decision; its record holds these and its explanation is made of them."""

from dataclasses import dataclass

from copartner.policy.facts import FactContext, Facts

# Known to the rules alone: what another partner is or sold to the customer is nobody's to tell.
RULES_ALONE = frozenset({"azureElsewhere", "serviceDelegatedElsewhere", "shared"})


@dataclass(frozen=True, slots=True)
class Known:
    """Facts as one tenant may read them; `withheld` names what of the context was left out."""

    facts: Facts
    withheld: frozenset[str]


def known_to(facts: Facts, tenant: str) -> Known:
    """Its own tenant and organisation, its own witnesses and sales; the pool of seats is a declared disclosure."""
    own = tuple(one for one in facts.tenants if one.id == tenant)
    behind = {one.organisation for one in own}
    given = facts.context
    relationship, agreement, delegation = given.relationship, given.agreement, given.delegation
    sells = getattr(facts.resource, "partner", None) == tenant
    partied = relationship is not None and tenant in (relationship.partner, relationship.customer)
    approved = delegation is not None and tenant in (delegation.partner, delegation.customer)
    agreed = agreement is not None and (tenant == agreement.customer or agreement.confirmed_by in (None, tenant))
    context = FactContext(
        relationship=relationship if partied else None,
        agreement=agreement if agreed else None,
        delegation=delegation if approved else None,
        pool=given.pool,
        ending=given.ending if sells else None,
        commitment=given.commitment if sells else None,
        azure=given.azure if sells else None,
        azure_only=given.azure_only if sells else None,
    )
    left_out = {
        name
        for name in ("relationship", "agreement", "delegation", "ending", "commitment")
        if getattr(given, name) is not None and getattr(context, name) is None
    }
    if not sells:
        left_out |= {"azure", "azureOnly"}
    return Known(
        Facts(
            principal=facts.principal,
            resource=facts.resource,
            context=context,
            tenants=own,
            organisations=tuple(one for one in facts.organisations if one.id in behind),
        ),
        RULES_ALONE | left_out,
    )
