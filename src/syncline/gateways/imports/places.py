"""What the folder and the file name of a mail say of it, on a disk and in an archive."""

import re
from collections.abc import Sequence
from typing import Final

from syncline.gateways.imports.found import Place
from syncline.gateways.imports.labels import said
from syncline.gateways.maildir.flags import state_of
from syncline.gateways.maildir.folders import BOXES, folder_name

_NO_MAILS: Final = "__MACOSX"
_MBOX: Final = re.compile(r"\.mbo?x(?:\.(?:gz|bz2|xz))?$", re.IGNORECASE)


def is_mbox_name(name: str) -> bool:
    """Whether a file says by its name that it holds many mails: `new` and `cur` may be anybody's folders."""
    return _MBOX.search(name) is not None


def in_directory(parts: Sequence[str]) -> Place:
    """A plain file in these directories below the one that was given: they are a label."""
    folder = "/".join(part for part in parts if part)
    return Place(labels=said([folder]).labels)


def in_maildir(parts: Sequence[str], name: str) -> Place:
    """A file of a Maildir's folder: its label and its flags; the inbox is the Maildir's top."""
    folder = folder_name(parts)
    head, _, rest = folder.partition("/")
    if head.casefold() == "inbox":
        folder = rest
    if not folder:
        return Place(state=state_of(name), inbox=True)
    of_folder = said([folder])
    state = tuple(dict.fromkeys((*state_of(name), *of_folder.state)))
    return Place(of_folder.labels, state, of_folder.inbox)


def in_archive(parts: Sequence[str]) -> Place | None:
    """A member of an archive, by its path; None where none of that is a mail.

    A Maildir's first directory is its own name, unless it is a folder's (`.Lists`).
    """
    *folders, name = parts or ("",)
    if name.startswith(".") or _NO_MAILS in folders:
        return None
    if folders[1:] and folders[-1] == "tmp" and not (is_mbox_name(name) or name.lower().endswith(".eml")):
        return None  # a Maildir's, never delivered; other folders may have that name, too
    if folders and folders[-1] in BOXES:
        above = folders[:-1]
        return in_maildir(above if above and above[0].startswith(".") else above[1:], name)
    return in_directory(folders)
