"""Pages for conversations: what the links in Fleep's records lead to (Fleep reference 1.6)."""

from typing import Final

from syncline.web.chat.conversations import chat
from syncline.web.chat.joining import join, link
from syncline.web.chat.sessions import signed_in
from syncline.web.chat.writing import read, write

VIEWS: Final = (
    ("GET", "/chat", chat),
    ("GET", "/chat/{key}", link),
    ("POST", "/chat/{key}/join", join),
    ("POST", "/chat/{id}/messages", write),
    ("POST", "/chat/{id}/read", read),
    ("GET", "/globals/auth", signed_in),
)
"""Method, path, view."""

__all__ = ["VIEWS"]
