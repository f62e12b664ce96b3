"""The mailbox as protocols, pages and imports use it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from syncline.core.entries import Entry
from syncline.core.errors import NotFound
from syncline.core.ids import Hash, Id, ZoneId
from syncline.core.kinds import Space
from syncline.core.mail import MUTABLE, MailBody, ReadMail, read_body
from syncline.core.ranges import Ranges, ranges
from syncline.services.conversations.access import conversation
from syncline.services.conversations.subscriptions import Marks, Private, private_of, subscription_of
from syncline.services.mail import keys
from syncline.services.mail.adding import add_mail, look_up
from syncline.services.mail.chains import prepare
from syncline.services.mail.copies import copies_of
from syncline.services.mail.forms import Added, Copy, Incoming, Message, Status, Thread
from syncline.services.mail.handover import Handover
from syncline.services.mail.joining import Joins, LongJoin
from syncline.services.mail.marking import keep, marked, marks_of, mutable, own_labels, remarked, states_of
from syncline.services.mail.trees import Trees, is_mail, mails_of, tree_of
from syncline.store.contract import Lane, Store, Tx, View

WORK: Final = 10
"""Mails an import writes in one work: about 3 ms of the loop, so that live works between feel nothing."""

WORK_BYTES: Final = 2_000_000
"""Raw bytes of one such work, about."""

NO_THREAD: Final = "There is no such thread."
NO_MESSAGE: Final = "There is no such message."

LARGEST: Final = 1 << 62

NO_STATES: Final[Mapping[str, Ranges]] = MappingProxyType({})

Change: TypeAlias = Callable[[tuple[str, ...], Marks], tuple[tuple[str, ...], Marks]]
"""What labels and marks become."""


class Mails:
    """All accounts' mails. Every method takes the account; what is not its own is NotFound."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store
        self._trees = Trees()
        self.handover = Handover()

    async def add(
        self,
        account: Id,
        mail: ReadMail,
        raw: bytes,
        *,
        labels: Collection[str] = (),
        state: Collection[str] = (),
        extra: dict[str, Any] | None = None,
        sent: bool = False,
    ) -> Added:
        """Take one mail in; durable when this returns. Raises Invalid for a label that cannot be."""
        own_labels(labels)  # refused before anything is written
        state = (*state, "sent") if sent else tuple(state)
        incoming = Incoming(mail, raw, tuple(labels), state)
        (added,) = await self._write(account, [incoming], Lane.LIVE, extra)
        async with self._store.view() as view:
            thread = await self._thread_id(view, account, added.conv)
        return Added(added.status, added.no, added.conv, thread)

    async def take(self, account: Id, batch: Sequence[Incoming]) -> list[Added]:
        """Take many mails in, in this order, beside live works (thread ids are not looked up)."""
        found: list[Added] = []
        for some in _portions(batch):
            found += await self._write(account, some, Lane.BULK, None)
        return found

    async def known(self, account: Id, hashes: Sequence[bytes]) -> list[bool]:
        """Which of these raw mails (SHA-256) the account has, byte for byte."""
        async with self._store.view() as view:
            return [
                await view.key(Space.RAW, keys.raw_key(account, Hash(hash))) is not None for hash in hashes
            ]

    async def size(self, account: Id) -> int:
        """How many mails the account has; erased ones keep their number and count."""
        async with self._store.view() as view:
            return await view.counter(keys.mails(account))

    async def find(self, account: Id, thread: int) -> ZoneId:
        """The thread behind an id: any of its mails' numbers, or the negative of its own, old ones too."""
        async with self._store.view() as view:
            return await self._find(view, account, thread)

    async def thread_id(self, account: Id, conv: ZoneId) -> int:
        """A thread's present id."""
        async with self._store.view() as view:
            return await self._thread_id(view, account, conv)

    async def thread(self, account: Id, thread: int) -> Thread:
        """A whole thread, read in slices; raises NotFound."""
        async with self._store.view() as view:
            conv = await self._find(view, account, thread)
            mails = await mails_of(view, conv)
            tree = await tree_of(mails)
            private = await _private(view, account, conv)
        marks = marks_of(private)
        return Thread(
            conv, tree.root() or -marks.thread, tuple(tree.arranged()), mails, private.labels, marks
        )

    async def message(self, account: Id, no: int) -> Message:
        """One mail by its number; raises NotFound."""
        async with self._store.view() as view:
            entry, body = await self._mail(view, account, no)
            private = await _private(view, account, entry.conv)
            thread = await self._thread_id(view, account, entry.conv)
        marks = marks_of(private)
        union = tuple(name for name in MUTABLE if getattr(marks, name))
        return Message(entry, body, thread, private.labels, states_of(body, marks), union)

    async def copies(self, account: Id, no: int) -> list[Copy]:
        """All copies of a mail's raw bytes, the one that was read first; raises NotFound."""
        async with self._store.view() as view:
            entry, body = await self._mail(view, account, no)
            return await copies_of(view, entry, body)

    async def raw(self, account: Id, no: int, copy: int = 1) -> bytes:
        """The bytes of a mail as they came, or of another copy of it (2, 3 …); raises NotFound."""
        found = await self.copies(account, no)
        if not 1 <= copy <= len(found):
            raise NotFound("There is no such copy of this message.", field="copy")
        return await self._store.blobs.get(found[copy - 1].hash)

    async def has(self, account: Id, message_id: str) -> bool:
        """Whether the account has a mail with this Message-ID."""
        async with self._store.view() as view:
            return await view.key(Space.MESSAGE_ID, keys.message_key(account, message_id)) is not None

    async def relabel(self, account: Id, thread: int, labels: Collection[str]) -> ZoneId:
        """Replace a thread's labels; names of states are ignored. Raises Invalid and changes nothing."""
        wanted = own_labels(labels)
        return await self._change(account, thread, lambda _, marks: (wanted, marks))

    async def label(
        self, account: Id, thread: int, *, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> ZoneId:
        """Give a thread labels, then take some, in one work; others stay, and names of states are ignored.

        Raises Invalid, TooLarge and changes nothing.
        """
        own_labels(add)
        return await self._change(
            account, thread, lambda known, marks: (own_labels({*known, *add} - {*remove}), marks)
        )

    async def set_thread_state(self, account: Id, thread: int, state: Collection[str]) -> ZoneId:
        """Give every mail of a thread exactly these mutable states; other names are ignored."""
        async with self._store.view() as view:
            conv = await self._find(view, account, thread)
            numbers = ranges(await self._trees.numbers(view, conv))
        return await self._change(
            account, thread, lambda labels, marks: (labels, marked(marks, numbers, state))
        )

    async def set_message_state(self, account: Id, no: int, state: Collection[str]) -> ZoneId:
        """Give one mail exactly these mutable states; other names are ignored."""
        only = (no, no)
        return await self._change(
            account, no, lambda labels, marks: (labels, marked(marks, only, state)), mail=True
        )

    async def mark(
        self,
        account: Id,
        thread: int,
        *,
        add: Mapping[str, Ranges] = NO_STATES,
        remove: Mapping[str, Ranges] = NO_STATES,
    ) -> ZoneId:
        """Give and take states of a thread's mails, each by the mails' numbers, all in one work.

        What is given counts first. Raises Invalid for a name that is no mutable state.
        """
        mutable(*add, *remove)
        return await self._change(
            account, thread, lambda labels, marks: (labels, remarked(marks, add=add, remove=remove))
        )

    async def mark_message(
        self, account: Id, no: int, *, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> ZoneId:
        """Give and take states of one mail. Raises Invalid for a name that is no mutable state, NotFound."""
        mutable(*add, *remove)
        given, taken = dict.fromkeys(add, (no, no)), dict.fromkeys(remove, (no, no))
        return await self._change(
            account, no, lambda labels, marks: (labels, remarked(marks, add=given, remove=taken)), mail=True
        )

    async def _change(self, account: Id, thread: int, change: Change, *, mail: bool = False) -> ZoneId:
        """Change labels and marks of the thread that an id, or a mail's number, leads to.

        `mail`: only a number will do. A thread's negative id is no mail's, and noted as one it would give
        the thread a state that none of its mails has.
        """

        async def work(tx: Tx) -> ZoneId:
            if mail:
                conv = (await self._mail(tx, account, thread))[0].conv
            else:
                conv = await self._find(tx, account, thread)
            known = await subscription_of(tx, account, conv)
            private = private_of(known)
            labels, marks = change(private.labels, marks_of(private))
            zone = await tx.zone(conv)
            assert zone is not None
            await keep(tx, known, zone, labels, marks)
            return conv

        return (await self._store.write(work)).value

    async def _write(
        self, account: Id, some: Sequence[Incoming], lane: Lane, extra: dict[str, Any] | None
    ) -> list[Added]:
        await asyncio.gather(*(self._store.blobs.put(one.raw) for one in some))
        for one in some:
            self.handover.put(one.mail.hash, one.mail.words)
        try:
            found = await self._add(account, some, lane, extra)
        except LongJoin:
            found = [await self._add_joining(account, one, lane, extra) for one in some]
        for one, added in zip(some, found, strict=True):
            if added.status != Status.NEW:
                self.handover.pop(one.mail.hash)
        return found

    async def _add_joining(
        self, account: Id, one: Incoming, lane: Lane, extra: dict[str, Any] | None
    ) -> Added:
        """Add a mail that joins long threads: what must move is moved before, by works of its own."""
        while True:
            await prepare(self._store, account, one.mail, lane=lane)
            try:
                (added,) = await self._add(account, [one], lane, extra)
            except LongJoin:
                continue  # other mails came into these threads in between
            return added

    async def _add(
        self, account: Id, some: Sequence[Incoming], lane: Lane, extra: dict[str, Any] | None
    ) -> list[Added]:
        async def work(tx: Tx) -> list[Added]:
            joins = Joins()
            await look_up(tx, account, some)
            return [await add_mail(tx, account, one, joins, extra=extra) for one in some]

        return (await self._store.write(work, lane=lane)).value

    async def _find(self, view: View, account: Id, thread: int) -> ZoneId:
        if thread > 0:
            entry, _ = await self._mail(view, account, thread, NO_THREAD)
            return entry.conv
        bound = None
        if -LARGEST < thread < 0:
            bound = await view.key(Space.THREAD, keys.thread_key(account, -thread))
        if bound is None:
            raise NotFound(NO_THREAD)
        return (await conversation(view, ZoneId(bound.object))).id

    async def _mail(
        self, view: View, account: Id, no: int, missing: str = NO_MESSAGE
    ) -> tuple[Entry, MailBody]:
        bound = await view.key(Space.MAIL, keys.mail_key(account, no)) if 0 < no < LARGEST else None
        entry = None if bound is None else await view.entry(bound.object)
        if entry is None or not is_mail(entry):
            raise NotFound(missing)
        return entry, read_body(entry.body)

    async def _thread_id(self, view: View, account: Id, conv: ZoneId) -> int:
        tree = await self._trees.tree(view, conv)
        return tree.root() or -marks_of(await _private(view, account, conv)).thread


async def _private(view: View, account: Id, conv: ZoneId) -> Private:
    return private_of(await view.subscription(account, conv))


def _portions(batch: Sequence[Incoming]) -> list[list[Incoming]]:
    """Cut a batch into works of bounded number and size; one large mail goes alone."""
    found: list[list[Incoming]] = []
    size = WORK_BYTES
    for one in batch:
        if size + one.mail.size > WORK_BYTES or len(found[-1]) >= WORK:
            found.append([])
            size = 0
        found[-1].append(one)
        size += one.mail.size
    return found
