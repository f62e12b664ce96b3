"""Evaluating a plan at one moment of the index, in a searcher's thread.

Hits are mails, newest added first; a thread stands where its first hit stands. Rows are gathered by SQLite
into one JSON text a step, so that the interpreter's lock is taken once a step and not once a row.
"""

from collections.abc import Mapping, Sequence
from typing import Final

# ruff: noqa: S608 - what is put into SQL are conditions made by `plans`; every value is bound
import apsw

from syncline.core.ids import Id
from syncline.services.search.boxes import Box, box_of
from syncline.services.search.labels import Name, names_of
from syncline.services.search.meaning import (
    All,
    Any,
    Labelled,
    Meaning,
    Never,
    Without,
    known_labels,
    labels_in,
)
from syncline.services.search.packed import first, numbers, packed, unpacked, value
from syncline.services.search.places import Places
from syncline.services.search.plans import Plan, Sql, plan_of, sql_of
from syncline.services.search.shapes import Order

FIRST_STEP: Final = 64
LONG_STEP: Final = 1000
STEP_GROWS: Final = 4
"""Hits looked at in the first step, and how much larger each further one is."""

RARE: Final = 2000
"""Threads of a label that is worth reading whole (0.3 ms), rather than asking for each hit's thread."""


class Evaluation:
    """One query of one account at one moment."""

    def __init__(
        self,
        connection: apsw.Connection,
        box: Box,
        plan: Plan,
        names: Mapping[str, Name],
        places: Places,
    ) -> None:
        """Evaluate this plan; `names` are the labels in it."""
        self.connection = connection
        self.box = box
        self.plan = plan
        self.names = names
        self.places = places

    def page(self, need: int, order: Order) -> list[int]:
        """The first `need` threads."""
        if order is Order.DATE:
            return self._by_date(need)
        if self.plan.match is None and self.plan.mail is None:
            return self._labelled(need)
        return self._by_arrival(need)

    def count(self) -> int:
        """How many threads there are."""
        plan = self.plan
        if plan.match is None and plan.mail is None:
            if isinstance(plan.thread, Labelled):
                return self.names[plan.thread.name].threads
            where = self._thread_sql("thread.conv")
            return int(
                value(
                    self.connection,
                    f"SELECT count(*) FROM thread WHERE slot = ? AND {where.text}",
                    (self.box.slot, *where.bindings),
                )
            )
        return len(self._all())

    def _labelled(self, need: int) -> list[int]:
        """Threads by labels alone: along the newest, or from a rare label's threads."""
        where = self._thread_sql("thread.conv")
        rare = self._rarest()
        # walking until enough are found looks at about need × last / threads of them, a rare label has fewer
        if rare is not None and rare.threads * rare.threads < need * self.box.last:
            source, bindings = "label CROSS JOIN thread USING (conv) WHERE label.name = ?", (rare.id,)
        else:
            source, bindings = "thread WHERE thread.slot = ?", (self.box.slot,)
        return numbers(
            self.connection,
            f"SELECT json_group_array(conv) FROM (SELECT thread.conv AS conv FROM {source} AND {where.text}"
            " ORDER BY newest DESC LIMIT ?)",
            (*bindings, *where.bindings, need),
        )

    def _by_arrival(self, need: int) -> list[int]:
        """Threads in the order of their newest hits, in growing steps until enough are found."""
        rare = self._rarest()
        if self.plan.match is None or self.plan.mail is not None or rare is None or rare.threads > RARE:
            step, hits_of, only = max(FIRST_STEP, 2 * need), self._joined, None
        else:
            # most hits will lack the label: pass over them without looking up each one's row
            step, hits_of, only = LONG_STEP, self._placed, self._labels_threads(rare)
        found: list[int] = []
        seen: set[int] = set()
        before = self.box.high
        while len(found) < need:
            hits, last = hits_of(before, step)
            convs = [
                conv for conv in dict.fromkeys(hits) if conv not in seen and (only is None or conv in only)
            ]
            seen.update(convs)
            found += self._fitting(convs)
            if len(hits) < step:
                break
            before, step = last - 1, step * STEP_GROWS
        return found[:need]

    def _joined(self, before: int, limit: int) -> tuple[Sequence[int], int]:
        """The threads of the newest hits up to a row id, and the last one's row id."""
        where = self._mail_sql(self.plan.mail)
        source, match = self._source()
        text, last = first(
            self.connection,
            "SELECT json_group_array(conv), min(id) FROM"
            f" (SELECT mail.conv AS conv, mail.id AS id FROM {source} AND {where.text}"
            f" ORDER BY {'text.rowid' if match else 'mail.id'} DESC LIMIT ?)",
            (*match, self.box.low, before, *where.bindings, limit),
        )
        return unpacked(text), last

    def _placed(self, before: int, limit: int) -> tuple[Sequence[int], int]:
        """The same for texts alone, with the threads from memory."""
        hits = numbers(
            self.connection,
            "SELECT json_group_array(no) FROM (SELECT rowid & 4294967295 AS no FROM text"
            " WHERE text MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?)",
            (self.plan.match, self.box.low, before, limit),
        )
        return self.places.convs(self.connection, self.box, hits), self.box.low + hits[-1] if hits else 0

    def _fitting(self, convs: list[int]) -> list[int]:
        """Those of these threads whose labels fit, in their order."""
        if self.plan.thread is None or not convs:
            return convs
        where = self._thread_sql("value")
        return numbers(
            self.connection,
            "SELECT json_group_array(value) FROM"
            f" (SELECT value FROM json_each(?) WHERE {where.text} ORDER BY key)",
            (packed(convs), *where.bindings),
        )

    def _by_date(self, need: int) -> list[int]:
        plan = self.plan
        if plan.match is None and plan.mail is None:
            where = self._thread_sql("thread.conv")
        else:
            text = packed(list(self._all()))
            where = Sql("thread.conv IN (SELECT value FROM json_each(?))", (text,))
        return numbers(
            self.connection,
            f"SELECT json_group_array(conv) FROM (SELECT conv FROM thread WHERE slot = ? AND {where.text}"
            " ORDER BY date DESC, conv DESC LIMIT ?)",
            (self.box.slot, *where.bindings, need),
        )

    def _all(self) -> set[int]:
        """All threads with a hit."""
        where = self._mail_sql(self.plan.mail)
        source, match = self._source()
        bindings = (*match, self.box.low, self.box.high, *where.bindings)
        if match and self.plan.mail is None:
            # 100,000 look-ups by row id and a sort cost SQLite 35 ms; the numbers alone and a list 10
            hits = numbers(
                self.connection,
                "SELECT json_group_array(rowid & 4294967295) FROM text"
                " WHERE text MATCH ? AND rowid BETWEEN ? AND ?",
                bindings,
            )
            found = set(self.places.convs(self.connection, self.box, hits))
        else:
            found = set(
                numbers(
                    self.connection,
                    f"SELECT json_group_array(DISTINCT mail.conv) FROM {source} AND {where.text}",
                    bindings,
                )
            )
        return found if self.plan.thread is None else self._kept(self.plan.thread, found)

    def _kept(self, condition: Meaning, convs: set[int]) -> set[int]:
        """Those of these threads whose labels fit."""
        match condition:
            case Labelled(name):
                return convs & self._labels_threads(self.names[name])
            case Without(of):
                return convs - self._kept(of, convs)
            case All(of):
                for each in of:
                    convs = self._kept(each, convs)
                return convs
            case Any(of):
                return set().union(*(self._kept(each, convs) for each in of))
        raise AssertionError(condition)

    def _labels_threads(self, name: Name) -> set[int]:
        """All threads with a label."""
        return set(
            numbers(self.connection, "SELECT json_group_array(conv) FROM label WHERE name = ?", (name.id,))
        )

    def _source(self) -> tuple[str, tuple[str, ...]]:
        """Where hits come from, and the match if it is the texts."""
        if self.plan.match is None:
            return "mail WHERE mail.id BETWEEN ? AND ?", ()
        source = (
            "text CROSS JOIN mail ON mail.id = text.rowid WHERE text MATCH ? AND text.rowid BETWEEN ? AND ?"
        )
        return source, (self.plan.match,)

    def _mail_sql(self, condition: Meaning | None) -> Sql:
        if condition is None:
            return Sql("TRUE")
        found = sql_of(condition, self.names, "mail.conv", self.box.low, self.box.high)
        return Sql(f"({found.text})", found.bindings)

    def _thread_sql(self, conv: str) -> Sql:
        if self.plan.thread is None:
            return Sql("TRUE")
        found = sql_of(self.plan.thread, self.names, conv, self.box.low, self.box.high)
        return Sql(f"({found.text})", found.bindings)

    def _rarest(self) -> Name | None:
        """The label with the fewest threads of those that must be there."""
        thread = self.plan.thread
        parts: Sequence[Meaning] = (
            thread.of if isinstance(thread, All) else () if thread is None else (thread,)
        )
        needed = [self.names[part.name] for part in parts if isinstance(part, Labelled)]
        return min(needed, key=lambda name: name.threads, default=None)


def prepared(
    connection: apsw.Connection, account: Id, condition: Meaning, places: Places
) -> Evaluation | None:
    """A search for what fits a condition; None where nothing can."""
    box = box_of(connection, account)
    if box is None:
        return None
    names = names_of(connection, box.slot, labels_in(condition))
    condition = known_labels(condition, names)
    if isinstance(condition, Never):
        return None
    return Evaluation(connection, box, plan_of(condition), names, places)
