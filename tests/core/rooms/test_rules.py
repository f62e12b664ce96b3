"""Reading rules out of facts, known and unknown values alike."""

import msgspec
import pytest

from syncline.core.entries import Fact
from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms import facts as names
from syncline.core.rooms.facts import fact, person_of
from syncline.core.rooms.rules import JoinRule, Membership, Visibility, rules_of

CONV = ZoneId(Id(5000))
ALICE, BOB = Id(1001), Id(1002)


def stored(type: str, content: object, name: str = "") -> Fact:
    """A fact as the store keeps it."""
    return Fact(CONV, type, name, fact(type, content).content)


def test_without_levels_the_creator_has_100_and_all_others_0() -> None:
    known = rules_of([stored(names.CREATE, {"creator": ALICE, "room_version": "10"})])
    assert (known.level(ALICE), known.level(BOB)) == (100, 0)
    assert known.needs.state_default == 50


def test_up_to_version_11_the_creator_has_what_the_levels_say() -> None:
    create = stored(names.CREATE, {"creator": ALICE, "room_version": "11"})
    known = rules_of([create, stored(names.POWER_LEVELS, {"users": {str(BOB): 7}})])
    assert (known.level(ALICE), known.level(BOB)) == (0, 7)


def test_from_version_12_creators_stand_above_all_levels() -> None:
    content = {"creator": ALICE, "additional_creators": [BOB], "room_version": "12"}
    known = rules_of([stored(names.CREATE, content), stored(names.POWER_LEVELS, {"users_default": 100})])
    assert known.level(ALICE) == known.level(BOB) > (1 << 53)
    assert known.level(Id(1)) == 100


def test_who_is_in_no_fact_stands_as_one_who_left() -> None:
    known = rules_of([stored(names.MEMBER, {"membership": "ban"}, str(BOB))])
    assert known.membership(BOB) is Membership.BAN
    assert known.membership(ALICE) is Membership.LEAVE


def test_unknown_rules_let_nobody_in_and_unknown_visibility_counts_as_shared() -> None:
    """The Matrix specification says so for values of later versions."""
    known = rules_of(
        [
            stored(names.JOIN_RULES, {"join_rule": "martians"}),
            stored(names.HISTORY_VISIBILITY, {"history_visibility": "martians"}),
        ]
    )
    assert (known.join_rule, known.visibility) == (JoinRule.INVITE, Visibility.SHARED)
    bare = rules_of([])
    assert (bare.join_rule, bare.visibility) == (JoinRule.INVITE, Visibility.SHARED)


@pytest.mark.parametrize("name", ["", "@alice:here", "-5", "１２", "1.0"])
def test_a_name_that_is_no_number_stands_for_nobody(name: str) -> None:
    with pytest.raises(Invalid):
        person_of(name)


def test_a_fact_is_encoded_once() -> None:
    assert msgspec.json.decode(fact(names.NAME, {"name": "Ä"}).content) == {"name": "Ä"}
