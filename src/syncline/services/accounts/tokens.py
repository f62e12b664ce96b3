"""Personal tokens: for clients, scripts and the command line."""

import time
from collections.abc import Callable, Iterable

import msgspec

from syncline.core.errors import Invalid, NotFound, Unauthorized
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.accounts.account import admit, open_account
from syncline.services.accounts.auth import SECRET_LENGTH, Auth, new_secret, secret_key, valid_scopes
from syncline.services.accounts.known import CAPACITY, Known
from syncline.store.contract import Store, Tx

LONGEST_NAME = 256
"""Characters of what people call a token."""


def clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class TokenBody(msgspec.Struct, frozen=True):
    """The body of a token's object: `hash` is hex, so that revoking finds the key."""

    hash: str
    scopes: tuple[str, ...]
    name: str = ""


class Token(msgspec.Struct, frozen=True):
    """What may be shown of a token: all but the secret. `made` is ms."""

    id: Id
    account: Id
    scopes: frozenset[str]
    name: str
    made: int


class Tokens:
    """Tokens of exactly 64 characters; only their SHA-256 is stored."""

    def __init__(self, store: Store, *, clock: Callable[[], int] = clock, capacity: int = CAPACITY) -> None:
        """Work on this store; remember at most `capacity` tokens in memory."""
        self._store = store
        self._known = Known(store, clock, capacity)

    async def create(self, account: Id, scopes: Iterable[str], *, name: str = "") -> tuple[str, Token]:
        """Make a token; the secret is shown this once. Raises Invalid, NotFound, Deactivated."""
        allowed = valid_scopes(scopes)
        if len(name) > LONGEST_NAME:
            raise Invalid(f"A token's name has at most {LONGEST_NAME} characters.", field="name")
        secret = new_secret()
        hash = secret_key(secret)
        body = msgspec.json.encode(TokenBody(hash=hash.hex(), scopes=tuple(sorted(allowed)), name=name))

        async def work(tx: Tx) -> Token:
            await open_account(tx, account)
            id = tx.new_id()
            object = Object(id=id, kind=Kind.TOKEN, zone=ZoneId(account), body=body, made=tx.now)
            await tx.put(object, actor=account)
            await tx.bind(Space.TOKEN, hash, id)
            return read_token(object)

        return secret, (await self._store.write(work)).value

    async def authenticate(self, secret: str) -> Auth:
        """Whose token it is; raises Unauthorized (unknown, revoked), Deactivated (account closed)."""
        if len(secret) != SECRET_LENGTH:
            raise Unauthorized("This token is not known.")
        hash = secret_key(secret)
        known = self._known.get(hash)
        if known is not None:
            return known
        async with self._store.view() as view:
            bound = await view.key(Space.TOKEN, hash)
            found = [] if bound is None else await view.get([bound.object])
            if not found:
                raise Unauthorized("This token is not known.")
            token = read_token(found[0])
            await admit(view, token.account)
            read_at = view.head
        auth = Auth(token.account, token.id, token.scopes)
        self._known.remember(hash, auth, expires=None, read_at=read_at)
        return auth

    def known(self, secret: str) -> Auth | None:
        """Whose token it is, if that is in memory: no waiting, for hot paths. None says nothing."""
        return self._known.get(secret_key(secret)) if len(secret) == SECRET_LENGTH else None

    async def list(self, account: Id) -> list[Token]:
        """An account's tokens, the oldest first."""
        async with self._store.view() as view:
            objects = await view.objects(ZoneId(account), [Kind.TOKEN])
        return sorted((read_token(each) for each in objects), key=lambda token: token.id)

    async def revoke(self, id: Id, *, account: Id | None = None) -> None:
        """Make a token worthless, in the commit that is answered. Raises NotFound.

        With `account` it must be a token of this account: one's own may be revoked, others' are not even
        there.
        """

        async def work(tx: Tx) -> None:
            found = await tx.get([id])
            if not found or found[0].kind != Kind.TOKEN or account not in (None, Id(found[0].zone)):
                raise NotFound("There is no such token.")
            await forget_token(tx, found[0])

        await self._store.write(work)

    def close(self) -> None:
        """Stop listening to the store."""
        self._known.close()


def read_token(object: Object) -> Token:
    """The token that lies in an object of Kind.TOKEN."""
    body = msgspec.json.decode(object.body, type=TokenBody)
    return Token(object.id, Id(object.zone), frozenset(body.scopes), body.name, object.made)


async def forget_token(tx: Tx, object: Object) -> None:
    """Delete a token's object and the key that leads to it."""
    body = msgspec.json.decode(object.body, type=TokenBody)
    await tx.drop(object.id, actor=Id(object.zone))
    await tx.unbind(Space.TOKEN, bytes.fromhex(body.hash))
