"""Sessions of browsers and other clients, and the one-time links that begin one."""

from collections.abc import Callable
from typing import Final

import msgspec

from syncline.core.errors import NotFound, Unauthorized
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.accounts.account import admit, open_account
from syncline.services.accounts.auth import (
    SCOPES,
    SECRET_LENGTH,
    Auth,
    Pair,
    new_pair,
    new_secret,
    pair_key,
    secret_key,
)
from syncline.services.accounts.known import CAPACITY, Known
from syncline.services.accounts.tokens import clock
from syncline.store.contract import Store, Tx, View

LIFETIME: Final = 90 * 24 * 3600 * 1000
"""ms that a browser stays signed in."""

LINK_LIFETIME: Final = 24 * 3600 * 1000
"""ms that a sign-in link waits to be used."""

MOST: Final = 100
"""Sessions and unused links of one account; the oldest makes room, so that ending all is one short work."""

ENDED: Final = "This session has ended."


class SessionBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a session's or link's object: `hash` is hex, `expires` ms."""

    hash: str
    expires: int
    link: bool = False

    @property
    def space(self) -> Space:
        """Where its key is."""
        return Space.LINK if self.link else Space.SESSION


class Sessions:
    """Browser sessions: a secret of 64 characters in a cookie; only its SHA-256 is stored.

    Clients whose secret is a pair have sessions of the same kind. Neither secret works as the other.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], int] = clock,
        capacity: int = CAPACITY,
        lifetime: int = LIFETIME,
        link_lifetime: int = LINK_LIFETIME,
    ) -> None:
        """Work on this store; lifetimes are in ms."""
        self._store = store
        self._known = Known(store, clock, capacity)
        self._lifetime = lifetime
        self._link_lifetime = link_lifetime

    async def create(self, account: Id) -> str:
        """Sign an account in; returns the secret for the cookie. Raises NotFound, Deactivated.

        Sessions of this account that have expired are cleared away by the way; beyond MOST the oldest ends.
        """
        secret = new_secret()
        await self._begin(account, secret_key(secret), self._lifetime)
        return secret

    async def create_pair(self, account: Id, lifetime: int) -> Pair:
        """Sign an account in with a client whose secret is a pair, for `lifetime` ms.

        As `create`: other sessions of the account go on beside it. Raises NotFound, Deactivated.
        """
        pair = new_pair()
        await self._begin(account, pair_key(pair.token, pair.ticket), lifetime)
        return pair

    async def authenticate(self, secret: str) -> Auth:
        """Whose session it is; raises Unauthorized (unknown, ended, expired), Deactivated."""
        if len(secret) != SECRET_LENGTH:
            raise Unauthorized(ENDED)
        return await self._authenticate(secret_key(secret))

    async def authenticate_pair(self, token: str, ticket: str) -> Auth:
        """Whose session it is by both halves of its pair; raises as `authenticate`."""
        return await self._authenticate(pair_key(token, ticket))

    def known(self, secret: str) -> Auth | None:
        """Whose session it is, if that is in memory: no waiting, for hot paths. None says nothing."""
        return self._known.get(secret_key(secret)) if len(secret) == SECRET_LENGTH else None

    def known_pair(self, token: str, ticket: str) -> Auth | None:
        """The same for a pair."""
        return self._known.get(pair_key(token, ticket))

    async def end(self, session: Id) -> None:
        """Sign out: the session is worthless in the commit that is answered. Raises NotFound."""

        async def work(tx: Tx) -> None:
            found = await tx.get([session])
            if not found or found[0].kind != Kind.SESSION:
                raise NotFound("There is no such session.")
            await forget_session(tx, found[0])

        await self._store.write(work)

    async def link(self, account: Id) -> str:
        """A code that signs this account in once, until it expires. Raises NotFound, Deactivated."""
        code = new_secret()

        async def work(tx: Tx) -> None:
            await open_account(tx, account)
            await _make_room(tx, account)
            await _put(tx, account, secret_key(code), tx.now + self._link_lifetime, link=True)

        await self._store.write(work)
        return code

    async def redeem(self, code: str) -> str:
        """Use a sign-in link up, in the same commit that begins its session; returns the session's secret.

        Raises Unauthorized (unknown, used, expired), Deactivated.
        """
        secret = new_secret()
        hash = secret_key(code)

        async def work(tx: Tx) -> None:
            object = await _found(tx, Space.LINK, hash)
            if object is None:
                raise Unauthorized("This link was used already, or it has expired.")
            account = Id(object.zone)
            await admit(tx, account)
            await forget_session(tx, object)
            await _put(tx, account, secret_key(secret), tx.now + self._lifetime)

        await self._store.write(work)
        return secret

    def close(self) -> None:
        """Stop listening to the store."""
        self._known.close()

    async def _begin(self, account: Id, hash: bytes, lifetime: int) -> None:
        async def work(tx: Tx) -> None:
            await open_account(tx, account)
            await _make_room(tx, account)
            await _put(tx, account, hash, tx.now + lifetime)

        await self._store.write(work)

    async def _authenticate(self, hash: bytes) -> Auth:
        known = self._known.get(hash)
        if known is not None:
            return known
        async with self._store.view() as view:
            object = await _found(view, Space.SESSION, hash)
            if object is None:
                raise Unauthorized(ENDED)
            account = Id(object.zone)
            await admit(view, account)
            read_at = view.head
        auth = Auth(account, object.id, SCOPES)
        self._known.remember(hash, auth, expires=_read(object).expires, read_at=read_at)
        return auth


async def forget_session(tx: Tx, object: Object) -> None:
    """Delete a session's or link's object and the key that leads to it."""
    body = _read(object)
    await tx.drop(object.id, actor=Id(object.zone))
    await tx.unbind(body.space, bytes.fromhex(body.hash))


async def end_sessions(tx: Tx, account: Id, *, keep: Id | None = None) -> None:
    """End all sessions and links of an account, but for one."""
    for object in await tx.objects(ZoneId(account), [Kind.SESSION]):
        if object.id != keep:
            await forget_session(tx, object)


async def _make_room(tx: Tx, account: Id) -> None:
    held = []
    for object in await tx.objects(ZoneId(account), [Kind.SESSION]):
        if _read(object).expires <= tx.now:
            await forget_session(tx, object)
        else:
            held.append(object)
    for object in held[: max(len(held) - MOST + 1, 0)]:
        await forget_session(tx, object)


async def _put(tx: Tx, account: Id, hash: bytes, expires: int, *, link: bool = False) -> None:
    body = SessionBody(hash=hash.hex(), expires=expires, link=link)
    id = tx.new_id()
    made = Object(id=id, kind=Kind.SESSION, zone=ZoneId(account), body=msgspec.json.encode(body))
    await tx.put(made, actor=account)
    await tx.bind(body.space, hash, id, expires=expires)


async def _found(view: View, space: Space, hash: bytes) -> Object | None:
    bound = await view.key(space, hash)
    found = [] if bound is None else await view.get([bound.object])
    return found[0] if found else None


def _read(object: Object) -> SessionBody:
    return msgspec.json.decode(object.body, type=SessionBody)
