"""GET /changes for commands: the protocol's own handler, acting for the account that the operator names."""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.core.ids import NO_ID, START, Id, Seq
from syncline.protocols.changes.bearer import READ
from syncline.protocols.changes.needs import Needs
from syncline.protocols.changes.polling import changes
from syncline.server.admin.answers import account_named, control, whole_number
from syncline.server.limiter import Limiter
from syncline.services.accounts import Auth
from syncline.services.conversations import Conversations
from syncline.services.delivery import Delivery
from syncline.store.contract import Store

HEADER: Final = {b"authorization": b"Bearer operator"}
"""What the handler wants to find. It is no secret: whoever may open the socket is the operator."""


class Operator:
    """Instead of tokens: whoever asks here may read as one account. Nothing is made, nothing is stored."""

    def __init__(self, account: Id) -> None:
        """Act for this account, closed or not."""
        self._auth = Auth(account, NO_ID, frozenset({READ}))

    def known(self, _secret: str) -> Auth:
        """The account, to be read."""
        return self._auth

    async def authenticate(self, _secret: str) -> Auth:
        """The account, to be read."""
        return self._auth


class _Needs(msgspec.Struct, frozen=True):
    """The server's own services, but for who asks and how often."""

    store: Store
    tokens: Operator
    conversations: Conversations
    delivery: Delivery
    limiter: Limiter


async def account_changes(request: Request) -> ASGIApp:
    """GET /changes?account=: docs/changes.md as this account sees it; `newest=N` in the place of `since`
    begins about N changes before its newest one."""
    account: Id = (await account_named(request, request.query_params.get("account", ""))).id
    services = control(request).services
    needs: Needs = _Needs(
        services.store,
        Operator(account),
        services.conversations,
        services.delivery,
        Limiter(address_rate=0, account_rate=0, guess_rate=0),
    )
    newest = request.query_params.get("newest")
    query: bytes = request.scope["query_string"]
    if newest is not None:
        query += b"&since=%d" % await _before(needs, account, whole_number(newest))
    serve = changes(needs)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        header = dict(scope["headers"]) | HEADER
        await serve({**scope, "header": header, "query_string": query}, receive, send)

    return answer


async def _before(needs: Needs, account: Id, count: int) -> Seq:
    """A place so many changes before the newest that an account may see."""
    since = Seq(max(START, await needs.delivery.newest(account) - count))
    async with needs.store.view() as view:
        jumps = await needs.delivery.jumps(view)
    for first, then in jumps:
        if first < since < then:  # nobody can stand in a jump: such a cursor is answered with everything
            return first
    return since


ROUTES = (Route("/changes", account_changes),)
