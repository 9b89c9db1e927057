"""Pages for people who have a browser and no client: plain HTML over the same services as the dialects."""

from uuid import UUID

from litestar.handlers import HTTPRouteHandler

from copartner.command.runtime import Runtime
from copartner.kernel.secrets import KeyFile
from copartner.portal import customer
from copartner.portal.announcements import announcement_routes
from copartner.portal.assets import asset_routes
from copartner.portal.entrance import Entrance, entrance_routes
from copartner.portal.guard import CorrelationId
from copartner.portal.serving import serve
from copartner.portal.session import Sessions
from copartner.signin.model import Application
from copartner.signin.service import Authority

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
    declared = (*customer.PAGES,)
    pages = [handler for page in declared for handler in serve(page, runtime, entrance, correlation_id)]
    public = announcement_routes(runtime, entrance, correlation_id)
    return [*asset_routes(), *entrance_routes(entrance, correlation_id), *pages, *public]
