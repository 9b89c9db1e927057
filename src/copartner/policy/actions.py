"""Everything the rules can be asked about, one name an action; the names are the Cedar ids."""

from enum import StrEnum


class Action(StrEnum):
    """One kind of thing an actor may want to do; a test holds this equal to the schema's actions."""

    # A partner and its customers.
    CUSTOMER_LIST = "customer.list"
    CUSTOMER_READ = "customer.read"
    CUSTOMER_EDIT = "customer.edit"
    CUSTOMER_ADD_DOMAIN = "customer.add_domain"
    MANAGED_SERVICES_READ = "managed_services.read"
    CUSTOMER_LIST_RESELLERS = "customer.list_resellers"
    DOMAIN_CHECK = "domain.check"
    ADDRESS_CHECK = "address.check"
    CUSTOMER_CREATE = "customer.create"
    CUSTOMER_END_RELATIONSHIP = "customer.end_relationship"
    CUSTOMER_PURGE = "customer.purge"
    CUSTOMER_REMOVE_PRIVILEGES = "customer.remove_privileges"
    COMPANY_PROFILE_READ = "company_profile.read"
    BILLING_PROFILE_READ = "billing_profile.read"
    BILLING_PROFILE_EDIT = "billing_profile.edit"

    # A partner asks for a relationship.
    RELATIONSHIP_LINK_READ = "relationship_link.read"
    RELATIONSHIP_REQUEST_SEND = "relationship_request.send"
    RELATIONSHIP_REQUEST_INCLUDE_PRIVILEGES = "relationship_request.include_privileges"
    RELATIONSHIP_REQUEST_OMIT_PRIVILEGES = "relationship_request.omit_privileges"
    RELATIONSHIP_REQUEST_LIST = "relationship_request.list"
    RELATIONSHIP_REQUEST_READ = "relationship_request.read"
    RELATIONSHIP_REQUEST_WITHDRAW = "relationship_request.withdraw"

    # A partner asks for granular delegated admin, and a customer answers.
    ADMIN_RELATIONSHIP_LIST = "admin_relationship.list"
    ADMIN_RELATIONSHIP_READ = "admin_relationship.read"
    ADMIN_RELATIONSHIP_CREATE = "admin_relationship.create"
    ADMIN_RELATIONSHIP_CHANGE = "admin_relationship.change"
    ADMIN_RELATIONSHIP_EXTEND = "admin_relationship.extend"
    ADMIN_RELATIONSHIP_DELETE = "admin_relationship.delete"
    ADMIN_RELATIONSHIP_ASK = "admin_relationship.ask"
    ADMIN_RELATIONSHIP_END = "admin_relationship.end"
    ADMIN_CONSENT_READ = "admin_consent.read"
    ADMIN_CONSENT_APPROVE = "admin_consent.approve"
    ADMIN_CONSENT_REJECT = "admin_consent.reject"
    ADMIN_CONSENT_END = "admin_consent.end"

    # A partner's profiles of itself.
    PARTNER_PROFILE_READ = "partner_profile.read"
    PARTNER_PROFILE_EDIT = "partner_profile.edit"

    # A partner, its own agreement and the partners it works with.
    PARTNER_AGREEMENT_READ = "partner_agreement.read"
    PARTNER_AGREEMENT_SIGN = "partner_agreement.sign"
    PARTNER_RELATIONSHIP_LIST = "partner_relationship.list"

    # Agreements and catalogue.
    AGREEMENT_READ = "agreement.read"
    AGREEMENT_ATTEST = "agreement.attest"
    AGREEMENT_METADATA_READ = "agreement_metadata.read"
    CATALOGUE_READ = "catalogue.read"
    CUSTOMER_CATALOGUE_READ = "customer_catalogue.read"
    PROMOTION_READ = "promotion.read"
    PROMOTION_CHECK = "promotion.check"

    # A partner sells.
    CART_CREATE = "cart.create"
    CART_READ = "cart.read"
    CART_EDIT = "cart.edit"
    CART_CHECKOUT = "cart.checkout"
    ORDER_PLACE = "order.place"
    ORDER_LIST = "order.list"
    ORDER_READ = "order.read"
    ORDER_EXTEND = "order.extend"
    ORDER_CANCEL = "order.cancel"
    ORDER_CHANGE_BILLING_CYCLE = "order.change_billing_cycle"
    SEATS_TAKE = "seats.take"

    # A partner and a subscription.
    SUBSCRIPTION_LIST = "subscription.list"
    SUBSCRIPTION_READ = "subscription.read"
    SUBSCRIPTION_SUSPEND = "subscription.suspend"
    SUBSCRIPTION_REACTIVATE = "subscription.reactivate"
    SUBSCRIPTION_CANCEL = "subscription.cancel"
    SUBSCRIPTION_CHANGE_QUANTITY = "subscription.change_quantity"
    SUBSCRIPTION_RENAME = "subscription.rename"
    SUBSCRIPTION_SET_AUTO_RENEW = "subscription.set_auto_renew"
    SUBSCRIPTION_CHANGE_BILLING_CYCLE = "subscription.change_billing_cycle"
    SUBSCRIPTION_CHANGE_TERM = "subscription.change_term"
    SUBSCRIPTION_SET_COMMITMENT = "subscription.set_commitment"
    SUBSCRIPTION_SET_SELLER = "subscription.set_seller"
    SUBSCRIPTION_SET_OWNER = "subscription.set_owner"
    SUBSCRIPTION_SET_PARTNER_OF_RECORD = "subscription.set_partner_of_record"
    SUBSCRIPTION_ADD_ADDON = "subscription.add_addon"
    SUBSCRIPTION_TRANSITION = "subscription.transition"
    SUBSCRIPTION_READ_TRANSITIONS = "subscription.read_transitions"
    SUBSCRIPTION_REGISTER = "subscription.register"
    SUBSCRIPTION_SET_SUPPORT_CONTACT = "subscription.set_support_contact"

    # A customer.
    CONSENT_READ = "consent.read"
    CONSENT_ACCEPT = "consent.accept"
    CONSENT_DECLINE = "consent.decline"
    CONSENT_GRANT_PRIVILEGES = "consent.grant_privileges"
    OWN_SUBSCRIPTION_LIST = "own_subscription.list"
    OWN_RELATIONSHIP_LIST = "own_relationship.list"
    OWN_RELATIONSHIP_REMOVE_PRIVILEGES = "own_relationship.remove_privileges"

    # Who can do what in a customer's tenant.
    ACCESS_LIST = "access.list"
    ACCESS_READ = "access.read"
    ACCESS_REVOKE = "access.revoke"

    # Every tenant and its own users, groups and applications.
    USER_LIST = "user.list"
    USER_READ = "user.read"
    USER_CREATE = "user.create"
    USER_CHANGE = "user.change"
    USER_SET_ROLE = "user.set_role"
    USER_SET_GLOBAL_ADMIN = "user.set_global_admin"
    GROUP_LIST = "group.list"
    GROUP_READ = "group.read"
    GROUP_CREATE = "group.create"
    GROUP_CHANGE = "group.change"
    APPLICATION_LIST = "application.list"
    APPLICATION_READ = "application.read"
    APPLICATION_CREATE = "application.create"
    APPLICATION_CHANGE = "application.change"
    APPLICATION_CONSENT = "application.consent"
    APPLICATION_CONSENT_FOR_ALL = "application.consent_for_all"
    APPLICATION_CONSENT_LIST = "application_consent.list"
    APPLICATION_CONSENT_LIST_ALL = "application_consent.list_all"
    APPLICATION_CONSENT_READ = "application_consent.read"
    APPLICATION_CONSENT_WITHDRAW = "application_consent.withdraw"

    # A partner acts in a customer's directory.
    CUSTOMER_USER_LIST = "customer_user.list"
    CUSTOMER_USER_READ = "customer_user.read"
    CUSTOMER_USER_CREATE = "customer_user.create"
    CUSTOMER_USER_CHANGE = "customer_user.change"
    CUSTOMER_USER_DELETE = "customer_user.delete"
    CUSTOMER_USER_RESTORE = "customer_user.restore"
    CUSTOMER_USER_RESET_PASSWORD = "customer_user.reset_password"
    CUSTOMER_ROLE_LIST = "customer_role.list"
    CUSTOMER_ROLE_READ = "customer_role.read"
    CUSTOMER_ROLE_SET = "customer_role.set"
    CUSTOMER_LICENCE_LIST = "customer_licence.list"
    CUSTOMER_LICENCE_READ = "customer_licence.read"
    CUSTOMER_LICENCE_SET = "customer_licence.set"

    # The operator.
    TENANT_ENROL = "tenant.enrol"

    # Everybody, each side for its own tenant.
    AUDIT_READ = "audit.read"
    DECISION_READ = "decision.read"
