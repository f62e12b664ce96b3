"""Promise 4 for accounts with thousands of conversations: a page costs what it tells, not what there is."""

from pathlib import Path

import pytest
from tests.protocols.changes.large_account import Cost, converse, pages, say
from tests.protocols.changes.place import Place

from syncline.store.sqlite import open_store

MANY = 2000
FEW = 200
HELD = 0.020
"""seconds that nothing may hold the loop, on the slowest machine that runs tests (the rule says 5 ms)"""


async def first_sync(directory: Path, count: int) -> list[Cost]:
    """All pages of a new client of an account with so many conversations."""
    store = await open_store(directory)
    place = Place(store)
    try:
        client = await place.client("ann")
        await converse(store, client.id, count)
        return await pages(client)
    finally:
        await place.close()
        await store.close()


async def test_a_page_of_a_first_sync_costs_the_same_with_ten_times_the_conversations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Statements and rows looked at, page by page: both follow what is sent, not what the account has."""
    few = await first_sync(tmp_path / "few", FEW)
    many = await first_sync(tmp_path / "many", MANY)
    told = [kind for page in many for kind in page.kinds]
    assert [told.count(kind) for kind in ("zone", "entry", "contact")] == [MANY, 3 * MANY, MANY + 1]
    held = max(page.held for page in many)
    with capsys.disabled():
        print(
            f"\n{MANY} conversations in {len(many)} pages: the loop was held for {1000 * held:.1f} ms at most"
        )
    assert max(page.statements for page in many) <= max(page.statements for page in few)
    assert max(page.steps for page in many) <= max(page.steps for page in few)
    assert held < HELD


async def test_a_long_catch_up_of_many_conversations_costs_what_is_told(tmp_path: Path) -> None:
    """Away while a message came in each conversation: pages of 100 that look at about 100 zones."""
    store = await open_store(tmp_path / "data")
    place = Place(store)
    try:
        client = await place.client("ann")
        other = await place.client("bob")
        await converse(store, client.id, MANY)
        foreign = await converse(store, other.id, FEW)
        since = await client.caught_up()
        await say(store, foreign, 10)
        mine = await converse(store, client.id, FEW)
        await say(store, mine, 3)
        costs = await pages(client, since)
        assert sum(kind == "entry" for page in costs for kind in page.kinds) == 6 * FEW
        # the first page walks over what others said, with their profiles: about 4,000 rows
        assert max(page.statements for page in costs) < 1500
        assert max(page.steps for page in costs) < 200_000
    finally:
        await place.close()
        await store.close()
