"""The plays at length."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from copartner.policy.facts import Cloud
from support.postgres import Server
from support.programme import RULEBOOK
from support.walls.perform import ALL, ROWS_ALONE, RULES_ALONE, new_seed, on_stage, perform
from support.walls.stage import Walls

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]
C, G = Cloud.COMMERCIAL, Cloud.US_GOVERNMENT
Record = Callable[[str, object], None]

IN_DIRECTORIES = {
    *("list_users", "list_roles", "list_members", "list_licences", "read_user", "list_user_roles"),
    *("list_user_licences", "create_user", "change_user", "reset_password", "delete_user", "give_role", "take_role"),
    "update_licences",
}
# What each forbid is provoked by in a play. The others cannot be: own-tenant and rel-own-name speak about what is
# always the actor's own, and rel-dap-asked is asked without being required.
PROVOKED = {
    "behalf-delegated": IN_DIRECTORIES,
    "behalf-guarded": {"change_user", "reset_password", "delete_user"},
    "csp-no-partner-buyer": {"create_cart", "place_order", "accept_request", "accept_standing"},
    "csp-self-affiliate": {"create_cart", "place_order", "accept_request", "accept_standing"},
    "csp-tenant-only": {"create_cart", "place_order", "accept_request", "accept_standing"},
    "dir-guarded": {"add_member", "remove_member"},
    "gdap-acceptor-2026": {"approve_relationship", "reject_relationship", "end_relationship"},
    "gdap-addressee": {"approve_relationship", "reject_relationship", "read_invitation"},
    "gdap-asker": {"create_relationship"},
    "gdap-assigner": {"create_assignment", "change_assignment", "delete_assignment"},
    "gdap-limits": {"create_relationship", "change_relationship"},
    "gdap-national": {"create_relationship"},
    "gdap-over-dap": IN_DIRECTORIES,
    "gdap-own": {
        *("read_relationship", "change_relationship", "delete_relationship", "terminate_relationship"),
        *("create_assignment", "change_assignment", "delete_assignment", "list_assignments"),
    },
    "gdap-start": {"create_relationship"},
    "gdap-within": {"create_assignment", "change_assignment"},
    "gov-users": IN_DIRECTORIES,
    "mca-confirmed": {"place_order", "checkout"},
    "mp-addon": {"create_cart", "place_order", "change_subscription"},
    "mp-ownership": {"change_subscription"},
    "mp-record": {"change_subscription"},
    "mp-subscription": {"change_subscription", "activate_subscription"},
    "mp-terms": {"change_subscription", "transition_subscription"},
    "mp-visibility": {"read_subscription", "read_order", "read_cart", "replace_cart", "checkout"},
    "nce-7-days": {"change_subscription"},
    "nce-longer-only": {"transition_subscription"},
    "own-decision": {"read_decision"},
    "own-directory": {"add_member", "remove_member"},
    "rel-acceptor": {"accept_request", "decline_request", "read_consent"},
    "rel-addressee": {"accept_request", "decline_request", "read_consent"},
    "rel-address": {"create_customer", "accept_request", "accept_standing"},
    "rel-cloud": {"create_cart", "place_order"},
    "rel-dap-ended": {"send_request"},
    "rel-dap-forced": {"send_request"},
    "rel-end": {"end_relationship"},
    "rel-end-cancelled": {"end_relationship"},
    "rel-market": {"create_cart", "place_order", "create_customer"},
    "rel-own-request": {"read_request", "withdraw_request"},
    "rel-own-side": {"withdraw_privileges"},
    "rel-required": {"read_customer", "create_cart", "place_order", "list_subscriptions", "change_subscription"},
    "seats-pooled": {"place_order", "checkout"},
    "user-only": {"send_request", "attest_agreement"},
}
# No act of the play comes to these; tests/walls/test_forbids_matter.py and tests/policy show each of them by itself. To
# behalf-own none can: the database answers a partner's own approvals alone.
UNPROVOKED = {
    "access-revoked", "access-revoker", "access-told", "announcement-told", "behalf-own", "cn-licences", "cn-no-azure",
    "csp-tier-customer", "cust-purge", "dap-required", "dir-admin-consent", "dir-global-admin", "enrol-restricted",
    "gdap-acceptor", "gdap-active", "gdap-cap", "gdap-provider", "gdap-reseller-consent", "mfa-api", "mfa-portal",
    "mfa-transaction", "mpa-signed", "mpa-signed-reseller", "one-dap-per-service", "one-dap-per-service-2016",
    "operating-alone", "own-tenant", "rel-dap-asked", "rel-own-name", "reseller-limits", "rules-notice",
    "rules-operator", "rules-own", "rules-proved", "rules-second",
}  # fmt: skip
ONLY_GOVERNMENT = {"gdap-national", "gov-users", "rel-address", "rel-dap-forced"}
MORE, MOST_MORE = 40, 8
PROMISES = {rule for rule in PROVOKED if rule.startswith("mp-")}


def test_every_forbid_has_acts_of_its_own() -> None:
    assert PROVOKED.keys() | UNPROVOKED == {rule.id for rule in RULEBOOK.rules if not rule.permits}


@pytest.mark.parametrize(
    ("walls", "cloud", "plays", "provoked"),
    [
        (ALL, C, 250, PROVOKED.keys() - ONLY_GOVERNMENT),
        (ALL, G, 80, PROMISES | ONLY_GOVERNMENT),
        (RULES_ALONE, C, 120, PROMISES),
        (ROWS_ALONE, C, 120, set()),
    ],
    ids=["all", "all-us-government", "rules-alone", "rows-alone"],
)
def test_no_partner_sees_or_changes_what_another_sold(
    postgres: Server,
    tmp_path: Path,
    record_property: Record,
    walls: Walls,
    cloud: Cloud,
    plays: int,
    provoked: set[str],
) -> None:
    with on_stage(postgres, tmp_path, walls, cloud) as stage:
        for batch in range(1 + MOST_MORE):
            chosen = new_seed()
            record_property("seed", chosen)
            perform(stage, plays=plays if batch == 0 else MORE, steps=40, chosen=chosen)
            missing = provoked - _provoked(stage.outcomes)
            # A play is random: what it has not provoked yet, it is given some more time for.
            if not missing:
                break
    assert not missing


def _provoked(outcomes: Iterable[tuple[str, str]]) -> set[str]:
    return {
        rule
        for service, outcome in outcomes
        if outcome.startswith("denied")
        for rule in outcome.split()[1:]
        if service in PROVOKED.get(rule, ())
    }
