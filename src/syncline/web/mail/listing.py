"""The inbox and all other searches: one list of threads, newest first."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import BadQuery
from syncline.services.accounts import Auth
from syncline.services.search import Order, ThreadInfo, debugged, parse
from syncline.web.guarded import needs_account
from syncline.web.mail.links import INBOX_QUERY, INBOXES, TIDY_QUERY, search_path
from syncline.web.mail.needs import MailNeeds
from syncline.web.mail.rows import Row, row
from syncline.web.mail.showing import show
from syncline.web.pages import redirect

PAGE: Final = 20
"""Threads a page, unless `num` says otherwise."""

MOST: Final = 300
"""Threads a page at most. Both as for /search.json (Heliotrope reference 1.3)."""

TOGETHER: Final = 50
"""Rows made between two pauses of the loop: 2 ms."""

FARTHEST: Final = 10**9
LONGEST_TITLE: Final = 60

ORDERS: Final = {"date": Order.DATE, "arrival": Order.ARRIVAL}
"""Pages list by date unless asked otherwise; /search.json lists by arrival as the original does."""


class Search(msgspec.Struct, frozen=True):
    """What somebody asks for."""

    q: str
    start: int = 0
    num: int = PAGE
    sort: str = "date"

    def path(self, *, start: int | None = None, sort: str | None = None) -> str:
        """The same search from another place or in another order."""
        sort = sort or self.sort
        return search_path(
            self.q,
            start=self.start if start is None else start,
            num=None if self.num == PAGE else self.num,
            sort=None if sort == "date" else sort,
        )


class Wrong(msgspec.Struct, frozen=True):
    """A query that cannot be read, cut where it stops making sense."""

    message: str
    before: str
    at: str
    after: str


@needs_account
async def root(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /: leads to the inbox."""
    return redirect(search_path(INBOX_QUERY))


@needs_account
async def search(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /search?q=…: the threads that a query finds, the inbox among them."""
    asked = _asked(request)
    try:
        count = await needs.search.count(auth.account, asked.q)
        threads = await needs.search.threads(
            auth.account, asked.q, start=asked.start, num=asked.num, order=ORDERS[asked.sort]
        )
    except BadQuery as error:
        return await show(needs, auth, "mail/wrong.html", status=400, q=asked.q, wrong=_wrong(asked.q, error))
    return await show(
        needs,
        auth,
        "mail/list.html",
        q=asked.q,
        title=_title(asked.q),
        here=asked.path(),
        rows=await _rows(threads, asked),
        first=asked.start + 1,
        count=count,
        parsed=debugged(parse(asked.q)),
        newest=asked.path(start=0) if asked.start else None,
        newer=asked.path(start=max(0, asked.start - asked.num)) if asked.start else None,
        older=asked.path(start=asked.start + asked.num) if asked.start + asked.num < count else None,
        sort=asked.sort,
        other_sort=asked.path(start=0, sort="arrival" if asked.sort == "date" else "date"),
        tidy=search_path(TIDY_QUERY) if asked.q.strip() == INBOX_QUERY else None,
        is_inbox=asked.q.strip() in INBOXES,
        size=await needs.mails.size(auth.account) if not threads else None,
    )


async def _rows(threads: Sequence[ThreadInfo], asked: Search) -> list[Row]:
    found: list[Row] = []
    for at in range(0, len(threads), TOGETHER):
        if at:
            await asyncio.sleep(0)
        found += [row(one, q=asked.q, start=asked.start) for one in threads[at : at + TOGETHER]]
    return found


def _asked(request: Request) -> Search:
    given = request.query_params
    num = _whole(given.get("num"))
    sort = given.get("sort", "date")
    return Search(
        given.get("q", ""),
        min(_whole(given.get("start")), FARTHEST),
        min(num, MOST) if num > 0 else PAGE,
        sort if sort in ORDERS else "date",
    )


def _whole(given: str | None) -> int:
    """A number of a query; what is none, or negative, counts as 0."""
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 19 else 0


def _wrong(q: str, error: BadQuery) -> Wrong:
    at = min(max(error.position, 0), len(q))
    return Wrong(error.message, q[:at], q[at : at + 1], q[at + 1 :])


def _title(q: str) -> str:
    if q.strip() in INBOXES:
        return "Inbox"
    q = " ".join(q.split())
    if q in ("", "*"):
        return "All mail" if q else "Search"
    return q if len(q) <= LONGEST_TITLE else q[: LONGEST_TITLE - 1] + "…"
