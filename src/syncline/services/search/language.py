"""The query language as data: what a query says, before anything is looked up.

Words, phrases and labels joined by AND, OR and NOT (Heliotrope reference 3.1). What a field means is
decided elsewhere (`meaning.py`): here `from:x` and `nonsense:x` are alike.
"""

from typing import Final, TypeAlias

import msgspec

DEFAULT_FIELD: Final = "body"
"""Where a word without a field is looked for."""


class Term(msgspec.Struct, frozen=True, tag=True):
    """Words that stand in a row in a field: one as it was typed, or those of a phrase in quotes."""

    field: str
    words: tuple[str, ...]
    quoted: bool = False


class Label(msgspec.Struct, frozen=True, tag=True):
    """Threads with a label or state: `~inbox`."""

    name: str


class Every(msgspec.Struct, frozen=True, tag=True):
    """Every mail: `*`."""


class Nothing(msgspec.Struct, frozen=True, tag=True):
    """No mail: the empty query."""


class Not(msgspec.Struct, frozen=True, tag=True):
    """All but these."""

    of: "Query"


class And(msgspec.Struct, frozen=True, tag=True):
    """What fits all of two or more."""

    of: tuple["Query", ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """What fits one of two or more."""

    of: tuple["Query", ...]


Query: TypeAlias = Term | Label | Every | Nothing | Not | And | Or


def typed(query: Query) -> str:
    """The query as somebody would type it; parsed again it is the same."""
    match query:
        case Term(field, words, quoted):
            text = f'"{" ".join(words)}"' if quoted else words[0]
            return text if field == DEFAULT_FIELD else f"{field}:{text}"
        case Label(name):
            return f"~{name}" if _plain(name) else f'~"{name}"'
        case Every():
            return "*"
        case Nothing():
            return ""
        case Not(of):
            return f"-{_enclosed(of)}"
        case And(of):
            return " ".join(_enclosed(each) for each in of)
        case Or(of):
            return " OR ".join(_enclosed(each) for each in of)


def debugged(query: Query) -> str:
    """The query in the notation of Heliotrope's search page (reference 3.2)."""
    match query:
        case Term(field, words, _):
            found = [f'{field}:"{word}"' for word in words]
            return found[0] if len(found) == 1 else f"(PHRASE {' '.join(found)})"
        case Label(name):
            return f"~{name}"
        case Every():
            return "<EVERY>"
        case Nothing():
            return "<EMPTY>"
        case Not(of):
            return f"(NOT {debugged(of)})"
        case And(of):
            return f"(AND {' '.join(map(debugged, of))})"
        case Or(of):
            return f"(OR {' '.join(map(debugged, of))})"


def _enclosed(query: Query) -> str:
    text = typed(query)
    return f"({text})" if isinstance(query, And | Or) else text


def _plain(name: str) -> bool:
    """Whether a label can be typed as one word."""
    return (
        name != "OR" and name[0] not in '()"-~:*' and not any(one in '()":' or one.isspace() for one in name)
    )
