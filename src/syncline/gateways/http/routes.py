"""What a protocol plugs into the server: its routes, and the shape of its refusals."""

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
from starlette.types import ASGIApp

from syncline.gateways.http.answers import Shape

Handler: TypeAlias = Callable[[Any], ASGIApp]
"""Makes the ASGI callable from the services. Called once, at the start; what it looks up there is free later.

`Any`, because the struct of all services lives above the protocols: each handler types its parameter with a
`typing.Protocol` of the services that it needs.
"""


class Route(msgspec.Struct, frozen=True):
    """One path of one owner.

    `path` is exact (`/changes`), has parameters (`/conversations/{id}`, `/thread/{id}.json`), or ends in a
    tail (`/static/{file:path}`). Parameters reach the handler as `scope["path_params"]`, each unquoted by
    itself: an encoded slash stays inside. GET answers HEAD too. Before any handler runs, the server has put
    into the scope: `header` (a dict of the request's header lines by lower-case name), `request_id` (str),
    `address` (the client's, seen through trusted proxies), and `scheme` and `host` as the client wrote
    them. A handler that has learned whose request it is sets `scope["account"]` for the access log.
    """

    methods: tuple[str, ...]
    path: str
    handler: Handler
    owner: str
    max_body: int | None = None
    """bytes; None: the server's limit"""
    cross_origin: bool = False
    """True skips the origin check: only for protocols that take bearer tokens and never a cookie"""
    slash: bool = False
    """True: the path with a slash at its end is the same (Fleep's clients write either)"""
    waits: bool = False
    """True for long polls and streams: their time is the client's wish, so it is no measure of speed"""


class Part(msgspec.Struct, frozen=True):
    """A protocol, or the pages, as the server sees it."""

    name: str
    routes: tuple[Route, ...]
    shape: Shape
