"""The pages as the server sees them: routes, and the shape of a refusal."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.gateways.http.answers import Answer, Refused, plain
from syncline.gateways.http.routes import Handler, Part, Route
from syncline.web.chat import VIEWS as CHAT
from syncline.web.chat.writing import MAX_WRITTEN
from syncline.web.forms import MAX_FORM
from syncline.web.home import create_token, home, revoke_token
from syncline.web.mail import VIEWS as MAIL
from syncline.web.pages import SAFETY, render
from syncline.web.registering import register, register_page
from syncline.web.signing_in import link, link_page, login, login_page, logout
from syncline.web.static_files import static

OWNER: Final = "web"

View: TypeAlias = Callable[[Any, Request], Awaitable[Response]]
"""`Any`: each view types the services that it needs (`needs.Needs`, `mail.needs.MailNeeds`)."""


def _handler(view: View) -> Handler:
    def bind(needs: Any) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            response = await view(needs, Request(scope, receive, send))
            await response(scope, receive, send)

        return serve

    bind.__doc__ = view.__doc__  # docs/routes.md says of each route what its view says
    return bind


_LONG_FORMS: Final = {"/chat/{id}/messages": MAX_WRITTEN}
"""Paths whose forms may have more bytes than MAX_FORM."""


def _route(method: str, path: str, view: View) -> Route:
    return Route((method,), path, _handler(view), OWNER, max_body=_LONG_FORMS.get(path, MAX_FORM))


ROUTES: Final = (
    _route("GET", "/login", login_page),
    _route("POST", "/login", login),
    _route("GET", "/login/link", link_page),
    _route("POST", "/login/link", link),
    _route("POST", "/logout", logout),
    _route("GET", "/register", register_page),
    _route("POST", "/register", register),
    _route("GET", "/home", home),
    _route("POST", "/tokens", create_token),
    _route("POST", "/tokens/{id}/revoke", revoke_token),
    _route("GET", "/static/{file:path}", static),
    *(_route(method, path, view) for method, path, view in (*MAIL, *CHAT)),
)


def refusal(refused: Refused) -> Answer:
    """A page for browsers, data for what asks for no page."""
    if not refused.html:
        return plain(refused)
    text = render("refusal.html", status=refused.status, message=refused.message, id=refused.request_id)
    headers = tuple((name.encode(), value.encode()) for name, value in SAFETY.items())
    return Answer(refused.status, ((b"Content-Type", b"text/html; charset=utf-8"), *headers), text.encode())


PART: Final = Part(OWNER, ROUTES, refusal)
