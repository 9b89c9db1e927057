"""Granular relationships of a partner: asked for, given to groups, extended and ended."""

from copartner.portal.partner.admin import asking, listing, standing

PAGES = (*listing.PAGES, *asking.PAGES, *standing.PAGES)
