"""How deeply the JSON that people write may be nested."""

from typing import Any, Final

import msgspec

from syncline.core.errors import Invalid, TooLarge

DEEPEST: Final = 100
"""Levels of objects and lists. The parser itself ends at Python's limit of 1,000, less the frames of whoever
calls it: what a writer just got through would be an error for every reader that stands a few frames deeper.
Matrix's and Fleep's clients write under ten."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def parse_object(text: bytes, otherwise: str, *, field: str) -> dict[str, Any]:
    """A JSON object from outside; raises Invalid with the sentence `otherwise`, TooLarge for deep ones."""
    try:
        content = _decode(text)
    except RecursionError as error:
        raise too_deep(field) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(otherwise, field=field) from error
    if text.count(b"{") + text.count(b"[") > DEEPEST:  # else it cannot be too deep
        check_nesting(content, field=field)
    return content


def check_nesting(content: object, *, field: str) -> None:
    """Raise TooLarge for what has more than DEEPEST levels."""
    level = [content]
    for _ in range(DEEPEST + 1):
        level = [inner for one in level if isinstance(one, dict | list) for inner in _inside(one)]
        if not level:
            return
    raise too_deep(field)


def _inside(one: dict[str, Any] | list[Any]) -> Any:
    return one.values() if isinstance(one, dict) else one


def too_deep(field: str) -> TooLarge:
    """The error of what has more than DEEPEST levels."""
    return TooLarge(f"At most {DEEPEST} levels of objects and lists stand in each other.", field=field)
