"""From commits to what the index must be told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, Protocol

from syncline.core.entries import ERASED, Entry
from syncline.core.errors import Damaged, NotFound
from syncline.core.ids import START, Hash, Id, Seq, ZoneId
from syncline.core.kinds import Act, EntryKind, Kind, Rel
from syncline.core.log import Change
from syncline.core.mail import Address, MailBody, ReadMail, Words, read_body
from syncline.core.objects import Subscription
from syncline.core.words import words
from syncline.core.zones import Zone
from syncline.services.conversations.subscriptions import private_of
from syncline.services.search.batch import Batch, Heard, Put
from syncline.services.search.cards import Leaf, side_of
from syncline.services.sync.pace import Pace
from syncline.store.commit import Commit
from syncline.store.contract import Store, View

log = logging.getLogger(__name__)

PAGE: Final = 200
"""Entries read in one statement: about a millisecond."""

AT_ONCE: Final = 4
"""Mails read again at the same time while the index is made anew."""

Known = Callable[[Id, Collection[int]], set[int]]
"""Which of an account's mails the index knows, by number."""


class Handover(Protocol):
    """Where the words of mails just added wait."""

    def pop(self, hash: bytes) -> Words | None:
        """Take them out; None if they are not here."""


class Collector:
    """Looks at commits, and looks up what they do not carry."""

    def __init__(
        self, store: Store, reparse: Callable[[bytes], Awaitable[ReadMail]], handover: Handover
    ) -> None:
        """Look things up in this store; mails whose words are nowhere are read again by `reparse`."""
        self._store = store
        self._reparse = reparse
        self._handover = handover

    async def collect(self, commit: Commit, batch: Batch, known: Known) -> None:
        """Add to the batch what a commit says about mails."""
        wanted = [change for change in commit.changes if change.kind in _WANTED]
        if not wanted:
            return
        if not commit.complete:
            await self._collect_again(commit, wanted, batch, known)
            return
        found = [entry for change in wanted if (entry := commit.entries.get(change.object)) is not None]
        await self._entries(found, wanted, commit.zones, batch, known)
        for (account, conv), subscription in commit.subscriptions.items():
            _side(batch, account, conv, subscription)

    async def _collect_again(
        self, commit: Commit, wanted: Sequence[Change], batch: Batch, known: Known
    ) -> None:
        """A commit from before a restart carries its changes only."""
        async with self._store.view() as view:
            ids = tuple({change.zone for change in wanted})
            zones = {zone.id: zone for zone in await view.zones(ids)}
            found = await view.entries_by_id(
                [change.object for change in wanted if change.kind == Kind.ENTRY]
            )
            for change in wanted:
                if change.kind == Kind.SUBSCRIPTION:
                    conv = ZoneId(change.object)
                    subscription = await view.subscription(change.zone, conv)
                    if subscription is not None:
                        _side(batch, change.zone, conv, subscription)
        await self._entries(found, wanted, zones, batch, known)

    async def _entries(
        self,
        entries: Iterable[Entry],
        changes: Iterable[Change],
        zones: Mapping[ZoneId, Zone],
        batch: Batch,
        known: Known,
    ) -> None:
        """What became of threads: zones with an owner. Other conversations are no mail."""
        arrived = {change.object: change.at for change in changes}
        mails: list[tuple[Entry, Id, MailBody]] = []
        erased: list[tuple[Id, Entry]] = []
        for entry in entries:
            zone = zones.get(entry.conv)
            if zone is None or zone.owner is None:
                continue
            if entry.kind == EntryKind.MAIL and entry.body != ERASED:
                mails.append((entry, zone.owner, read_body(entry.body)))
            elif entry.rel == Rel.ERASE:
                erased.append((zone.owner, entry))
        if mails:
            old = known(mails[0][1], [body.no for *_, body in mails])
            fresh = [body for *_, body in mails if body.no not in old]
            # a mail that is added and moved by the same commit is new once
            texts = dict(zip((body.no for body in fresh), await self._words(fresh), strict=True))
            for entry, owner, body in mails:
                new = texts.get(body.no)
                heard = () if new is None else heard_in(entry, body, arrived[entry.id])
                batch.put(Put(owner, entry, body, new, heard))
        for owner, entry in erased:
            if entry.target is not None:
                batch.erase(owner, entry.conv, entry.target)
        for change in changes:
            if change.act == Act.MERGE:
                batch.end(change.zone)

    async def _words(self, bodies: Sequence[MailBody]) -> list[Words]:
        found = [self._handover.pop(bytes.fromhex(body.hash)) for body in bodies]
        if None not in found:
            return [one for one in found if one is not None]
        gate = asyncio.Semaphore(AT_ONCE)

        async def again(body: MailBody, one: Words | None) -> Words:
            if one is not None:
                return one
            async with gate:
                return await self._read_again(body)

        return await asyncio.gather(*map(again, bodies, found))

    async def _read_again(self, body: MailBody) -> Words:
        try:
            raw = await self._store.blobs.get(Hash(bytes.fromhex(body.hash)))
        except (NotFound, Damaged):
            # `verify` names the damage; until then the mail is found by what its entry says
            log.warning("mail %d: its raw bytes cannot be read, so its text is not searched", body.no)
            return _words_of(body)
        return (await self._reparse(raw)).words

    async def complete(self, batch: Batch, fresh: Collection[ZoneId]) -> None:
        """Fill in all mails of the touched threads. `fresh`: threads that the index does not know yet.

        A thread is read as it was at the batch's end, in slices.
        """
        pace = Pace()
        async with self._store.view() as view:
            for conv in batch.touched - batch.ended:
                if conv in fresh:
                    batch.leaves[conv] = {no: leaf for no, (_, leaf) in batch.came.get(conv, {}).items()}
                else:
                    batch.leaves[conv] = await _leaves(view, conv, Seq(batch.seq), pace)
                await pace.rest()
            for conv in fresh:
                if conv not in batch.sides and conv not in batch.ended:
                    account = batch.owners[conv]
                    subscription = await view.subscription(account, conv)
                    if subscription is not None:
                        _side(batch, account, conv, subscription)
                    await pace.rest()


def heard_in(entry: Entry, body: MailBody, arrived: int) -> tuple[Heard, ...]:
    """Whom a mail adds to the address book (Heliotrope reference 2.7).

    Its sender, unless that is a machine; of a mail that the owner sent, those whom it went to. The stamp
    is the mail's date: a date in the future would keep its place at the top for years, so no later than
    its arrival.
    """
    stamp = min(entry.at, arrived)
    people: list[Address] = []
    if "sent" in body.states:
        people += [*body.to, *body.cc, *body.bcc]
    if not body.automatic:
        people += body.senders[:1]
    return tuple(Heard(one.mail, one.name, stamp) for one in people if "@" in one.mail)


async def _leaves(view: View, conv: ZoneId, until: Seq, pace: Pace) -> dict[int, Leaf]:
    found: dict[int, Leaf] = {}
    after = START
    while True:
        page = await view.entries(conv, after=after, before=Seq(until + 1), limit=PAGE)
        for entry in page:
            if entry.kind == EntryKind.MAIL and entry.body != ERASED:
                body = read_body(entry.body)
                found[body.no] = Leaf(entry.at, body)
        if len(page) < PAGE:
            return found
        after = page[-1].seq
        await pace.rest()


def _side(batch: Batch, account: Id, conv: ZoneId, subscription: Subscription) -> None:
    private = private_of(subscription)
    if private.marks is not None:
        batch.side(account, conv, side_of(private.labels, private.marks))


def _words_of(body: MailBody) -> Words:
    """What can be said of a mail whose raw bytes are lost."""
    sender = words(" ".join(map(str, body.senders)))
    to = words(" ".join(map(str, (*body.to, *body.cc, *body.bcc))))
    subject = words(body.subject)
    return Words(
        sender=sender,
        recipients=to,
        subject=subject,
        body=" ".join((sender, to, subject)),
        ids=words(body.message_id),
    )


_WANTED: Final = frozenset({Kind.ENTRY, Kind.SUBSCRIPTION, Kind.ZONE})
