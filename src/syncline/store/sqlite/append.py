"""Writing a batch: few statements a table, all inside the transaction that the group began."""

from collections.abc import Iterable
from typing import Any

import apsw

from syncline.store.batch import Batch

INSERT_CHANGE = "INSERT INTO change VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_ENTRY = """INSERT INTO entry(conv, seq, id, nr, kind, author, at, target, rel, root, alert_nr, session,
    request, body, form) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
PUT_ZONE = "INSERT OR REPLACE INTO zone VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def write(connection: apsw.Connection, batch: Batch) -> None:
    """Write all rows of a batch; the caller commits or rolls back."""
    many = connection.executemany
    many(
        INSERT_CHANGE,
        [(c.seq, c.zone, c.kind, c.object, c.act, c.nr, c.actor, c.at, c.work) for c in batch.changes],
    )
    if batch.entries:
        many(
            INSERT_ENTRY,
            [
                (
                    e.conv,
                    e.seq,
                    e.id,
                    e.nr,
                    e.kind,
                    e.author,
                    e.at,
                    e.target,
                    e.rel,
                    e.root,
                    e.alert_nr,
                    e.session,
                    e.request,
                    e.body,
                    e.form,
                )
                for e in batch.entries.values()
            ],
        )
    many(
        PUT_ZONE,
        [
            (
                z.id,
                z.kind,
                z.owner,
                z.head,
                z.nr,
                z.alert_nr,
                z.bumped,
                z.bumped_at,
                z.joined,
                z.invited,
                z.floor,
                z.merged,
            )
            for z in batch.zones.values()
        ],
    )
    for rows in (_entries_and_state, _objects, _accounts, _keys, _readers):
        for sql, bindings in rows(batch):
            if bindings:
                many(sql, bindings)


Statements = Iterable[tuple[str, list[tuple[Any, ...]]]]


def _entries_and_state(batch: Batch) -> Statements:
    if batch.forms:
        yield (
            "UPDATE entry SET body = ?, form = ? WHERE conv = ? AND seq = ?",
            [(e.body, e.form, e.conv, e.seq) for e in batch.forms.values()],
        )
    if batch.facts or batch.closed or batch.rewritten:
        yield (
            """INSERT INTO state(conv, type, name, since, part, until, entry, content)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                (f.conv, f.type, f.name, f.since, f.part, f.until, f.entry, f.content)
                for f in batch.facts.values()
            ],
        )
        place = "WHERE conv = ? AND type = ? AND name = ? AND since = ? AND part = ?"
        yield (
            f"UPDATE state SET until = ? {place}",
            [(f.until, *key) for key, f in batch.closed.items()],
        )
        yield (
            f"UPDATE state SET content = ? {place}",
            [(f.content, *key) for key, f in batch.rewritten.items()],
        )


def _objects(batch: Batch) -> Statements:
    if batch.objects:
        gone = [(id,) for id, one in batch.objects.items() if one is None]
        yield ("DELETE FROM share WHERE object = ?", gone)
        yield ("DELETE FROM object WHERE id = ?", gone)
        # a seq moves between rows of one zone only by being new: REPLACE never meets another object's place
        yield (
            """INSERT INTO object(id, kind, zone, seq, made, entered, body) VALUES(?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, zone = excluded.zone, seq = excluded.seq,
            made = excluded.made, entered = excluded.entered, body = excluded.body""",
            [
                (o.id, o.kind, o.zone, o.seq, o.made, o.entered, o.body)
                for o in batch.objects.values()
                if o is not None
            ],
        )
    if batch.shares:
        yield (
            "DELETE FROM share WHERE object = ? AND zone = ?",
            [place for place, one in batch.shares.items() if one is None],
        )
        yield (
            "INSERT OR REPLACE INTO share(object, zone, kind, seq, entered) VALUES(?, ?, ?, ?, ?)",
            [
                (object, zone, one.kind, one.seq, one.entered)
                for (object, zone), one in batch.shares.items()
                if one is not None
            ],
        )
    if batch.departures:
        yield (
            "INSERT INTO departure VALUES(?, ?, ?, ?, ?, ?)",
            [(d.zone, d.kind, d.seq, d.object, d.entered, d.gone_to) for d in batch.departures],
        )
    if batch.erased_versions:  # before new ones: what is written after an erase stays
        yield (
            "UPDATE version SET body = CAST('{}' AS BLOB) WHERE object = ?",
            [(object,) for object in batch.erased_versions],
        )
    if batch.versions:
        yield (
            "INSERT INTO version VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(v.object, v.seq, v.zone, v.nr, v.act, v.body, v.previous) for v in batch.versions],
        )


def _accounts(batch: Batch) -> Statements:
    if batch.grants:
        yield (
            "INSERT OR REPLACE INTO grants VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(g.account, g.zone, g.given, g.ended, g.first, g.last, g.why) for g in batch.grants.values()],
        )
    if batch.subscriptions:
        yield (
            "INSERT OR REPLACE INTO subscription VALUES(?, ?, ?, ?, ?, ?)",
            [
                (s.account, s.conv, s.seq, s.read_nr, s.read_alert, s.body)
                for s in batch.subscriptions.values()
            ],
        )


def _keys(batch: Batch) -> Statements:
    if batch.keys:
        yield (
            "DELETE FROM key WHERE space = ? AND value = ?",
            [place for place, bound in batch.keys.items() if bound is None],
        )
        yield (
            "INSERT OR REPLACE INTO key(space, value, object, answer, expires) VALUES(?, ?, ?, ?, ?)",
            [
                (space, value, b.object, b.answer, b.expires)
                for (space, value), b in batch.keys.items()
                if b is not None
            ],
        )
    if batch.terms:
        yield (
            "DELETE FROM term WHERE space = ? AND value = ? AND object = ?",
            [place for place, listed in batch.terms.items() if not listed],
        )
        yield (
            "INSERT OR IGNORE INTO term VALUES(?, ?, ?)",
            [place for place, listed in batch.terms.items() if listed],
        )
    if batch.counters:
        yield ("INSERT OR REPLACE INTO counter VALUES(?, ?)", [*batch.counters.items()])
    if batch.meta:
        yield ("INSERT OR REPLACE INTO meta VALUES(?, ?)", [*batch.meta.items()])
    if batch.timers or batch.cancelled:
        yield (
            "INSERT INTO timer(due, id, act) VALUES(?, ?, ?)",
            [(t.due, t.id, t.act) for t in batch.timers.values()],
        )
        yield (
            "DELETE FROM timer WHERE due = ? AND id = ?",
            [(t.due, t.id) for t in batch.cancelled.values()],
        )
    if batch.blob_refs:
        yield (
            "INSERT OR IGNORE INTO blob_ref VALUES(?, ?)",
            [place for place, named in batch.blob_refs.items() if named],
        )
        yield (
            "DELETE FROM blob_ref WHERE hash = ? AND object = ?",
            [place for place, named in batch.blob_refs.items() if not named],
        )


def _readers(batch: Batch) -> Statements:
    if batch.queued:
        yield ("INSERT INTO queue VALUES(?, ?, ?)", [(q.reader, q.seq, q.body) for q in batch.queued])
    if batch.confirmed:
        yield ("DELETE FROM queue WHERE reader = ? AND seq <= ?", [*batch.confirmed.items()])
    if batch.dropped_readers:  # before what is written of one that was saved anew since
        gone = [(id,) for id in batch.dropped_readers]
        for table, column in (("reader", "id"), ("mark", "reader"), ("mark_exception", "reader")):
            yield (f"DELETE FROM {table} WHERE {column} = ?", gone)
    if batch.readers:
        yield (
            "INSERT OR REPLACE INTO reader VALUES(?, ?, ?, ?, ?, ?, ?)",
            [
                (r.id, r.kind, r.account, r.name, r.cursor, r.seen_at, r.body)
                for r in batch.readers.values()
                if r is not None
            ],
        )
    if batch.marks:
        yield (
            "DELETE FROM mark WHERE reader = ? AND zone = ? AND kind = ?",
            [place for place, mark in batch.marks.items() if mark is None],
        )
        yield (
            "INSERT OR REPLACE INTO mark VALUES(?, ?, ?, ?, ?)",
            [(m.reader, m.zone, m.kind, m.upto, m.full) for m in batch.marks.values() if m is not None],
        )
    if batch.mark_exceptions:
        yield (
            "DELETE FROM mark_exception WHERE reader = ? AND object = ?",
            [place for place, one in batch.mark_exceptions.items() if one is None],
        )
        yield (
            "INSERT OR REPLACE INTO mark_exception VALUES(?, ?, ?, ?, ?)",
            [
                (e.reader, e.object, e.seq, e.owed, e.had)
                for e in batch.mark_exceptions.values()
                if e is not None
            ],
        )
