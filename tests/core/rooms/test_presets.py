"""Presets: the first facts, their order, and what they allow."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from syncline.core.entries import Fact, NewFact
from syncline.core.errors import Forbidden, Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms import facts as names
from syncline.core.rooms.facts import fact
from syncline.core.rooms.membership import check_add, check_invite, check_kick
from syncline.core.rooms.permissions import check_delete, check_pin, check_set
from syncline.core.rooms.presets import Preset, first_facts
from syncline.core.rooms.rules import Membership, Rules, Visibility, rules_of

ALICE, BOB, CAROL = Id(1001), Id(1002), Id(1003)


def rules(facts: list[NewFact], *members: Id) -> Rules:
    """The rules of a conversation that begins with these facts, and has these members too."""
    stored = [Fact(ZoneId(Id(1)), one.type, one.name, one.content) for one in facts]
    known = rules_of(stored)
    joined = {**known.members, **dict.fromkeys(members, Membership.JOIN)}
    return msgspec.structs.replace(known, members=joined)


def content(facts: list[NewFact], type: str) -> dict[str, Any]:
    """The content of one of the facts."""
    found: dict[str, Any] = msgspec.json.decode(next(one.content for one in facts if one.type == type))
    return found


def test_a_private_room_begins_in_the_order_of_matrix() -> None:
    facts = first_facts(
        Preset.PRIVATE,
        ALICE,
        alias={"alias": "#a:b"},
        initial=[fact("m.room.encryption", {"algorithm": "x"}), fact("custom", {}, "key")],
        name="N",
        topic="T",
    )
    assert [one.type for one in facts] == [
        "m.room.create",
        "m.room.member",
        "m.room.power_levels",
        "m.room.canonical_alias",
        "m.room.join_rules",
        "m.room.history_visibility",
        "m.room.guest_access",
        "m.room.encryption",
        "custom",
        "m.room.name",
        "m.room.topic",
    ]
    assert content(facts, names.CREATE) == {"creator": ALICE, "room_version": "10"}
    assert content(facts, names.MEMBER) == {"membership": "join"}


def test_the_levels_are_those_that_synapse_makes() -> None:
    levels = content(first_facts(Preset.PRIVATE, ALICE), names.POWER_LEVELS)
    assert levels["users"] == {str(ALICE): 100}
    assert (levels["ban"], levels["kick"], levels["redact"], levels["invite"]) == (50, 50, 50, 50)
    assert levels["events"]["m.room.power_levels"] == levels["events"]["m.room.encryption"] == 100


@pytest.mark.parametrize(
    ("preset", "join_rule", "visibility"),
    [
        (Preset.PRIVATE, "invite", "shared"),
        (Preset.TRUSTED, "invite", "shared"),
        (Preset.PUBLIC, "public", "shared"),
        (Preset.FLEEP, "invite", "joined"),
        (Preset.MANAGED, "invite", "joined"),
    ],
)
def test_each_preset_has_its_rules(preset: Preset, join_rule: str, visibility: str) -> None:
    facts = first_facts(preset, ALICE)
    assert content(facts, names.JOIN_RULES) == {"join_rule": join_rule}
    assert content(facts, names.HISTORY_VISIBILITY) == {"history_visibility": visibility}


def test_initial_facts_replace_those_of_the_preset_in_their_place() -> None:
    facts = first_facts(
        Preset.PRIVATE,
        ALICE,
        initial=[fact(names.HISTORY_VISIBILITY, {"history_visibility": "joined"})],
    )
    assert rules(facts).visibility is Visibility.JOINED
    assert len({(one.type, one.name) for one in facts}) == len(facts)


def test_those_invited_to_a_trusted_room_get_the_creators_level() -> None:
    known = rules(first_facts(Preset.TRUSTED, ALICE, invited=[BOB]))
    assert known.level(BOB) == known.level(ALICE) == 100
    known = rules(first_facts(Preset.TRUSTED, ALICE, invited=[BOB], version="12"))
    assert known.level(BOB) == known.level(ALICE) > 100


def test_a_room_of_version_12_does_not_list_its_creator() -> None:
    facts = first_facts(Preset.PRIVATE, ALICE, version="12")
    levels = content(facts, names.POWER_LEVELS)
    assert levels["users"] == {}
    assert levels["events"]["m.room.tombstone"] > levels["state_default"]


def test_creation_content_cannot_name_another_creator_or_version() -> None:
    """Threat: a client makes a room in somebody else's name."""
    facts = first_facts(
        Preset.PRIVATE, ALICE, creation={"creator": BOB, "room_version": "1", "type": "m.space"}
    )
    assert content(facts, names.CREATE) == {"creator": ALICE, "room_version": "10", "type": "m.space"}


@pytest.mark.parametrize(
    "bad",
    [
        {"version": "9"},
        {"override": {"ban": "x"}},
        {"initial": [fact(names.MEMBER, {"membership": "join"}, "1002")]},
        {"initial": [fact(names.CREATE, {})]},
        {"initial": [fact(names.POWER_LEVELS, {"ban": 1.5})]},
        {"initial": [fact("x", [])]},
    ],
)
def test_what_cannot_be_an_initial_fact_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        first_facts(Preset.PRIVATE, ALICE, **bad)


def test_in_fleep_every_member_may_add_remove_name_pin_and_delete() -> None:
    known = rules(first_facts(Preset.FLEEP, ALICE), BOB)
    check_add(known, BOB, CAROL)
    check_kick(known, BOB, ALICE)
    check_set(known, BOB, names.NAME)
    check_pin(known, BOB)
    check_delete(known, BOB, ALICE)
    with pytest.raises(Forbidden):
        check_set(known, BOB, names.POWER_LEVELS)


def test_in_a_managed_conversation_only_admins_may() -> None:
    facts = first_facts(Preset.MANAGED, ALICE, admins=[CAROL])
    known = rules(facts, BOB, CAROL)
    attempts: list[Callable[[Id], None]] = [
        lambda who: check_add(known, who, Id(9)),
        lambda who: check_kick(known, who, BOB if who != BOB else ALICE),
        lambda who: check_set(known, who, names.NAME),
    ]
    for attempt in attempts:
        attempt(CAROL)
        with pytest.raises(Forbidden):
            attempt(BOB)
    check_delete(known, BOB, ALICE)


def test_in_a_private_room_a_plain_member_may_not_invite() -> None:
    with pytest.raises(Forbidden):
        check_invite(rules(first_facts(Preset.PRIVATE, ALICE), BOB), BOB, CAROL)
