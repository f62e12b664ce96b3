"""What changed last, as far as an account may see it."""

from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq
from syncline.core.kinds import EntryKind, ZoneKind
from syncline.services.conversations.visibility import Sight, as_seen, sight
from syncline.store.contract import Store, View

SHOWN: Final = 20
CONVERSATIONS: Final = 10
TAIL: Final = 5000
"""Changes of the log looked back over; what is older is not "recent"."""

LONGEST: Final = 200
"""Characters shown of a text."""


class Recent(msgspec.Struct, frozen=True):
    """One line of the list; `at` is ms."""

    seq: Seq
    conversation: Id
    what: str
    text: str
    at: int


async def recent(store: Store, account: Id) -> list[Recent]:
    """The newest entries of the conversations that changed last, newest first."""
    async with store.view() as view:
        changed = await view.changed_zones(account, Seq(max(0, view.head - TAIL)))
        conversations = [zone for zone in changed if zone.kind == ZoneKind.CONVERSATION]
        newest = sorted(conversations, key=lambda zone: zone.head, reverse=True)[:CONVERSATIONS]
        found = []
        for zone in newest:
            seen = await sight(view, account, zone.id)
            for entry in await _newest(view, seen):
                shown = await as_seen(view, seen, entry)
                if shown is not None:
                    found.append(_line(shown))
    return sorted(found, key=lambda line: line.seq, reverse=True)[:SHOWN]


async def _newest(view: View, seen: Sight) -> list[Entry]:
    """The newest entries within the ranges that are seen."""
    entries: list[Entry] = []
    for first, last in reversed(seen.ranges()):
        before = None if last is None else Seq(last + 1)
        left = SHOWN - len(entries)
        entries += await view.entries(
            seen.zone.id, after=Seq(first - 1), before=before, limit=left, newest=True
        )
        if len(entries) >= SHOWN:
            break
    return entries


def _line(entry: Entry) -> Recent:
    body = msgspec.json.decode(entry.current)
    text = next((body[key] for key in ("text", "subject", "topic") if isinstance(body.get(key), str)), "")
    return Recent(entry.seq, entry.conv, EntryKind(entry.kind).name.lower(), text[:LONGEST], entry.at)
