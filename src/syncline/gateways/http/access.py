"""Who asks, for all that takes more than one kind of credentials: a browser's cookie, a token, a password.

In this order: `Authorization: Bearer TOKEN`; `Authorization: Basic`, with an account's e-mail address or
local name and its password, or with a token as the password (then the name is not looked at and may be
empty); the cookie of a session; nothing at all, on a server for a single user. What a request brings and is
wrong is refused, not passed over, but for a cookie, which browsers send unasked.
"""

import base64
import binascii
from typing import Final, Protocol

from starlette.types import Scope

from syncline.core.errors import Deactivated, Forbidden, Unauthorized
from syncline.core.ids import Id
from syncline.gateways.http.cookies import SESSION, cookie_name, cookie_of, is_secure
from syncline.gateways.http.origins import asked_locally, foreign, origin_of
from syncline.services.accounts import SCOPES, SECRET_LENGTH, Accounts, Auth, Logins, Sessions, Tokens

READ: Final = "read"
WRITE: Final = "write"

NO_SESSION: Final = Id(0)
"""In the Auth of a server for a single user: there is no session to end."""


class Limits(Protocol):
    """The server's limiter, as far as it counts an account's requests."""

    def account(self, account: Id, cost: float = 1.0) -> None:
        """Count a request of an account; raises TooMany."""


class BrowserNeeds(Protocol):
    """The services behind the question whose browser asks."""

    @property
    def accounts(self) -> Accounts:
        """All accounts."""

    @property
    def sessions(self) -> Sessions:
        """Their browser sessions."""

    @property
    def public_url(self) -> str | None:
        """The address by which people reach the server, without a path."""

    @property
    def single_user(self) -> Id | None:
        """Who asks where nobody says who he is."""


class AccessNeeds(BrowserNeeds, Protocol):
    """The services behind the question who asks."""

    @property
    def tokens(self) -> Tokens:
        """Their tokens."""

    @property
    def logins(self) -> Logins:
        """Their passwords."""

    @property
    def limiter(self) -> Limits:
        """How much an account may ask."""


async def admitted(needs: AccessNeeds, scope: Scope, permission: str) -> Auth:
    """Whose request it is, if he has this permission (READ, WRITE); counted for the account.

    Raises Unauthorized, Deactivated, Forbidden, ScopeMissing, TooMany.
    """
    auth = await identified(needs, scope)
    if auth is None:
        raise Unauthorized("Sign in: send a token (`Authorization: Bearer …`), or a login and a password.")
    auth.need(permission)
    needs.limiter.account(auth.account)
    return auth


async def identified(needs: AccessNeeds, scope: Scope) -> Auth | None:
    """Whose request it is; None where it says nothing of who asks, or brings the cookie of a session that
    has ended.

    Raises Unauthorized and Deactivated for wrong credentials, TooMany for guessing, and Forbidden where
    another site's page asks a server for a single user.
    """
    auth = await _authorized(needs, scope)
    if auth is None:
        return await browsing(needs, scope)
    scope["account"] = auth.account
    return auth


async def browsing(needs: BrowserNeeds, scope: Scope) -> Auth | None:
    """Whose browser it is, by its cookie or as the single user; None if nobody is signed in (any more).

    Raises Forbidden and Unauthorized as `identified` does for a server for a single user.
    """
    auth = await _of_cookie(needs, scope)
    if auth is None and needs.single_user is not None:
        auth = await _alone(needs, needs.single_user, scope)
    if auth is not None:
        scope["account"] = auth.account
    return auth


async def _authorized(needs: AccessNeeds, scope: Scope) -> Auth | None:
    """By the header Authorization."""
    header: bytes | None = scope["header"].get(b"authorization")
    if header is None:
        return None
    scheme, _, given = header.strip().partition(b" ")
    if scheme.lower() == b"bearer":
        return await _of_token(needs, given.strip().decode("latin-1"))
    if scheme.lower() != b"basic":
        raise Unauthorized("Send a token as `Authorization: Bearer …`, or a login and a password as Basic.")
    login, password = _basic(given)
    if len(password) == SECRET_LENGTH:
        try:
            return await _of_token(needs, password)
        except Deactivated:
            raise
        except Unauthorized:
            if not login:
                raise
    return await needs.logins.authenticate(login, password, scope["address"])


async def _of_token(needs: AccessNeeds, secret: str) -> Auth:
    return needs.tokens.known(secret) or await needs.tokens.authenticate(secret)


def _basic(given: bytes) -> tuple[str, str]:
    """Login and password of RFC 7617: UTF-8, or what older clients send."""
    try:
        raw = base64.b64decode(given.strip(), validate=True)
    except binascii.Error:
        raise Unauthorized("This is no login and password.") from None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    login, colon, password = text.partition(":")
    if not colon:
        raise Unauthorized("This is no login and password.")
    return login, password


async def _of_cookie(needs: BrowserNeeds, scope: Scope) -> Auth | None:
    """By a browser's session; one that has ended is as if it were not there."""
    if b"cookie" not in scope["header"]:
        return None
    secret = cookie_of(scope, cookie_name(SESSION, secure=is_secure(scope["scheme"], needs.public_url)))
    if secret is None:
        return None
    try:
        return needs.sessions.known(secret) or await needs.sessions.authenticate(secret)
    except Unauthorized:
        return None


async def _alone(needs: BrowserNeeds, account: Id, scope: Scope) -> Auth | None:
    """The single user: only by a name of this machine, and never for another site's page.

    Reading counts as well: a page elsewhere cannot see our answer, but it can measure how long it took,
    how large a picture is, and whether there was one.
    """
    public = origin_of(needs.public_url) if needs.public_url else None
    own = frozenset() if public is None else frozenset({public})
    if foreign(scope["header"], own, scope["scheme"], scope["host"]):
        raise Forbidden("Pages of other sites may not ask this server, which has a single user.")
    if not asked_locally(scope["host"]):
        raise Unauthorized("By this name the server wants to know who asks: send a token or a password.")
    if (await needs.accounts.get(account)).closed:
        return None
    return Auth(account, NO_SESSION, SCOPES)
