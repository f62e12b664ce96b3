"""What stays of a fact when the entry that set it is erased."""

from typing import Final

import msgspec

from syncline.core.entries import ERASED
from syncline.core.rooms.facts import (
    CREATE,
    ENCRYPTION,
    GUEST_ACCESS,
    HISTORY_VISIBILITY,
    JOIN_RULES,
    MEMBER,
    PINNED,
    POWER_LEVELS,
    SERVER_ACL,
)

RULES: Final = frozenset(
    {CREATE, POWER_LEVELS, JOIN_RULES, HISTORY_VISIBILITY, GUEST_ACCESS, ENCRYPTION, SERVER_ACL, PINNED}
)
"""Facts that say who may do what, in numbers and ids. Without them a conversation would have no owner, or
open its history; they hold nobody's words."""


class Membership(msgspec.Struct):
    """The one word of a member's fact that everything rests on."""

    membership: str = "leave"


membership_of: Final = msgspec.json.Decoder(Membership)


def kept(type: str, content: bytes) -> bytes:
    """A fact's content after an erase: rules stay, a membership keeps its one word, all else is gone."""
    if type in RULES:
        return content
    if type == MEMBER:
        return msgspec.json.encode(membership_of.decode(content))
    return ERASED
