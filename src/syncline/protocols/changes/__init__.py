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
    Route(("GET",), "/changes", changes, OWNER, waits=True),
    Route(
        ("POST",),
        "/conversations",
        conversations.create,
        OWNER,
        max_body=conversations.LARGEST,
    ),
    Route(("GET",), "/conversations/{id}", conversations.state, OWNER),
    Route(
        ("POST",),
        "/conversations/{id}/members",
        conversations.members,
        OWNER,
        max_body=conversations.LARGEST,
    ),
    Route(
        ("POST",),
        "/conversations/{id}/entries",
        conversations.entries,
        OWNER,
        max_body=conversations.LARGEST,
    ),
    Route(
        ("POST",),
        "/conversations/{id}/entries/{entry}/amendments",
        conversations.amendments,
        OWNER,
        max_body=conversations.LARGEST,
    ),
)

PART: Final = Part(OWNER, ROUTES, refusal)
