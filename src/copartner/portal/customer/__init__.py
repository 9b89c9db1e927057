"""What people of a customer see."""

from copartner.portal.customer import (
    access,
    admin_consent,
    cap,
    consent,
    home,
    partner,
    partners,
    receipts,
    subscriptions,
    why,
)

PAGES = (
    *consent.PAGES,
    *admin_consent.PAGES,
    *home.PAGES,
    *partners.PAGES,
    *partner.PAGES,
    *access.PAGES,
    *why.PAGES,
    *receipts.PAGES,
    *cap.PAGES,
    *subscriptions.PAGES,
)
