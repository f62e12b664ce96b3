"""A COMMIT waits on the loop where the disk is quick, in a thread where it is slow, and changes its mind."""

import sys
import threading
from pathlib import Path

import apsw
import pytest

from syncline.store.sqlite import flushing
from syncline.store.sqlite.flushing import ON_LOOP, RECENT, SWITCH_INTERVAL, Flusher


@pytest.fixture
def writer(tmp_path: Path) -> apsw.Connection:
    """A connection with a table."""
    connection = apsw.Connection(str(tmp_path / "some.db"))
    connection.execute("CREATE TABLE t(x)")
    return connection


def watched(monkeypatch: pytest.MonkeyPatch, took: float) -> list[str]:
    """Say that a COMMIT took so long; the list tells in which threads it ran."""
    where: list[str] = []

    def run(_: apsw.Connection) -> float:
        where.append(threading.current_thread().name)
        return took

    monkeypatch.setattr(flushing, "_commit", run)
    return where


async def commit(flusher: Flusher, writer: apsw.Connection) -> None:
    """One row, committed."""
    if not writer.in_transaction:
        writer.execute("BEGIN")
    writer.execute("INSERT INTO t VALUES(1)")
    await flusher.commit(writer)


async def test_a_quick_disk_is_left_on_the_loop(
    writer: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hop to a thread and back would cost more than the flush."""
    where = watched(monkeypatch, 0.0)
    flusher = Flusher(ON_LOOP / 2)
    await commit(flusher, writer)
    assert flusher.on_loop
    assert where == [threading.main_thread().name]
    flusher.close()


async def test_a_slow_disk_gets_a_thread_that_the_loop_lets_run(
    writer: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing holds the loop; and a busy loop may not hold the thread for 5 ms a COMMIT."""
    before = sys.getswitchinterval()
    where = watched(monkeypatch, 1.0)
    flusher = Flusher(ON_LOOP * 2)
    assert sys.getswitchinterval() == pytest.approx(SWITCH_INTERVAL)
    await commit(flusher, writer)
    assert not flusher.on_loop
    assert where[0].startswith("syncline-commit")
    flusher.close()
    assert sys.getswitchinterval() == pytest.approx(before)


async def test_one_late_commit_does_not_make_a_quick_disk_slow(
    writer: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quickest of the last ones counts: the others waited for something else."""
    times = iter([ON_LOOP * 9] * (RECENT - 1) + [ON_LOOP / 2] + [ON_LOOP * 9] * RECENT)
    monkeypatch.setattr(flushing, "_commit", lambda _: next(times))
    flusher = Flusher(ON_LOOP / 2)
    for _ in range(RECENT):
        await commit(flusher, writer)
        assert flusher.on_loop
    for _ in range(RECENT):
        await commit(flusher, writer)
    assert not flusher.on_loop
    monkeypatch.setattr(flushing, "_commit", lambda _: ON_LOOP / 2)
    await commit(flusher, writer)
    assert flusher.on_loop


async def test_what_is_committed_is_there(writer: apsw.Connection) -> None:
    """In both ways it is a real COMMIT."""
    for measured in (ON_LOOP / 2, ON_LOOP * 2):
        flusher = Flusher(measured)
        await commit(flusher, writer)
        assert not writer.in_transaction
        flusher.close()
    assert writer.execute("SELECT count(*) FROM t").get == 2
