"""A customer's users and licences, as a partner's people administer them by the customer's approval."""

from copartner.portal.partner.directory import making, people, person

PAGES = (*people.PAGES, *making.PAGES, *person.PAGES)
