"""The address book: everybody whom mails named, the newest spelling of each (Heliotrope reference 2.7)."""

from collections.abc import Iterable, Mapping
from typing import Final

import apsw
import msgspec

from syncline.core.ids import Id
from syncline.core.words import folded
from syncline.services.search.batch import Batch, Heard
from syncline.services.search.packed import packed, value
from syncline.services.search.schema import SLOT_BITS
from syncline.services.search.shapes import ContactFound

_FOUND: Final = msgspec.json.Decoder(list[ContactFound])

_NEWEST: Final = (
    "UPDATE person SET (stamp, mail, name, face) = (SELECT stamp, mail, name, face FROM heard"
    " WHERE person = person.id ORDER BY stamp DESC, heard.id DESC LIMIT 1)"
    " WHERE id IN (SELECT value FROM json_each(?))"
)


def hear(connection: apsw.Connection, batch: Batch, slots: Mapping[Id, int]) -> None:
    """Note whom the new mails of a batch name."""
    rows = [
        (slots[put.account], folded(one.mail), slots[put.account] << SLOT_BITS | put.body.no, one)
        for put in batch.mails.values()
        for one in put.heard
    ]
    if not rows:
        return
    connection.execute(
        "INSERT OR IGNORE INTO person (slot, address) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        (packed(sorted({(slot, address) for slot, address, *_ in rows})),),
    )
    connection.execute(
        "INSERT OR REPLACE INTO heard (person, id, stamp, mail, name, face)"
        " SELECT person.id, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)"
        " CROSS JOIN person ON person.slot = value ->> 0 AND person.address = value ->> 1",
        (_rows(rows),),
    )
    newest = {(row[0], row[1]): row for row in sorted(rows, key=lambda row: (row[3].stamp, row[2]))}
    connection.execute(
        "UPDATE person SET stamp = news.stamp, mail = news.mail, name = news.name, face = news.face FROM ("
        "SELECT value ->> 0 AS slot, value ->> 1 AS address, value ->> 3 AS stamp, value ->> 4 AS mail,"
        " value ->> 5 AS name, value ->> 6 AS face FROM json_each(?)) AS news"
        " WHERE person.slot = news.slot AND person.address = news.address"
        " AND (person.mail IS NULL OR news.stamp >= person.stamp)",
        (_rows(newest.values()),),
    )


def forget(connection: apsw.Connection, ids: str) -> None:
    """Forget what erased mails told (a JSON list of row ids)."""
    touched = value(
        connection,
        "SELECT json_group_array(DISTINCT person) FROM heard WHERE id IN (SELECT value FROM json_each(?))",
        (ids,),
    )
    connection.execute("DELETE FROM heard WHERE id IN (SELECT value FROM json_each(?))", (ids,))
    connection.execute(
        "DELETE FROM person WHERE id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM heard WHERE person = person.id)",
        (touched,),
    )
    connection.execute(_NEWEST, (touched,))


def contacts(connection: apsw.Connection, account: Id, prefix: str, num: int | None) -> list[ContactFound]:
    """Whose address or name begins like this, those heard of last first."""
    begin = folded(prefix).lstrip()
    # no text goes on with the last code point, so the range holds all that begin like this
    found = value(
        connection,
        "SELECT json_group_array(json_object('name', name, 'mail', mail)) FROM (SELECT mail, name FROM person"
        " WHERE id IN (SELECT person.id FROM box JOIN person USING (slot)"
        " WHERE account = ?1 AND address BETWEEN ?2 AND ?3"
        " UNION SELECT person.id FROM box JOIN person USING (slot)"
        " WHERE account = ?1 AND face BETWEEN ?2 AND ?3) ORDER BY stamp DESC, address LIMIT ?4)",
        (account, begin, begin + "\U0010ffff", -1 if num is None else num),
    )
    return _FOUND.decode(found)


def _rows(rows: Iterable[tuple[int, str, int, Heard]]) -> str:
    return packed(
        [
            (slot, address, id, one.stamp, one.mail, one.name, folded(one.name))
            for slot, address, id, one in rows
        ]
    )
