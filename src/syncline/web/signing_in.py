"""Signing in and out: by password, or by a link that works once."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import Deactivated, NotFound, TooMany, Unauthorized
from syncline.gateways.http.access import NO_SESSION, browsing
from syncline.services.accounts import Registration
from syncline.web.cookies import drop_session, set_session
from syncline.web.forms import first, form
from syncline.web.needs import Needs
from syncline.web.pages import own_path, page, redirect

HOME = "/home"


def is_open(needs: Needs) -> bool:
    """Whether anybody may make an account."""
    return Registration(needs.config.accounts.registration) is Registration.OPEN


async def login_page(needs: Needs, request: Request) -> Response:
    """GET /login: the form to sign in; whoever is signed in already goes on."""
    wanted = own_path(request.query_params.get("next"), HOME)
    if await browsing(needs, request.scope):
        return redirect(wanted)
    return _form(needs, wanted)


async def login(needs: Needs, request: Request) -> Response:
    """POST /login: a session, or the form again with one sentence that does not say which part was wrong."""
    fields = await form(request)
    name, password = first(fields, "login").strip(), first(fields, "password")
    wanted = own_path(first(fields, "next"), HOME)
    address = request.scope["address"]
    try:
        needs.limiter.guess(name, address)
        account = await needs.accounts.sign_in(name, password)
        secret = await needs.sessions.create(account.id)
    except TooMany as error:
        return _form(needs, wanted, status=429, login=name, problem=error.message)
    except Unauthorized as error:
        return _form(needs, wanted, status=401, login=name, problem=error.message)
    needs.limiter.guessed(name, address)
    request.scope["account"] = account.id
    response = redirect(wanted)
    set_session(response, request, needs, secret)
    return response


def _form(
    needs: Needs, wanted: str, *, status: int = 200, login: str = "", problem: str | None = None
) -> Response:
    return page("login.html", status=status, login=login, wanted=wanted, problem=problem, open=is_open(needs))


async def link_page(needs: Needs, request: Request) -> Response:
    """GET /login/link?code=…: a button to sign in with.

    Not the signing in itself: programs that preview links open them too, and would use them up.
    """
    return page("link.html", code=request.query_params.get("code", "")[:200], problem=None)


async def link(needs: Needs, request: Request) -> Response:
    """POST /login/link: use the link up, and begin a session."""
    code = first(await form(request), "code")
    address = request.scope["address"]
    try:
        needs.limiter.guess("", address)
        secret = await needs.sessions.redeem(code)
    except TooMany as error:
        return page("link.html", status=429, code=code[:200], problem=error.message)
    except (Unauthorized, Deactivated) as error:
        return page("link.html", status=401, code="", problem=error.message)
    needs.limiter.guessed("", address)
    response = redirect(HOME)
    set_session(response, request, needs, secret)
    return response


async def logout(needs: Needs, request: Request) -> Response:
    """POST /logout: end the session here and on the server."""
    auth = await browsing(needs, request.scope)
    response = redirect("/login")
    if auth is not None and auth.session != NO_SESSION:
        with suppress(NotFound):  # another tab was faster
            await needs.sessions.end(auth.session)
    drop_session(response, request, needs)
    return response
