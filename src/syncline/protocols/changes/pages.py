"""One page of changes, found in the cheapest way there is: nothing to say, from memory, or from the log."""

from functools import lru_cache
from typing import NamedTuple

from syncline.core.deltas import Place
from syncline.core.ids import START, Id
from syncline.protocols.changes.asking import Ask
from syncline.protocols.changes.cursors import tag_of, write_cursor
from syncline.protocols.changes.needs import Needs
from syncline.protocols.changes.telling import Untold, recent_rows, rows_of
from syncline.services.sync import delta

NOWHERE = Place(START)


class Page(NamedTuple):
    """An answer: its rows, and the place to go on from."""

    rows: list[bytes]
    place: Place
    more: bool
    reset: bool = False


class Pages:
    """Makes pages for one store."""

    def __init__(self, needs: Needs) -> None:
        """Look up what does not change while the server runs."""
        self._store = needs.store
        self._delivery = needs.delivery
        epoch = needs.store.epoch
        self.tag = tag_of(epoch)
        self._end = f',"epoch":"{epoch}"}}'.encode()
        # the answer of all who are caught up at one place
        self._nothing = lru_cache(maxsize=1000)(lambda place: self._body(Page([], place, more=False)))
        self._reset_end = f',"epoch":"{epoch}","reset":true}}'.encode()

    async def page(self, account: Id, place: Place | None, ask: Ask) -> Page:
        """What an account learns after a place (None: everything, anew)."""
        if place is not None:
            if self._delivery.quiet(account, place):
                return Page([], place, more=False)
            if ask.kinds is None:
                known = self._from_memory(account, place, ask.limit)
                if known is not None:
                    return known
        async with self._store.view() as view:
            jumps = await self._delivery.jumps(view)
            found = await delta(view, account, place or NOWHERE, limit=ask.limit, jumps=jumps)
            rows = await rows_of(view, account, found, ask.kinds)
        self._delivery.settle(account, found)
        return Page(rows, found.until, found.more, found.reset or place is None)

    def _from_memory(self, account: Id, place: Place, limit: int) -> Page | None:
        recent = self._delivery.recent(account, place)
        if recent is None:
            return None
        more = False
        if recent and recent[-1].last - place.seq > limit:  # else there are not so many changes between
            count = 0
            for index, heard in enumerate(recent):
                count += heard.size
                if count > limit and index:
                    recent, more = recent[:index], True
                    break
        try:
            rows = recent_rows(self._delivery, account, recent)
        except Untold:
            return None
        return Page(rows, Place(recent[-1].last) if recent else place, more)

    def body(self, page: Page) -> bytes:
        """A page as the answer's body."""
        if not page.rows and not page.more and not page.reset:
            return self._nothing(page.place)
        return self._body(page)

    def _body(self, page: Page) -> bytes:
        cursor = write_cursor(page.place, more=page.more, tag=self.tag)
        more = b"true" if page.more else b"false"
        end = self._reset_end if page.reset else self._end
        return b'{"changes":[%b],"next":"%b","more":%b%b' % (b",".join(page.rows), cursor.encode(), more, end)

    def cursor(self, page: Page) -> str:
        """The cursor that stands in a page's body."""
        return write_cursor(page.place, more=page.more, tag=self.tag)
