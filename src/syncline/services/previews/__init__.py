"""Previews: the titles of the pages that messages lead to, where the operator wants them asked for."""

from syncline.services.previews.looking import MOST, Looking
from syncline.services.previews.noticing import AUTOMATION, Noticing
from syncline.services.previews.preview import Page, Preview, previews_of, read_preview

__all__ = [
    "AUTOMATION",
    "MOST",
    "Looking",
    "Noticing",
    "Page",
    "Preview",
    "previews_of",
    "read_preview",
]
