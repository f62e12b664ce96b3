"""Admin routes for accounts, invites and sign-in links."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syncline.core.errors import Invalid, Missing
from syncline.server.admin.answers import account_named, answer, body, control
from syncline.server.admin.shapes import AccountRow, Erased, Link, LinkFor, NewAccount, NewPassword
from syncline.services.accounts import Role


def row(account: Any) -> AccountRow:
    """An account as the operator sees it."""
    return AccountRow(
        id=account.id,
        email=account.email,
        local=account.local,
        name=account.name,
        role=str(account.role),
        closed=bool(account.closed),
        made=account.made,
    )


async def list_accounts(request: Request) -> Response:
    """GET /accounts."""
    return answer([row(account) for account in await control(request).services.accounts.list()])


async def add_account(request: Request) -> Response:
    """POST /accounts."""
    wanted = await body(request, NewAccount)
    account = await control(request).services.accounts.add(
        wanted.email,
        name=wanted.name,
        local=wanted.local,
        password=wanted.password,
        role=role_named(wanted.role),
    )
    return answer(row(account))


def role_named(name: str) -> Role:
    """A role by its name; raises Invalid."""
    try:
        return Role(name)
    except ValueError:
        raise Invalid(f"There is no role {name}; it is admin, agent or none.", field="role") from None


async def set_password(request: Request) -> Response:
    """POST /accounts/ACCOUNT/password."""
    wanted = await body(request, NewPassword)
    account = await account_named(request, request.path_params["account"])
    await control(request).services.accounts.set_password(account.id, wanted.password)
    return answer(row(account))


async def close_account(request: Request) -> Response:
    """POST /accounts/ACCOUNT/close."""
    account = await account_named(request, request.path_params["account"])
    services = control(request).services
    await services.accounts.close(account.id)
    return answer(row(await services.accounts.get(account.id)))


async def erase_account(request: Request) -> Response:
    """POST /accounts/ACCOUNT/erase: bodies overwritten, then the files scrubbed."""
    account = await account_named(request, request.path_params["account"])
    services = control(request).services
    await services.accounts.erase(account.id)
    return answer(Erased(id=account.id))


async def invite(request: Request) -> Response:
    """POST /invites: a link with which somebody makes an account."""
    wanted = await body(request, LinkFor)
    here = control(request)
    code = await here.services.accounts.invite(email=wanted.account, role=role_named(wanted.role))
    return answer(Link(url=f"{here.public_url}/register?code={code}"))


async def sign_in_link(request: Request) -> Response:
    """POST /links: a link that signs an account in on one browser, once."""
    wanted = await body(request, LinkFor)
    if wanted.account is None:
        raise Missing("Say whose link it is.", field="account")
    account = await account_named(request, wanted.account)
    here = control(request)
    return answer(Link(url=link_url(here.public_url, await here.services.sessions.link(account.id))))


def link_url(public_url: str, code: str) -> str:
    """The address of a one-time sign-in link."""
    return f"{public_url}/login/link?code={code}"


ROUTES = (
    Route("/accounts", list_accounts),
    Route("/accounts", add_account, methods=["POST"]),
    Route("/accounts/{account}/password", set_password, methods=["POST"]),
    Route("/accounts/{account}/close", close_account, methods=["POST"]),
    Route("/accounts/{account}/erase", erase_account, methods=["POST"]),
    Route("/invites", invite, methods=["POST"]),
    Route("/links", sign_in_link, methods=["POST"]),
)
