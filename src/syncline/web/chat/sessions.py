"""Whether somebody is signed in, for programs that want to know only that."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from syncline.core.errors import Unauthorized
from syncline.gateways.http.access import identified
from syncline.web.chat.needs import ChatNeeds
from syncline.web.pages import SAFETY


async def signed_in(needs: ChatNeeds, request: Request) -> Response:
    """GET /globals/auth: 200 for whoever is signed in, 401 for others (Fleep reference 1.6)."""
    if await identified(needs, request.scope) is None:
        raise Unauthorized("Nobody is signed in here.")
    return JSONResponse({}, headers=SAFETY)
