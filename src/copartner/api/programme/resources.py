"""The programme's own routes, one list from one file a resource."""

from copartner.api.programme import (
    access,
    access_reasons,
    admin_consent,
    application_consents,
    applications,
    audit_records,
    consent,
    decisions,
    enrolments,
    groups,
    indirect_admin,
    partner_agreement,
    receipts,
    relationship_requests,
    relationships,
    role_cap,
    subscriptions,
    users,
)
from copartner.api.registry import Route

ROUTES: tuple[Route, ...] = (
    *relationship_requests.ROUTES,
    *consent.ROUTES,
    *admin_consent.ROUTES,
    *role_cap.ROUTES,
    *receipts.ROUTES,
    *indirect_admin.ROUTES,
    *relationships.ROUTES,
    *access.ROUTES,
    *access_reasons.ROUTES,
    *subscriptions.ROUTES,
    *users.ROUTES,
    *groups.ROUTES,
    *applications.ROUTES,
    *application_consents.ROUTES,
    *enrolments.ROUTES,
    *partner_agreement.ROUTES,
    *decisions.ROUTES,
    *audit_records.ROUTES,
)
