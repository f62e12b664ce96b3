"""The names of facts: types are Matrix's event types, names its state keys, persons are ids as text."""

from typing import Any, Final

import msgspec

from syncline.core.entries import NewFact
from syncline.core.errors import Invalid
from syncline.core.ids import Id

CREATE: Final = "m.room.create"
MEMBER: Final = "m.room.member"
POWER_LEVELS: Final = "m.room.power_levels"
JOIN_RULES: Final = "m.room.join_rules"
HISTORY_VISIBILITY: Final = "m.room.history_visibility"
GUEST_ACCESS: Final = "m.room.guest_access"
CANONICAL_ALIAS: Final = "m.room.canonical_alias"
NAME: Final = "m.room.name"
"""what Fleep calls the topic of a conversation: content `{"name": text}`"""
TOPIC: Final = "m.room.topic"
AVATAR: Final = "m.room.avatar"
PINNED: Final = "m.room.pinned_events"
"""content `{"pinned": [entry id, …]}`; kept by pins and unpins, never set by hand"""
ENCRYPTION: Final = "m.room.encryption"
TOMBSTONE: Final = "m.room.tombstone"
SERVER_ACL: Final = "m.room.server_acl"

OPTIONS: Final = "syncline.options"
"""what members may switch for a conversation as a whole, by name"""
BOARD: Final = "syncline.board"
"""what the boards of a conversation hold or held; set with tasks, never by hand"""

MESSAGE: Final = "m.room.message"
"""not a fact: the type whose level says who may write messages"""

SHOWN: Final = frozenset({NAME, TOPIC})
"""Facts whose change people see as an entry with a nr; all others are set by silent entries (design §3.1)."""


def person_name(person: Id) -> str:
    """The name under which a person stands in facts."""
    return str(person)


def person_of(name: str) -> Id:
    """The person who stands under this name; raises Invalid for anything else."""
    if not name.isascii() or not name.isdigit():
        raise Invalid("This name does not stand for a person.", field="name")
    return Id(int(name))


def fact(type: str, content: Any, name: str = "") -> NewFact:
    """A fact to be set, its content encoded."""
    return NewFact(type, name, msgspec.json.encode(content))
