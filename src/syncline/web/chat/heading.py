"""What stands above the messages of a conversation: who is in it, and what is pinned."""

from typing import Final

import msgspec

from syncline.core.rooms.forms import deleted, read_form
from syncline.services.conversations import Sight
from syncline.services.conversations.pins import pins
from syncline.services.overviews import Overview
from syncline.services.sync.pace import Pace
from syncline.store.contract import View
from syncline.web.chat.lines import author_of, text_of
from syncline.web.chat.links import message_path
from syncline.web.chat.naming import names_of
from syncline.web.mail.plain import tame
from syncline.web.naming import Naming
from syncline.web.wording import short

MEMBERS: Final = 60
"""Members who are named; more are counted."""

PINS: Final = 30
"""Pins that are listed."""

NO_TEXT: Final = "(a message without text)"


class Members(msgspec.Struct, frozen=True):
    """Who is in a conversation: these by name, and so many others."""

    names: tuple[str, ...]
    others: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.names) + self.others


class Pin(msgspec.Struct, frozen=True):
    """A pinned message in short, and where it stands."""

    who: str
    text: str
    at: int
    path: str


async def members_of(of: Overview, seen: Sight, naming: Naming) -> Members:
    """The members; the account itself is the first."""
    own = (of.account,) if of.account in of.common.members else ()
    everybody = (*own, *of.others)
    named = await names_of(everybody[:MEMBERS], seen, naming)
    return Members(tuple(named), len(everybody) - len(named))


async def pins_of(view: View, of: Overview, seen: Sight, naming: Naming, cid: str) -> list[Pin]:
    """The newest pins, the newest first."""
    if not of.common.pinned:
        return []
    pace = Pace()
    found = []
    for entry in await pins(view, seen, limit=PINS):
        await pace.rest()
        form = read_form(entry.current)
        if not deleted(form):
            who = await author_of(entry, form, seen, naming)
            text = short(tame(text_of(form))) or NO_TEXT
            found.append(Pin(who, text, entry.at, message_path(cid, entry.nr or 0)))
    return found
