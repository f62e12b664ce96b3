"""What changed last, as far as an account may see it."""

from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, ZoneKind
from syncline.services.sync.sights import sights
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
        for seen in await sights(view, account, newest):
            for entry in await _entries(view, seen.zone.id, seen.spans):
                found.append(_line(entry))
    return sorted(found, key=lambda line: line.seq, reverse=True)[:SHOWN]


async def _entries(view: View, conv: ZoneId, spans: tuple[tuple[Seq, Seq | None], ...]) -> list[Entry]:
    """The newest entries within these ranges of seq."""
    entries: list[Entry] = []
    for first, last in reversed(spans):
        before = None if last is None else Seq(last + 1)
        entries += await view.entries(
            conv, after=Seq(first - 1), before=before, limit=SHOWN - len(entries), newest=True
        )
        if len(entries) >= SHOWN:
            break
    return entries


def _line(entry: Entry) -> Recent:
    body = msgspec.json.decode(entry.current)
    text = next((body[key] for key in ("text", "subject", "topic") if isinstance(body.get(key), str)), "")
    return Recent(entry.seq, entry.conv, EntryKind(entry.kind).name.lower(), text[:LONGEST], entry.at)
