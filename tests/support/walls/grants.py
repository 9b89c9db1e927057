"""What each database role may do: a wider grant is a change of this file."""

from copartner_emulator.cluster import LOGIN, OWNER

# What a request, sign-in or the worker can become; the delegate only by fn_act_on_behalf, the public without a request.
SIDES = {
    "copartner_partner", "copartner_customer", "copartner_operator", "copartner_worker", "copartner_signin",
    "copartner_delegate", "copartner_public",
}  # fmt: skip
# The roles as which functions run with their owner's rights.
DEFINERS = {"copartner_facts", "copartner_founder", "copartner_keeper", "copartner_settler"}
EVERYBODY = {OWNER, LOGIN, *SIDES, *DEFINERS}

# Functions with their owner's rights that are called before anybody acts: they tell which side a tenant is of, no more.
BEFORE_ACTING = {"fn_side_of"}
# Tables that belong to no tenant: what can be bought, the businesses behind tenants, the ledgers of the migrations.
UNWALLED = {
    "catalogue_availability", "catalogue_product", "catalogue_promotion", "catalogue_sku",
    "catalogue_term", "function_version", "migration", "organisation",
}  # fmt: skip
FACTS_READ = {
    "access_assignment": "partner_tenant_id id relationship_id customer_tenant_id group_id status created_at "
    "modified_at activated_at deleted_at version",
    "access_assignment_role": "partner_tenant_id assignment_id customer_tenant_id role_id given_at taken_at",
    "admin_relationship": "partner_tenant_id id customer_tenant_id customer_name display_name roles duration "
    "auto_extend status created_at modified_at asked_at activated_at ends_at answer_reason version ended_at "
    "noticed counters provider_tenant_id reseller_consented_at",
    "actor": "tenant_id subject_id app_only sides roles",
    "admin_role_assignment": "tenant_id user_id role_id",
    "affiliation": "organisation_id affiliate_id",
    "application": "tenant_id id name enabled",
    "cart": "customer_tenant_id id partner_tenant_id",
    "customer_agreement": "customer_tenant_id id partner_tenant_id type template_id agreed_at",
    "customer_count": "partner_tenant_id customers",
    "decided": "at id times",
    "decision_record": "tenant_id id at last_at times likeness",
    "directory_group": "tenant_id id role",
    "enrolment": "tenant_id mpn_id markets state model",
    "event_address": "tenant_id",
    "group_member": "tenant_id group_id member_id",
    "organisation": "id name",
    "partner_agreement": "partner_tenant_id",
    "partner_relationship": "provider_tenant_id reseller_tenant_id state",
    "provider_identity": "issuer tenant_id user_id",
    "provider_role": "tenant_id user_id role",
    "purchase_order": "customer_tenant_id id partner_tenant_id",
    "relationship_request": "partner_tenant_id id customer_tenant_id includes_privileges reason state created_at",
    "reseller_relationship": "customer_tenant_id id partner_tenant_id state privileges provider_tenant_id "
    "privileges_used_at",
    "role_assignment": "tenant_id user_id role",
    "rulebook_number": "is_only number",
    "role_cap": "customer_tenant_id kind roles",
    "second_factor": "tenant_id user_id added_at",
    "subscription": "customer_tenant_id id partner_tenant_id parent_id product_id sku_id kind quantity status "
    "commitment_ends_at is_trial term_starts_at",
    "tenant": "id organisation_id kind cloud shared_services company_name domain country culture language address "
    "registration_number",
    "tenant_domain": "tenant_id name",
    "user_account": "tenant_id id user_principal_name display_name enabled must_change_password",
}
# Every column that any role may change. Seller, owner, terms and partner of record are not among them.
CHANGED = {
    ("copartner_customer", "access_assignment"): "status modified_at deleted_at version",
    ("copartner_customer", "access_assignment_role"): "taken_at",
    ("copartner_customer", "admin_relationship"): "customer_name status modified_at answer_reason version ended_at",
    ("copartner_facts", "admin_relationship"): "customer_tenant_id",
    ("copartner_partner", "access_assignment"): "status modified_at activated_at deleted_at version",
    ("copartner_partner", "access_assignment_role"): "taken_at",
    ("copartner_partner", "admin_operation"): "status modified_at",
    ("copartner_partner", "admin_relationship"): (
        "customer_tenant_id customer_name display_name roles duration auto_extend status modified_at asked_at version "
        "ended_at reseller_consented_at"
    ),
    ("copartner_partner", "admin_request"): "status modified_at",
    ("copartner_customer", "role_cap"): "kind roles set_at version",
    # What a customer approved in advance: its one function compares it with the counter-proposal.
    ("copartner_settler", "admin_relationship"): "status modified_at asked_at activated_at ends_at version",
    ("copartner_customer", "idempotency_key"): "result",
    ("copartner_customer", "relationship_request"): "state answered_at answered_by",
    ("copartner_customer", "reseller_relationship"): "privileges privileges_removed_at",
    **{
        (f"copartner_{side}", table): columns
        for side in ("partner", "customer", "operator")
        for table, columns in {
            "application": "name redirect_uris enabled admin_consent",
            "application_consent": "offline consented_at consented_by withdrawn_at",
            "application_secret": "removed_at",
            "directory_group": "name",
            "event_address": "id url registered_at",
            "revocation": "not_before changed_in",
            "user_account": "display_name password_hash enabled must_change_password deleted_at",
        }.items()
    },
    ("copartner_delegate", "user_account"): (
        "user_principal_name display_name password_hash enabled must_change_password first_name last_name "
        "usage_location immutable_id deleted_at"
    ),
    ("copartner_delegate", "revocation"): "not_before changed_in",
    ("copartner_signin", "application_secret"): "last_used_at",
    ("copartner_signin", "browser_session"): "token_hash methods signed_in_at used_at ends_at ended_at",
    ("copartner_signin", "guess_count"): "failures last_at",
    ("copartner_signin", "recovery_code"): "used_at",
    ("copartner_signin", "second_factor"): "last_step",
    ("copartner_signin", "revocation"): "not_before changed_in",
    ("copartner_facts", "customer_count"): "customers",
    ("copartner_facts", "decision_record"): "last_at times",
    ("copartner_facts", "relationship_request"): "customer_tenant_id",
    ("copartner_keeper", "actor"): "sides roles",
    ("copartner_operator", "announcement"): (
        "state workspace audience markets begins_on texts contact reminders supersedes rule_version published_at "
        "updated_at dated_at delayed superseded_by revisions remind_at version"
    ),
    ("copartner_operator", "enrolment"): "markets state",
    ("copartner_operator", "rule_version"): (
        "until state check_wanted_at approved_at approved_by approved_by_name place ended_at ended_by ended_by_name "
        "ended_because"
    ),
    ("copartner_operator", "rulebook_number"): "number",
    ("copartner_operator", "idempotency_key"): "result",
    ("copartner_partner", "billing_profile"): "email company_name culture language address version",
    ("copartner_partner", "cart"): "lines state modified_at version",
    ("copartner_partner", "idempotency_key"): "result",
    ("copartner_partner", "partner_profile"): "value version",
    ("copartner_partner", "relationship_request"): "state letter_at",
    ("copartner_partner", "purchase_order"): "billing_cycle lines version",
    # By a later order of the same seller alone: its one function asks for it.
    ("copartner_settler", "subscription"): (
        "product_id sku_id availability_id offer_name term billing_cycle unit_price currency commitment_ends_at "
        "is_trial term_starts_at"
    ),
    ("copartner_partner", "reseller_relationship"): "state privileges ended_at privileges_removed_at",
    (
        "copartner_partner",
        "subscription",
    ): "nickname quantity status auto_renew version next_term support_tenant_id registered_at",
    ("copartner_facts", "decided"): "times",
    ("copartner_facts", "reseller_relationship"): "privileges_used_at",
    # When a relationship became active and ends: by the system alone.
    ("copartner_worker", "admin_relationship"): "status modified_at activated_at ends_at version ended_at noticed",
    ("copartner_worker", "access_assignment"): "status modified_at deleted_at version",
    ("copartner_worker", "access_assignment_role"): "taken_at",
    ("copartner_worker", "rule_version"): (
        "state difference findings check_wanted_at check_claimed_at checked_rulebook"
    ),
    ("copartner_worker", "announcement"): "remind_at",
    **{("copartner_worker", table): "attempts retry_at given_up failure" for table in ("mail_outbox", "event_outbox")},
    ("copartner_worker", "reseller_relationship"): "privileges privileges_removed_at",
    ("copartner_signin", "authorization_code"): "used_at",
    ("copartner_signin", "provider_identity"): "said_at",
    ("copartner_signin", "device_authorization"): "state tenant_id user_id methods session_id signed_in_at polled_at",
    ("copartner_signin", "refresh_family"): "expires_at revoked_at",
    ("copartner_signin", "refresh_token"): "used_at",
    ("copartner_signin", "signing_key"): "ends_at",
}
REMOVED = {
    *(("copartner_delegate", table) for table in ("admin_role_assignment", "licence_assignment", "role_assignment")),
    ("copartner_partner", "admin_relationship"), ("copartner_operator", "affiliation"),
    ("copartner_customer", "idempotency_key"), ("copartner_operator", "idempotency_key"),
    ("copartner_partner", "idempotency_key"), ("copartner_signin", "authorization_code"),
    ("copartner_keeper", "actor"), ("copartner_signin", "browser_session"),
    ("copartner_signin", "device_authorization"), ("copartner_signin", "refresh_family"),
    *(("copartner_signin", table) for table in ("guess_count", "recovery_code", "second_factor")),
    ("copartner_signin", "provider_role"), ("copartner_signin", "provider_visit"),
    *(("copartner_worker", table) for table in ("decided", "event_outbox", "idempotency_key", "mail_outbox")),
    *((f"copartner_{side}", table) for side in ("partner", "customer", "operator")
      for table in ("role_assignment", "group_member", "event_address")),
}  # fmt: skip
ADDED = {
    *(("copartner_delegate", table) for table in (
        "admin_role_assignment", "licence_assignment", "revocation", "role_assignment", "user_account",
    )),
    *(("copartner_partner", table) for table in ("access_assignment", "access_assignment_role", "admin_operation",
                                                 "admin_relationship", "admin_request")),
    ("copartner_settler", "admin_relationship"), ("copartner_facts", "consent_receipt"),
    ("copartner_customer", "admin_counter_proposal"), ("copartner_customer", "role_cap"),
    ("copartner_customer", "customer_agreement"), ("copartner_customer", "idempotency_key"),
    *((f"copartner_{side}", table) for side in ("partner", "customer", "operator")
      for table in ("application", "application_consent", "application_secret", "directory_group", "event_address",
                    "group_member", "revocation", "role_assignment", "user_account")),
    ("copartner_founder", "admin_relationship"),
    ("copartner_founder", "directory_group"), ("copartner_keeper", "actor"), ("copartner_signin", "revocation"),
    ("copartner_customer", "reseller_relationship"), ("copartner_facts", "audit_record"),
    ("copartner_facts", "mail_outbox"), ("copartner_facts", "event_outbox"), ("copartner_operator", "announcement"),
    ("copartner_facts", "customer_count"), ("copartner_facts", "decided"), ("copartner_facts", "decision_record"),
    ("copartner_facts", "tenant_domain"), ("copartner_founder", "tenant_domain"),
    ("copartner_founder", "billing_profile"),
    ("copartner_founder", "organisation"), ("copartner_founder", "reseller_relationship"),
    ("copartner_founder", "role_assignment"), ("copartner_founder", "tenant"), ("copartner_founder", "user_account"),
    ("copartner_operator", "affiliation"), ("copartner_operator", "enrolment"),
    ("copartner_operator", "rule_version"), ("copartner_worker", "kept_rulebook"),
    ("copartner_operator", "idempotency_key"), ("copartner_partner", "billing_profile"), ("copartner_partner", "cart"),
    ("copartner_partner", "customer_agreement"), ("copartner_partner", "idempotency_key"),
    ("copartner_partner", "partner_agreement"), ("copartner_partner", "partner_profile"),
    ("copartner_partner", "purchase_order"), ("copartner_partner", "relationship_request"),
    ("copartner_partner", "subscription"), ("copartner_partner", "subscription_transition"),
    ("copartner_signin", "authorization_code"), ("copartner_signin", "browser_session"),
    ("copartner_signin", "device_authorization"), ("copartner_signin", "refresh_family"),
    ("copartner_signin", "refresh_token"), ("copartner_signin", "signing_key"),
    *(("copartner_signin", table) for table in ("guess_count", "recovery_code", "second_factor")),
    ("copartner_signin", "provider_identity"), ("copartner_signin", "provider_role"),
    ("copartner_signin", "provider_visit"), ("copartner_signin", "user_account"),
}  # fmt: skip
