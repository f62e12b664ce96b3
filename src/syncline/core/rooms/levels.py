"""Levels: how much each person may do in a conversation, and how much each act needs."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from syncline.core.errors import Forbidden, Invalid
from syncline.core.ids import Id

ADMIN: Final = 100
MODERATOR: Final = 50
CREATOR: Final = 1 << 60
"""Above every number that can be written: creators of rooms from version 12 on."""

NUMBERS: Final = ("ban", "events_default", "invite", "kick", "redact", "state_default", "users_default")
PEERS: Final = "syncline.peers"
"""Our own key in the levels: true lets members remove others of the same or a higher level, and change the
level of those who stand as high as they (Fleep)."""
LIMIT: Final = (1 << 53) - 1


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """The content of `m.room.power_levels`, with the defaults that hold for a missing key.

    `users` is keyed by person ids as text, `events` by type.
    """

    users: dict[str, int] = {}
    events: dict[str, int] = {}
    notifications: dict[str, int] = {}
    users_default: int = 0
    events_default: int = 0
    state_default: int = MODERATOR
    ban: int = MODERATOR
    kick: int = MODERATOR
    redact: int = MODERATOR
    invite: int = 0
    peers: bool = msgspec.field(name=PEERS, default=False)

    def of(self, person: Id) -> int:
        """The level written down for a person."""
        return self.users.get(str(person), self.users_default)

    def to_send(self, type: str) -> int:
        """The level that adding an entry of this type needs."""
        return self.events.get(type, self.events_default)

    def to_set(self, type: str) -> int:
        """The level that setting a fact of this type needs."""
        return self.events.get(type, self.state_default)

    def to_notify_all(self) -> int:
        """The level that alerting everybody at once needs (`notifications.room`)."""
        return self.notifications.get("room", MODERATOR)


@lru_cache(maxsize=1024)
def read_levels(content: bytes) -> Levels:
    """The levels in a stored fact. Remembered by its bytes: every send asks for them."""
    return msgspec.json.decode(content, type=Levels)


def parse_levels(content: Mapping[str, Any]) -> Levels:
    """Check levels that somebody wants to set; raises Invalid.

    Integers only (room version 10 and later), within ±(2⁵³ − 1); `true` is not a number.
    """
    for key in NUMBERS:
        if key in content:
            _number(content[key], key)
    for key in ("users", "events", "notifications"):
        table = content.get(key, {})
        if not isinstance(table, Mapping):
            raise Invalid(f"{key} must be an object of numbers.", field=key)
        for name, value in table.items():
            _number(value, f"{key}.{name}")
    for name in content.get("users", {}):
        if not (name.isascii() and name.isdigit()):
            raise Invalid("The levels name somebody who is not a person here.", field="users")
    if not isinstance(content.get(PEERS, False), bool):
        raise Invalid(f"{PEERS} must be true or false.", field=PEERS)
    return msgspec.convert(content, Levels)


def check_change(old: Levels, new: Levels, *, actor: Id, level: int, creators: Iterable[Id] = ()) -> None:
    """Whether a person with this level may replace the levels; raises Forbidden.

    Every number changed must be at most the actor's level before and after; another person's level can
    only be changed while it is below the actor's. `creators` (version 12) may not be listed at all.
    """
    for creator in creators:
        if str(creator) in new.users:
            raise Forbidden("A creator of this conversation stands above all levels and cannot be given one.")
    for key in NUMBERS:
        _within(getattr(old, key), getattr(new, key), level, key)
    for table in ("events", "notifications"):
        before, after = getattr(old, table), getattr(new, table)
        for name in before.keys() | after.keys():
            _within(before.get(name), after.get(name), level, name)
    if old.peers and not new.peers:
        _within(None, old.kick, level, PEERS)
    for name in old.users.keys() | new.users.keys():
        was, will = old.users.get(name), new.users.get(name)
        if was == will:
            continue
        if was is not None and name != str(actor) and (was > level or (was == level and not old.peers)):
            raise Forbidden("You cannot change the level of somebody who stands as high as you or higher.")
        _within(was, will, level, "users")


def _within(was: int | None, will: int | None, level: int, key: str) -> None:
    if was == will:
        return
    if (was is not None and was > level) or (will is not None and will > level):
        raise Forbidden(f"You cannot change {key}: it is, or would be, above your own level of {level}.")


def _number(value: Any, field: str) -> None:
    if type(value) is not int or abs(value) > LIMIT:
        raise Invalid(f"{field} must be a whole number.", field=field)
