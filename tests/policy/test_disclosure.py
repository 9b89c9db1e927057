"""What a tenant's record of a denial may hold, for every rule that can deny."""

from collections.abc import Iterator

import msgspec
import pytest

from copartner.policy.actions import Action
from copartner.policy.decide import Decision
from copartner.policy.disclosure import Known, known_to
from copartner.policy.evaluate import covers
from copartner.policy.explain import Reason, explain
from copartner.policy.facts import Agreement, Cloud, Ending, Facts, Organisation, Pool, Relationship, Role, Side, Tenant
from copartner.policy.rulebook import RuleSet
from copartner.proof.specimens import BUSINESS, BUYER, CUSTOMER, OTHER, PARTNER, kinds, sides, specimen, with_context
from support.rulebook import RULEBOOK as BOOK

OWN_KEYS = {
    "id",
    "organisation",
    "cloud",
    "country",
    "enrolled",
    "sharedServices",
    "markets",
    "agreementSigned",
    "indirectReseller",
    "restricted",
}
# Beside actor and resource, what of the context a caller's record may hold.
CONTEXT = {"relationship", "agreement", "delegation", "pool", "ending", "commitment", "azure", "azureOnly"}
# What the rules judge of the other side reaches the reader as one yes or no, in these words.
SUMMED_UP = {
    "csp-no-partner-buyer": {"not resource.customer.organisation.enrolled"},
    "csp-tenant-only": {"not resource.customer.enrolled"},
    "csp-tier-customer": {
        "not resource.customer.organisation.providers contains resource.partner.organisation",
    },
    "cust-purge": {"(context.shared is known and not context.shared)"},
    "gdap-provider": {"resource.partner.organisation.providers contains resource.provider.organisation"},
    **{
        name: {"(context.serviceDelegatedElsewhere is known and not context.serviceDelegatedElsewhere)"}
        for name in ("one-dap-per-service", "one-dap-per-service-2016")
    },
    "rel-address": {"resource.customer.country is US"},
    "rel-cloud": {"resource.partner.cloud is resource.customer.cloud"},
    "rel-market": {"resource.partner.markets contains resource.customer.country"},
    "role-cart": {"not (context.azureElsewhere is known and context.azureElsewhere)"},
    "mp-second-azure": {"(context.azureElsewhere is known and context.azureElsewhere)"},
}
# The paths a rule may show a partner and a customer as they are: of tenants and businesses only their own.
SHOWN = {
    "announcement-told": {"principal.roles", "principal.side", "resource.audience", "resource.published"},
    "access-told": {"principal.side", "principal.tenant", "resource.customer", "resource.partner"},
    "access-revoked": {"principal.side", "principal.tenant", "resource.customer", "resource.partner"},
    "access-revoker": {"principal.roles"},
    "rules-operator": {"principal.roles", "principal.side"},
    "operating-alone": {"principal.roles", "principal.side"},
    "rules-own": {"principal.tenant", "resource.tenant"},
    "rules-second": {"resource.proposer"},
    "rules-proved": {"resource.proved"},
    "rules-notice": {"resource.notice"},
    "csp-no-partner-buyer": {"resource.customer.organisation.enrolled"},
    "cust-purge": {"context.ending.reservations"},
    "csp-tier-customer": {"resource.customer.organisation.providers", "resource.partner.organisation"},
    "mpa-signed": {"resource.partner.agreementSigned"},
    "mpa-signed-reseller": {"resource.reseller.agreementSigned"},
    "reseller-limits": {"resource.partner.indirectReseller"},
    "enrol-restricted": {"resource.partner.restricted"},
    "dap-required": {"context.relationship.privileges"},
    "one-dap-per-service": {"context.relationship.privileges"},
    "one-dap-per-service-2016": {"context.relationship.privileges"},
    "behalf-delegated": {"context.delegation.active"},
    "behalf-own": {
        "context.delegation", "context.delegation.customer", "context.delegation.partner", "principal.tenant",
        "resource.customer",
    },
    "gdap-over-dap": {"context.delegation.superseded", "context.delegation.wholeTenant"},
    "behalf-guarded": {"context.delegation.roles", "resource.guarded"},
    **{
        f"behalf-{name}": {"context.delegation.roles", "principal.side"}
        for name in (
            "users-read", "users-write", "users-delete", "passwords", "roles", "licences-read", "licences-write",
        )
    },
    "csp-self-affiliate": {
        "context.azureOnly", "resource.customer.organisation.affiliates", "resource.customer.sharedServices",
        "resource.partner.organisation.affiliates",
    },
    "csp-tenant-only": {"resource.customer.enrolled"},
    "cn-no-azure": {"context.azure"},
    "mca-confirmed": {
        "context.agreement.confirmedBy", "context.agreement.customer", "principal.tenant", "resource.customer",
    },
    "nce-7-days": {"context.commitment.reduces", "context.commitment.windowOpen"},
    "nce-longer-only": {"context.commitment.shortens"},
    "rel-acceptor": {"principal.roles"},
    "rel-address": {"resource.customer.country"},
    "rel-addressee": {"principal.tenant", "resource.customer", "resource.partner"},
    "gdap-acceptor": {"principal.roles"},
    "gdap-asker": {"principal.roles"},
    "gdap-extend": {"principal.roles", "principal.side", "resource.globalAdministrator"},
    "gdap-limits": {"resource.withinLimits"},
    "gdap-active": {"resource.active"},
    "gdap-assigner": {"principal.roles"},
    "gdap-within": {"resource.rolesWithin"},
    "gdap-acceptor-2026": {"principal.roles"},
    "gdap-cap": {"resource.withinCap"},
    "gdap-provider": {
        "principal.tenant", "resource.partner", "resource.partner.organisation.providers", "resource.provider",
        "resource.provider.organisation",
    },
    "gdap-reseller-consent": {"resource.provider", "resource.resellerConsented"},
    "gdap-addressee": {"principal.tenant", "resource.customer", "resource.partner"},
    "rel-cloud": {"resource.customer.cloud", "resource.partner.cloud"},
    "rel-dap-asked": {"resource.includesPrivileges"},
    "rel-end": {"context.ending.active", "context.ending.reservations"},
    "rel-end-cancelled": {"context.ending.running"},
    "rel-market": {"resource.customer.country", "resource.partner.markets"},
    "rel-own-side": {
        "context.relationship.customer", "context.relationship.partner", "principal.tenant", "resource.customer",
        "resource.partner",
    },
    "rel-required": {
        "context.relationship.active", "context.relationship.customer", "context.relationship.partner",
        "principal.tenant", "resource.customer",
    },
    "seats-pooled": {"context.pool.held", "context.pool.maximum", "context.pool.requested"},
    "user-only": {"principal.appOnly"},
    "own-decision": {"principal.tenant", "resource.tenant"},
    "own-tenant": {"principal.tenant", "resource.tenant"},
    "own-denial": {"resource.actor"},
    "own-directory": {"principal.tenant", "resource.tenant"},
    "dir-guarded": {"principal.roles", "resource.guarded"},
    "dir-global-admin": {"principal.roles"},
    "dir-admin-consent": {"resource.adminConsent"},
    "role-consent-read": {"principal.roles", "resource.user"},
    "role-consent-withdraw": {"resource.user"},
    "mfa-portal": {"principal.appOnly", "principal.door", "principal.enrolled", "principal.multiFactor"},
    "mfa-api": {"principal.appOnly", "principal.door", "principal.enrolled", "principal.multiFactor"},
    "mfa-transaction": {"principal.appOnly", "principal.enrolled", "principal.multiFactor"},
}  # fmt: skip
# What every user may do with its own needs nothing that a plain user lacks.
OPEN_TO_USERS = {
    *("role-announcements-read", "role-own-consents", "role-consent-read", "role-consent-withdraw", "role-own-tenant"),
}
OF_SELLER = {"principal.tenant", "resource.partner"}
OF_ROLES = {"principal.roles", "principal.side"}


def cases(role: Role) -> Iterator[tuple[RuleSet, Action, Facts]]:
    """A request of every kind, with all that the context can hold, in every cloud, for every rule there ever was.

    What a rule tells depends on no other, so that the rules of each time are only those which no earlier time had.
    """
    for cloud in Cloud:
        for rules in new_rules(cloud):
            for action, kind in kinds(BOOK.schema):
                facts = specimen(action, kind, cloud, sides(action)[0], (role,))
                yield (
                    rules,
                    action,
                    with_context(
                        facts,
                        pool=Pool(9, 8, 7),
                        ending=Ending(1, 1, 1),
                        shared=True,
                        azure=True,
                        azure_only=True,
                        azure_elsewhere=True,
                        service_delegated_elsewhere=True,
                    ),
                )


def new_rules(cloud: Cloud) -> Iterator[RuleSet]:
    """Of every time what it brought."""
    known: set[str] = set()
    for rules in BOOK.spans(cloud):
        if brought := tuple(rule for rule in rules.rules if rule.id not in known):
            yield RuleSet(cloud, rules.begins, rules.ends, brought, BOOK.schema)
        known |= {rule.id for rule in rules.rules}


def reasons(rules: RuleSet, action: Action, known: Known, kind: str) -> Iterator[Reason]:
    """Why each rule that takes this request in would deny it, as the reader is told."""
    for rule in rules.rules:
        if covers(rule.policy, rules.schema, action, kind):
            decision = Decision(False, () if rule.permits else (rule.id,), rules.digest)
            made = explain(rules, action, known.facts, decision, known.withheld)
            yield next(reason for reason in made.reasons if reason.rule == rule.id)


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.USER])
def test_every_rule_shows_what_is_listed_and_no_more(role: Role) -> None:
    for rules, action, facts in cases(role):
        known = known_to(facts, facts.principal.tenant)
        for reason in reasons(rules, action, known, type(facts.resource).__name__):
            names = {fact.name for fact in reason.facts}
            summed_up = {fact.name for fact in reason.facts if " " in fact.name}
            usual = OF_ROLES if reason.permits else OF_SELLER
            assert names - summed_up <= SHOWN.get(reason.rule, usual), reason.rule
            if reason.rule == "csp-self-affiliate":
                assert len(summed_up) <= 1
            else:
                assert summed_up <= SUMMED_UP.get(reason.rule, set()), reason.rule
            assert all(fact.value == "no" for fact in reason.facts if fact.name in summed_up)
            if reason.permits and role is Role.USER:
                assert bool(reason.missing) == (reason.rule not in OPEN_TO_USERS), reason.rule


def test_a_record_holds_the_readers_own_tenant_and_these_keys_of_the_context() -> None:
    for _, action, facts in cases(Role.GLOBAL_ADMIN):
        reader = facts.principal.tenant
        plain = msgspec.to_builtins(known_to(facts, reader).facts)
        assert {name for name, value in plain["context"].items() if value is not None} <= CONTEXT, action
        assert {tenant["id"] for tenant in plain["tenants"]} <= {reader}
        assert all(tenant.keys() == OWN_KEYS for tenant in plain["tenants"])
        assert {one["id"] for one in plain["organisations"]} <= {{PARTNER: BUSINESS, CUSTOMER: BUYER}.get(reader)}


@pytest.mark.parametrize("side", [Side.PARTNER, Side.CUSTOMER])
def test_nothing_of_the_other_side_changes_what_is_recorded(side: Side) -> None:
    """The same denial, whatever the other tenant, its business and other sellers are like."""
    reader, other = (PARTNER, CUSTOMER) if side is Side.PARTNER else (CUSTOMER, PARTNER)
    for rules, action, facts in cases(Role.GLOBAL_ADMIN):
        if facts.principal.side is not side or action is Action.TENANT_ENROL:
            continue
        changed = msgspec.structs.replace(
            with_context(facts, azure_elsewhere=None, service_delegated_elsewhere=None),
            tenants=tuple(
                one if one.id == reader else Tenant(other, BUYER, Cloud.CHINA, "BR", True, True, ("BR", "CL"))
                for one in facts.tenants
            ),
            organisations=tuple(
                one if one.id == {PARTNER: BUSINESS, CUSTOMER: BUYER}[reader] else Organisation(one.id, ("o-x",), True)
                for one in facts.organisations
            ),
        )
        first, second = known_to(facts, reader), known_to(changed, reader)
        kind = type(facts.resource).__name__
        assert first == second
        assert list(reasons(rules, action, first, kind)) == list(reasons(rules, action, second, kind))


def test_witnesses_of_others_stay_with_them() -> None:
    facts = with_context(
        specimen(Action.CART_CHECKOUT, "Cart", Cloud.COMMERCIAL, Side.PARTNER, (Role.SALES_AGENT,)),
        relationship=Relationship("r-9", OTHER, CUSTOMER, active=True),
        agreement=Agreement("a-9", CUSTOMER, OTHER),
    )
    known = known_to(facts, PARTNER)
    assert (known.facts.context.relationship, known.facts.context.agreement) == (None, None)
    assert {"relationship", "agreement"} <= known.withheld
    assert known_to(facts, CUSTOMER).facts.context.agreement == Agreement("a-9", CUSTOMER, OTHER)
