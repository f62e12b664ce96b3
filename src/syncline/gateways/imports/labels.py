"""Names of folders and foreign labels as labels and states of ours."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from syncline.core.mail import INBOX, STATES

LONGEST: Final = 255

_ANYWHERE: Final = re.compile(r'[()":\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_FIRST: Final = "-~*"
"""What no label may begin with, beside what it may hold nowhere (Heliotrope reference 1.4)."""

_AS_STATE: Final = {
    "starred": "starred",
    "flagged": "starred",
    "unread": "unread",
    "sent": "sent",
    "sent mail": "sent",
    "sent items": "sent",
    "sent messages": "sent",
    "draft": "draft",
    "drafts": "draft",
    "trash": "deleted",
    "bin": "deleted",
    "deleted": "deleted",
    "deleted items": "deleted",
    "deleted messages": "deleted",
}
_AS_LABEL: Final = {"inbox": INBOX, "spam": "spam", "junk": "spam", "muted": "muted"}
_NOTHING: Final = frozenset({"", "opened", "archived", "important", "all mail"})
"""Names by which Gmail says that there is nothing to say, or guesses."""


class Said(msgspec.Struct, frozen=True):
    """What some names come to; `inbox` is never among the labels."""

    labels: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    inbox: bool = False


def said(names: Iterable[str]) -> Said:
    """What names of folders or foreign labels say, whatever their case; unknown ones are labels."""
    labels: list[str] = []
    state: list[str] = []
    inbox = False
    for name in names:
        known = name.strip().casefold()
        if known in _NOTHING:
            continue
        if known in _AS_STATE:
            state.append(_AS_STATE[known])
        elif (label := _AS_LABEL.get(known) or clean(name)) == INBOX:
            inbox = True
        else:
            labels.append(label)
    return Said(tuple(dict.fromkeys(labels)), tuple(dict.fromkeys(state)), inbox)


def clean(name: str) -> str:
    """A label that may be one: what may not stand in it becomes `_` (blanks may)."""
    label = _ANYWHERE.sub("_", name.strip())[:LONGEST]
    if label[:1] in _FIRST:
        label = "_" + label[1:]
    return f"{label}_" if label in STATES else label
