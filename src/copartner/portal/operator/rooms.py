"""Every page of the operator's rooms."""

from copartner.portal.operator import announcements, catalogue, home, proposing, rulebook, tenants, version

PAGES = (
    *home.PAGES,
    *tenants.PAGES,
    *catalogue.PAGES,
    *rulebook.PAGES,
    *proposing.PAGES,
    *version.PAGES,
    *announcements.PAGES,
)
