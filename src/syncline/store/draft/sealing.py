"""Sealing a work: its changes get their end, its zones their heads, its group its rows."""

from syncline.core.errors import Conflict, Invalid, NotFound
from syncline.core.log import Change
from syncline.store.commit import Commit
from syncline.store.contract import CHANGES_A_WORK
from syncline.store.draft.base import COUNTER_OF_IDS
from syncline.store.draft.zones import ZoneDraft


class Sealing(ZoneDraft):
    """The end of a draft."""

    async def seal(self) -> Commit | None:
        """Finish a work's rows; returns its commit, or None if it left no change in the log.

        Raises NotFound for a change in a zone that does not exist (a grant to somebody without an
        account), Conflict for a zone opened under a taken id, Invalid for more changes than a work may make.
        """
        pending = self._pending
        batch = self._batch
        if self._next_id != self._first_id:
            batch.counters[COUNTER_OF_IDS] = self._next_id - 1
        for named in self._opened_as:
            if await self._below.zone(named) is not None:
                raise Conflict(f"there is a zone {named} already")
        edits = self._edits
        if len(pending) > CHANGES_A_WORK:
            raise Invalid(f"a work makes at most {CHANGES_A_WORK} changes; make it a chain of works")
        for id, head in self._heads.items():
            try:
                edit = edits.get(id) or await self._edit(id)
            except NotFound:
                raise NotFound(f"there is no zone {id} to write into") from None
            edit.head = head
        if edits:
            zones = batch.zones
            for id, edit in edits.items():
                zones[id] = edit.freeze()
        if not pending:
            return None
        end = pending[-1][0]
        now = self.now
        batch.changes += [
            Change(seq, zone, kind, object, act, nr, actor, now, end)
            for seq, zone, kind, object, act, nr, actor in pending
        ]
        return Commit(batch.changes, batch)

    def absorb(self, work: "Sealing") -> None:
        """Take a sealed work's rows into this group's."""
        self._next_id = work.next_id
        self.head = work.head
        self._batch.absorb(work.batch)
        self._facts_now.update(work._facts_now)
