"""The keyboard map: shown by `?`, and followed by static/mail.js through `data-key` attributes."""

from typing import Final

import msgspec


class Key(msgspec.Struct, frozen=True):
    """A key, and what it does."""

    key: str
    does: str


KEYS: Final = (
    Key("j", "next"),
    Key("k", "previous"),
    Key("o", "open (also Enter)"),
    Key("s", "star"),
    Key("l", "label"),
    Key("e", "archive"),
    Key("u", "back to the list"),
    Key("/", "search"),
    Key("?", "this help"),
)
"""Works where no field has the focus."""
