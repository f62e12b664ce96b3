"""Who asks: the bearer token of a request."""

from starlette.types import Scope

from syncline.core.errors import Unauthorized
from syncline.protocols.changes.needs import Needs
from syncline.services.accounts import Auth

READ = "read"
WRITE = "write"


def secret_of(scope: Scope) -> str:
    """The token of `Authorization: Bearer …`; raises Unauthorized if there is none."""
    header: bytes = scope["header"].get(b"authorization", b"")
    if header[:7].lower() != b"bearer ":
        raise Unauthorized("Send a token: `Authorization: Bearer …` (`syncline token create` makes one).")
    return header[7:].strip().decode("latin-1")


async def admitted(needs: Needs, scope: Scope, permission: str) -> Auth:
    """Whose request it is, without SQL for known tokens.

    Raises Unauthorized, Deactivated, ScopeMissing, TooMany.
    """
    secret = secret_of(scope)
    auth = needs.tokens.known(secret) or await needs.tokens.authenticate(secret)
    scope["account"] = auth.account
    auth.need(permission)
    needs.limiter.account(auth.account)
    return auth


async def still_admitted(needs: Needs, scope: Scope) -> Auth:
    """The same after a wait: tokens are revoked and accounts closed meanwhile."""
    secret = secret_of(scope)
    return needs.tokens.known(secret) or await needs.tokens.authenticate(secret)
