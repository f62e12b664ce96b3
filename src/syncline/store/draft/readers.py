"""Cursors kept by the server, marks and queues in a draft."""

from collections.abc import Iterable, Sequence

from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import Act, Kind, ReaderKind
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.store.draft.base import DraftBase


class ReaderDraft(DraftBase):
    """Reading and writing readers."""

    async def reader(self, kind: ReaderKind, account: Id | None, name: str) -> Reader | None:
        """A reader with a cursor kept by the server."""
        for own in self._batch.readers.values():
            if own is not None and (own.kind, own.account, own.name) == (kind, account, name):
                return own
        found = await self._below.reader(kind, account, name)
        if found is not None and found.id in self._batch.readers:
            return None  # dropped here, or known by another name now
        return found

    def save_reader(
        self,
        reader: Reader,
        *,
        marks: Iterable[Mark] = (),
        exceptions: Iterable[MarkException] = (),
        settled: Iterable[Id] = (),
    ) -> None:
        """Keep a reader's cursor; `settled` are objects whose exception ends. Not in the log."""
        self._batch.readers[reader.id] = reader
        for mark in marks:
            self._batch.marks[reader.id, mark.zone, mark.kind] = mark
        for object in settled:
            self._batch.mark_exceptions[reader.id, object] = None
        for exception in exceptions:
            self._batch.mark_exceptions[reader.id, exception.object] = exception

    def drop_reader(self, reader: Id) -> None:
        """Forget a reader with its marks, exceptions and queue."""
        self._batch.readers[reader] = None
        self._batch.dropped_readers.append(reader)
        self._batch.forget_reader(reader)
        self.confirm(reader, self.head)

    def forget_marks(self, reader: Id, zone: ZoneId) -> None:
        """Forget a device's marks for one zone."""
        for kind in Kind:
            self._batch.marks[reader, zone, kind] = None

    async def marks(self, reader: Id) -> Sequence[Mark]:
        """A device's acknowledgement marks."""
        below = () if reader in self._batch.dropped_readers else await self._below.marks(reader)
        found = {(mark.zone, int(mark.kind)): mark for mark in below}
        for (of, zone, kind), mark in self._batch.marks.items():
            if of == reader:
                if mark is None:
                    found.pop((zone, int(kind)), None)
                else:
                    found[zone, int(kind)] = mark
        return [found[place] for place in sorted(found)]

    async def exceptions(self, reader: Id) -> Sequence[MarkException]:
        """The objects that differ from a device's marks."""
        below = () if reader in self._batch.dropped_readers else await self._below.exceptions(reader)
        found = {one.object: one for one in below}
        for (of, object), exception in self._batch.mark_exceptions.items():
            if of == reader:
                if exception is None:
                    found.pop(object, None)
                else:
                    found[object] = exception
        return [found[object] for object in sorted(found)]

    def enqueue(self, reader: Id, account: Id, body: bytes) -> Seq:
        """Queue something for a reader of an account; the account is woken."""
        seq = self._change(ZoneId(account), Kind.QUEUED, reader, Act.PUT, None, None)
        self._batch.queued.append(Queued(reader, seq, body))
        return seq

    def confirm(self, reader: Id, upto: Seq) -> None:
        """Delete what a reader has confirmed."""
        # a client may confirm what it was never sent: that must not swallow what comes later
        upto = min(upto, self.head)
        self._batch.confirmed[reader] = max(upto, self._batch.confirmed.get(reader, START))

    async def queue(self, reader: Id, *, after: Seq = START, limit: int) -> Sequence[Queued]:
        """What waits for a reader, in order."""
        after = max(after, self._batch.confirmed.get(reader, START))
        found = [*await self._below.queue(reader, after=after, limit=limit)]
        found += [one for one in self._batch.queued if one.reader == reader and one.seq > after]
        return found[:limit]
