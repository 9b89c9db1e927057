"""Every action belongs to exactly one class of request; the proof fails on one that belongs to none."""

from collections.abc import Mapping
from types import MappingProxyType

from copartner.policy.actions import Action as A

OWN_LISTS = "lists and settings of the actor's own tenant"
AT_CUSTOMER = "a partner begins something at an existing customer"
ON_BEHALF = "a partner acts in a customer's directory"
NEW_CUSTOMER = "a partner makes a new customer"
ONE_THING = "a partner reads one cart, order or subscription, or works on a cart or order"
ONE_SUBSCRIPTION = "a partner changes one subscription or builds on it"
ASKING = "a partner asks for a relationship"
GRANULAR_ASKING = "a partner asks for granular delegated admin"
GRANULAR_ASSIGNING = "a partner gives groups what a granular relationship holds, and sees at whom"
GRANULAR_ANSWERING = "a customer answers that"
ACCESS = "somebody learns who can do what in a customer's tenant, or takes it back"
GRANULAR_PROVIDING = "an indirect provider asks for its reseller"
ANSWERING = "a customer answers a request"
OWN_RELATIONSHIP = "a customer takes privileges back"
OPERATING = "the operator sees or administers a tenant"
CHANGING_RULES = "the operator changes one version of the rules"
ANNOUNCING = "somebody reads an announcement, or the operator works on it"
OWN_DIRECTORY = "a tenant administers one of its users, groups, applications or consents"
ONE_DECISION = "somebody reads a decision"

CLASSES: Mapping[str, frozenset[A]] = MappingProxyType(
    {
        OWN_LISTS: frozenset(
            {
                A.CUSTOMER_LIST,
                A.RELATIONSHIP_LINK_READ,
                A.RELATIONSHIP_REQUEST_LIST,
                A.ADMIN_RELATIONSHIP_LIST,
                A.ADMIN_CUSTOMER_LIST,
                A.ADMIN_CAP_READ,
                A.ADMIN_CAP_SET,
                A.ADMIN_RECEIPT_READ,
                A.DOMAIN_CHECK,
                A.ADDRESS_CHECK,
                A.PARTNER_AGREEMENT_READ,
                A.PARTNER_AGREEMENT_SIGN,
                A.PARTNER_RELATIONSHIP_LIST,
                A.SANDBOX_RESELLER_CREATE,
                A.SANDBOX_RESELLER_REMOVE,
                A.PARTNER_PROFILE_READ,
                A.PARTNER_PROFILE_EDIT,
                A.AGREEMENT_METADATA_READ,
                A.CATALOGUE_READ,
                A.PROMOTION_READ,
                A.OWN_SUBSCRIPTION_LIST,
                A.OWN_RELATIONSHIP_LIST,
                A.ACCESS_LIST,
                A.AUDIT_READ,
                A.OWN_TENANT_READ,
                A.RULE_VERSION_TRY,
                A.TENANT_LIST,
                A.DEPLOYMENT_READ,
                A.USER_LIST,
                A.USER_CREATE,
                A.GROUP_LIST,
                A.GROUP_CREATE,
                A.APPLICATION_LIST,
                A.APPLICATION_CREATE,
                A.APPLICATION_CONSENT_LIST,
                A.APPLICATION_CONSENT_LIST_ALL,
                A.RULE_VERSION_PROPOSE,
                A.RULE_VERSION_LIST,
                A.DECISION_REPEAT,
                A.ANNOUNCEMENT_DRAFT,
                A.ANNOUNCEMENT_LIST,
                A.EVENT_ADDRESS_READ,
                A.EVENT_ADDRESS_SET,
                A.EVENT_ADDRESS_REMOVE,
            }
        ),
        AT_CUSTOMER: frozenset(
            {
                A.CUSTOMER_READ,
                A.CUSTOMER_EDIT,
                A.CUSTOMER_ADD_DOMAIN,
                A.CUSTOMER_PURGE,
                A.MANAGED_SERVICES_READ,
                A.CUSTOMER_LIST_RESELLERS,
                A.CUSTOMER_END_RELATIONSHIP,
                A.CUSTOMER_REMOVE_PRIVILEGES,
                A.COMPANY_PROFILE_READ,
                A.BILLING_PROFILE_READ,
                A.BILLING_PROFILE_EDIT,
                A.AGREEMENT_READ,
                A.AGREEMENT_ATTEST,
                A.CUSTOMER_CATALOGUE_READ,
                A.PROMOTION_CHECK,
                A.CART_CREATE,
                A.ORDER_PLACE,
                A.ORDER_LIST,
                A.SUBSCRIPTION_LIST,
                A.SEATS_TAKE,
            }
        ),
        NEW_CUSTOMER: frozenset({A.CUSTOMER_CREATE}),
        ON_BEHALF: frozenset(
            {
                A.CUSTOMER_USER_LIST,
                A.CUSTOMER_USER_READ,
                A.CUSTOMER_USER_CREATE,
                A.CUSTOMER_USER_CHANGE,
                A.CUSTOMER_USER_DELETE,
                A.CUSTOMER_USER_RESTORE,
                A.CUSTOMER_USER_RESET_PASSWORD,
                A.CUSTOMER_ROLE_LIST,
                A.CUSTOMER_ROLE_READ,
                A.CUSTOMER_ROLE_SET,
                A.CUSTOMER_LICENCE_LIST,
                A.CUSTOMER_LICENCE_READ,
                A.CUSTOMER_LICENCE_SET,
            }
        ),
        ONE_THING: frozenset(
            {
                A.CART_READ,
                A.CART_EDIT,
                A.CART_CHECKOUT,
                A.ORDER_READ,
                A.ORDER_CHANGE_BILLING_CYCLE,
                A.ORDER_CANCEL,
                A.ORDER_EXTEND,
                A.SUBSCRIPTION_READ,
                A.SUBSCRIPTION_READ_TRANSITIONS,
            }
        ),
        ONE_SUBSCRIPTION: frozenset(
            {
                A.SUBSCRIPTION_SUSPEND,
                A.SUBSCRIPTION_REACTIVATE,
                A.SUBSCRIPTION_CANCEL,
                A.SUBSCRIPTION_CHANGE_QUANTITY,
                A.SUBSCRIPTION_RENAME,
                A.SUBSCRIPTION_SET_AUTO_RENEW,
                A.SUBSCRIPTION_CHANGE_BILLING_CYCLE,
                A.SUBSCRIPTION_CHANGE_TERM,
                A.SUBSCRIPTION_SET_COMMITMENT,
                A.SUBSCRIPTION_SET_SELLER,
                A.SUBSCRIPTION_SET_OWNER,
                A.SUBSCRIPTION_SET_PARTNER_OF_RECORD,
                A.SUBSCRIPTION_ADD_ADDON,
                A.SUBSCRIPTION_TRANSITION,
                A.SUBSCRIPTION_REGISTER,
                A.SUBSCRIPTION_SET_SUPPORT_CONTACT,
            }
        ),
        ASKING: frozenset(
            {
                A.RELATIONSHIP_REQUEST_SEND,
                A.RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES,
                A.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES,
                A.RELATIONSHIP_REQUEST_READ,
                A.RELATIONSHIP_REQUEST_WITHDRAW,
            }
        ),
        GRANULAR_ASKING: frozenset(
            {
                A.ADMIN_RELATIONSHIP_READ,
                A.ADMIN_RELATIONSHIP_CREATE,
                A.ADMIN_RELATIONSHIP_CHANGE,
                A.ADMIN_RELATIONSHIP_EXTEND,
                A.ADMIN_RELATIONSHIP_DELETE,
                A.ADMIN_RELATIONSHIP_ASK,
                A.ADMIN_RELATIONSHIP_END,
                A.ADMIN_RELATIONSHIP_TAKE,
                A.ADMIN_RELATIONSHIP_CONSENT,
            }
        ),
        GRANULAR_ASSIGNING: frozenset(
            {
                A.ADMIN_CUSTOMER_READ,
                A.ACCESS_ASSIGNMENT_READ,
                A.ACCESS_ASSIGNMENT_CREATE,
                A.ACCESS_ASSIGNMENT_CHANGE,
                A.ACCESS_ASSIGNMENT_DELETE,
            }
        ),
        GRANULAR_ANSWERING: frozenset(
            {
                A.ADMIN_CONSENT_READ,
                A.ADMIN_CONSENT_APPROVE,
                A.ADMIN_CONSENT_COUNTER,
                A.ADMIN_CONSENT_REJECT,
                A.ADMIN_CONSENT_END,
            }
        ),
        ACCESS: frozenset({A.ACCESS_READ, A.ACCESS_REVOKE}),
        GRANULAR_PROVIDING: frozenset({A.ADMIN_RELATIONSHIP_PROVIDE}),
        ANSWERING: frozenset({A.CONSENT_READ, A.CONSENT_ACCEPT, A.CONSENT_DECLINE, A.CONSENT_GRANT_PRIVILEGES}),
        OWN_RELATIONSHIP: frozenset({A.OWN_RELATIONSHIP_REMOVE_PRIVILEGES}),
        OWN_DIRECTORY: frozenset(
            {
                A.USER_READ,
                A.USER_CHANGE,
                A.USER_SET_ROLE,
                A.USER_SET_GLOBAL_ADMIN,
                A.GROUP_READ,
                A.GROUP_CHANGE,
                A.APPLICATION_READ,
                A.APPLICATION_CHANGE,
                A.APPLICATION_CONSENT,
                A.APPLICATION_CONSENT_FOR_ALL,
                A.APPLICATION_CONSENT_READ,
                A.APPLICATION_CONSENT_WITHDRAW,
            }
        ),
        OPERATING: frozenset({A.TENANT_ENROL, A.TENANT_READ, A.TENANT_SET_AFFILIATE}),
        CHANGING_RULES: frozenset(
            {
                A.RULE_VERSION_READ,
                A.RULE_VERSION_CHECK,
                A.RULE_VERSION_APPROVE,
                A.RULE_VERSION_WITHDRAW,
                A.RULE_VERSION_TAKE_BACK,
            }
        ),
        ANNOUNCING: frozenset({A.ANNOUNCEMENT_READ, A.ANNOUNCEMENT_EDIT, A.ANNOUNCEMENT_PUBLISH, A.ANNOUNCEMENT_DELAY}),
        ONE_DECISION: frozenset({A.DECISION_READ}),
    }
)


def unclassified() -> list[str]:
    """Actions that belong to no class of request, or to several."""
    return [action for action in A if sum(action in members for members in CLASSES.values()) != 1]
