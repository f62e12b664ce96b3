"""The folders of a Maildir, on a disk or in an archive, and their names."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from syncline.gateways.maildir.flags import order_of

BOXES: Final = ("cur", "new")
"""The folders that hold mails; what is in `tmp` was never delivered."""

NAME: Final = "maildir"


def is_maildir(path: Path) -> bool:
    """Whether a directory is a Maildir: it has `cur` or `new`."""
    return any((path / box).is_dir() for box in BOXES)


def files_of(folder: Path) -> Iterator[Path]:
    """The files of one folder, `cur` and `new` together, in the order in which they were delivered."""
    found: list[tuple[tuple[int, str], str]] = []
    for box in BOXES:
        try:
            with os.scandir(folder / box) as entries:
                found += [
                    (order_of(entry.name), box)
                    for entry in entries
                    if not entry.name.startswith(".") and entry.is_file()
                ]
        except FileNotFoundError:
            continue
    for (_, name), box in sorted(found):
        yield folder / box / name


def folder_name(parts: Sequence[str]) -> str:
    """The name of the folder in these directories below the Maildir, "" for the inbox itself.

    `.Lists.python` (Maildir++) and `Lists/python` are both `Lists/python`. An archive may hold the
    directories above as well: what comes before one named Maildir, and its like, is no part of the name.
    """
    for at, part in enumerate(parts):
        if part.lower() in (NAME, f".{NAME}"):
            parts = parts[at + 1 :]
            break
        if part.startswith(".") and len(part) > 1:
            parts = parts[at:]
            break
    names: list[str] = []
    for part in parts:
        names += part.strip(".").split(".") if part.startswith(".") else [part]
    return "/".join(name for name in names if name)
