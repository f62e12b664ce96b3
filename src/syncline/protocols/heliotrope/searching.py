"""Search and count."""

from typing import Final

from starlette.types import ASGIApp, Scope

from syncline.core.errors import NotFound
from syncline.core.ids import Id, ZoneId
from syncline.protocols.heliotrope import asking
from syncline.protocols.heliotrope.needs import Needs
from syncline.protocols.heliotrope.serving import Told, reading
from syncline.protocols.heliotrope.shapes import Count, Results, Threadinfo, answer
from syncline.services.accounts import Auth
from syncline.services.search import Order, ThreadInfo

BY_DATE: Final = "date"


def search(needs: Needs) -> ASGIApp:
    """GET /search.json: the threads that match a query, a page of them."""

    async def act(auth: Auth, scope: Scope) -> Told:
        by_date = asking.given(scope, "sort") == BY_DATE
        found = await needs.search.threads(
            auth.account,
            asking.query(scope),
            start=asking.start(scope),
            num=asking.num(scope),
            order=Order.DATE if by_date else Order.ARRIVAL,
            strict=asking.flag(scope, "strict"),
        )
        return answer(Results(tuple(threadinfo(one) for one in found)))

    return reading(needs, act)


def count(needs: Needs) -> ASGIApp:
    """GET /count.json: how many threads match a query."""

    async def act(auth: Auth, scope: Scope) -> Told:
        query, strict = asking.query(scope), asking.flag(scope, "strict")
        return answer(Count(await needs.search.count(auth.account, query, strict=strict)))

    return reading(needs, act)


async def info_of(needs: Needs, account: Id, id: int, conv: ZoneId | None = None) -> Threadinfo:
    """The thread behind an id of it or of one of its messages; `conv` saves looking, if it is known.

    Raises NotFound. A mail that came in just now may have joined it to another thread: then that one.
    """
    if conv is not None:
        try:
            return threadinfo(await needs.search.info(account, conv))
        except NotFound:
            pass
    return threadinfo(await needs.search.info(account, await needs.mails.find(account, id)))


def threadinfo(found: ThreadInfo) -> Threadinfo:
    """A thread in short, as this protocol tells it."""
    return Threadinfo(
        subject=found.subject,
        date=found.date // 1000,
        participants=found.participants,
        direct_recipients=found.direct_recipients,
        indirect_recipients=found.indirect_recipients,
        size=found.size,
        thread_id=found.thread_id,
        state=found.state,
        labels=found.labels,
        snippet=found.snippet,
        unread_participants=found.unread_participants,
    )
