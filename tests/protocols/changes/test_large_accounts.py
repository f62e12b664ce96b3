"""Promise 4 for accounts with thousands of conversations: a page costs what it tells, whatever lies beyond."""

from pathlib import Path

import pytest
from tests.protocols.changes.large_account import Cost, converse, pages
from tests.protocols.changes.place import Place

from syncline.store.sqlite import open_store

MANY = 2000
FEW = 200
HELD = 0.020
"""seconds that nothing may hold the loop, on the slowest machine that runs these tests (the rule says 5 ms)"""


async def first_sync(directory: Path, count: int) -> tuple[list[Cost], list[object]]:
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
    few, _ = await first_sync(tmp_path / "few", FEW)
    many, changes = await first_sync(tmp_path / "many", MANY)
    told = [change["kind"] for change in changes if isinstance(change, dict)]
    assert [told.count(kind) for kind in ("zone", "entry")] == [MANY, 3 * MANY]
    with capsys.disabled():
        held = max(one.held for one in many)
        print(f"\n{MANY} conversations: {len(many)} pages, the loop held for {1000 * held:.1f} ms at most")
        for name, costs in (("few", few), ("many", many)):
            print(name, "statements", max(one.statements for one in costs), "steps", max(one.steps for one in costs))
    assert max(one.statements for one in many) <= 1.1 * max(one.statements for one in few)
    assert max(one.steps for one in many) <= 1.1 * max(one.steps for one in few)
    assert max(one.held for one in many) < HELD
