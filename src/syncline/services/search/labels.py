"""Labels in the index: which threads have them, and how many."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import apsw
import msgspec

from syncline.core.ids import Id, ZoneId
from syncline.services.search.packed import packed, rows, value
from syncline.services.search.shapes import LabelCount

_HELD: Final = msgspec.json.Decoder(list[tuple[ZoneId, int, str]])


class Name(NamedTuple):
    """A label in use: its id, and how many threads have it."""

    id: int
    threads: int


def names_of(connection: apsw.Connection, slot: int, wanted: set[str]) -> dict[str, Name]:
    """Labels in use by their names."""
    if not wanted:
        return {}
    found = rows(
        connection,
        "SELECT name, id, threads FROM name WHERE slot = ? AND threads > 0"
        " AND name IN (SELECT value FROM json_each(?))",
        (slot, packed(sorted(wanted))),
    )
    return {name: Name(id, threads) for name, id, threads in found}


def label_counts(connection: apsw.Connection, account: Id) -> list[LabelCount]:
    """An account's labels in use, with their threads and unread threads."""
    found = rows(
        connection,
        "SELECT name, threads, coalesce(unread, 0) FROM box JOIN name USING (slot) LEFT JOIN"
        " (SELECT other.name AS id, count(*) AS unread FROM box JOIN name USING (slot)"
        " JOIN label AS one ON one.name = name.id JOIN label AS other ON other.conv = one.conv"
        " WHERE account = ?1 AND name.name = 'unread' GROUP BY other.name) AS counted ON counted.id = name.id"
        " WHERE account = ?1 AND threads > 0 ORDER BY name",
        (account,),
    )
    return [LabelCount(label, threads, unread) for label, threads, unread in found]


def relabel(connection: apsw.Connection, wanted: Mapping[ZoneId, tuple[int, Sequence[str]]]) -> None:
    """Give threads (of an account's slot) these labels and states, and no others."""
    held = value(
        connection,
        "SELECT json_group_array(json_array(label.conv, name.id, name.name)) FROM label"
        " JOIN name ON name.id = label.name WHERE label.conv IN (SELECT value FROM json_each(?))",
        (packed(list(wanted)),),
    )
    has = {(conv, label): name for conv, name, label in _HELD.decode(held)}
    wants = {(conv, label): slot for conv, (slot, labels) in wanted.items() for label in labels}
    gone = [(has[pair], pair[0]) for pair in has.keys() - wants.keys()]
    come = sorted((wants[pair], pair[1], pair[0]) for pair in wants.keys() - has.keys())
    if gone:
        connection.execute(
            "DELETE FROM label WHERE (name, conv) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
            (packed(gone),),
        )
        _recount(connection, [name for name, _ in gone], -1)
    if come:
        names = _names(connection, {(slot, label) for slot, label, _ in come})
        added = [(names[slot, label], conv) for slot, label, conv in come]
        connection.execute(
            "INSERT INTO label (name, conv) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            (packed(added),),
        )
        _recount(connection, [name for name, _ in added], 1)


def _names(connection: apsw.Connection, wanted: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    text = packed(sorted(wanted))
    connection.execute(
        "INSERT OR IGNORE INTO name (slot, name, threads)"
        " SELECT value ->> 0, value ->> 1, 0 FROM json_each(?)",
        (text,),
    )
    found = rows(
        connection,
        "SELECT slot, name, id FROM name WHERE (slot, name) IN"
        " (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
        (text,),
    )
    return {(slot, label): id for slot, label, id in found}


def _recount(connection: apsw.Connection, names: Sequence[int], step: int) -> None:
    connection.execute(
        "UPDATE name SET threads = threads + ? * news.times FROM"
        " (SELECT value AS id, count(*) AS times FROM json_each(?) GROUP BY value) AS news"
        " WHERE name.id = news.id",
        (step, packed(names)),
    )
