"""All admin routes as one application."""

from starlette.applications import Starlette

from syncline.core.errors import SynclineError
from syncline.server.admin import accounts, changes, imports, sample, tail, tokens, upkeep
from syncline.server.admin.answers import refused
from syncline.server.admin.control import Control


def admin_application(control: Control) -> Starlette:
    """The routes of one process."""
    routes = [
        route for part in (accounts, tokens, tail, changes, imports, upkeep, sample) for route in part.ROUTES
    ]
    application = Starlette(routes=routes, exception_handlers={SynclineError: refused})
    application.state.control = control
    return application
