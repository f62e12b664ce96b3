"""What commands show of long works."""

from collections.abc import AsyncGenerator

import pytest

from syncline.cli.failures import Failure
from syncline.cli.output import follow
from syncline.server.admin.lines import Failed, Line, Progress


async def test_a_work_that_fails_is_closed_at_once() -> None:
    """A backup onto a full disk: one sentence. Left open, its stream ended in the collector's traceback."""
    closed = []

    async def work() -> AsyncGenerator[Line, None]:
        try:
            yield Progress("store.db", 1, 2)
            yield Failed("disk_full", "The disk is full.")
            yield Progress("store.db", 2, 2)
        finally:
            closed.append(True)

    with pytest.raises(Failure, match="full"):
        await follow(work())
    assert closed == [True]
