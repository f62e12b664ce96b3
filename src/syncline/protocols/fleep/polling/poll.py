"""account/poll: the event log after a horizon, at once or as soon as there is something (reference 4)."""

from collections.abc import Awaitable, Coroutine
from functools import lru_cache
from typing import Any, Final

import msgspec
from starlette.types import ASGIApp, Receive, Scope

from syncline.protocols.fleep.fleep import BUILD, fleep_of
from syncline.protocols.fleep.needs import Needs
from syncline.protocols.fleep.polling.asking import Ask
from syncline.protocols.fleep.polling.holding import at_once, held, waiting
from syncline.protocols.fleep.polling.pages import Asked, Page, Pages
from syncline.protocols.fleep.polling.shared import polling_of
from syncline.services.accounts import Auth

_HEAD: Final = b'{"event_horizon":%d,"limit_time":0,"static_version":"' + BUILD.encode() + b'"'


def poll(needs: Needs) -> ASGIApp:
    """POST /api/account/poll."""
    fleep = fleep_of(needs)
    pages = polling_of(fleep).pages

    def answer(ask: Ask, auth: Auth, scope: Scope, receive: Receive) -> bytes | Awaitable[bytes | None]:
        horizon = ask.horizon
        if not ask.waits and pages.quiet(auth, horizon):
            return _nothing(horizon)
        asked = Asked(auth, fleep.base(scope), ask.edits, ask.flag("skip_hidden"), ask.flag("skip_rest"))
        reading = Poll(pages, asked, horizon)
        if not ask.waits or horizon <= 0:
            return at_once(reading)
        return held(fleep, "poll", reading, ask, auth, scope, receive)

    return waiting(fleep, answer)


class Poll:
    """What one account/poll reads."""

    __slots__ = ("_asked", "_horizon", "_pages")

    def __init__(self, pages: Pages, asked: Asked, horizon: int) -> None:
        """Read after a horizon."""
        self._pages = pages
        self._asked = asked
        self._horizon = horizon

    def look(self) -> Coroutine[Any, Any, Page]:
        """The next page."""
        return self._pages.page(self._asked, self._horizon)

    def said(self, page: Page) -> bool:
        """Whether it is for the client: it has records, or sends it back to the beginning."""
        return not page.empty or page.horizon <= 0

    def more(self, page: Page) -> bool:
        """Whether there is more behind it."""
        return page.more

    def write(self, page: Page) -> bytes:
        """The page as the answer's body, with exactly the keys of the reference (4.2)."""
        if page.empty:
            return _nothing(page.horizon)
        parts = [_HEAD % page.horizon]
        if page.progress is not None:
            parts.append(b',"sync_progress":%b' % msgspec.json.encode(page.progress))
        if page.cursor is not None:
            parts.append(b',"sync_cursor":%b' % msgspec.json.encode(page.cursor))
        return b"".join((*parts, b',"stream":[', b",".join(page.records), b"]}"))


@lru_cache(maxsize=10_000)
def _nothing(horizon: int) -> bytes:
    """The answer of all who are caught up at one horizon."""
    return _HEAD % horizon + b',"stream":[]}'
