"""How a page for mail or chat is made: the frame that all have in common, around what each shows."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syncline.services.accounts import Auth
from syncline.web.mail.keys import KEYS
from syncline.web.needs import Needs
from syncline.web.pages import POLICY, SAFETY, render_in_slices

FRAMING: Final = f"{POLICY}; frame-src 'self'"
"""For pages that show HTML mails: in frames of their own, from our own address only."""

_SAFETY: Final = {**SAFETY, "Content-Security-Policy": FRAMING}


async def show(
    needs: Needs,
    auth: Auth,
    template: str,
    *,
    status: int = 200,
    frames: bool = False,
    **values: Any,
) -> Response:
    """A whole page; `frames`: one that may hold frames."""
    account = await needs.accounts.get(auth.account)
    common = {
        "me": account.name or account.local,
        "email": account.email,
        "alone": needs.single_user is not None,
        "keys": KEYS,
        "q": "",
        **values,
    }
    text = await render_in_slices(template, **common)
    return HTMLResponse(text, status, headers=_SAFETY if frames else SAFETY)


async def fragment(template: str, *, frames: bool = False, **values: Any) -> Response:
    """A part of a page, for htmx to put in its place."""
    text = await render_in_slices(template, **values)
    return HTMLResponse(text, headers=_SAFETY if frames else SAFETY)


def by_htmx(request: Request) -> bool:
    """Whether htmx asks, which takes a part of a page where browsers take a whole one."""
    return request.headers.get("hx-request") == "true"


def on_request(request: Request) -> bool:
    """Whether somebody asked for remote pictures, on our own page or by typing.

    A link in a mail can lead here, too (`/message/5?remote=1`): browsers then say that it is from elsewhere.
    """
    wanted = request.query_params.get("remote") == "1"
    return wanted and request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
