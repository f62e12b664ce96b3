"""Writing a batch into the index: a few statements, whatever the number of mails.

Runs in the writer's thread. Rows travel as one JSON text a table, so that SQLite does the work without the
interpreter's lock: a statement a row would hand that lock back and forth with a busy event loop (core
measurements: 35 times slower).
"""

# ruff: noqa: S608 - what is put into SQL are names of tables and columns
from collections.abc import Mapping, Sequence
from typing import Final

import apsw

from syncline.core.ids import Id, ZoneId
from syncline.services.search import people, stored
from syncline.services.search.batch import Batch, row_of
from syncline.services.search.cards import Card, Side, card_of, first_unread, info_of
from syncline.services.search.labels import relabel
from syncline.services.search.packed import numbers, packed
from syncline.services.search.schema import COLUMNS, SLOT_BITS

_PLACES: Final = ", ".join(f"value ->> {place}" for place in range(1, len(COLUMNS) + 1))

TIDY_PAGES: Final = 64
"""Pages of the text index rewritten in one step: some 15 ms, in which no other batch can be written."""


def write(connection: apsw.Connection, batch: Batch) -> None:
    """Write all of a batch in one transaction."""
    with connection:
        slots = _slots(connection, batch)
        _texts(connection, batch, slots)
        moved = _moves(connection, batch, slots)
        erased = _erasures(connection, batch)
        people.hear(connection, batch, slots)
        _threads(connection, batch, slots)
        for slot, last, shuffled in _progress(batch, slots, moved | erased):
            connection.execute(
                "UPDATE box SET last = max(last, ?), shuffled = shuffled + ? WHERE slot = ?",
                (last, shuffled, slot),
            )
        connection.execute("UPDATE meta SET value = max(value, ?) WHERE name = 'progress'", (batch.seq,))


def settle(connection: apsw.Connection, seq: int) -> None:
    """Make durable all that was written: one flushed commit after the others."""
    connection.execute("PRAGMA synchronous = FULL").fetchall()
    try:
        connection.execute("UPDATE meta SET value = max(value, ?) WHERE name = 'progress'", (seq,))
    finally:
        connection.execute("PRAGMA synchronous = NORMAL").fetchall()


def tidy(connection: apsw.Connection, begun: bool) -> bool:
    """Rewrite a part of the text index without what was erased; says whether there is more to do.

    FTS5 only notes that a row is gone, its words stay until their part of the index is rewritten.
    """
    before = connection.total_changes()
    # a negative number begins to merge all parts into one, a positive one goes on
    connection.execute(
        "INSERT INTO text (text, rank) VALUES ('merge', ?)", (TIDY_PAGES if begun else -TIDY_PAGES,)
    )
    # "it can be told that there is nothing more to do when fewer than two rows were changed" (FTS5's manual)
    return connection.total_changes() - before >= 2


def tidied(connection: apsw.Connection) -> None:
    """Note that no word of an erased mail is left, after labels that nothing has any more went, too."""
    with connection:
        connection.execute("DELETE FROM name WHERE threads = 0")
        connection.execute("DELETE FROM meta WHERE name = 'untidy'")


def _slots(connection: apsw.Connection, batch: Batch) -> dict[Id, int]:
    accounts = sorted({*batch.owners.values(), *(account for account, _ in batch.mails)})
    text = packed(accounts)
    # `shuffled` begins anywhere: what is remembered of an index of before must not fit this one by chance
    connection.execute(
        "INSERT INTO box (account, last, shuffled)"
        " SELECT value, 0, random() & 1099511627775 FROM json_each(?)"
        " WHERE value NOT IN (SELECT account FROM box)",
        (text,),
    )
    rows = connection.execute(
        "SELECT account, slot FROM box WHERE account IN (SELECT value FROM json_each(?))", (text,)
    )
    return {Id(account): slot for account, slot in rows}


def _texts(connection: apsw.Connection, batch: Batch, slots: Mapping[Id, int]) -> None:
    new = [put for put in batch.mails.values() if put.words is not None]
    if not new:
        return
    ids = [slots[put.account] << SLOT_BITS | put.body.no for put in new]
    connection.execute(
        f"INSERT INTO text (rowid, {', '.join(COLUMNS)}) SELECT value ->> 0, {_PLACES} FROM json_each(?)",
        (packed([(id, *row_of(put.columns)) for id, put in zip(ids, new, strict=True)]),),
    )
    connection.execute(
        "INSERT INTO mail (id, conv, date, flags, entry)"
        " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)",
        (
            packed(
                [
                    (id, put.entry.conv, put.entry.at, put.flags, put.entry.id)
                    for id, put in zip(ids, new, strict=True)
                ]
            ),
        ),
    )
    connection.execute(
        "INSERT INTO note (id, snippet) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        (packed([(id, put.body.snippet) for id, put in zip(ids, new, strict=True) if put.body.snippet]),),
    )


def _moves(connection: apsw.Connection, batch: Batch, slots: Mapping[Id, int]) -> set[int]:
    """Give mails that another thread took over their new thread; the slots in which that happened."""
    moved = [
        (slots[put.account] << SLOT_BITS | put.body.no, put.entry.conv, put.entry.id)
        for put in batch.mails.values()
        if put.words is None
    ]
    if moved:
        connection.execute(
            "UPDATE mail SET conv = news.conv, entry = news.entry FROM (SELECT value ->> 0 AS id,"
            " value ->> 1 AS conv, value ->> 2 AS entry FROM json_each(?)) AS news WHERE mail.id = news.id",
            (packed(moved),),
        )
    return {id >> SLOT_BITS for id, *_ in moved}


def _erasures(connection: apsw.Connection, batch: Batch) -> set[int]:
    """Take erased mails out; the slots in which there were any."""
    if not batch.dead:
        return set()
    ids = numbers(
        connection,
        "SELECT json_group_array(id) FROM mail WHERE entry IN (SELECT value FROM json_each(?))",
        (packed(list(batch.dead)),),
    )
    if not ids:
        return set()
    text = packed(ids)
    for table, column in (("mail", "id"), ("note", "id"), ("text", "rowid")):
        connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))", (text,))
    people.forget(connection, text)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('untidy', 1)")
    return {id >> SLOT_BITS for id in ids}


def _threads(connection: apsw.Connection, batch: Batch, slots: Mapping[Id, int]) -> None:
    convs = sorted((batch.touched | batch.sides.keys()) - batch.ended)
    sides = stored.sides(connection, convs) | batch.sides
    cards = {conv: card_of(leaves) for conv, leaves in batch.leaves.items() if leaves}
    cards |= stored.cards(connection, [conv for conv in convs if conv not in batch.leaves])
    _forget(connection, [*batch.ended, *(conv for conv in convs if conv not in cards)])
    if not cards:
        return
    snippets = _snippets(connection, batch, cards, sides, slots)
    threads, infos, labels = [], [], {}
    for conv, card in cards.items():
        side = sides.get(conv, Side())
        info = info_of(conv, card, side, snippets.get(conv, card.snippet))
        slot = slots[batch.owners[conv]]
        threads.append((conv, slot, max(card.mails), card.date, packed(side)))
        infos.append((conv, info))
        labels[conv] = (slot, info.labels)
    connection.execute(
        "INSERT OR REPLACE INTO thread (conv, slot, newest, date, private)"
        " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)",
        (packed(threads),),
    )
    made = [(conv, card) for conv, card in cards.items() if conv in batch.leaves]
    for table, rows in (("card", made), ("info", infos)):
        connection.execute(
            f"INSERT OR REPLACE INTO {table} SELECT value ->> 0, value -> 1 FROM json_each(?)",
            (packed(rows),),
        )
    relabel(connection, labels)


def _snippets(
    connection: apsw.Connection,
    batch: Batch,
    cards: Mapping[ZoneId, Card],
    sides: Mapping[ZoneId, Side],
    slots: Mapping[Id, int],
) -> dict[ZoneId, str]:
    """The snippets of threads whose first unread mail is not their first mail."""
    found: dict[ZoneId, str] = {}
    asked: list[tuple[ZoneId, int]] = []
    for conv, card in cards.items():
        no = first_unread(card, sides.get(conv, Side()))
        if no is None or no == card.mails[0]:
            continue
        if conv in batch.leaves:
            found[conv] = batch.leaves[conv][no].body.snippet
        else:
            asked.append((conv, slots[batch.owners[conv]] << SLOT_BITS | no))
    return found | stored.snippets(connection, asked) if asked else found


def _forget(connection: apsw.Connection, convs: Sequence[ZoneId]) -> None:
    """Threads that are no more: merged into others, or with no mail left."""
    if not convs:
        return
    text = packed(convs)
    relabel(connection, dict.fromkeys(convs, (0, ())))
    for table in ("thread", "card", "info"):
        connection.execute(f"DELETE FROM {table} WHERE conv IN (SELECT value FROM json_each(?))", (text,))


def _progress(batch: Batch, slots: Mapping[Id, int], shuffled: set[int]) -> list[tuple[int, int, int]]:
    last: dict[int, int] = dict.fromkeys(shuffled, 0)
    for account, no in batch.mails:
        slot = slots[account]
        last[slot] = max(last.get(slot, 0), no)
    return [(slot, no, int(slot in shuffled)) for slot, no in last.items()]
