"""What a call brings: a JSON object, read tolerantly (Fleep reference 1.1).

Unknown keys are passed over, and `null` means "not given". What is given and of a wrong type raises Invalid
with its name, what is not given and has to be Missing: both become 400.

A field is decoded when a call asks for it, and as the type that the call wants: nobody knows yet who sent a
body, and a million empty lists in it would hold the loop for seconds.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from syncline.core.errors import Invalid, Missing, TooLarge
from syncline.core.nesting import check_nesting, too_deep

T = TypeVar("T")

LARGEST_NUMBER: Final = (1 << 63) - 1

LARGEST_WEIGHT: Final = 1 << 53
"""Beyond it a double has no number that is one larger, so nothing could be put after it."""

LARGEST_LIST: Final = 1 << 18
"""Bytes of a list of texts: 5,000 ids, and as much as is decoded within a few ms."""

MOST_OBJECTS: Final = 1_000
"""Objects of a list."""

LARGEST_NUMERAL: Final = 400
"""Bytes of a number, or of a word like `true`."""

NOT_JSON: Final = "The body of a call is a JSON object."

_QUOTE, _BRACKET = b'"['

_NUMERAL: Final = re.compile(r"\s*-?[0-9]{1,19}\s*")

_split: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_any: Final = msgspec.json.Decoder().decode
_texts: Final = msgspec.json.Decoder(list[str]).decode
_objects: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode

Given: TypeAlias = Mapping[str, Any]
"""Values, or such as are JSON still (msgspec.Raw)."""


class Fields:
    """The fields of one call."""

    __slots__ = ("_given",)

    def __init__(self, given: Given) -> None:
        """Hold what was given."""
        self._given = dict(given)

    @classmethod
    def parse(cls, body: bytes) -> "Fields":
        """The fields in a body; an empty one has none. Raises Invalid, TooLarge (too deep)."""
        return cls(_parsed(body, NOT_JSON, "body")) if body.strip() else cls({})

    def has(self, name: str) -> bool:
        """Whether something was given."""
        value = self._given.get(name)
        return value is not None and not (
            isinstance(value, msgspec.Raw) and bytes(memoryview(value)[:4]) == b"null"
        )

    def raw(self, name: str) -> Any:
        """What was given as it is, None if nothing was; raises TooLarge for a long list, or a deep one."""
        value = self._scalar(name)
        if isinstance(value, msgspec.Raw):
            value = _decoded(_any, self._list(name, f"{name} is no object."), f"{name} cannot be read.", name)
            check_nesting(value, field=name)
        return value

    def text(self, name: str) -> str | None:
        """A text."""
        value = self._scalar(name)
        if value is not None and not isinstance(value, str):
            raise Invalid(f"{name} is a text.", field=name)
        return value

    def need_text(self, name: str) -> str:
        """A text that has to be given, and not be empty."""
        value = self.text(name)
        if not value:
            raise Missing(f"{name} is missing.", field=name)
        return value

    def number(self, name: str, default: int | None = None) -> int | None:
        """A whole number; digits in a text are taken as well."""
        value = self._scalar(name)
        if value is None:
            return default
        if isinstance(value, str) and _NUMERAL.fullmatch(value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_NUMBER:
            raise Invalid(f"{name} is a whole number.", field=name)
        return value

    def need_number(self, name: str) -> int:
        """A whole number that has to be given."""
        value = self.number(name)
        if value is None:
            raise Missing(f"{name} is missing.", field=name)
        return value

    def weight(self, name: str) -> float | None:
        """Any number that a client can count on with (see LARGEST_WEIGHT)."""
        value = self._scalar(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST_WEIGHT:
            raise Invalid(f"{name} is a number.", field=name)
        return value

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """True or false; 0 and 1 are taken as well."""
        value = self._scalar(name)
        if value is None:
            return default
        if not isinstance(value, bool) and value not in (0, 1):
            raise Invalid(f"{name} is true or false.", field=name)
        return bool(value)

    def texts(self, name: str) -> list[str] | None:
        """A list of texts; raises TooLarge for one of more than LARGEST_LIST bytes."""
        if self._scalar(name) is None:
            return None
        wrong = f"{name} is a list of texts."
        found: list[str] = _decoded(_texts, self._list(name, wrong), wrong, name)
        return found

    def need_texts(self, name: str) -> list[str]:
        """A list of texts that has to be given."""
        value = self.texts(name)
        if value is None:
            raise Missing(f"{name} is missing.", field=name)
        return value

    def objects(self, name: str) -> "list[Fields] | None":
        """A list of objects; raises TooLarge for more than MOST_OBJECTS of them."""
        value = self._scalar(name)
        if value is None:
            return None
        wrong = f"{name} is a list of objects."
        if not isinstance(value, msgspec.Raw):
            raise Invalid(wrong, field=name)
        found = _decoded(_objects, value, wrong, name)
        if len(found) > MOST_OBJECTS:
            raise TooLarge(f"{name} has at most {MOST_OBJECTS:,} objects.", field=name)
        return [Fields(_parsed(one, wrong, name)) for one in found]

    def _scalar(self, name: str) -> Any:
        """What was given as a value, None if nothing was; a list or an object as the JSON that it is."""
        value = self._given.get(name)
        if not isinstance(value, msgspec.Raw):
            return value
        json = memoryview(value)
        if json[0] in b"[{":
            return value
        if json[0] != _QUOTE and len(json) > LARGEST_NUMERAL:
            raise Invalid(f"{name} is too large a number.", field=name)
        value = self._given[name] = _decoded(_any, value, f"{name} cannot be read.", name)
        return value

    def _list(self, name: str, otherwise: str) -> msgspec.Raw:
        """A list as the JSON that it is; raises Invalid with the sentence `otherwise`, TooLarge."""
        value = self._given[name]
        if not isinstance(value, msgspec.Raw) or memoryview(value)[0] != _BRACKET:
            raise Invalid(otherwise, field=name)
        if len(memoryview(value)) > LARGEST_LIST:
            raise TooLarge(f"{name} has at most {LARGEST_LIST:,} bytes.", field=name)
        return value


def _parsed(body: bytes | msgspec.Raw, otherwise: str, name: str) -> Given:
    return _decoded(_split, body, otherwise, name)


def _decoded(decode: Callable[[Any], T], json: bytes | msgspec.Raw, otherwise: str, name: str) -> T:
    """JSON as a decoder reads it; raises Invalid with the sentence `otherwise`, TooLarge for deep ones."""
    try:
        return decode(json)
    except RecursionError as error:
        raise too_deep(name) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(otherwise, field=name) from error
