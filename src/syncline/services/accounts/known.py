"""Known secrets: who was authenticated lately, in memory, for the hot paths."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from syncline.core.ids import Id, Seq
from syncline.core.kinds import Act, Kind
from syncline.services.accounts.auth import Auth
from syncline.store.commit import Commit
from syncline.store.contract import Store

CAPACITY: Final = 1 << 16
"""Secrets remembered, about 30 MB when full; 10,000 clients that poll must fit several times."""


class _Remembered(msgspec.Struct, frozen=True):
    auth: Auth
    expires: int | None


class Known:
    """A bounded memory of secrets by their hash, kept true by the commits of this process and of others.

    A commit that drops a token or session, or touches a credential, is heard before its author is
    answered: after `revoke` returned, no request is let in by memory.
    """

    def __init__(self, store: Store, clock: Callable[[], int], capacity: int = CAPACITY) -> None:
        """Listen to this store until `close`; `clock` gives ms since 1970."""
        self._clock = clock
        self._capacity = capacity
        self._by_hash: OrderedDict[bytes, _Remembered] = OrderedDict()
        self._by_session: dict[Id, bytes] = {}
        self._by_account: dict[Id, set[Id]] = {}
        self._touched = Seq(0)
        """the newest commit that took something away: what was read before it is not to be trusted"""
        self._end = store.watch(self._heard)

    def get(self, hash: bytes) -> Auth | None:
        """Who is known under this hash now."""
        found = self._by_hash.get(hash)
        if found is None:
            return None
        if found.expires is not None and found.expires <= self._clock():
            self._forget(found.auth.session)
            return None
        self._by_hash.move_to_end(hash)
        return found.auth

    def remember(self, hash: bytes, auth: Auth, *, expires: int | None, read_at: Seq) -> None:
        """Keep what a view with this head said, unless something was taken away since."""
        if read_at < self._touched:
            return
        self._by_hash[hash] = _Remembered(auth, expires)
        self._by_session[auth.session] = hash
        self._by_account.setdefault(auth.account, set()).add(auth.session)
        if len(self._by_hash) > self._capacity:
            self._forget(next(iter(self._by_hash.values())).auth.session)

    def close(self) -> None:
        """Stop listening."""
        self._end()

    def _heard(self, commit: Commit) -> None:
        for change in commit.changes:
            kind = change.kind
            if kind == Kind.CREDENTIAL:
                self._touched = commit.seq
                for session in tuple(self._by_account.get(Id(change.zone), ())):
                    self._forget(session)
            elif kind in (Kind.TOKEN, Kind.SESSION) and change.act != Act.PUT:
                self._touched = commit.seq
                self._forget(change.object)

    def _forget(self, session: Id) -> None:
        hash = self._by_session.pop(session, None)
        if hash is None:
            return
        account = self._by_hash.pop(hash).auth.account
        sessions = self._by_account[account]
        sessions.discard(session)
        if not sessions:
            del self._by_account[account]
