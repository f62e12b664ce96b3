"""Making, renaming, removing and configuring labels."""

from collections.abc import Collection
from typing import Any, Final

import msgspec

from syncline.core.errors import Forbidden, Invalid, Missing, NotFound, Taken
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Space
from syncline.services.conversations.subscriptions import Private, label_term
from syncline.services.labels.giving import NOT_ON_MAILS, clean_name, give, is_starred, newest_mail
from syncline.services.labels.labels import (
    NO_LABEL,
    Label,
    LabelBody,
    again,
    label_named,
    label_of,
    labels_of,
    next_index,
    put_label,
    system_label,
)
from syncline.services.labels.settling import settle, settle_later
from syncline.services.labels.system import own_name, system_named
from syncline.services.mail.marking import valid_label
from syncline.store.contract import Store, Tx, View

MOST_INDEX: Final = 1 << 53
"""The largest whole number that every client's numbers hold."""

REMOVE: Final = -1
"""The index that takes a label away (Fleep reference 2.6)."""

CHECKED: Final = 500


class Labels:
    """An account's labels, for every protocol. Names that reach a label are those of subscriptions."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store

    async def list(self, account: Id, *, removed: bool = False) -> list[Label]:
        """All labels by their place, system ones included; `removed` ones only if asked for."""
        async with self._store.view() as view:
            return await labels_of(view, account, removed=removed)

    async def get(self, account: Id, *, id: Id | None = None, system: int | None = None) -> Label:
        """A label by its object or its system number, a removed one too; raises NotFound."""
        async with self._store.view() as view:
            return await _known(view, account, id, system)

    async def store(
        self,
        account: Id,
        *,
        id: Id | None = None,
        system: int | None = None,
        name: str | None = None,
        index: int | None = None,
        left_pane: bool | None = None,
        in_recent: bool | None = None,
        in_muted: bool | None = None,
    ) -> Label:
        """Make or change a label and leave what is not given.

        Found by its object (`id`) or `system` number, and then a `name` renames it; else by its name, which
        makes it where there is none. `index` REMOVE takes it away, from all conversations. Those are changed
        by a chain of works, which goes on after a crash. Raises Missing (neither is given), NotFound,
        Invalid, Forbidden (renaming or removing a system label), Taken (the new name is another label's).
        """
        name = None if name is None else clean_name(name)
        if index is not None and not REMOVE <= index <= MOST_INDEX:
            raise Invalid(
                "The place of a label is a number from 0 on; -1 takes the label away.", field="index"
            )
        flags = {"left_pane": left_pane, "in_recent": in_recent, "in_muted": in_muted}
        changes: dict[str, Any] = {key: value for key, value in flags.items() if value is not None}
        if index not in (None, REMOVE):
            changes["index"] = index
        if id is not None and name is not None:
            await self._settled(account, id)
            await self._check_mails(account, id, name)

        async def work(tx: Tx) -> tuple[Label, bool]:
            if id is not None or system is not None:
                known: Label | None = await _known(tx, account, id, system)
            elif name is None:
                raise Missing("A label needs a name.", field="label")
            else:
                known = await label_named(tx, account, name)
            if index == REMOVE:
                return await _remove(tx, known)
            if known is None or (known.removed and id is None):
                return await _make(tx, account, known, name, changes), True
            if known.removed:
                raise NotFound("This label was removed.", field="label_id")
            return await _change(tx, known, name, changes)

        label, settled = (await self._store.write(work)).value
        if not settled and label.id is not None:
            await self._settled(account, label.id)
            return await self.get(account, id=label.id)
        return label

    async def give(self, account: Id, conv: ZoneId, names: Collection[str]) -> Private:
        """Let a conversation have exactly these labels of those that people give (see `giving.give`)."""
        wanted = [clean_name(name) for name in names]
        newest = None
        if any(is_starred(name) for name in wanted):
            async with self._store.view() as view:
                newest = await newest_mail(view, account, conv)

        async def work(tx: Tx) -> Private:
            return await give(tx, account, conv, wanted, newest=newest)

        return (await self._store.write(work)).value

    async def settle_due(self, tx: Tx, body: bytes) -> None:
        """The handler of the timer SETTLE: go on with a chain that a crash cut off."""
        due = msgspec.json.decode(body, type=dict[str, int])
        account, label = Id(due["account"]), Id(due["label"])
        try:
            settled = await settle(tx, account, label)
        except NotFound:
            return  # the account is being erased
        if not settled:
            settle_later(tx, account, label, tx.now)

    async def _settled(self, account: Id, id: Id) -> None:
        """Bring a label's present name, or that it is gone, to all of its conversations."""
        async with self._store.view() as view:
            known = await label_of(view, account, id)
        if known.body.was is None:
            return

        async def work(tx: Tx) -> bool:
            return await settle(tx, account, id)

        while not (await self._store.write(work)).value:
            pass

    async def _check_mails(self, account: Id, id: Id, name: str) -> None:
        """Raises Invalid for a name that mails cannot have, where the label is on mails."""
        if valid_label(name):
            return
        async with self._store.view() as view:
            known = await label_of(view, account, id)
            after = Id(0)
            term = label_term(account, known.name)
            while page := await view.find(Space.LABELLED, term, after=after, limit=CHECKED):
                zones = await view.zones([ZoneId(conv) for conv in page])
                if any(zone.owner == account for zone in zones):
                    raise Invalid(NOT_ON_MAILS, field="label")
                after = page[-1]


async def _known(view: View, account: Id, id: Id | None, system: int | None) -> Label:
    if id is not None:
        return await label_of(view, account, id)
    return await system_label(view, account, system or 0)


async def _make(
    tx: Tx, account: Id, removed: Label | None, name: str | None, changes: dict[str, Any]
) -> Label:
    if name is None:
        raise Missing("A label needs a name.", field="label")
    _check_own(name)
    if removed is not None:
        body = await again(tx, removed)
    else:
        body = LabelBody(name=name, index=await next_index(tx, account))
    body = msgspec.structs.replace(body, **changes)
    return await put_label(tx, account, body, None if removed is None else removed.id)


async def _change(tx: Tx, known: Label, name: str | None, changes: dict[str, Any]) -> tuple[Label, bool]:
    body = msgspec.structs.replace(known.body, **changes)
    if known.system is not None:
        if name is not None and system_named(name) != known.system:
            raise Forbidden("A label of the system cannot be renamed.", field="label")
        if body == known.body:
            return known, True
        return await put_label(tx, known.account, body, known.id), True
    if name is None or name == known.name:
        return await put_label(tx, known.account, body, known.id), True
    _check_own(name)
    other = await label_named(tx, known.account, name)
    if other is not None and not other.removed and other.id != known.id:
        raise Taken("There is a label of this name already.", field="label")
    body = msgspec.structs.replace(body, name=name, was=known.name)
    return await _begin(tx, known, body)


async def _remove(tx: Tx, known: Label | None) -> tuple[Label, bool]:
    if known is None:
        raise NotFound(NO_LABEL, field="label")
    if known.system is not None:
        raise Forbidden("A label of the system cannot be removed.", field="index")
    if known.removed:
        return known, known.body.was is None
    return await _begin(tx, known, msgspec.structs.replace(known.body, removed=True, was=known.name))


async def _begin(tx: Tx, known: Label, body: LabelBody) -> tuple[Label, bool]:
    """Write a label whose conversations are to follow, with as many of them as one work may change."""
    assert known.id is not None
    label = await put_label(tx, known.account, body, known.id)
    settled = await settle(tx, known.account, known.id)
    if settled:
        return await label_of(tx, known.account, known.id), True
    settle_later(tx, known.account, known.id)
    return label, False


def _check_own(name: str) -> None:
    if not own_name(name):
        raise Invalid(f"{name} means something else here; take another name.", field="label")
