"""The role table of the programme, row by row as its page has it, against the engine.

Y and a permit; c (documents conflict) and - do not. Rows without an action of ours yet are not listed.
"""

from datetime import date

import pytest

from copartner.policy.actions import Action as A
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Cloud, Role, Side
from copartner.proof.specimens import specimen
from support.rulebook import RULEBOOK as BOOK

ROLES = (
    Role.GLOBAL_ADMIN,
    Role.USER_MANAGEMENT_ADMIN,
    Role.ADMIN_AGENT,
    Role.SALES_AGENT,
    Role.HELPDESK_AGENT,
    Role.BILLING_ADMIN,
)
TABLE = {
    "find, read customers": ("Y - Y a Y a", (A.CUSTOMER_LIST, A.CUSTOMER_READ)),
    "edit customer details": ("Y - a Y Y -", (A.CUSTOMER_EDIT,)),
    "add customer": ("Y Y Y Y - -", (A.CUSTOMER_CREATE,)),
    "send relationship request": (
        "Y Y Y Y - -",
        (
            A.RELATIONSHIP_REQUEST_SEND,
            A.RELATIONSHIP_REQUEST_LIST,
            A.RELATIONSHIP_REQUEST_READ,
            A.RELATIONSHIP_REQUEST_WITHDRAW,
            A.RELATIONSHIP_LINK_READ,
        ),
    ),
    "include delegated admin privileges": ("c - Y Y - -", (A.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES,)),
    "remove delegated admin privileges": ("- - Y - c -", (A.CUSTOMER_REMOVE_PRIVILEGES,)),
    "end relationship": ("Y - c c - -", (A.CUSTOMER_END_RELATIONSHIP,)),
    "attest customer agreement": ("- - Y Y - -", (A.AGREEMENT_ATTEST,)),
    "promotions": ("Y - Y - - -", (A.PROMOTION_READ, A.PROMOTION_CHECK)),
    "sign partner agreement": ("Y - - - - -", (A.PARTNER_AGREEMENT_SIGN,)),
    "catalogue, prices": ("Y Y Y Y - Y", (A.CATALOGUE_READ, A.CUSTOMER_CATALOGUE_READ)),
    "cart, checkout, add-on": (
        "Y c Y Y c c",
        (
            A.CART_CREATE,
            A.CART_READ,
            A.CART_EDIT,
            A.CART_CHECKOUT,
            A.ORDER_PLACE,
            A.ORDER_EXTEND,
            A.SUBSCRIPTION_ADD_ADDON,
        ),
    ),
    "read subscriptions": ("Y - Y Y Y Y", (A.SUBSCRIPTION_LIST, A.SUBSCRIPTION_READ, A.ORDER_LIST, A.ORDER_READ)),
    "suspend, seats, renewal": (
        "Y - Y Y c c",
        (
            A.SUBSCRIPTION_SUSPEND,
            A.SUBSCRIPTION_REACTIVATE,
            A.SUBSCRIPTION_CHANGE_QUANTITY,
            A.SUBSCRIPTION_SET_AUTO_RENEW,
            A.SUBSCRIPTION_REGISTER,
            A.SEATS_TAKE,
        ),
    ),
    "cancel in window": ("Y - Y Y - -", (A.SUBSCRIPTION_CANCEL, A.ORDER_CANCEL)),
    "billing frequency": ("Y - Y - - Y", (A.SUBSCRIPTION_CHANGE_BILLING_CYCLE, A.ORDER_CHANGE_BILLING_CYCLE)),
    "transition": (
        "Y - Y c c -",
        (A.SUBSCRIPTION_CHANGE_TERM, A.SUBSCRIPTION_TRANSITION, A.SUBSCRIPTION_READ_TRANSITIONS),
    ),
    "set partner of record": ("Y - c Y - -", (A.SUBSCRIPTION_SET_PARTNER_OF_RECORD,)),
    "support contact": ("Y - Y - Y -", (A.SUBSCRIPTION_SET_SUPPORT_CONTACT,)),
    "own users": (
        "Y Y - - - -",
        (
            A.USER_LIST,
            A.USER_READ,
            A.USER_CREATE,
            A.USER_CHANGE,
            A.USER_SET_ROLE,
            A.GROUP_LIST,
            A.GROUP_READ,
            A.GROUP_CREATE,
            A.GROUP_CHANGE,
        ),
    ),
    "activity log": ("a - Y - - -", (A.AUDIT_READ, A.DECISION_READ)),
}
# The day of the story on which the older kind of privileges still came with a request.
DAY = date(2020, 11, 29)


def _allowed(action: A, role: Role, cloud: Cloud) -> set[bool]:
    rules = BOOK.at(cloud, DAY)
    kinds = BOOK.schema.actions[action].resources
    return {decide_cold(rules, action, specimen(action, kind, cloud, Side.PARTNER, (role,))).allowed for kind in kinds}


@pytest.mark.parametrize("row", TABLE)
def test_a_row_of_the_role_table(row: str) -> None:
    marks, actions = TABLE[row]
    for action in actions:
        for role, mark in zip(ROLES, marks.split(), strict=True):
            assert _allowed(action, role, Cloud.COMMERCIAL) == {mark in "Ya"}, (action, role)
        assert _allowed(action, Role.USER, Cloud.COMMERCIAL) == {False}


def test_in_us_government_whoever_sends_a_request_includes_privileges() -> None:
    for role in (*ROLES, Role.USER):
        sends = _allowed(A.RELATIONSHIP_REQUEST_SEND, role, Cloud.US_GOVERNMENT)
        assert _allowed(A.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES, role, Cloud.US_GOVERNMENT) == sends
        assert _allowed(A.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES, role, Cloud.US_GOVERNMENT) == {False}


def test_in_commercial_whoever_sends_a_request_may_leave_privileges_out() -> None:
    for role in (*ROLES, Role.USER):
        sends = _allowed(A.RELATIONSHIP_REQUEST_SEND, role, Cloud.COMMERCIAL)
        assert _allowed(A.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES, role, Cloud.COMMERCIAL) == sends
