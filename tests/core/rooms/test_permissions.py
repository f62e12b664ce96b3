"""Who may write, set facts and amend, by level."""

from collections.abc import Callable

import pytest

from syncline.core.errors import Forbidden, NotMember
from syncline.core.ids import Id
from syncline.core.rooms import facts as names
from syncline.core.rooms import permissions as allow
from syncline.core.rooms.levels import Levels
from syncline.core.rooms.rules import Membership, Rules

ACTOR, AUTHOR = Id(1), Id(2)


def rules(level: int, standing: Membership = Membership.JOIN, **needs: int) -> Rules:
    """A conversation where the actor has this level."""
    levels = Levels(users={"1": level}, **needs)  # type: ignore[arg-type]
    return Rules(levels=levels, members={ACTOR: standing})


@pytest.mark.parametrize("standing", [one for one in Membership if one is not Membership.JOIN])
def test_whoever_is_no_member_may_do_nothing(standing: Membership) -> None:
    known = rules(100, standing)
    attempts: list[Callable[[], None]] = [
        lambda: allow.check_send(known, ACTOR),
        lambda: allow.check_set(known, ACTOR, names.NAME),
        lambda: allow.check_edit(known, ACTOR, ACTOR, shared=True),
        lambda: allow.check_delete(known, ACTOR, ACTOR),
        lambda: allow.check_erase(known, ACTOR, ACTOR),
        lambda: allow.check_pin(known, ACTOR),
    ]
    for attempt in attempts:
        with pytest.raises(NotMember):
            attempt()


def test_writing_and_setting_need_the_level_of_their_type() -> None:
    allow.check_send(rules(10, events_default=10), ACTOR)
    allow.check_set(rules(50), ACTOR, names.NAME)
    allow.check_pin(rules(50), ACTOR)
    with pytest.raises(Forbidden):
        allow.check_send(rules(9, events_default=10), ACTOR)
    with pytest.raises(Forbidden):
        allow.check_set(rules(49), ACTOR, names.NAME)
    with pytest.raises(Forbidden):
        allow.check_pin(rules(49), ACTOR)


def test_memberships_and_the_beginning_are_not_set_by_hand() -> None:
    for type in (names.MEMBER, names.CREATE):
        with pytest.raises(Forbidden):
            allow.check_set(rules(100), ACTOR, type)


def test_a_fact_named_after_a_user_belongs_to_this_user() -> None:
    allow.check_set(rules(50), ACTOR, "x", "@me:here", own_name="@me:here")
    allow.check_set(rules(50), ACTOR, "x", "me:here")
    for name in ("@me:here", "@other:here"):
        with pytest.raises(Forbidden):
            allow.check_set(rules(100), ACTOR, "x", name)


def test_others_messages_are_edited_only_once_they_are_shared() -> None:
    allow.check_edit(rules(0), ACTOR, ACTOR, shared=False)
    allow.check_edit(rules(0), ACTOR, AUTHOR, shared=True)
    with pytest.raises(Forbidden):
        allow.check_edit(rules(100), ACTOR, AUTHOR, shared=False)


@pytest.mark.parametrize(("level", "redact", "allowed"), [(0, 0, True), (50, 50, True), (49, 50, False)])
def test_others_messages_are_deleted_with_the_level_to_redact(level: int, redact: int, allowed: bool) -> None:
    known = rules(level, redact=redact)
    allow.check_delete(known, ACTOR, ACTOR)
    if allowed:
        allow.check_delete(known, ACTOR, AUTHOR)
    else:
        with pytest.raises(Forbidden):
            allow.check_delete(known, ACTOR, AUTHOR)


def test_erasing_what_others_wrote_takes_a_moderator_even_where_all_may_delete() -> None:
    """Threat: in a Fleep conversation any member could destroy what nobody can bring back."""
    allow.check_erase(rules(50, redact=0), ACTOR, AUTHOR)
    allow.check_erase(rules(0, redact=0), ACTOR, ACTOR)
    with pytest.raises(Forbidden):
        allow.check_erase(rules(49, redact=0), ACTOR, AUTHOR)
