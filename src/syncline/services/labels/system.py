"""The labels that every account has: which there are, and which names they keep for themselves."""

from enum import IntEnum
from typing import Final

import msgspec

from syncline.core.mail import INBOX, STATES


class System(IntEnum):
    """A system label by its number, which is its place among them, too. The numbers never change."""

    STARRED = 1
    UNREAD = 2
    RECENT = 3
    MUTED = 4
    DIRECT = 5
    SPAM = 6
    ARCHIVED = 7
    EMAIL = 8


class SystemLabel(msgspec.Struct, frozen=True):
    """What a system label is until its account configures it. `subtype` is Fleep's word for it."""

    number: System
    name: str
    subtype: str
    left_pane: bool
    in_recent: bool
    in_muted: bool


SYSTEM: Final = (
    SystemLabel(System.STARRED, "starred", "starred", True, False, False),
    SystemLabel(System.UNREAD, "Unread", "unread", False, True, True),
    SystemLabel(System.RECENT, "Recent", "recent", True, True, False),
    SystemLabel(System.MUTED, "Muted", "muted", True, False, True),
    SystemLabel(System.DIRECT, "1:1 Conversations", "1:1 conversations", False, True, True),
    SystemLabel(System.SPAM, "Spam", "spam", True, False, False),
    SystemLabel(System.ARCHIVED, "Archived", "archived", True, False, False),
    SystemLabel(System.EMAIL, "Email", "email", False, True, True),
)
"""All of them by number, with the flags that they start with (Fleep reference 3.2)."""

SETTABLE: Final = frozenset({System.STARRED, System.SPAM})
"""Those that people give to conversations themselves; the others follow from how a conversation stands."""

_BY_NAME: Final = {one.name.casefold(): one for one in SYSTEM}


def system_named(name: str) -> SystemLabel | None:
    """The system label with this name, however it is written."""
    return _BY_NAME.get(name.casefold())


def own_name(name: str) -> bool:
    """Whether a name can be that of an account's own label.

    `inbox` decides which mails the chat protocols see, and states of mails are no labels (core/mail.py).
    """
    return name != INBOX and name not in STATES and system_named(name) is None
