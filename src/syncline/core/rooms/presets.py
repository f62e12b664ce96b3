"""Presets: the facts with which a conversation begins, in the order in which Matrix shows them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from syncline.core.entries import NewFact
from syncline.core.errors import Invalid
from syncline.core.ids import Id
from syncline.core.rooms import facts as names
from syncline.core.rooms.facts import fact, person_name
from syncline.core.rooms.levels import ADMIN, MODERATOR, PEERS, parse_levels
from syncline.core.rooms.rules import JoinRule, Visibility

VERSIONS: Final = ("10", "11", "12")
"""Room versions that can be made; 10 is given unless asked: old clients cannot read later ones."""


class Preset(StrEnum):
    """How a conversation begins."""

    PRIVATE = "private_chat"
    TRUSTED = "trusted_private_chat"
    """private, and those invited get the creator's level"""
    PUBLIC = "public_chat"
    FLEEP = "fleep"
    """every member may add and remove members, change the name, pin and delete"""
    MANAGED = "fleep_managed"
    """only admins may"""


_MATRIX: Final[dict[str, Any]] = {
    "users_default": 0,
    "events": {
        names.NAME: MODERATOR,
        names.POWER_LEVELS: ADMIN,
        names.HISTORY_VISIBILITY: ADMIN,
        names.CANONICAL_ALIAS: MODERATOR,
        names.AVATAR: MODERATOR,
        names.TOMBSTONE: ADMIN,
        names.SERVER_ACL: ADMIN,
        names.ENCRYPTION: ADMIN,
    },
    "events_default": 0,
    "state_default": MODERATOR,
    "ban": MODERATOR,
    "kick": MODERATOR,
    "redact": MODERATOR,
    "invite": MODERATOR,
    "historical": ADMIN,
}
"""As Synapse makes them for versions up to 11."""

_FLEEP: Final[dict[str, Any]] = {
    **_MATRIX,
    "events": {
        **_MATRIX["events"],
        names.NAME: 0,
        names.TOPIC: 0,
        names.AVATAR: 0,
        names.PINNED: 0,
        names.OPTIONS: 0,
    },
    "invite": 0,
    "kick": 0,
    "redact": 0,
    PEERS: True,
}

_MANAGED: Final[dict[str, Any]] = {
    **_MATRIX,
    "events": {
        **_MATRIX["events"],
        names.NAME: ADMIN,
        names.TOPIC: ADMIN,
        names.PINNED: 0,
        names.OPTIONS: ADMIN,
    },
    "invite": ADMIN,
    "kick": ADMIN,
    "redact": 0,
    PEERS: True,
}
"""Fleep's managed conversations: admins alone change members and name; pins and deleting stay everybody's."""

_RULES: Final[dict[Preset, tuple[JoinRule, Visibility, bool]]] = {
    Preset.PRIVATE: (JoinRule.INVITE, Visibility.SHARED, True),
    Preset.TRUSTED: (JoinRule.INVITE, Visibility.SHARED, True),
    Preset.PUBLIC: (JoinRule.PUBLIC, Visibility.SHARED, False),
    Preset.FLEEP: (JoinRule.INVITE, Visibility.JOINED, False),
    Preset.MANAGED: (JoinRule.INVITE, Visibility.JOINED, False),
}


def levels_of(
    preset: Preset,
    creator: Id,
    *,
    invited: Iterable[Id] = (),
    admins: Iterable[Id] = (),
    version: str = "10",
    override: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The levels of a new conversation; `override` replaces whole keys (`power_level_content_override`)."""
    base = {Preset.FLEEP: _FLEEP, Preset.MANAGED: _MANAGED}.get(preset, _MATRIX)
    content = dict(base)
    content["users"] = {} if version == "12" else {person_name(creator): ADMIN}
    if version == "12":
        content["events"] = {**base["events"], names.TOMBSTONE: 150}
    raised = [*admins, *(invited if preset is Preset.TRUSTED and version != "12" else ())]
    content["users"] |= {person_name(person): ADMIN for person in raised}
    content |= override or {}
    parse_levels(content)
    return content


def governed(content: Mapping[str, Any], *, managed: bool) -> dict[str, Any]:
    """These levels with Fleep's rules for a managed conversation, or for one in which all are peers.

    Who has which level, and what those rules say nothing about, stays.
    """
    rules, others = (_MANAGED, _FLEEP) if managed else (_FLEEP, _MANAGED)
    kept = {key: value for key, value in content.items() if key not in others}
    return {**kept, **rules, "events": {**content.get("events", {}), **rules["events"]}}


def first_facts(
    preset: Preset,
    creator: Id,
    *,
    creator_content: Mapping[str, Any] | None = None,
    invited: Iterable[Id] = (),
    admins: Iterable[Id] = (),
    version: str = "10",
    creation: Mapping[str, Any] | None = None,
    override: Mapping[str, Any] | None = None,
    alias: Mapping[str, Any] | None = None,
    initial: Iterable[NewFact] = (),
    name: str | None = None,
    topic: str | None = None,
) -> list[NewFact]:
    """All facts of a new conversation but the memberships of others, in Matrix's order; raises Invalid.

    create, the creator's join, levels, alias, preset, `initial` in the order given, name, topic. A fact in
    `initial` replaces that of the preset in its place. `creation` is merged into the create fact.
    """
    if version not in VERSIONS:
        raise Invalid(f"Rooms can be made in the versions {', '.join(VERSIONS)}.", field="room_version")
    invited = list(invited)
    create: dict[str, Any] = {**(creation or {}), "creator": int(creator), "room_version": version}
    if preset is Preset.TRUSTED and version == "12":
        named = [int(person) for person in create.get("additional_creators", ())]
        create["additional_creators"] = list(dict.fromkeys([*named, *(int(person) for person in invited)]))
    join_rule, visibility, guests = _RULES[preset]
    found = [
        fact(names.CREATE, create),
        fact(names.MEMBER, {**(creator_content or {}), "membership": "join"}, person_name(creator)),
        fact(
            names.POWER_LEVELS,
            levels_of(preset, creator, invited=invited, admins=admins, version=version, override=override),
        ),
    ]
    if alias is not None:
        found.append(fact(names.CANONICAL_ALIAS, alias))
    found.append(fact(names.JOIN_RULES, {"join_rule": join_rule}))
    found.append(fact(names.HISTORY_VISIBILITY, {"history_visibility": visibility}))
    if guests:
        found.append(fact(names.GUEST_ACCESS, {"guest_access": "can_join"}))
    for one in initial:
        _check_initial(one)
        same = [place for place, old in enumerate(found) if (old.type, old.name) == (one.type, one.name)]
        if same:
            found[same[0]] = one
        else:
            found.append(one)
    for type, key, value in ((names.NAME, "name", name), (names.TOPIC, "topic", topic)):
        if value is not None:
            found = [old for old in found if (old.type, old.name) != (type, "")]
            found.append(fact(type, {key: value}))
    return found


def _check_initial(one: NewFact) -> None:
    if one.type in (names.CREATE, names.MEMBER, names.PINNED):
        raise Invalid(f"{one.type} cannot be among the initial facts.", field="initial_state")
    content = msgspec.json.decode(one.content)
    if not isinstance(content, dict):
        raise Invalid("The content of a fact must be an object.", field="initial_state")
    if one.type == names.POWER_LEVELS:
        parse_levels(content)
