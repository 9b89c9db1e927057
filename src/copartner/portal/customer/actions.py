"""What a partner's people do at a customer, as people say it."""

from collections.abc import Iterable, Mapping

from copartner.policy.actions import Action as A
from copartner.portal.page import Visit
from copartner.portal.speaking import word

# Grouped by what it is done to, in the order in which it is offered.
NAMED: Mapping[str, Mapping[A, str]] = {
    word("People in your tenant"): {
        A.CUSTOMER_USER_LIST: word("list your users"),
        A.CUSTOMER_USER_READ: word("read one of your users"),
        A.CUSTOMER_USER_CREATE: word("create a user"),
        A.CUSTOMER_USER_CHANGE: word("change a user"),
        A.CUSTOMER_USER_DELETE: word("delete a user"),
        A.CUSTOMER_USER_RESTORE: word("restore a deleted user"),
        A.CUSTOMER_USER_RESET_PASSWORD: word("reset a password"),
        A.CUSTOMER_ROLE_LIST: word("list who has which role"),
        A.CUSTOMER_ROLE_READ: word("read one role"),
        A.CUSTOMER_ROLE_SET: word("give and take roles"),
        A.CUSTOMER_LICENCE_LIST: word("list your licences"),
        A.CUSTOMER_LICENCE_READ: word("read who has which licence"),
        A.CUSTOMER_LICENCE_SET: word("give and take licences"),
    },
    word("Subscriptions that it sold"): {
        A.SUBSCRIPTION_LIST: word("list its subscriptions"),
        A.SUBSCRIPTION_READ: word("read a subscription"),
        A.SUBSCRIPTION_SUSPEND: word("suspend a subscription"),
        A.SUBSCRIPTION_REACTIVATE: word("reactivate a subscription"),
        A.SUBSCRIPTION_CANCEL: word("cancel a subscription"),
        A.SUBSCRIPTION_CHANGE_QUANTITY: word("change how many"),
        A.SUBSCRIPTION_RENAME: word("rename a subscription"),
        A.SUBSCRIPTION_SET_AUTO_RENEW: word("set whether it renews"),
        A.SUBSCRIPTION_CHANGE_BILLING_CYCLE: word("change how often a subscription is billed"),
        A.SUBSCRIPTION_CHANGE_TERM: word("change the term"),
        A.SUBSCRIPTION_SET_COMMITMENT: word("change the commitment"),
        A.SUBSCRIPTION_SET_SELLER: word("change who sells it"),
        A.SUBSCRIPTION_SET_OWNER: word("change whose it is"),
        A.SUBSCRIPTION_SET_PARTNER_OF_RECORD: word("change the partner of record"),
        A.SUBSCRIPTION_ADD_ADDON: word("add an add-on to a subscription"),
        A.SUBSCRIPTION_TRANSITION: word("turn a subscription into another"),
        A.SUBSCRIPTION_READ_TRANSITIONS: word("read what a subscription became"),
        A.SUBSCRIPTION_REGISTER: word("register an Azure subscription"),
        A.SUBSCRIPTION_SET_SUPPORT_CONTACT: word("set the support contact"),
    },
    word("Buying for you"): {
        A.CUSTOMER_CATALOGUE_READ: word("read the catalogue for you"),
        A.PROMOTION_CHECK: word("check a promotion for you"),
        A.CART_CREATE: word("draft a cart"),
        A.CART_READ: word("read a cart"),
        A.CART_EDIT: word("change a cart"),
        A.CART_CHECKOUT: word("check a cart out"),
        A.ORDER_PLACE: word("place an order"),
        A.ORDER_LIST: word("list its orders"),
        A.ORDER_READ: word("read an order"),
        A.ORDER_EXTEND: word("add to an order"),
        A.ORDER_CANCEL: word("cancel an order"),
        A.ORDER_CHANGE_BILLING_CYCLE: word("change how often an order is billed"),
    },
    word("You as its customer"): {
        A.CUSTOMER_READ: word("read you as its customer"),
        A.CUSTOMER_EDIT: word("change your details at the partner"),
        A.CUSTOMER_ADD_DOMAIN: word("add a domain to your tenant"),
        A.CUSTOMER_LIST_RESELLERS: word("list its resellers that serve you"),
        A.CUSTOMER_REMOVE_PRIVILEGES: word("give its admin privileges back"),
        A.MANAGED_SERVICES_READ: word("read where it manages your services"),
        A.COMPANY_PROFILE_READ: word("read your company's profile"),
        A.BILLING_PROFILE_READ: word("read how the partner bills you"),
        A.BILLING_PROFILE_EDIT: word("change how the partner bills you"),
        A.AGREEMENT_READ: word("read your agreements"),
        A.AGREEMENT_ATTEST: word("confirm that you accepted the agreement"),
    },
}


def named(visit: Visit, action: str) -> str:
    """An action as it is said to the reader; its name where nobody wrote that down."""
    return next((visit.text(some[A(action)]) for some in NAMED.values() if action in some), action)


def offered(visit: Visit, askable: Iterable[A]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The actions that can be asked about, by what they are done to."""
    able = set(askable)
    return [
        (visit.text(group), [(action.value, visit.text(said)) for action, said in some.items() if action in able])
        for group, some in NAMED.items()
    ]
