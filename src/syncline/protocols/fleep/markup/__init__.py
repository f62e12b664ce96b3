"""Message texts: plain text with light markup in, Fleep's XML out (Fleep reference 4.7)."""

from syncline.protocols.fleep.markup.links import Link
from syncline.protocols.fleep.markup.message import links, links_in, to_xml
from syncline.protocols.fleep.markup.xml import EMPTY, clean, with_files
from syncline.services.conversations.mentions import mentioned_names

__all__ = ["EMPTY", "Link", "clean", "links", "links_in", "mentioned_names", "to_xml", "with_files"]
