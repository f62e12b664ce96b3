"""What changed last, as far as an account may see it, in words."""

import asyncio
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq
from syncline.core.kinds import ZoneKind
from syncline.services.conversations.visibility import Sight, as_seen, sight
from syncline.store.contract import Store, View
from syncline.web.naming import YOU, Naming
from syncline.web.wording import SOMEBODY, persons_of, said

SHOWN: Final = 12
CONVERSATIONS: Final = 10
TAIL: Final = 5000
"""Changes of the log looked back over; what is older is not "recent"."""


class Recent(msgspec.Struct, frozen=True):
    """One line of the list: `who` `did` `where`. `text` is what was written, if anything; `at` is ms."""

    seq: Seq
    conversation: Id
    who: str
    did: str
    where: str
    text: str
    at: int

    @property
    def own(self) -> bool:
        """Whether the reader did it."""
        return self.who == YOU


async def recent(store: Store, account: Id) -> list[Recent]:
    """The newest entries of the conversations that changed last and that the account is in, newest first."""
    async with store.view() as view:
        naming = Naming(view, account)
        changed = await view.changed_zones(account, Seq(max(0, view.head - TAIL)))
        conversations = [zone for zone in changed if zone.kind == ZoneKind.CONVERSATION]
        newest = sorted(conversations, key=lambda zone: zone.head, reverse=True)[:CONVERSATIONS]
        found: list[tuple[Entry, Sight]] = []
        for zone in newest:
            await asyncio.sleep(0)  # reads do not wait: without a pause others would, for all of them
            seen = await sight(view, account, zone.id)
            if seen.present:
                found += [(entry, seen) for entry in await _newest(view, seen)]
        found.sort(key=lambda one: one[0].seq, reverse=True)
        lines = []
        for entry, seen in found[:SHOWN]:
            await asyncio.sleep(0)
            lines.append(await _line(view, entry, seen, naming))
        return lines


async def _newest(view: View, seen: Sight) -> list[Entry]:
    """The newest entries within the ranges that are seen, as they may be known; silent ones left out."""
    entries: list[Entry] = []
    for first, last in reversed(seen.ranges()):
        before = None if last is None else Seq(last + 1)
        left = SHOWN - len(entries)
        entries += await view.entries(
            seen.zone.id, after=Seq(first - 1), before=before, limit=left, newest=True
        )
        if len(entries) >= SHOWN:
            break
    shown = [await as_seen(view, seen, entry) for entry in entries if entry.nr is not None]
    return [entry for entry in shown if entry is not None]


async def _line(view: View, entry: Entry, seen: Sight, naming: Naming) -> Recent:
    known = None if entry.target is None else await view.entry(entry.target)
    target = None if known is None else await as_seen(view, seen, known)
    for person in persons_of(entry):
        await naming.person(person, seen)
    words = said(entry, target, naming.known)
    who = words.who or (SOMEBODY if entry.author is None else naming.known(entry.author))
    where = await naming.conversation(seen)
    return Recent(entry.seq, entry.conv, who, words.did, where, words.text, entry.at)
