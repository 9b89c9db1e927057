"""What happened in one's own tenant, and why something was denied; for the people of all sides."""

from copartner.portal.audit import decisions, records

PAGES = (*records.PAGES, *decisions.PAGES)
