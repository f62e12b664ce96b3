"""Erasing an account: a chain of works that overwrites all that it wrote and held, then a scrub."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from syncline.core.entries import ERASED
from syncline.core.ids import DIRECTORY, START, Id, ZoneId
from syncline.core.kinds import OBJECT_KINDS, Kind, Space
from syncline.core.mail import INBOX
from syncline.core.objects import Object, Timer
from syncline.services.accounts.account import (
    ALL_ACCOUNTS,
    Held,
    account_key,
    credential_of,
    find_credential,
    put_credential,
)
from syncline.services.accounts.invites import forget_invite
from syncline.services.accounts.pending import forget_waiting, read_waiting
from syncline.services.accounts.sessions import forget_session
from syncline.services.accounts.tokens import forget_token
from syncline.services.accounts.writings import erase_writings
from syncline.services.conversations.subscriptions import label_term, private_of
from syncline.services.devices import drop_device, read_device
from syncline.services.hooks import forget_hooks
from syncline.services.labels import forget_label
from syncline.services.mail.erasing import forget_threads
from syncline.services.people import (
    ERASED_NAME,
    Profile,
    address_key,
    contact_key,
    localpart_key,
    profile_of,
    put_profile,
    read_contact,
)
from syncline.services.people.lastseen import forget_last_seen
from syncline.services.settings import drop_setting, read_setting
from syncline.services.timers import read_act
from syncline.store.contract import Lane, Store, Tx

CHUNK: Final = 32
"""Things erased in one work, which holds the loop while it runs."""

FAR: Final = 1 << 62
TIMERS: Final = 100_000

Scrub: TypeAlias = Callable[[], Awaitable[None]]
"""Leaves no byte of what was erased in a projection's files."""


async def erase_account(store: Store, id: Id, scrubs: Sequence[Scrub] = ()) -> None:
    """Purge an account; raises NotFound. Every work may be done again, so that a crash loses nothing.

    First it is closed, so that it writes nothing more; last goes its credential, which is empty by then, and
    by which an unfinished erase is known. Blobs that nothing names any more go with the works, and `scrub`
    takes the rest; `scrubs` do the same for what is made from the log.
    """
    await _forget_registrations(store, id)
    await _close(store, id)
    await _empty_zone(store, id)
    await empty_subscriptions(store, id)
    await _cancel_timers(store, id)
    await forget_hooks(store, id)
    met = await erase_writings(store, id)
    await met.forget(store)
    await forget_threads(store, id)
    for scrub in (*scrubs, store.scrub):
        await scrub()
    await _finish(store, id)


async def _forget_registrations(store: Store, id: Id) -> None:
    """Drop what waited for a proof of the account's address before it was made, with name and password.

    Of several the first that is proved makes the account. None comes anew while the address is taken.
    """
    async with store.view() as view:
        known = (await credential_of(view, id)).credential
    if known.erasing:
        return
    email, after = address_key(known.email), START
    while True:
        async with store.view() as view:
            page = await view.objects(DIRECTORY, [Kind.PENDING], after=after, limit=CHUNK)
        if not page:
            return
        after = page[-1].seq
        mine = [object.id for object in page if address_key(read_waiting(object).email) == email]

        async def work(tx: Tx, mine: Sequence[Id] = mine) -> None:
            for object in await tx.get(mine):
                await tx.erase(object.id)
                await forget_waiting(tx, object)

        if mine:
            await store.write(work, lane=Lane.BULK)


async def _close(store: Store, id: Id) -> None:
    async def work(tx: Tx) -> None:
        held = await credential_of(tx, id)
        known = held.credential
        if known.erasing:
            return
        await tx.unbind(Space.EMAIL, address_key(known.email))
        await tx.unbind(Space.LOCALPART, localpart_key(known.local))
        alias = (await profile_of(tx, id)).alias
        if alias is not None:
            await tx.unbind(Space.LOCALPART, localpart_key(alias))
        await put_profile(tx, Profile(person=id, name=ERASED_NAME, erased=True))
        closed = tx.now if known.closed is None else known.closed
        empty = msgspec.structs.replace(known, email="", local="", password=None, closed=closed, erasing=True)
        await put_credential(tx, held, empty)

    await store.write(work, lane=Lane.BULK)


async def _empty_zone(store: Store, id: Id) -> None:
    """Drop all objects of the account's zone but its credential, with the keys that lead to them."""
    kinds = [kind for kind in OBJECT_KINDS if kind != Kind.CREDENTIAL]

    async def work(tx: Tx) -> int:
        objects = await tx.objects(ZoneId(id), kinds, limit=CHUNK)
        for object in objects:
            await _let_go(tx, id, object)
        return len(objects)

    while (await store.write(work, lane=Lane.BULK)).value:
        pass


async def _let_go(tx: Tx, id: Id, object: Object) -> None:
    home, *_ = await tx.places(object.id)
    if home != id:
        # Something of others that was shared with this account: only its place here ends.
        await tx.unshare(object.id, ZoneId(id))
        return
    # Erased before it is dropped: that reaches its kept versions, and lets go of the blobs that it names.
    await tx.erase(object.id)
    await _FORGET.get(object.kind, _drop)(tx, object)


async def _drop(tx: Tx, object: Object) -> None:
    await tx.drop(object.id)


async def _forget_setting(tx: Tx, object: Object) -> None:
    await drop_setting(tx, Id(object.zone), read_setting(object).name)


async def _forget_contact(tx: Tx, object: Object) -> None:
    await tx.drop(object.id)
    await tx.unbind(Space.CONTACT, contact_key(Id(object.zone), read_contact(object).person))


async def _forget_device(tx: Tx, object: Object) -> None:
    await drop_device(tx, read_device(object))


_FORGET: Final[Mapping[int, Callable[[Tx, Object], Awaitable[None]]]] = {
    Kind.TOKEN: forget_token,
    Kind.SESSION: forget_session,
    Kind.INVITE: forget_invite,
    Kind.PENDING: forget_waiting,
    Kind.SETTING: _forget_setting,
    Kind.CONTACT: _forget_contact,
    Kind.DEVICE: _forget_device,
    Kind.LABEL: forget_label,
}


async def empty_subscriptions(store: Store, id: Id) -> None:
    """Overwrite what the account noted about its conversations; read positions are numbers and stay."""
    after = START
    while True:
        async with store.view() as view:
            found = await view.subscriptions(id, after=after, limit=CHUNK)
        if not found:
            return
        after = found[-1].seq
        noted = [each.conv for each in found if each.body != ERASED]

        async def work(tx: Tx, noted: Sequence[ZoneId] = noted) -> None:
            for conv in noted:
                known = await tx.subscription(id, conv)
                if known is not None and known.body != ERASED:
                    private = private_of(known)
                    for label in private.labels:
                        tx.unindex(Space.LABELLED, label_term(id, label), conv)
                    if private.marks is not None and INBOX in private.labels:
                        await tx.end(id, conv)  # a mail thread was shown because of its label
                    await tx.subscribe(msgspec.structs.replace(known, body=ERASED))

        if noted:
            await store.write(work, lane=Lane.BULK)


async def _cancel_timers(store: Store, id: Id) -> None:
    async with store.view() as view:
        timers = [each for each in await view.due(FAR, limit=TIMERS) if _account(each) == id]
    for start in range(0, len(timers), CHUNK):

        async def work(tx: Tx, start: int = start) -> None:
            for timer in timers[start : start + CHUNK]:
                tx.cancel(timer)

        await store.write(work, lane=Lane.BULK)


def _account(timer: Timer) -> Id | None:
    try:
        return read_act(timer).account
    except msgspec.DecodeError:
        return None


async def _finish(store: Store, id: Id) -> None:
    async def work(tx: Tx) -> None:
        held: Held | None = await find_credential(tx, id)
        if held is None:
            return
        await forget_last_seen(tx, id)
        await tx.drop(held.object.id)
        await tx.unbind(Space.CREDENTIAL, account_key(id))
        tx.unindex(Space.ACCOUNT, ALL_ACCOUNTS, id)

    await store.write(work, lane=Lane.BULK)
