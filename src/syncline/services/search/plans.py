"""From what a query asks to what SQLite is asked: one text match, conditions on mails, conditions on threads.

The text of a query never reaches SQLite: matches are put together from folded words, each in quotes.
"""

# ruff: noqa: S608 - what is put into SQL are names of columns; every value is bound
from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from syncline.services.search.labels import Name
from syncline.services.search.meaning import (
    All,
    Always,
    Any,
    Dated,
    Labelled,
    Meaning,
    Never,
    Shows,
    Text,
    Without,
    all_of,
)
from syncline.services.search.schema import MARKER

EVERY_TEXT: Final = f'ids : "{MARKER}"'


class Sql(NamedTuple):
    """A condition with its bindings."""

    text: str
    bindings: tuple[int | str, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """How a query is evaluated: what all three say must hold; None says nothing.

    `match`: of the text. `mail`: of the rest of the mail, or of both at once. `thread`: of its labels.
    """

    match: str | None = None
    mail: Meaning | None = None
    thread: Meaning | None = None


def plan_of(condition: Meaning) -> Plan:
    """The plan for a condition that is neither Always nor Never as a whole, or either."""
    parts = condition.of if isinstance(condition, All) else (condition,)
    texts = [each for each in parts if _is_only(each, Text)]
    labels = [each for each in parts if _is_only(each, Labelled)]
    rest = [each for each in parts if not _is_only(each, Text) and not _is_only(each, Labelled)]
    return Plan(
        match=match_of(all_of(texts)) if texts else None,
        mail=all_of(rest) if rest else None,
        thread=all_of(labels) if labels else None,
    )


def match_of(condition: Meaning) -> str:
    """The FTS5 query for a condition on texts."""
    match condition:
        case Text(column, (words, prefix)):
            return f'{column} : "{" ".join(words)}"{" *" if prefix else ""}'
        case Without(of):
            return f"{EVERY_TEXT} NOT ({match_of(of)})"
        case Any(of):
            return " OR ".join(f"({match_of(each)})" for each in of)
        case All(of):
            wanted = [f"({match_of(each)})" for each in of if not isinstance(each, Without)] or [EVERY_TEXT]
            text = " AND ".join(wanted)
            unwanted = [f"({match_of(each.of)})" for each in of if isinstance(each, Without)]
            return f"({text}) NOT ({' OR '.join(unwanted)})" if unwanted else text
        case Never():
            return f"{EVERY_TEXT} NOT {EVERY_TEXT}"
    return EVERY_TEXT


def sql_of(condition: Meaning, names: Mapping[str, Name], conv: str, low: int, high: int) -> Sql:
    """The condition in SQL. `conv` names a thread's id there; a mail is `mail`, its row id in low … high."""
    match condition:
        case Labelled(name):
            return Sql(f"EXISTS (SELECT 1 FROM label WHERE name = ? AND conv = {conv})", (names[name].id,))
        case Dated(first, last):
            spans = [("mail.date >= ?", first), ("mail.date < ?", last)]
            known = [(text, at) for text, at in spans if at is not None]
            return Sql(" AND ".join(text for text, _ in known), tuple(at for _, at in known))
        case Shows(flag):
            return Sql("mail.flags & ?", (flag,))
        case Without(of):
            inner = sql_of(of, names, conv, low, high)
            return Sql(f"NOT ({inner.text})", inner.bindings)
        case Always():
            return Sql("TRUE")
        case Never():
            return Sql("FALSE")
        case _ if _is_only(condition, Text):
            return Sql(
                "mail.id IN (SELECT rowid FROM text WHERE text MATCH ? AND rowid BETWEEN ? AND ?)",
                (match_of(condition), low, high),
            )
        case All(of) | Any(of):
            parts = [sql_of(each, names, conv, low, high) for each in of]
            joint = " AND " if isinstance(condition, All) else " OR "
            return Sql(
                joint.join(f"({part.text})" for part in parts), sum((part.bindings for part in parts), ())
            )
    raise AssertionError(condition)


def _is_only(condition: Meaning, kind: type[Text] | type[Labelled]) -> bool:
    match condition:
        case Without(of):
            return _is_only(of, kind)
        case All(of) | Any(of):
            return all(_is_only(each, kind) for each in of)
    return isinstance(condition, kind)
