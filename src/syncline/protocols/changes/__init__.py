"""Syncline's own small protocol: everything that changes, as it changes, and a few writes for scripts.

See docs/changes.md.
"""

from typing import Final

from syncline.gateways.http.routes import Part, Route
from syncline.protocols.changes import conversations
from syncline.protocols.changes.errors import refusal
from syncline.protocols.changes.polling import changes

OWNER: Final = "changes"

ROUTES: Final = (
    Route(("GET",), "/changes", changes, OWNER, cross_origin=True, waits=True),
    Route(
        ("POST",),
        "/conversations",
        conversations.create,
        OWNER,
        max_body=conversations.LARGEST,
        cross_origin=True,
    ),
    Route(("GET",), "/conversations/{id}", conversations.state, OWNER, cross_origin=True),
    Route(
        ("POST",),
        "/conversations/{id}/members",
        conversations.members,
        OWNER,
        max_body=conversations.LARGEST,
        cross_origin=True,
    ),
    Route(
        ("POST",),
        "/conversations/{id}/entries",
        conversations.entries,
        OWNER,
        max_body=conversations.LARGEST,
        cross_origin=True,
    ),
    Route(
        ("POST",),
        "/conversations/{id}/entries/{entry}/amendments",
        conversations.amendments,
        OWNER,
        max_body=conversations.LARGEST,
        cross_origin=True,
    ),
)

PART: Final = Part(OWNER, ROUTES, refusal)
