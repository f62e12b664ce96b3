"""Conversations: what people do in them, once for all protocols, and the one gate for reading them."""

from syncline.services.conversations.answers import Answer, Request, once
from syncline.services.conversations.create import Beginning
from syncline.services.conversations.reading import Reading, reading_of
from syncline.services.conversations.service import Conversations
from syncline.services.conversations.subscriptions import Private, private_of
from syncline.services.conversations.visibility import (
    Sight,
    as_seen,
    seen_by,
    sight,
    visible_entries,
    visible_entry,
)

__all__ = [
    "Answer",
    "Beginning",
    "Conversations",
    "Private",
    "Reading",
    "Request",
    "Sight",
    "as_seen",
    "once",
    "private_of",
    "reading_of",
    "seen_by",
    "sight",
    "visible_entries",
    "visible_entry",
]
