"""Making an account for oneself: with an invite, or where registration is open."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import Closed, Invalid, Taken, TooMany
from syncline.core.ids import Id
from syncline.gateways.http.access import browsing
from syncline.gateways.http.answers import status_of
from syncline.services.accounts.passwords import SHORTEST
from syncline.web.cookies import set_session
from syncline.web.forms import first, form
from syncline.web.needs import Needs
from syncline.web.pages import page, redirect
from syncline.web.signing_in import HOME, is_open

LONGEST_CODE: Final = 200
NOBODY: Final = {"name": "", "email": ""}


async def register_page(needs: Needs, request: Request) -> Response:
    """GET /register?code=…: the form for a new account, or a sentence why there is none."""
    auth = await browsing(needs, request.scope)
    if auth is not None:
        return await _signed_in_already(needs, auth.account)
    return _page(needs, code=request.query_params.get("code", ""))


async def register(needs: Needs, request: Request) -> Response:
    """POST /register: an account and its first session, or the form again with what was wrong."""
    fields = await form(request)
    auth = await browsing(needs, request.scope)
    if auth is not None:
        return await _signed_in_already(needs, auth.account, status=409)
    code, password = first(fields, "code").strip(), first(fields, "password")
    given = {"name": first(fields, "name").strip(), "email": first(fields, "email").strip()}
    address = request.scope["address"]
    try:
        needs.limiter.guess("", address)
        account = await needs.accounts.register(given["email"], password, given["name"], invite=code or None)
    except (Invalid, Taken, Closed, TooMany) as error:
        if isinstance(error, Invalid):
            needs.limiter.guessed("", address)  # a slip of the hand tells nobody anything
        return _page(
            needs, code=code, status=status_of(error), given=given, problem=error.message, field=error.field
        )
    if code:
        # Without an invite the try stays counted: the bucket is what holds whoever makes accounts by the
        # hundred where registration is open.
        needs.limiter.guessed("", address)
    secret = await needs.sessions.create(account.id)
    request.scope["account"] = account.id
    response = redirect(HOME)
    set_session(response, request, needs, secret)
    return response


def _page(
    needs: Needs,
    *,
    code: str,
    status: int = 200,
    given: dict[str, str] = NOBODY,
    problem: str | None = None,
    field: str | None = None,
) -> Response:
    return _register(
        status,
        form=bool(code) or is_open(needs),
        invited=bool(code),
        code=code[:LONGEST_CODE],
        given=given,
        problem=problem,
        field=field,
    )


async def _signed_in_already(needs: Needs, account: Id, *, status: int = 200) -> Response:
    who = await needs.accounts.get(account)
    return _register(status, who=who.name or who.local, alone=needs.single_user is not None)


def _register(status: int, **values: Any) -> Response:
    blank: dict[str, Any] = {
        "who": None,
        "alone": False,
        "form": False,
        "invited": False,
        "code": "",
        "given": NOBODY,
        "problem": None,
        "field": None,
        "shortest": SHORTEST,
    }
    return page("register.html", status=status, **{**blank, **values})
