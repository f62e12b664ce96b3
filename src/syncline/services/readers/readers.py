"""All projections and automations of a server: run them, wait for them, make them again."""

import asyncio
import logging
from collections.abc import Sequence

from syncline.core.errors import NotFound
from syncline.core.ids import Seq
from syncline.services.readers.following import AutomationFollowing, Following, ProjectionFollowing
from syncline.services.readers.seam import Automation, Projection
from syncline.store.contract import Store

log = logging.getLogger(__name__)


class Readers:
    """What follows the log inside the server. Register all before `run` begins."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store
        self._following: dict[str, Following] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._running = False

    def projection(self, name: str, projection: Projection) -> None:
        """Register a projection under its name for ever (search, feed files, address ranking)."""
        self._register(ProjectionFollowing(self._store, name, projection))

    def automation(self, name: str, automation: Automation, *, from_start: bool = False) -> None:
        """Register an automation under its name for ever.

        It begins with what happens after its first start, or with the whole log (`from_start`).
        """
        self._register(AutomationFollowing(self._store, name, automation, from_start=from_start))

    @property
    def names(self) -> Sequence[str]:
        """All readers, in the order in which they were registered."""
        return tuple(self._following)

    @property
    def projections(self) -> Sequence[str]:
        """The readers that can be rebuilt."""
        return tuple(name for name, each in self._following.items() if isinstance(each, ProjectionFollowing))

    def cursor(self, name: str) -> Seq:
        """The seq up to which a reader has taken everything; raises NotFound."""
        return self._named(name).cursor

    async def run(self) -> None:
        """Let all readers follow, each in a task of its own, until cancelled."""
        self._running = True
        try:
            for name in self._following:
                self._start(name)
            await asyncio.get_running_loop().create_future()
        finally:
            self._running = False
            await asyncio.gather(*(self._stop(name) for name in tuple(self._tasks)))

    async def reach(self, name: str, seq: Seq) -> None:
        """Wait until a running reader has taken all up to a seq (a search: up to the head of its moment)."""
        await self._named(name).reach(seq)

    async def catch_up(self, name: str) -> Seq:
        """Take all up to the present head, whether or not `run` is running; returns the cursor."""
        following = self._named(name)
        if name in self._tasks:
            await following.reach(self._store.head)
            return following.cursor
        return await following.catch_up()

    async def rebuild(self, name: str) -> Seq:
        """Throw a projection away and make it again up to the present head; returns the cursor.

        Raises NotFound where there is no projection of this name: an automation's effects stand in the log.
        """
        following = self._named(name)
        if not isinstance(following, ProjectionFollowing):
            raise NotFound(f"{name} is not a projection: what it did stands in the log.")
        await self._stop(name)
        try:
            await following.clear()
            return await following.catch_up()
        finally:
            if self._running:
                self._start(name)

    def _register(self, following: Following) -> None:
        if following.name in self._following:
            raise ValueError(f"there is a reader named {following.name!r} already")
        self._following[following.name] = following
        if self._running:
            self._start(following.name)

    def _named(self, name: str) -> Following:
        following = self._following.get(name)
        if following is None:
            raise NotFound(f"There is no reader named {name}.")
        return following

    def _start(self, name: str) -> None:
        self._tasks[name] = asyncio.create_task(self._following[name].follow(), name=f"reader {name}")

    async def _stop(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("reader %r: its cursor could not be saved at the end", name, exc_info=error)
