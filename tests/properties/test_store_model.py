"""Random works in random groups come to the same as one after the other on a naive model of the store.

Promises 1 and 2 from below: what a group's works read of each other, what a commit writes, what a restart
finds. Every question that a view can be asked is asked in the works, after each group, and after reopening.
"""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.store_acts import ACTS, Acts, Draws, Half
from tests.properties.store_model import Model

from syncline.core.errors import SynclineError
from syncline.core.ids import Seq, ZoneId
from syncline.core.kinds import ZoneKind
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteStore
from syncline.store.sqlite.verify import verify
from syncline.testing.store.everything import Answers, World, everything

BLOBS: Final = (b"one", b"two")

Act: TypeAlias = tuple[str, Draws]
Plan: TypeAlias = tuple[list[Act], bool]
"""The acts of a work, and whether it gives up at its end."""

draws = st.tuples(*[st.integers(0, 20)] * 3)
acts = st.tuples(st.sampled_from(ACTS), draws)
plans = st.tuples(st.lists(acts, min_size=1, max_size=5), st.sampled_from([False, False, False, True]))
groups = st.lists(st.lists(plans, min_size=1, max_size=5), min_size=1, max_size=5)


async def begin(tx: Tx) -> World:
    """Two accounts and the zones that works write into."""
    accounts = []
    for _ in range(2):
        account = tx.new_id()
        tx.open_zone(ZoneKind.ACCOUNT, owner=account, id=ZoneId(account))
        accounts.append(account)
    kinds = (ZoneKind.CONVERSATION, ZoneKind.CONVERSATION, ZoneKind.BOOK, ZoneKind.SITE)
    zones = [tx.open_zone(kind) for kind in kinds]
    objects = [tx.new_id() for _ in range(5)]
    return World(accounts, zones, objects, [tx.new_id() for _ in range(2)], ["a", "b"], [b"x", b"y"])


def work(acts: Acts, plan: Plan, answers: list[object]) -> Callable[[Tx], Awaitable[int]]:
    """A work. What each act answered goes into `answers`; the work's own value is its moment."""

    async def run(tx: Tx) -> int:
        answers.clear()
        answers.append(tx.now)
        for name, drawn in plan[0]:
            try:
                answers.append(await getattr(acts, name)(tx, drawn))
            except SynclineError as error:
                # the act may have written half of itself: the work cannot go on from there
                answers.append(type(error))
                raise
        if plan[1]:
            raise Half("half way")
        return tx.now

    return run


UNTRUE: Final = {
    "site_numbers_are_dense",  # the acts take numbers of conversations and books for publications
    "numbers_are_dense",
    "numbers_rise_with_the_log",
    "merged_zones_lead_on",
    "names_come_from_things",
    "keys_lead_to_things",
    "terms_lead_to_things",
}
"""Checks of `verify` about what services keep, and these random acts do not."""


async def compare(directory: Path, planned: list[list[Plan]]) -> None:
    """Run the plans on a store and on the model, and ask both everything."""
    store = await open_store(directory)
    try:
        model = Model()
        world = (await store.write(begin)).value
        assert await model.write(begin, 0) == world
        for group in planned:
            await one_group(store, model, Acts(world, [await store.blobs.put(blob) for blob in BLOBS]), group)
            async with store.view() as view:
                same(await everything(view, world), await everything(model, world))
        told = [change async for commit in _all(store) for change in commit]
        assert told == model.log
    finally:
        await store.close()
    store = await open_store(directory)
    try:
        async with store.view() as view:
            same(await everything(view, world), await everything(model, world))
            assert await view.changes(Seq(0), limit=100_000) == model.log
    finally:
        await store.close()
    damage = [one for one in verify(directory) if one.check not in UNTRUE]
    assert damage == []


async def _all(store: SqliteStore):  # type: ignore[no-untyped-def]
    if store.head:
        async for commit in store.commits(Seq(0)):
            yield commit.changes
            if commit.seq >= store.head:
                return


async def one_group(store: SqliteStore, model: Model, acts: Acts, group: list[Plan]) -> None:
    """Works that arrive together, on the model one after the other; a failed one gives its error on both."""
    real: list[list[object]] = [[] for _ in group]
    written = await asyncio.gather(
        *(store.write(work(acts, plan, answers)) for plan, answers in zip(group, real, strict=True)),
        return_exceptions=True,
    )
    for plan, answers, outcome in zip(group, real, written, strict=True):
        naive: list[object] = []
        now = answers[0]
        assert isinstance(now, int)
        expected: object
        try:
            expected = await model.write(work(acts, plan, naive), now)
        except SynclineError as error:
            expected = type(error)
        if isinstance(outcome, BaseException):
            if not isinstance(outcome, SynclineError):
                raise outcome
            assert type(outcome) is expected
        else:
            assert outcome.value == expected
        for one, other in zip(answers, naive, strict=True):
            if isinstance(one, dict) and isinstance(other, dict):
                same(one, other)
            else:
                assert one == other


def same(one: Answers, other: Answers) -> None:
    """Name the first question that was answered differently."""
    for question, answer in one.items():
        assert (question, answer) == (question, other[question])


EXAMPLES: Final = int(os.environ.get("SYNCLINE_EXAMPLES", "60"))
"""More of them in the environment, for a night."""


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groups)
def test_any_works_in_any_groups_come_to_what_the_model_says(planned: list[list[Plan]]) -> None:
    """Grouping, failing, reading in between and restarting change nothing of what works come to."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(compare(Path(directory) / "data", planned))
