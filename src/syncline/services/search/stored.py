"""What the index holds of threads and mails, as the writer needs it."""

from collections.abc import Sequence
from typing import Final

import apsw
import msgspec

from syncline.core.ids import ZoneId
from syncline.services.search.cards import Card, Side
from syncline.services.search.packed import numbers, packed, value

_CARDS: Final = msgspec.json.Decoder(list[tuple[ZoneId, Card]])
_SIDES: Final = msgspec.json.Decoder(list[tuple[ZoneId, Side]])
_TEXTS: Final = msgspec.json.Decoder(list[tuple[ZoneId, str]])


def cards(connection: apsw.Connection, convs: Sequence[ZoneId]) -> dict[ZoneId, Card]:
    """The cards of threads; those without one are left out."""
    if not convs:
        return {}
    found = value(
        connection,
        "SELECT json_group_array(json_array(conv, json(card))) FROM card"
        " WHERE conv IN (SELECT value FROM json_each(?))",
        (packed(convs),),
    )
    return dict(_CARDS.decode(found))


def sides(connection: apsw.Connection, convs: Sequence[ZoneId]) -> dict[ZoneId, Side]:
    """Their owners' sides."""
    found = value(
        connection,
        "SELECT json_group_array(json_array(conv, json(private))) FROM thread"
        " WHERE conv IN (SELECT value FROM json_each(?))",
        (packed(convs),),
    )
    return dict(_SIDES.decode(found))


def known(connection: apsw.Connection, convs: Sequence[ZoneId]) -> set[int]:
    """Which of these threads the index has."""
    return set(
        numbers(
            connection,
            "SELECT json_group_array(conv) FROM thread WHERE conv IN (SELECT value FROM json_each(?))",
            (packed(convs),),
        )
    )


def held(connection: apsw.Connection, ids: Sequence[int]) -> set[int]:
    """Which of these row ids the index has, as mail numbers."""
    return set(
        numbers(
            connection,
            "SELECT json_group_array(id & 4294967295) FROM mail WHERE id IN (SELECT value FROM json_each(?))",
            (packed(ids),),
        )
    )


def snippets(connection: apsw.Connection, asked: Sequence[tuple[ZoneId, int]]) -> dict[ZoneId, str]:
    """Snippets by thread, asked for as (thread, row id of a mail)."""
    found = value(
        connection,
        "SELECT json_group_array(json_array(one.value ->> 0, coalesce(note.snippet, '')))"
        " FROM json_each(?) AS one LEFT JOIN note ON note.id = one.value ->> 1",
        (packed(asked),),
    )
    return dict(_TEXTS.decode(found))
