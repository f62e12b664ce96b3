"""Admin routes for personal tokens."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syncline.core.errors import NotFound
from syncline.core.ids import Id
from syncline.server.admin.answers import account_named, answer, body, control
from syncline.server.admin.shapes import NewToken, Revoked, Secret, TokenRow


async def create_token(request: Request) -> Response:
    """POST /tokens: the only time that the secret is shown."""
    wanted = await body(request, NewToken)
    account = await account_named(request, wanted.account)
    secret, token = await control(request).services.tokens.create(account.id, wanted.scopes)
    return answer(Secret(id=token.id, secret=secret))


async def list_tokens(request: Request) -> Response:
    """GET /tokens: all, or those of one account."""
    services = control(request).services
    if named := request.query_params.get("account"):
        accounts = [await account_named(request, named)]
    else:
        accounts = await services.accounts.list()
    return answer(
        [
            TokenRow(id=token.id, account=account.email, scopes=tuple(sorted(token.scopes)), made=token.made)
            for account in accounts
            for token in await services.tokens.list(account.id)
        ]
    )


async def revoke_token(request: Request) -> Response:
    """DELETE /tokens/ID."""
    id = Id(request.path_params["id"])
    if id >= 1 << 63:
        raise NotFound("There is no such token.")
    await control(request).services.tokens.revoke(id)
    return answer(Revoked(id=id))


ROUTES = (
    Route("/tokens", list_tokens),
    Route("/tokens", create_token, methods=["POST"]),
    Route("/tokens/{id:int}", revoke_token, methods=["DELETE"]),
)
