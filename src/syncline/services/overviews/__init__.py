"""What a list shows of conversations: topic, members, numbers, and how far one account is with each."""

from syncline.services.overviews.common import Common, read_common
from syncline.services.overviews.listing import Listed, had, has, listed, shows
from syncline.services.overviews.memory import Overviews
from syncline.services.overviews.overview import Overview, chat_sight, overview_of, shown_sight

__all__ = [
    "Common",
    "Listed",
    "Overview",
    "Overviews",
    "chat_sight",
    "had",
    "has",
    "listed",
    "overview_of",
    "read_common",
    "shown_sight",
    "shows",
]
