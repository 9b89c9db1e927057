"""What the people of a tenant see and settle of their own tenant; for all sides."""

from copartner.portal.settings import (
    agreement,
    applications,
    consents,
    events,
    groups,
    overview,
    profile,
    users,
)

PAGES = (
    *overview.PAGES,
    *users.PAGES,
    *groups.PAGES,
    *applications.PAGES,
    *consents.PAGES,
    *profile.PAGES,
    *agreement.PAGES,
    *events.PAGES,
)
