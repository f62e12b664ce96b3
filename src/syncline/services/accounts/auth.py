"""Who asks: what a token or session stands for, and how secrets are made and named."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from typing import Final

import msgspec

from syncline.core.errors import Invalid, ScopeMissing
from syncline.core.ids import Id

SCOPES: Final = frozenset({"read", "write", "profile", "sync"})
"""All that a token may be allowed."""

SECRET_LENGTH: Final = 64
"""Characters of every token and session secret: 48 random bytes in url-safe base64, without padding."""


class Pair(msgspec.Struct, frozen=True):
    """The secret of a session in two halves: one comes as a cookie, the other in the body of each request.

    `token` is a UUID (122 random bits), `ticket` 20 lower-case hex digits (80).
    """

    token: str
    ticket: str


class Auth(msgspec.Struct, frozen=True, gc=False):
    """Whose request it is. `session` is the id of the token's or session's object."""

    account: Id
    session: Id
    scopes: frozenset[str]

    def need(self, scope: str) -> None:
        """Raise ScopeMissing unless this scope was given."""
        if scope not in self.scopes:
            raise ScopeMissing(f"This needs a token with the scope {scope!r}.")


def new_secret() -> str:
    """A secret that nobody can guess, of SECRET_LENGTH characters. Never call it inside a work."""
    return secrets.token_urlsafe(48)


def new_pair() -> Pair:
    """A pair that nobody can guess. Never call it inside a work."""
    return Pair(str(uuid.uuid4()), secrets.token_hex(10))


def pair_key(token: str, ticket: str) -> bytes:
    """The key under which the session of a pair is found.

    Both halves are in the one hash, so the halves of two sessions lead nowhere. No other secret has a colon
    or this length, so a pair is no browser's secret, and the other way round.
    """
    return secret_key(f"{token}:{ticket}")


def secret_key(secret: str) -> bytes:
    """SHA-256 of a secret: the key under which it is found, and all of it that is stored.

    A plain hash is enough: the secret has 384 random bits, there is nothing to try out.
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def valid_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """These scopes as a set; raises Invalid for none at all or an unknown one."""
    wanted = frozenset(scopes)
    unknown = sorted(wanted - SCOPES)
    if unknown:
        raise Invalid(f"No scope {unknown[0]!r}: there are read, write, profile, sync.", field="scopes")
    if not wanted:
        raise Invalid("A token needs at least one scope.", field="scopes")
    return wanted
