"""What a call brings: a JSON object, read tolerantly (Fleep reference 1.1).

Unknown keys are passed over, and `null` means "not given". What is given and of a wrong type raises Invalid
with its name, what is not given and has to be Missing: both become 400.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from syncline.core.errors import Invalid, Missing
from syncline.core.nesting import parse_object

LARGEST_NUMBER: Final = (1 << 63) - 1


class Fields:
    """The fields of one call."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Hold what was given."""
        self._given = given

    @classmethod
    def parse(cls, body: bytes) -> "Fields":
        """The fields in a body; an empty one has none. Raises Invalid, TooLarge (too deep)."""
        if not body.strip():
            return cls({})
        return cls(parse_object(body, "The body of a call is a JSON object.", field="body"))

    def has(self, name: str) -> bool:
        """Whether something was given."""
        return self._given.get(name) is not None

    def raw(self, name: str) -> Any:
        """What was given as it is, None if nothing was."""
        return self._given.get(name)

    def text(self, name: str) -> str | None:
        """A text."""
        value = self._given.get(name)
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
        value = self._given.get(name)
        if value is None:
            return default
        if isinstance(value, str) and len(value) < 20 and value.strip().lstrip("-").isdecimal():
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
        """Any finite number (msgspec lets no other in)."""
        value = self._given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Invalid(f"{name} is a number.", field=name)
        return value

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """True or false; 0 and 1 are taken as well."""
        value = self._given.get(name)
        if value is None:
            return default
        if not isinstance(value, bool) and value not in (0, 1):
            raise Invalid(f"{name} is true or false.", field=name)
        return bool(value)

    def texts(self, name: str) -> list[str] | None:
        """A list of texts."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Invalid(f"{name} is a list of texts.", field=name)
        return value

    def need_texts(self, name: str) -> list[str]:
        """A list of texts that has to be given."""
        value = self.texts(name)
        if value is None:
            raise Missing(f"{name} is missing.", field=name)
        return value

    def objects(self, name: str) -> list[dict[str, Any]] | None:
        """A list of objects."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise Invalid(f"{name} is a list of objects.", field=name)
        return value

    def given(self) -> bytes:
        """All of it as JSON again (for what is kept as it came)."""
        return msgspec.json.encode(self._given)
