"""What a search shows of threads and mails that it found."""

# ruff: noqa: S608 - what is put into SQL are conditions made by `plans`; every value is bound
from collections.abc import Sequence
from typing import Final

import apsw
import msgspec

from syncline.core.ids import Id
from syncline.services.search.boxes import box_of
from syncline.services.search.labels import names_of
from syncline.services.search.meaning import Meaning, known_labels, labels_in
from syncline.services.search.packed import first, numbers, packed, rows
from syncline.services.search.plans import sql_of
from syncline.services.search.shapes import ThreadInfo
from syncline.services.search.strictly import Candidate

_INFO: Final = msgspec.json.Decoder(ThreadInfo)


def infos(connection: apsw.Connection, convs: Sequence[int]) -> tuple[ThreadInfo, ...]:
    """What lists show of these threads, in this order; one that has become part of another is passed over."""
    known = rows(
        connection,
        "SELECT conv, info FROM info WHERE conv IN (SELECT value FROM json_each(?))",
        (packed(convs),),
    )
    found = {conv: _INFO.decode(info) for conv, info in known}
    return tuple(found[conv] for conv in convs if conv in found)


def info(connection: apsw.Connection, account: Id, conv: int) -> ThreadInfo | None:
    """What lists show of one thread of an account; None if it has no such thread."""
    row = first(
        connection,
        "SELECT info FROM thread JOIN box USING (slot) JOIN info USING (conv) WHERE conv = ? AND account = ?",
        (conv, account),
    )
    return None if row is None else _INFO.decode(row[0])


def by_date(connection: apsw.Connection, convs: Sequence[int]) -> list[int]:
    """Threads by the date of their newest mail, newest first."""
    return numbers(
        connection,
        "SELECT json_group_array(conv) FROM (SELECT conv FROM thread"
        " WHERE conv IN (SELECT value FROM json_each(?)) ORDER BY date DESC, conv DESC)",
        (packed(convs),),
    )


def candidates(connection: apsw.Connection, account: Id, upper: Meaning, lower: Meaning) -> list[Candidate]:
    """The mails that fit `upper`, newest first; those that fit `lower` as well are decided."""
    box = box_of(connection, account)
    if box is None:
        return []
    names = names_of(connection, box.slot, labels_in(upper) | labels_in(lower))
    wanted = sql_of(known_labels(upper, names), names, "mail.conv", box.low, box.high)
    certain = sql_of(known_labels(lower, names), names, "mail.conv", box.low, box.high)
    found = rows(
        connection,
        f"SELECT mail.conv, entry, mail.date, ({certain.text}), info FROM mail JOIN info USING (conv)"
        f" WHERE id BETWEEN ? AND ? AND ({wanted.text}) ORDER BY id DESC",
        (*certain.bindings, box.low, box.high, *wanted.bindings),
    )
    return [
        Candidate(conv, Id(entry), date, bool(decided), _INFO.decode(known).labels)
        for conv, entry, date, decided, known in found
    ]
