"""Where in a TOML file something stands: the standard library's parser tells values, never places."""

import re
from typing import Final

_TABLE: Final = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_\-\"'.\s]+?)\s*=")


def line_of(text: str, section: str, option: str | None = None) -> int | None:
    """The line, from 1, on which an option or a section is set; None where only a parser would find it.

    Knows `[section]` with `option = …`, dotted keys and inline tables.
    """
    table: tuple[str, ...] = ()
    fallback: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _parts(header[1])
            if table == (section,) and option is None:
                return number
            if table[:1] == (section,):
                fallback = fallback or number
                if table[1:2] == (option,):
                    return number
        elif key := _KEY.match(line):
            path = (*table, *_parts(key[1]))
            if path[:1] != (section,):
                continue
            if option is None or path[1:2] == (option,):
                return number
            if len(path) == 1:
                # section = { option = … }
                fallback = fallback or number
    return fallback


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in key.split("."))
