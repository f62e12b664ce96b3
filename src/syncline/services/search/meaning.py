"""What a query asks of a mail: fields resolved to columns, labels and dates, words cut as the texts are.

A field that nobody knows finds nothing and is no error (Heliotrope reference 3.7); words in which nothing
can be searched (`&`) are passed over as if they were not there.
"""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import msgspec

from syncline.core.mail import IMMUTABLE
from syncline.core.words import Asked, asked
from syncline.services.search import language
from syncline.services.search.days import days, second


class Text(msgspec.Struct, frozen=True):
    """These words in a row in a column."""

    column: str
    asked: Asked


class Labelled(msgspec.Struct, frozen=True):
    """The thread has this label or state."""

    name: str


class Dated(msgspec.Struct, frozen=True):
    """The mail's date lies in `first` <= ms < `last`; None: open."""

    first: int | None
    last: int | None


class Shows(msgspec.Struct, frozen=True):
    """The mail itself has one of the immutable states: a bit of its flags."""

    flag: int


class Always(msgspec.Struct, frozen=True):
    """Every mail."""


class Never(msgspec.Struct, frozen=True):
    """No mail."""


class Without(msgspec.Struct, frozen=True):
    """All mails but these."""

    of: "Meaning"


class All(msgspec.Struct, frozen=True):
    """Two conditions or more, all of which hold."""

    of: tuple["Meaning", ...]


class Any(msgspec.Struct, frozen=True):
    """Two conditions or more, one of which holds."""

    of: tuple["Meaning", ...]


Meaning: TypeAlias = Text | Labelled | Dated | Shows | Always | Never | Without | All | Any

TEXT_FIELDS: Final[Mapping[str, str]] = {
    "from": "sender",
    "to": "recipients",
    "subject": "subject",
    "body": "body",
    "cc": "cc",
    "bcc": "bcc",
    "id": "ids",
    "list": "lists",
    "filename": "files",
}
"""Field → column."""

ORIGINAL_FIELDS: Final = ("from", "to", "subject", "body")
"""The text fields of the original; its `date` held the seconds as one word."""


def meaning_of(query: language.Query) -> Meaning:
    """What a query asks for."""
    return _meaning(query) or Never()


def bound(query: language.Query, *, upper: bool) -> Meaning:
    """What holds for all mails that a query finds when it is read strictly (upper), or only for such ones.

    The original's words are longer than ours (`e-mail` is one): where one of them stands in a text, all of
    its parts stand there in a row. So the index knows for certain what is not found, and labels and dates.
    """
    match query:
        case language.Term("date", (word,), False):
            return _at(word)
        case language.Term(field, words, _):
            if field not in ORIGINAL_FIELDS:
                return Never()
            if not upper:
                return Never()
            parts = [asked(word) for word in words]
            return all_of(Text(TEXT_FIELDS[field], part) for part in parts if part.words)
        case language.Not(of):
            return without(bound(of, upper=not upper))
        case language.And(of):
            return all_of(bound(each, upper=upper) for each in of)
        case language.Or(of):
            return any_of(bound(each, upper=upper) for each in of)
        case _:
            return meaning_of(query)


def all_of(conditions: Iterable[Meaning]) -> Meaning:
    """All of these, in the simplest form."""
    parts: list[Meaning] = []
    for each in conditions:
        parts += each.of if isinstance(each, All) else (each,)
    if any(isinstance(each, Never) for each in parts):
        return Never()
    kept = tuple(dict.fromkeys(each for each in parts if not isinstance(each, Always)))
    return All(kept) if len(kept) > 1 else kept[0] if kept else Always()


def any_of(conditions: Iterable[Meaning]) -> Meaning:
    """One of these, in the simplest form."""
    parts: list[Meaning] = []
    for each in conditions:
        parts += each.of if isinstance(each, Any) else (each,)
    if any(isinstance(each, Always) for each in parts):
        return Always()
    kept = tuple(dict.fromkeys(each for each in parts if not isinstance(each, Never)))
    return Any(kept) if len(kept) > 1 else kept[0] if kept else Never()


def without(condition: Meaning) -> Meaning:
    """All but these, in the simplest form."""
    match condition:
        case Always():
            return Never()
        case Never():
            return Always()
        case Without(of):
            return of
    return Without(condition)


def labels_in(condition: Meaning) -> set[str]:
    """All labels that are asked for."""
    match condition:
        case Labelled(name):
            return {name}
        case Without(of):
            return labels_in(of)
        case All(of) | Any(of):
            return set().union(*map(labels_in, of))
    return set()


def known_labels(condition: Meaning, known: Mapping[str, object]) -> Meaning:
    """The same for an account that has these labels only."""
    match condition:
        case Labelled(name):
            return condition if name in known else Never()
        case Without(of):
            return without(known_labels(of, known))
        case All(of):
            return all_of(known_labels(each, known) for each in of)
        case Any(of):
            return any_of(known_labels(each, known) for each in of)
    return condition


def _meaning(query: language.Query) -> Meaning | None:
    """None: nothing in it can be searched."""
    match query:
        case language.Term(field, words, quoted):
            return _term(field, words, quoted)
        case language.Label(name):
            return Labelled(name)
        case language.Every():
            return Always()
        case language.Nothing():
            return Never()
        case language.Not(of):
            inner = _meaning(of)
            return None if inner is None else without(inner)
        case language.And(of):
            found = [one for each in of if (one := _meaning(each)) is not None]
            return all_of(found) if found else None
        case language.Or(of):
            found = [one for each in of if (one := _meaning(each)) is not None]
            return any_of(found) if found else None


def _term(field: str, words: tuple[str, ...], quoted: bool) -> Meaning | None:
    text = " ".join(words)
    column = TEXT_FIELDS.get(field)
    if column is not None:
        prefix = text.endswith("*")
        found = asked(text, prefix=prefix)
        return Text(column, found) if found.words else None
    match field:
        case "is" | "in":
            return Labelled(text)
        case "has" if text in IMMUTABLE:
            return Shows(1 << IMMUTABLE.index(text))
        case "date":
            span = days(text)
            return Never() if span is None else Dated(*span)
        case "before" if (span := days(text)) is not None:
            return Dated(None, span[0])
        case "after" if (span := days(text)) is not None:
            return Dated(span[0], None)
    return Never()


def _at(word: str) -> Meaning:
    at = second(word)
    return Never() if at is None else Dated(at, at + 1000)
