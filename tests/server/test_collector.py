"""The collector of cycles does not hold the loop of a server."""

import gc
from collections.abc import Iterator

import pytest

from syncline.server.collector import OLD, YOUNG, settle_collector


@pytest.fixture
def restored() -> Iterator[None]:
    """The tests that come after have the collector that they had."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("restored")
def test_what_the_start_made_is_looked_at_no_more() -> None:
    """Modules, routes, templates: some 100,000 objects that live as long as the server."""
    settle_collector()
    assert gc.get_freeze_count() > 1000
    assert gc.get_threshold()[0] == YOUNG
    assert gc.get_threshold()[2] == OLD
    assert gc.isenabled()
