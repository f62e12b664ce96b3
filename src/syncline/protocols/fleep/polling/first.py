"""The first sync: everything an account has, in batches, newest conversations first.

It begins at a seq, and its horizons say so (see `horizons`). The list of conversations is the one of that
seq, whatever moves up meanwhile; each is sent as it is when its batch is asked for. The last batch tells in
full form what changed since the beginning, and hands out the live horizon (design rule 5).
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, TypeAlias

from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import Kind
from syncline.protocols.fleep.contacting import own_record
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.listing import cursor_text
from syncline.protocols.fleep.polling.horizons import MOST_BATCHES, First
from syncline.protocols.fleep.polling.objects import tell_hooks
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.records.label import Synced, label
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.init import init
from syncline.services.labels import labels_of
from syncline.services.overviews import Listed, listed
from syncline.services.people import read_contact
from syncline.services.sync import Pace
from syncline.store.contract import View

FIRST: Final = 20
"""Conversations of the first batch: about 5 ms of work, and what a window shows."""

BATCH: Final = 50

CONTACTS: Final = 500
"""Contacts of a batch; those of the conversations' members came with these already."""

REMEMBERED: Final = 64
"""Lists kept for the next batches; one of 5,000 conversations takes 25 ms to make, in slices, and 0.5 MB."""


Lists: TypeAlias = tuple[Sequence[Listed], Sequence[Id]]
"""An account's conversations, and the persons that it knows."""


class FirstSync:
    """Makes the batches of first syncs; what it remembers only saves time."""

    def __init__(self, fleep: Fleep) -> None:
        """Remember no list yet."""
        self._fleep = fleep
        self._lists: OrderedDict[tuple[Id, Seq], Lists] = OrderedDict()

    async def batch(
        self, stream: Stream, at: First, *, skip_hidden: bool, skip_rest: bool
    ) -> tuple[First | None, float, str | None]:
        """Add a batch's records; returns the next batch (None: it was the last), progress, sync_cursor."""
        lists, persons = await self._lists_of(stream.view, stream.account, at.start)
        chats = 1 if len(lists) <= FIRST else 2 + (len(lists) - FIRST - 1) // BATCH
        if at.batch == 1:
            await self._beginning(stream)
        cursor = None
        if at.batch <= chats:
            first = 0 if at.batch == 1 else FIRST + (at.batch - 2) * BATCH
            last = FIRST if at.batch == 1 else first + BATCH
            await self._conversations(stream, lists[first:last], skip_hidden=skip_hidden)
            if last < len(lists):
                list_id = stream.names.person(stream.account)
                cursor = cursor_text(stream.names, list_id, lists[last - 1], at.start)
        else:
            page = (at.batch - chats - 1) * CONTACTS
            await self._contacts(stream, persons[page : page + CONTACTS])
        more = at.batch < chats or len(persons) > (at.batch - chats) * CONTACTS
        if skip_rest or not more or at.batch >= MOST_BATCHES:
            return None, 1.0, cursor
        sent = min(len(lists), FIRST + (at.batch - 1) * BATCH)
        progress = 0.95 * sent / len(lists) if lists else 0.95
        return First(at.start, at.batch + 1), round(progress, 3), cursor

    async def _lists_of(self, view: View, account: Id, start: Seq) -> Lists:
        key = (account, start)
        known = self._lists.get(key)
        if known is None:
            known = await listed(view, account, at=start), await _persons(view, account)
            self._lists[key] = known
            if len(self._lists) > REMEMBERED:
                self._lists.popitem(last=False)
        return known

    async def _beginning(self, stream: Stream) -> None:
        stream.records.append(await own_record(self._fleep, stream.view, stream.account))
        for one in await labels_of(stream.view, stream.account):
            stream.records.append(label(stream.names, one, Synced()))

    async def _conversations(self, stream: Stream, part: Sequence[Listed], *, skip_hidden: bool) -> None:
        pace = Pace()
        for one in part:
            of = await stream.overview(one.conv)
            if of is not None and not of.deleted and not (skip_hidden and of.hidden):
                await init(stream, of, Init.TINY)
                await tell_hooks(stream, of)
            await pace.rest()

    async def _contacts(self, stream: Stream, part: Sequence[Id]) -> None:
        pace = Pace()
        for person in part:
            await stream.contacts([person])
            await pace.rest()


async def _persons(view: View, account: Id) -> list[Id]:
    """Whom an account knows, by when it got to know them: those that come later stand at the end."""
    found: list[tuple[Id, Id]] = []
    after = START
    pace = Pace()
    while True:
        page = await view.objects(ZoneId(account), [Kind.CONTACT], after=after, limit=CONTACTS)
        found += ((object.id, read_contact(object).person) for object in page)
        await pace.rest()
        if len(page) < CONTACTS:
            return [person for _, person in sorted(found) if person != account]
        after = page[-1].seq
