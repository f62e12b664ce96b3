"""The routes of this protocol, as the server sees them."""

from typing import Final

from syncline.gateways.http.routes import Handler, Part, Route
from syncline.protocols.heliotrope import adding, messages, searching, server_level, threads
from syncline.protocols.heliotrope.errors import refusal

OWNER: Final = "heliotrope"

SMALL: Final = 1 << 20
"""bytes of a body that carries no mail"""


def _get(path: str, handler: Handler) -> Route:
    return Route(("GET",), path, handler, OWNER)


def _post(path: str, handler: Handler, max_body: int | None = SMALL) -> Route:
    return Route(("POST",), path, handler, OWNER, max_body=max_body)


ROUTES: Final = (
    _get("/info.json", server_level.info),
    _get("/size.json", server_level.size),
    _get("/labels.json", server_level.labels),
    _post("/labels/prune.json", server_level.prune),
    _get("/contacts.json", server_level.contacts),
    _get("/search.json", searching.search),
    _get("/count.json", searching.count),
    _get("/thread/{id}.json", threads.thread),
    _get("/thread/{id}/info.json", threads.info),
    _post("/thread/{id}/labels.json", threads.labels),
    _post("/thread/{id}/state.json", threads.state),
    _get("/message/{id}.json", messages.message),
    _post("/message/{id}/state.json", messages.state),
    _get("/message/{id}/part/{part}", messages.part),
    _get("/message/{id}/raw", messages.raw),
    _post("/message.json", adding.add, max_body=None),
    _post("/message/send.json", adding.send, max_body=None),
    _post("/message/bounce.json", adding.bounce, max_body=None),
)

PART: Final = Part(OWNER, ROUTES, refusal)
