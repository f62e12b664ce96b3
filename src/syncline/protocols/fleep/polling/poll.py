"""account/poll: the event log after a horizon, at once or as soon as there is something (reference 4)."""

from functools import lru_cache
from typing import Final

import msgspec
from starlette.types import ASGIApp, Receive, Scope

from syncline.protocols.fleep.fleep import BUILD, fleep_of
from syncline.protocols.fleep.needs import Needs
from syncline.protocols.fleep.polling.asking import Ask
from syncline.protocols.fleep.polling.holding import held, waiting
from syncline.protocols.fleep.polling.pages import Asked, Page
from syncline.protocols.fleep.polling.shared import polling_of
from syncline.services.accounts import Auth

_NOTHING: Final = b'{"event_horizon":%d,"limit_time":0,"static_version":"%b","stream":[]}'


def poll(needs: Needs) -> ASGIApp:
    """POST /api/account/poll."""
    fleep = fleep_of(needs)
    pages = polling_of(fleep).pages

    async def answer(ask: Ask, auth: Auth, scope: Scope, receive: Receive) -> bytes | None:
        horizon = ask.horizon
        if not ask.waits and pages.quiet(auth, horizon):
            return _nothing(horizon)
        asked = Asked(auth, fleep.base(scope), ask.edits, ask.flag("skip_hidden"), ask.flag("skip_rest"))
        if not ask.waits or horizon <= 0:
            return body_of_page(await pages.page(asked, horizon))
        page = await held(fleep, "poll", ask, auth, scope, receive, lambda: pages.page(asked, horizon), _said)
        return None if page is None else body_of_page(page)

    return waiting(fleep, answer)


def _said(page: Page) -> bool:
    return not page.empty or page.horizon <= 0


def body_of_page(page: Page) -> bytes:
    """A page as the answer's body, with exactly the keys of the reference (4.2)."""
    if page.empty:
        return _nothing(page.horizon)
    parts = [
        b'{"event_horizon":%d,"limit_time":0,"static_version":"%b"' % (page.horizon, BUILD.encode()),
    ]
    if page.progress is not None:
        parts.append(b',"sync_progress":%b' % msgspec.json.encode(page.progress))
    if page.cursor is not None:
        parts.append(b',"sync_cursor":%b' % msgspec.json.encode(page.cursor))
    return b"".join((*parts, b',"stream":[', b",".join(page.records), b"]}"))


@lru_cache(maxsize=10_000)
def _nothing(horizon: int) -> bytes:
    """The answer of all who are caught up at one horizon."""
    return _NOTHING % (horizon, BUILD.encode())
