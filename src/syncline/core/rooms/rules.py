"""The small view of a conversation's state that all rules ask."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

import msgspec

from syncline.core.entries import Fact
from syncline.core.errors import NotMember
from syncline.core.ids import Id
from syncline.core.rooms import facts as names
from syncline.core.rooms.levels import ADMIN, CREATOR, Levels, read_levels


class Membership(StrEnum):
    """How a person stands to a conversation. Who never was in it stands as one who left."""

    INVITE = "invite"
    JOIN = "join"
    KNOCK = "knock"
    LEAVE = "leave"
    BAN = "ban"


class JoinRule(StrEnum):
    """Who may join by himself. `restricted` and `knock_restricted` are judged by the caller's `allowed`."""

    PUBLIC = "public"
    INVITE = "invite"
    KNOCK = "knock"
    RESTRICTED = "restricted"
    KNOCK_RESTRICTED = "knock_restricted"
    PRIVATE = "private"


class Visibility(StrEnum):
    """What a new member may read of the time before it (`m.room.history_visibility`)."""

    WORLD_READABLE = "world_readable"
    SHARED = "shared"
    INVITED = "invited"
    JOINED = "joined"


class Rules(msgspec.Struct, frozen=True):
    """What decides about an act: creators, levels, rules, and the membership of the persons concerned.

    `levels` is None in a conversation without the fact: then its creator has level 100, all others 0.
    `members` must hold everybody about whom a rule asks; a person not in it never was a member.
    """

    creators: tuple[Id, ...] = ()
    above: bool = False
    """room version 12 and later: creators stand above all levels"""
    levels: Levels | None = None
    join_rule: JoinRule = JoinRule.INVITE
    visibility: Visibility = Visibility.SHARED
    members: Mapping[Id, Membership] = {}

    def membership(self, person: Id) -> Membership:
        """How a person stands to the conversation."""
        return self.members.get(person, Membership.LEAVE)

    def joined(self, person: Id) -> bool:
        """Whether a person is a member now."""
        return self.membership(person) is Membership.JOIN

    @property
    def needs(self) -> Levels:
        """The levels that acts need."""
        return self.levels or Levels()

    @property
    def managed(self) -> bool:
        """Whether only some may bring in members: they are the admins (Fleep's `is_managed`)."""
        return self.needs.invite > self.needs.users_default

    def level(self, person: Id) -> int:
        """A person's level."""
        if person in self.creators and (self.above or self.levels is None):
            return CREATOR if self.above else ADMIN
        return 0 if self.levels is None else self.levels.of(person)

    def require_joined(self, person: Id) -> None:
        """Raise NotMember unless the person is a member now."""
        if not self.joined(person):
            raise NotMember("You are not a member of this conversation.")


class _Create(msgspec.Struct, frozen=True):
    creator: int | None = None
    additional_creators: tuple[int, ...] = ()
    room_version: str = "1"


class _Member(msgspec.Struct, frozen=True):
    membership: Membership = Membership.LEAVE


def rules_of(facts: Iterable[Fact]) -> Rules:
    """The rules that follow from facts (any others among them are passed over)."""
    creators: tuple[Id, ...] = ()
    above = False
    levels: Levels | None = None
    join_rule, visibility = JoinRule.INVITE, Visibility.SHARED
    members: dict[Id, Membership] = {}
    for fact in facts:
        if fact.type == names.MEMBER:
            members[names.person_of(fact.name)] = membership_of(fact.content)
        elif fact.name:
            continue
        elif fact.type == names.CREATE:
            creators, above = _created(fact.content)
        elif fact.type == names.POWER_LEVELS:
            levels = read_levels(fact.content)
        elif fact.type == names.JOIN_RULES:
            join_rule = join_rule_of(fact.content)
        elif fact.type == names.HISTORY_VISIBILITY:
            visibility = visibility_of(fact.content)
    return Rules(creators, above, levels, join_rule, visibility, members)


def membership_of(content: bytes) -> Membership:
    """The membership in a member fact."""
    return msgspec.json.decode(content, type=_Member).membership


@lru_cache(maxsize=256)
def join_rule_of(content: bytes) -> JoinRule:
    """The join rule in a fact; unknown ones let nobody in who was not invited."""
    try:
        return JoinRule(str(msgspec.json.decode(content, type=dict[str, object]).get("join_rule")))
    except ValueError:
        return JoinRule.INVITE


@lru_cache(maxsize=256)
def visibility_of(content: bytes) -> Visibility:
    """The history visibility in a fact; unknown values count as `shared` (Matrix specification)."""
    try:
        found = msgspec.json.decode(content, type=dict[str, object])
        return Visibility(str(found.get("history_visibility")))
    except ValueError:
        return Visibility.SHARED


@lru_cache(maxsize=1024)
def _created(content: bytes) -> tuple[tuple[Id, ...], bool]:
    create = msgspec.json.decode(content, type=_Create)
    first = () if create.creator is None else (Id(create.creator),)
    version = create.room_version
    above = version.isascii() and version.isdigit() and int(version) >= 12
    more = tuple(Id(person) for person in create.additional_creators) if above else ()
    return first + more, above
