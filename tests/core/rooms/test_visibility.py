"""History visibility: which ranges a new member gets, checked against the rule entry by entry."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from syncline.core.ids import Seq
from syncline.core.rooms.rules import Visibility
from syncline.core.rooms.visibility import Era, joining, peeking

WORLD, SHARED, INVITED, JOINED = Visibility


def eras(*given: tuple[int, Visibility]) -> list[Era]:
    """Eras from (since, visibility) pairs."""
    return [Era(Seq(since), visibility) for since, visibility in given]


def test_shared_opens_everything_from_the_beginning() -> None:
    assert joining(eras((10, SHARED)), Seq(50)) == ((1, None),)
    assert joining([], Seq(50)) == ((1, None),)


def test_joined_opens_nothing_before_the_join() -> None:
    assert joining(eras((10, JOINED)), Seq(50)) == ((50, None),)


def test_invited_opens_what_came_since_the_invitation() -> None:
    assert joining(eras((10, INVITED)), Seq(50), invited=Seq(30)) == ((30, None),)
    assert joining(eras((10, INVITED)), Seq(50)) == ((50, None),)


def test_relaxing_the_rule_later_does_not_open_the_past() -> None:
    """Threat: an admin makes a conversation `shared`, and years of `joined` history come open."""
    assert joining(eras((10, JOINED), (40, SHARED)), Seq(50)) == ((40, None),)


def test_tightening_it_keeps_open_what_was_open() -> None:
    assert joining(eras((10, SHARED), (40, JOINED)), Seq(50)) == ((1, 39), (50, None))


def test_only_world_readable_eras_are_open_to_anybody() -> None:
    rules = eras((10, SHARED), (20, WORLD), (30, JOINED), (40, WORLD))
    assert peeking(rules, Seq(45)) == ((20, 29), (40, 45))
    assert peeking(eras((10, SHARED)), Seq(45)) == ()


@given(
    changes=st.lists(st.tuples(st.integers(1, 60), st.sampled_from(list(Visibility))), max_size=6),
    joined=st.integers(2, 70),
    invited=st.none() | st.integers(1, 69),
)
def test_ranges_say_what_the_rule_says_of_each_entry(
    changes: list[tuple[int, Visibility]], joined: int, invited: int | None
) -> None:
    history = eras(*sorted(dict(changes).items()))
    known = [era for era in history if era.since < joined]
    asked = None if invited is None or invited >= joined else Seq(invited)
    ranges = joining(known, Seq(joined), invited=asked)
    assert all(last is not None for _, last in ranges[:-1])
    for (_, last), (first, _) in pairwise(ranges):
        assert last is not None
        assert last + 1 < first
    for seq in range(1, 80):
        before = [era.visibility for era in known if era.since <= seq]
        rule = before[-1] if before else known[0].visibility if known else SHARED
        allowed = (
            seq >= joined
            or rule in (WORLD, SHARED)
            or (rule is INVITED and asked is not None and seq >= asked)
        )
        shown = any(first <= seq and (last is None or seq <= last) for first, last in ranges)
        assert shown == allowed, seq
