"""What the name of a file in a Maildir says of its mail."""

import re
from typing import Final

_FLAGS: Final = re.compile(r"[:;!]2,([A-Za-z,]*)$")
"""`:` is what it should be; where a file system has no `:`, programs write another."""


def state_of(name: str) -> tuple[str, ...]:
    """The states of a mail: S seen, F starred, T deleted, D draft (R and P say nothing here)."""
    found = _FLAGS.search(name)
    flags = found[1] if found else ""
    state = [] if "S" in flags else ["unread"]
    for flag, named in (("F", "starred"), ("T", "deleted"), ("D", "draft")):
        if flag in flags:
            state.append(named)
    return tuple(state)


def order_of(name: str) -> tuple[int, str]:
    """A key that sorts the files of a folder by the time at which they were delivered."""
    begun = name.partition(".")[0]
    return (int(begun) if begun.isascii() and begun.isdecimal() and len(begun) < 19 else 0, name)
