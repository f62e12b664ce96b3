"""In which thread each mail of an account lies, kept in memory for counting."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

import apsw

from syncline.services.search.boxes import Box
from syncline.services.search.packed import numbers as fetched

MOST_MAILS: Final = 1_000_000
"""Mails of which this is kept, over all accounts: 8 bytes each and some for every thread."""

Place = tuple[int, int, list[int]]
"""How often the account was shuffled, its last mail number, and the thread of each number."""


class Places:
    """Remembers by account; what changed since is read from the index of the reader's own moment."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._known: OrderedDict[int, Place] = OrderedDict()

    def forget(self) -> None:
        """Forget all: the index is another one."""
        with self._lock:
            self._known.clear()

    def convs(self, connection: apsw.Connection, box: Box, numbers: list[int]) -> Sequence[int]:
        """The threads in which these mails lie, in the same order."""
        convs = self._of(connection, box)
        if len(numbers) < 2:
            return [convs[no] for no in numbers]
        found: tuple[int, ...] = itemgetter(*numbers)(convs)
        return found

    def _of(self, connection: apsw.Connection, box: Box) -> list[int]:
        with self._lock:
            known = self._known.get(box.slot)
        if known is not None and known[:2] == (box.shuffled, box.last):
            return known[2]
        convs = [0] if known is None or known[0] != box.shuffled or known[1] > box.last else known[2].copy()
        self._read(connection, box, convs)
        with self._lock:
            self._known[box.slot] = (box.shuffled, box.last, convs)
            self._known.move_to_end(box.slot)
            while sum(len(place[2]) for place in self._known.values()) > MOST_MAILS and len(self._known) > 1:
                self._known.popitem(last=False)
        return convs

    def _read(self, connection: apsw.Connection, box: Box, convs: list[int]) -> None:
        """Add the threads of the mails that came after those in the list; erased ones have 0."""
        bindings = (box.low + len(convs), box.low + box.last)
        ids = fetched(
            connection,
            "SELECT json_group_array(id & 4294967295) FROM mail WHERE id BETWEEN ? AND ?",
            bindings,
        )
        found = fetched(
            connection, "SELECT json_group_array(conv) FROM mail WHERE id BETWEEN ? AND ?", bindings
        )
        one: dict[int, int] = {}
        convs += [0] * (box.last + 1 - len(convs))
        for no, conv in zip(ids, found, strict=True):
            convs[no] = one.setdefault(conv, conv)
