"""The permission matrix: each change of membership, for each standing, level and rule."""

from collections.abc import Callable

import pytest

from syncline.core.errors import Forbidden, Invalid, NotMember
from syncline.core.ids import Id
from syncline.core.rooms import membership as allow
from syncline.core.rooms.levels import Levels
from syncline.core.rooms.rules import JoinRule, Membership, Rules

ACTOR, OTHER = Id(1), Id(2)
INVITE, JOIN, KNOCK, LEAVE, BAN = Membership

Check = Callable[[Rules, Id, Id], None]


def rules(
    actor: Membership = JOIN,
    other: Membership = LEAVE,
    *,
    mine: int = 0,
    theirs: int = 0,
    rule: JoinRule = JoinRule.INVITE,
    **needs: int | bool,
) -> Rules:
    """A conversation of two, with these levels."""
    levels = Levels(users={"1": mine, "2": theirs}, **needs)  # type: ignore[arg-type]
    return Rules(levels=levels, join_rule=rule, members={ACTOR: actor, OTHER: other})


@pytest.mark.parametrize("standing", list(Membership))
@pytest.mark.parametrize("rule", list(JoinRule))
def test_who_may_join(standing: Membership, rule: JoinRule) -> None:
    known = rules(standing, rule=rule)
    if standing is BAN or (rule is not JoinRule.PUBLIC and standing in (LEAVE, KNOCK)):
        with pytest.raises(Forbidden):
            allow.check_join(known, ACTOR)
    else:
        allow.check_join(known, ACTOR)


@pytest.mark.parametrize("rule", list(JoinRule))
def test_an_allow_rule_opens_restricted_rooms_only(rule: JoinRule) -> None:
    known = rules(LEAVE, rule=rule)
    if rule in (JoinRule.PUBLIC, JoinRule.RESTRICTED, JoinRule.KNOCK_RESTRICTED):
        allow.check_join(known, ACTOR, allowed=True)
    else:
        with pytest.raises(Forbidden):
            allow.check_join(known, ACTOR, allowed=True)


@pytest.mark.parametrize("check", [allow.check_invite, allow.check_add])
@pytest.mark.parametrize("other", list(Membership))
def test_nobody_is_brought_in_who_is_a_member_or_banned(check: Check, other: Membership) -> None:
    known = rules(JOIN, other)
    if other in (JOIN, BAN):
        with pytest.raises(Forbidden):
            check(known, ACTOR, OTHER)
    else:
        check(known, ACTOR, OTHER)


EVERY_ACT = [
    allow.check_invite,
    allow.check_add,
    allow.check_kick,
    allow.check_ban,
    allow.check_unban,
]


@pytest.mark.parametrize("check", EVERY_ACT)
@pytest.mark.parametrize("actor", [INVITE, KNOCK, LEAVE, BAN])
def test_only_members_act_on_others(check: Check, actor: Membership) -> None:
    """Threat: one who left, or was never in, changes who is in, however high his level was."""
    for other in Membership:
        with pytest.raises(NotMember):
            check(rules(actor, other, mine=100), ACTOR, OTHER)


@pytest.mark.parametrize("check", [allow.check_invite, allow.check_add])
def test_bringing_in_needs_the_level_to_invite(check: Check) -> None:
    check(rules(mine=50, invite=50), ACTOR, OTHER)
    with pytest.raises(Forbidden):
        check(rules(mine=49, invite=50), ACTOR, OTHER)


@pytest.mark.parametrize("standing", list(Membership))
def test_who_may_knock(standing: Membership) -> None:
    known = rules(standing, rule=JoinRule.KNOCK)
    if standing in (LEAVE, KNOCK):
        allow.check_knock(known, ACTOR)
    else:
        with pytest.raises(Forbidden):
            allow.check_knock(known, ACTOR)
    with pytest.raises(Forbidden):
        allow.check_knock(rules(LEAVE, rule=JoinRule.INVITE), ACTOR)


@pytest.mark.parametrize("standing", list(Membership))
def test_who_may_leave(standing: Membership) -> None:
    if standing in (LEAVE, BAN):
        with pytest.raises(NotMember):
            allow.check_leave(rules(standing), ACTOR)
    else:
        allow.check_leave(rules(standing), ACTOR)


@pytest.mark.parametrize(
    ("mine", "theirs", "allowed"), [(50, 0, True), (50, 49, True), (50, 50, False), (49, 0, False)]
)
def test_kick_and_ban_need_their_level_and_more_than_the_other(mine: int, theirs: int, allowed: bool) -> None:
    for check, other in (
        (allow.check_kick, JOIN),
        (allow.check_kick, INVITE),
        (allow.check_kick, KNOCK),
        (allow.check_ban, JOIN),
        (allow.check_ban, LEAVE),
        (allow.check_unban, BAN),
    ):
        known = rules(JOIN, other, mine=mine, theirs=theirs)
        if allowed:
            check(known, ACTOR, OTHER)
        else:
            with pytest.raises(Forbidden):
                check(known, ACTOR, OTHER)


def test_there_is_nobody_to_kick_among_those_outside() -> None:
    for other in (LEAVE, BAN):
        with pytest.raises(Forbidden):
            allow.check_kick(rules(JOIN, other, mine=100), ACTOR, OTHER)
    with pytest.raises(Invalid):
        allow.check_kick(rules(mine=100), ACTOR, ACTOR)


def test_lifting_a_ban_needs_a_ban_and_both_levels() -> None:
    with pytest.raises(Forbidden):
        allow.check_unban(rules(JOIN, LEAVE, mine=100), ACTOR, OTHER)
    with pytest.raises(Forbidden):
        allow.check_unban(rules(JOIN, BAN, mine=50, ban=50, kick=60), ACTOR, OTHER)


def test_peers_remove_each_other_whatever_their_levels_but_do_not_ban() -> None:
    """Fleep: every member may remove every other one, the creator included."""
    known = rules(JOIN, JOIN, mine=0, theirs=100, kick=0, peers=True)
    allow.check_kick(known, ACTOR, OTHER)
    with pytest.raises(Forbidden):
        allow.check_ban(known, ACTOR, OTHER)


def test_peers_still_need_the_level_to_kick() -> None:
    with pytest.raises(Forbidden):
        allow.check_kick(rules(JOIN, JOIN, kick=50, peers=True), ACTOR, OTHER)
