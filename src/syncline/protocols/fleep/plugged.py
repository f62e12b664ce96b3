"""The routes of this protocol, as the server sees them."""

from typing import Final

from syncline.gateways.http.routes import Part
from syncline.protocols.fleep.errors import refusal
from syncline.protocols.fleep.serving import OWNER, Spec, routes

CALLS: Final[tuple[Spec, ...]] = ()
"""Every ordinary call. Each module lists its own."""

ROUTES: Final = (*routes(CALLS),)

PART: Final = Part(OWNER, ROUTES, refusal)
