"""How a page for mail is made: the frame that all have in common, around what each shows."""

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syncline.services.accounts import Auth
from syncline.web.mail.keys import KEYS
from syncline.web.mail.needs import MailNeeds
from syncline.web.pages import POLICY, SAFETY, redirect, render

FRAMING: Final = f"{POLICY}; frame-src 'self'"
"""For pages that show HTML mails: in frames of their own, from our own address only."""

_SAFETY: Final = {**SAFETY, "Content-Security-Policy": FRAMING}


async def show(
    needs: MailNeeds,
    auth: Auth,
    template: str,
    *,
    status: int = 200,
    long: bool = False,
    frames: bool = False,
    **values: Any,
) -> Response:
    """A whole page. `long`: rendered in a thread, since it may take more than the loop has (5 ms)."""
    account = await needs.accounts.get(auth.account)
    common = {
        "me": account.name or account.local,
        "email": account.email,
        "alone": needs.single_user is not None,
        "keys": KEYS,
        "q": "",
        **values,
    }
    text = await (asyncio.to_thread(render, template, **common) if long else _now(template, common))
    return HTMLResponse(text, status, headers=_SAFETY if frames else SAFETY)


async def _now(template: str, values: dict[str, Any]) -> str:
    return render(template, **values)


async def fragment(template: str, *, long: bool = False, frames: bool = False, **values: Any) -> Response:
    """A part of a page, for htmx to put in its place."""
    text = await (asyncio.to_thread(render, template, **values) if long else _now(template, values))
    return HTMLResponse(text, headers=_SAFETY if frames else SAFETY)


def by_htmx(request: Request) -> bool:
    """Whether htmx asks, which takes a part of a page where browsers take a whole one."""
    return request.headers.get("hx-request") == "true"


def done(request: Request, path: str) -> Response:
    """After a change: lead the browser on. htmx is told to go there as a whole page."""
    if by_htmx(request):
        return Response(status_code=204, headers={**SAFETY, "HX-Redirect": path})
    return redirect(path)
