"""Levels: the defaults of a missing key, what may be written, and who may change what."""

from typing import Any

import pytest

from syncline.core.errors import Forbidden, Invalid
from syncline.core.ids import Id
from syncline.core.rooms.levels import Levels, check_change, parse_levels, read_levels

ALICE, BOB = Id(1001), Id(1002)


def test_missing_keys_have_matrix_defaults() -> None:
    levels = read_levels(b"{}")
    assert (levels.ban, levels.kick, levels.redact, levels.invite) == (50, 50, 50, 0)
    assert (levels.state_default, levels.events_default, levels.users_default) == (50, 0, 0)
    assert levels.to_notify_all() == 50
    assert levels.of(ALICE) == 0


def test_a_type_in_events_overrides_the_default_of_states_and_of_messages() -> None:
    levels = Levels(events={"m.room.name": 30}, state_default=60, events_default=10)
    assert levels.to_set("m.room.name") == levels.to_send("m.room.name") == 30
    assert levels.to_set("m.room.topic") == 60
    assert levels.to_send("m.room.message") == 10


def test_unknown_keys_of_stored_levels_are_passed_over() -> None:
    assert read_levels(b'{"historical": 100, "ban": 70}').ban == 70


@pytest.mark.parametrize(
    "content",
    [
        {"ban": "50"},
        {"ban": True},
        {"kick": 50.0},
        {"invite": 1 << 53},
        {"users": {"1001": "100"}},
        {"users": {"@alice:example.org": 100}},
        {"users": [100]},
        {"events": {"m.room.name": None}},
        {"syncline.peers": 1},
    ],
)
def test_levels_that_are_not_whole_numbers_are_refused(content: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse_levels(content)


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ({"ban": 50}, {"ban": 40}, True),
        ({"ban": 50}, {"ban": 50}, True),
        ({"ban": 60}, {"ban": 60}, True),
        ({"ban": 60}, {"ban": 40}, False),
        ({"ban": 40}, {"ban": 60}, False),
        ({"events": {"x": 60}}, {}, False),
        ({}, {"events": {"x": 60}}, False),
        ({}, {"events": {"x": 50}}, True),
        ({}, {"notifications": {"room": 60}}, False),
        ({"users": {"1002": 10}}, {"users": {"1002": 50}}, True),
        ({"users": {"1002": 10}}, {"users": {"1002": 51}}, False),
        ({"users": {"1002": 50}}, {"users": {"1002": 0}}, False),
        ({"users": {"1002": 100}}, {}, False),
        ({"users": {"1001": 50}}, {"users": {"1001": 0}}, True),
        ({"users": {"1001": 50}}, {"users": {"1001": 60}}, False),
        ({"syncline.peers": True, "kick": 0}, {"kick": 0}, True),
    ],
)
def test_nobody_with_level_50_reaches_above_50(
    old: dict[str, Any], new: dict[str, Any], allowed: bool
) -> None:
    def change() -> None:
        check_change(parse_levels(old), parse_levels(new), actor=ALICE, level=50)

    if allowed:
        change()
    else:
        with pytest.raises(Forbidden):
            change()


def test_creators_of_version_12_cannot_be_listed() -> None:
    with pytest.raises(Forbidden):
        check_change(Levels(), Levels(users={"1002": 100}), actor=ALICE, level=100, creators=[BOB])
