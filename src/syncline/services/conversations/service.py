"""The service: each act as one work on the store, larger ones as a chain of works."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any

import msgspec

from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.core.nesting import check_nesting
from syncline.core.rooms import facts as names
from syncline.services.conversations import (
    amend,
    board,
    create,
    disclosing,
    facts,
    members,
    reading,
    receipts,
    renaming,
    send,
    subscriptions,
)
from syncline.services.conversations.answers import Answer, Request, part_of
from syncline.services.conversations.create import AT_ONCE, Beginning
from syncline.services.conversations.reading import Reading
from syncline.services.conversations.subscriptions import Private
from syncline.store.contract import Store, Tx, Written

Chunk = Callable[[Tx, Sequence[Id], Request | None], Awaitable[Answer]]


class Conversations:
    """All acts on conversations, for every protocol.

    `account` is who acts; a `request` makes an act repeat-safe. The functions of this package are the same
    acts as works over a transaction, for services whose own work includes them.
    """

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store

    async def create(
        self, account: Id, begin: Beginning, *, request: Request | None = None
    ) -> Written[Answer]:
        """Make a conversation; more than AT_ONCE persons are brought in by further works."""
        first = list(begin.members)[:AT_ONCE]
        asked = list(begin.invited)[: AT_ONCE - len(first)]
        more, later = list(begin.members)[len(first) :], list(begin.invited)[len(asked) :]
        at_once = msgspec.structs.replace(begin, members=first, invited=asked)
        written = await self._store.write(lambda tx: create.create(tx, account, at_once, request=request))
        conv = written.value.conv
        if more:
            await self.add(account, conv, more, request=part_of(request, "members"))
        if later:
            await self.invite(account, conv, later, request=part_of(request, "invited"))
        return written

    async def send(
        self,
        account: Id,
        conv: ZoneId,
        body: bytes,
        *,
        kind: EntryKind = EntryKind.MESSAGE,
        type: str = names.MESSAGE,
        root: Id | None = None,
        alerts: bool = True,
        silent: bool = False,
        at: int | None = None,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Add a message or mail (see `send.send`)."""
        return await self._store.write(
            lambda tx: send.send(
                tx,
                account,
                conv,
                body,
                kind=kind,
                type=type,
                root=root,
                alerts=alerts,
                silent=silent,
                at=at,
                request=request,
            )
        )

    async def amend(
        self,
        account: Id,
        conv: ZoneId,
        target: Id,
        rel: Rel,
        body: dict[str, Any] | None = None,
        *,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Amend an entry. `body` by rel; all else it holds is Invalid.

        EDIT: the whole new content · DELETE `reason?` · ERASE – · PIN `weight?` · UNPIN – · REACTION and
        UNREACT `key` · TASK `state` (todo, done, null), `assignees?`, `weight?` · LOCK `on` (true, false).
        """
        given = dict(body or {})
        act = _amendment(account, conv, target, rel, given, request)
        written = await self._store.write(act)
        if rel is Rel.ERASE:
            await self._store.scrub()
        return written

    async def add(
        self, account: Id, conv: ZoneId, persons: Sequence[Id], *, request: Request | None = None
    ) -> Written[Answer]:
        """Make persons members without asking them. Any number: a chain of works, the last one's answer."""
        return await self._chain(
            persons, request, lambda tx, some, part: members.add(tx, account, conv, some, request=part)
        )

    async def invite(
        self,
        account: Id,
        conv: ZoneId,
        persons: Sequence[Id],
        *,
        content: dict[str, Any] | None = None,
        reason: str | None = None,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Ask persons to join."""
        return await self._chain(
            persons,
            request,
            lambda tx, some, part: members.invite(
                tx, account, conv, some, content=content, reason=reason, request=part
            ),
        )

    async def join(
        self,
        account: Id,
        conv: ZoneId,
        *,
        allowed: bool = False,
        content: dict[str, Any] | None = None,
        reason: str | None = None,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Become a member."""
        return await self._store.write(
            lambda tx: members.join(
                tx, account, conv, allowed=allowed, content=content, reason=reason, request=request
            )
        )

    async def knock(
        self, account: Id, conv: ZoneId, *, reason: str | None = None, request: Request | None = None
    ) -> Written[Answer]:
        """Ask to be let in."""
        return await self._store.write(
            lambda tx: members.knock(tx, account, conv, reason=reason, request=request)
        )

    async def leave(
        self, account: Id, conv: ZoneId, *, reason: str | None = None, request: Request | None = None
    ) -> Written[Answer]:
        """Leave, turn down an invitation, or take back a request."""
        return await self._store.write(
            lambda tx: members.leave(tx, account, conv, reason=reason, request=request)
        )

    async def kick(
        self,
        account: Id,
        conv: ZoneId,
        persons: Sequence[Id],
        *,
        reason: str | None = None,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Remove members, take back invitations, turn down requests."""
        return await self._chain(
            persons,
            request,
            lambda tx, some, part: members.kick(tx, account, conv, some, reason=reason, request=part),
        )

    async def ban(
        self,
        account: Id,
        conv: ZoneId,
        persons: Sequence[Id],
        *,
        reason: str | None = None,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Remove persons and keep them out."""
        return await self._chain(
            persons,
            request,
            lambda tx, some, part: members.ban(tx, account, conv, some, reason=reason, request=part),
        )

    async def unban(
        self,
        account: Id,
        conv: ZoneId,
        persons: Sequence[Id],
        *,
        reason: str | None = None,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Lift bans."""
        return await self._chain(
            persons,
            request,
            lambda tx, some, part: members.unban(tx, account, conv, some, reason=reason, request=part),
        )

    async def disclose(
        self,
        account: Id,
        conv: ZoneId,
        persons: Sequence[Id],
        *,
        since: int = 1,
        request: Request | None = None,
    ) -> Written[Answer]:
        """Let members read the history from an nr on."""
        return await self._chain(
            persons,
            request,
            lambda tx, some, part: disclosing.disclose(tx, account, conv, some, since=since, request=part),
        )

    async def set_fact(
        self,
        account: Id,
        conv: ZoneId,
        type: str,
        content: bytes,
        *,
        name: str = "",
        own_name: str = "",
        request: Request | None = None,
    ) -> Written[Answer]:
        """Set a fact."""
        return await self._store.write(
            lambda tx: facts.set_fact(
                tx, account, conv, type, content, name=name, own_name=own_name, request=request
            )
        )

    async def set_name(
        self, account: Id, conv: ZoneId, name: str, *, request: Request | None = None
    ) -> Written[Answer]:
        """Name a conversation (Fleep's topic)."""
        return await self._store.write(lambda tx: facts.set_name(tx, account, conv, name, request=request))

    async def mark_read(
        self, account: Id, conv: ZoneId, nr: int | None = None, *, public: bool = True
    ) -> Written[Reading]:
        """Move a read position, forward or back; None: to the end."""
        return await self._store.write(lambda tx: reading.mark_read(tx, account, conv, nr, public=public))

    async def put_receipt(self, account: Id, conv: ZoneId, entry: Id, *, thread: str = "") -> Written[bool]:
        """Show how far one has read, without moving the read position."""
        return await self._store.write(
            lambda tx: receipts.put_receipt(tx, account, conv, entry, thread=thread)
        )

    async def mark(self, account: Id, conv: ZoneId, **changes: Any) -> Written[Private]:
        """Change fields of one's private side (see Private)."""
        return await self._store.write(lambda tx: subscriptions.mark(tx, account, conv, **changes))

    async def hide(self, account: Id, conv: ZoneId, *, hidden: bool = True) -> Written[Private]:
        """Hide until the next nr, or show again."""
        return await self._store.write(lambda tx: subscriptions.hide(tx, account, conv, hidden=hidden))

    async def reading(self, account: Id, conv: ZoneId) -> Reading:
        """How far an account is with a conversation."""
        async with self._store.view() as view:
            return await reading.reading_of(view, account, conv)

    async def renamed(self, person: Id) -> None:
        """Bring a person's new name or picture to its conversations (call it after a profile changed)."""
        await renaming.rename(self._store, person)

    async def unlock_due(self, tx: Tx, body: bytes) -> None:
        """The handler of the timer `board.UNLOCK`."""
        due = msgspec.json.decode(body, type=dict[str, int])
        await board.unlock_due(tx, Id(due["entry"]), due["until"])

    async def _chain(self, persons: Sequence[Id], request: Request | None, act: Chunk) -> Written[Answer]:
        """Do an act for AT_ONCE persons at a time; each work of it is repeat-safe by itself."""
        rest = iter(dict.fromkeys(persons))
        written: Written[Answer] | None = None
        place = 0
        while (some := list(islice(rest, AT_ONCE))) or written is None:
            part = request if place == 0 else part_of(request, str(place))
            written = await self._store.write(_chunk(act, some, part))
            place += 1
        return written


def _chunk(act: Chunk, some: Sequence[Id], request: Request | None) -> Callable[[Tx], Awaitable[Answer]]:
    return lambda tx: act(tx, some, request)


def _amendment(
    account: Id, conv: ZoneId, target: Id, rel: Rel, given: dict[str, Any], request: Request | None
) -> Callable[[Tx], Awaitable[Answer]]:
    if rel is Rel.EDIT:
        check_nesting(given, field="body")
        body = msgspec.json.encode(given)
        return lambda tx: amend.edit(tx, account, conv, target, body, request=request)
    known = _PARAMETERS.get(rel)
    if known is None:
        raise Invalid(f"{rel.name} is not an amendment that can be asked for.", field="rel")
    for name in given.keys() - known:
        raise Invalid(f"{rel.name} takes no {name}.", field=name)
    if rel in (Rel.REACTION, Rel.UNREACT) and not isinstance(given.get("key"), str):
        raise Invalid("A reaction needs a key.", field="key")
    if not isinstance(given.get("reason", ""), str):
        raise Invalid("A reason is a text.", field="reason")
    if rel is Rel.LOCK:
        on = given.get("on", True)
        if not isinstance(on, bool):
            raise Invalid("A lock is on or off: true or false.", field="on")
        lock = board.lock if on else board.unlock
        return lambda tx: lock(tx, account, conv, target, request=request)
    if rel is Rel.TASK:
        return lambda tx: board.task(tx, account, conv, target, request=request, **{"state": "todo", **given})
    act: Callable[..., Awaitable[Answer]] = _ACTS[rel]
    return lambda tx: act(tx, account, conv, target, request=request, **given)


_PARAMETERS = {
    Rel.DELETE: {"reason"},
    Rel.ERASE: set[str](),
    Rel.PIN: {"weight"},
    Rel.UNPIN: set[str](),
    Rel.REACTION: {"key"},
    Rel.UNREACT: {"key"},
    Rel.TASK: {"state", "assignees", "weight"},
    Rel.LOCK: {"on"},
}
_ACTS: dict[Rel, Callable[..., Awaitable[Answer]]] = {
    Rel.DELETE: amend.delete,
    Rel.ERASE: amend.erase,
    Rel.PIN: board.pin,
    Rel.UNPIN: board.unpin,
    Rel.REACTION: amend.react,
    Rel.UNREACT: amend.unreact,
}
