"""Queueing what hooks post: an automation, so that nothing is lost or queued twice, over crashes too."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Act, Kind, Space
from syncline.core.rooms.rules import Membership
from syncline.services.conversations.access import membership
from syncline.services.hooks.hook import Hook, Outward, hooks_of, read_hook, sending_of
from syncline.services.hooks.posting import made_by
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx

AUTOMATION: Final = "hooks"
"""The name under which the automation is registered, for ever."""

AT_ONCE: Final = 20
"""Entries that one row of a queue names, and (about) as many as one post holds."""


class ToPost(msgspec.Struct, frozen=True):
    """What one row of a hook's queue holds: entries to be posted, in order."""

    entries: list[Id]


class Outgoing:
    """Which hooks post what is said, in memory: kept by the store's commits, one row a hook.

    Until `load` has read them, every conversation counts as one that has some.
    """

    def __init__(self, store: Store) -> None:
        """Follow the commits of this store until `close`."""
        self._store = store
        self._convs: dict[Id, ZoneId] = {}
        self._hooks: dict[ZoneId, set[Id]] = {}
        self._loaded = False
        self._stale = asyncio.Event()
        self._end: Callable[[], None] = store.watch(self._commit)

    def close(self) -> None:
        """Follow no more."""
        self._end()

    async def load(self) -> list[Id]:
        """Read them; returns all hooks that post. A commit that comes meanwhile is not lost."""
        self._stale.clear()
        async with self._store.view() as view:
            objects = await view.get(await view.find(Space.OUTGOING, b""))
        hooks = [read_hook(each) for each in objects if each.kind == Kind.HOOK]
        # one that ends between the reading and here is kept: whoever acts on it looks again
        for hook in hooks:
            self._put(hook.id, hook.conv)
        self._loaded = not self._stale.is_set()
        return [hook.id for hook in hooks]

    async def outdated(self) -> None:
        """Wait until they have to be loaded again: a commit did not say what changed."""
        await self._stale.wait()

    def posts(self, hook: Id) -> bool:
        """Whether a hook may be one that posts."""
        return not self._loaded or hook in self._convs

    def listens(self, conv: ZoneId) -> bool:
        """Whether a conversation may have a hook that posts."""
        return not self._loaded or conv in self._hooks

    def _commit(self, commit: Commit) -> None:
        for change in commit.changes:
            if change.kind != Kind.HOOK:
                continue
            if not commit.complete:
                self._loaded = False
                self._stale.set()
                return
            object = commit.objects.get(change.object)
            if object is not None and read_hook(object).outward is Outward.ON:
                self._put(object.id, object.zone)
            else:
                self._take(change.object)

    def _put(self, hook: Id, conv: ZoneId) -> None:
        self._convs[hook] = conv
        self._hooks.setdefault(conv, set()).add(hook)

    def _take(self, hook: Id) -> None:
        conv = self._convs.pop(hook, None)
        if conv is not None:
            self._hooks[conv].discard(hook)
            if not self._hooks[conv]:
                del self._hooks[conv]


class Queueing:
    """The automation: queues each entry that people count for the hooks of its conversation.

    Messages, system messages and amendments alike, but not what the hook wrote itself, nor what was said
    before it had its address, or while its owner was no member.
    """

    def __init__(self, outgoing: Outgoing) -> None:
        """Ask this memory which conversations matter."""
        self._outgoing = outgoing

    def wants(self, commit: Commit) -> bool:
        """Whether a conversation with such a hook got an entry that has a nr."""
        return any(
            change.kind == Kind.ENTRY
            and change.act == Act.ADD
            and change.nr is not None
            and self._outgoing.listens(change.zone)
            for change in commit.changes
        )

    async def react(self, tx: Tx, commit: Commit) -> None:
        """Queue what this commit added, hook by hook."""
        added: dict[ZoneId, list[Id]] = {}
        for change in commit.changes:
            if change.kind == Kind.ENTRY and change.act == Act.ADD and change.nr is not None:
                added.setdefault(change.zone, []).append(change.object)
        for conv, ids in added.items():
            hooks = [hook for hook in await hooks_of(tx, conv) if hook.outward is Outward.ON]
            entries = await tx.entries_by_id(ids) if hooks else ()
            for hook in hooks:
                await _queue(tx, hook, entries)


async def _queue(tx: Tx, hook: Hook, entries: Sequence[Entry]) -> None:
    if await membership(tx, hook.conv, hook.owner) is not Membership.JOIN:
        return
    first = (await sending_of(tx, hook)).from_nr
    ids = [entry.id for entry in entries if (entry.nr or 0) > first and made_by(entry) != hook.id]
    for start in range(0, len(ids), AT_ONCE):
        row = msgspec.json.encode(ToPost(ids[start : start + AT_ONCE]))
        tx.enqueue(hook.id, hook.owner, row)
