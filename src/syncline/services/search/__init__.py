"""Searching mail: an index beside the store, which can be thrown away and made again."""

from syncline.services.search.language import debugged, typed
from syncline.services.search.parsing import parse
from syncline.services.search.service import Search
from syncline.services.search.shapes import ContactFound, LabelCount, Order, ThreadInfo

__all__ = ["ContactFound", "LabelCount", "Order", "Search", "ThreadInfo", "debugged", "parse", "typed"]
