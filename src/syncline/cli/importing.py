"""One import from its first byte to its summary.

Time matters here: workers and the reading of the files start before the parts that reach the owner are
loaded, so that both cores have work from the beginning.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from syncline.cli.counting import Counts, read_glances
from syncline.cli.failures import Misuse, say
from syncline.cli.where import Where
from syncline.gateways.imports.batches import packed
from syncline.gateways.imports.found import Found
from syncline.gateways.imports.labels import clean
from syncline.gateways.imports.reading import Reading
from syncline.gateways.imports.sources import STANDARD_INPUT, Sources, Trouble, Wanted
from syncline.gateways.imports.workers import Workers

if TYPE_CHECKING:
    from syncline.cli.admin import Admin

MOST_TOLD: Final = 10
"""Troubles that are told one by one."""


class Order(msgspec.Struct, frozen=True):
    """What the person asked for. `account` None: the only one there is."""

    account: str | None = None
    labels: tuple[str, ...] = ()
    inbox: bool = True
    dry_run: bool = False


class Progress:
    """How many bytes were read; a thread counts, the loop shows."""

    def __init__(self) -> None:
        """Begin with none."""
        self.bytes = 0

    def took(self, size: int) -> None:
        """So many more."""
        self.bytes += size


async def take_in(paths: Sequence[str], wanted: Wanted, order: Order, where: Where) -> int:
    """Do it; returns the exit code: 1 where something was left out that may have held mails."""
    if not paths:
        raise Misuse("Say which files to import; - is standard input.")
    for path in paths:
        if path.startswith("-") and path != STANDARD_INPUT:
            raise Misuse(f"There is no option {path}; a file of that name is ./{path}.")
    for label in order.labels:
        if clean(label) != label:
            raise Misuse(f"{label} cannot be a label; {clean(label)} can.")
    troubles: list[Trouble] = []
    progress = Progress()
    sources = Sources(paths, wanted, trouble=troubles.append, took=progress.took)
    with Workers(labels=order.labels, inbox=order.inbox) as workers:
        reading = Reading(sources.mails(), workers)
        try:
            counts = await _take_all(reading, workers, sources, progress, order, where)
        finally:
            reading.end()
    for trouble in troubles[:MOST_TOLD]:
        say(f"{_shown(trouble.where)}: {_shown(trouble.why)}.")
    if len(troubles) > MOST_TOLD:
        say(f"{len(troubles) - MOST_TOLD:,} more files were left out like these.")
    say(counts.sentence(dry_run=order.dry_run))
    return 1 if any(trouble.lost for trouble in troubles) else 0


def _shown(text: str) -> str:
    """A name out of an archive as a terminal may have it: it could hold orders to it."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


async def _take_all(
    reading: Reading, workers: Workers, sources: Sources, progress: Progress, order: Order, where: Where
) -> Counts:
    from syncline.cli.output import import_bar
    from syncline.cli.owner import reach
    from syncline.server.collector import settle_collector

    async with reach(where, create=False) as admin:
        if admin.here:
            settle_collector()
        owner = _Owner(admin, dry_run=order.dry_run)
        await owner.open(order.account)
        # the mails of an empty mailbox are all new, and asking takes time
        reading.at_once = not owner.mails
        line = asyncio.Queue[_Asked | BaseException | None]()
        asking = asyncio.create_task(_ask(reading, workers, owner, line))
        try:
            with import_bar(sources.size) as show:
                while (asked := await line.get()) is not None:
                    if isinstance(asked, BaseException):
                        raise asked
                    await owner.take(asked)
                    reading.taken(asked.found)
                    show(progress.bytes, owner.counts.read)
        finally:
            asking.cancel()
        await owner.end()
    return owner.counts


class _Asked(msgspec.Struct):
    """A batch, those of its mails that are not known yet, and what a worker makes of them."""

    found: Sequence[Found]
    fresh: Sequence[Found]
    answer: "asyncio.Future[bytes]"


async def _ask(
    reading: Reading,
    workers: Workers,
    owner: "_Owner",
    line: "asyncio.Queue[_Asked | BaseException | None]",
) -> None:
    """See to it that workers have work, in the order of the files."""
    try:
        while (step := await reading.next()) is not None:
            found, answer = step
            fresh: Sequence[Found] = found
            if answer is None:
                fresh = await owner.unknown(found)
                answer = workers.read(fresh)
            line.put_nowait(_Asked(found, fresh, asyncio.wrap_future(answer)))
        line.put_nowait(None)
    except Exception as error:  # noqa: BLE001 — not swallowed: raised where the line is read
        line.put_nowait(error)


class _Owner:
    """The owner of the data directory, as far as an import needs it."""

    def __init__(self, admin: "Admin", *, dry_run: bool) -> None:
        self.counts = Counts()
        self.mails = 0
        self._admin = admin
        self._account = 0
        self._dry_run = dry_run
        self._threads: set[int] = set()
        self._seen: set[int] = set()

    async def open(self, account: str | None) -> None:
        """Find out whose mails they are; raises Refused."""
        from syncline.server.admin.shapes import LinkFor, Mailbox

        box = await self._admin.post("/mailbox", Mailbox, LinkFor(account=account))
        self._account, self.mails = box.account, box.mails

    async def unknown(self, found: Sequence[Found]) -> Sequence[Found]:
        """Those mails that the account does not have, byte for byte."""
        known = await self._known([hashlib.sha256(one.raw).digest() for one in found])
        return [one for one, there in zip(found, known, strict=True) if not there]

    async def _known(self, hashes: Sequence[bytes]) -> Sequence[bool]:
        if not self.mails:
            return [False] * len(hashes)
        return await self._admin.send("/import/known", list[bool], [b"".join(hashes)], account=self._account)

    async def take(self, asked: _Asked) -> None:
        """Hand a batch over, and count what became of it."""
        from syncline.server.admin.shapes import Imported

        self.counts.read += len(asked.found)
        self.counts.known += len(asked.found) - len(asked.fresh)
        answer = await asked.answer
        if self._dry_run:
            glances = read_glances(answer)
            known = await self._known([one.mail.hash for one in glances])
            self.counts.glance(glances, known, self._seen)
        elif asked.fresh:
            took = await self._admin.send(
                "/import",
                Imported,
                packed(answer, asked.fresh),
                account=self._account,
                before=self.mails,
            )
            self.counts.add(took)
            self._threads.update(took.threads)

    async def end(self) -> None:
        """Wait until all can be searched, and count the threads as they are now."""
        from syncline.server.admin.shapes import ImportEnd

        if not self._dry_run:
            end = await self._admin.post("/import/end", ImportEnd, sorted(self._threads))
            self.counts.threads = end.threads
