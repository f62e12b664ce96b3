"""XML: which characters it may hold, how they are escaped, and files at the end of a message."""

import re
from collections.abc import Iterable
from typing import Final

DROPPED: Final = re.compile("[\x00-\x08\x0b-\x1f]")
"""Control characters, the carriage return among them: a line ends in LF (Fleep reference 4.7)."""

UNFIT: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no way to write: lone surrogates, and two that are no characters."""

END: Final = "</msg>"
EMPTY: Final = "<msg><p/></msg>"
"""A message that says nothing: clients take it as empty."""


def clean(text: str) -> str:
    """The text without control characters (but tab and LF), and with U+FFFD for what is no character."""
    return UNFIT.sub("\ufffd", DROPPED.sub("", text))


def escape(text: str) -> str:
    """Text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """Text as it stands in an attribute; tabs and LF would be read as blanks there."""
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def with_files(xml: str, files: Iterable[tuple[str, str, bool]]) -> str:
    """A message with its files after the text, each `(key, name, deleted)`.

    A message of files only has no paragraph. A deleted one keeps its key and loses its name, as those of
    copied messages do.
    """
    shown = "".join(_file(*each) for each in files)
    if not shown:
        return xml
    head = "<msg>" if xml in (EMPTY, "") else xml.removesuffix(END)
    return head + shown + END


def _file(key: str, name: str, deleted: bool) -> str:
    start = f'<file key="{attribute(clean(key))}"'
    return f'{start} is_deleted="true"/>' if deleted else f"{start}>{escape(clean(name))}</file>"
