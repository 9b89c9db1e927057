"""Pages for people who have a browser and no client: plain HTML over the same services as the dialects."""

from uuid import UUID

from litestar.handlers import HTTPRouteHandler

from copartner.command.runtime import Runtime
from copartner.kernel.secrets import KeyFile
from copartner.portal import audit, settings
from copartner.portal.announcements import announcement_routes
from copartner.portal.assets import asset_routes
from copartner.portal.customer import access as customer_access
from copartner.portal.customer import admin_consent as customer_admin_consent
from copartner.portal.customer import cap as customer_cap
from copartner.portal.customer import consent as customer_consent
from copartner.portal.customer import home as customer_home
from copartner.portal.customer import partner as customer_partner
from copartner.portal.customer import partners as customer_partners
from copartner.portal.customer import receipts as customer_receipts
from copartner.portal.customer import subscriptions as customer_subscriptions
from copartner.portal.customer import why as customer_why
from copartner.portal.entrance import Entrance, entrance_routes
from copartner.portal.guard import CorrelationId
from copartner.portal.lost import lost as lost
from copartner.portal.operator import announcements as operator_announcements
from copartner.portal.operator import catalogue as operator_catalogue
from copartner.portal.operator import home as operator_home
from copartner.portal.operator import proposing as operator_proposing
from copartner.portal.operator import rulebook as operator_rulebook
from copartner.portal.operator import tenants as operator_tenants
from copartner.portal.operator import version as operator_version
from copartner.portal.partner import admin as partner_admin
from copartner.portal.partner import customer as partner_customer
from copartner.portal.partner import customers as partner_customers
from copartner.portal.partner import directory as partner_directory
from copartner.portal.partner import home as partner_home
from copartner.portal.partner import order as partner_order
from copartner.portal.partner import requests as partner_requests
from copartner.portal.partner import subscription as partner_subscription
from copartner.portal.serving import serve
from copartner.portal.session import Sessions
from copartner.signin.model import Application
from copartner.signin.service import Authority

# Every room of the portal; a room ends in its PAGES.
ROOMS = (
    audit,
    settings,
    customer_access,
    customer_admin_consent,
    customer_cap,
    customer_consent,
    customer_home,
    customer_partner,
    customer_partners,
    customer_receipts,
    customer_subscriptions,
    customer_why,
    operator_announcements,
    operator_catalogue,
    operator_home,
    operator_proposing,
    operator_rulebook,
    operator_tenants,
    operator_version,
    partner_admin,
    partner_customer,
    partner_customers,
    partner_directory,
    partner_home,
    partner_order,
    partner_requests,
    partner_subscription,
)

APPLICATION_ID = UUID("0f000000-0000-4000-8000-000000000001")


def application(public_url: str) -> Application:
    """The portal as sign-in knows it: without a secret, open to users of every tenant."""
    return Application(APPLICATION_ID, None, "the partner portal", (Entrance.callback(public_url),))


def routes(
    runtime: Runtime, authority: Authority, key_file: KeyFile, *, correlation_id: CorrelationId
) -> list[HTTPRouteHandler]:
    """Every route of the portal; `authority` has `application()` among its own applications.

    `correlation_id` tells the identifier that the layer round the application gave a request.
    """
    sessions = Sessions(authority, key_file, runtime.machine_clock)
    entrance = Entrance(APPLICATION_ID, authority, sessions, key_file, runtime.machine_clock)
    pages = [
        handler for room in ROOMS for page in room.PAGES for handler in serve(page, runtime, entrance, correlation_id)
    ]
    public = announcement_routes(runtime, entrance, correlation_id)
    return [*asset_routes(), *entrance_routes(entrance, correlation_id), *pages, *public]
