"""What a write answers, and requests that may be repeated."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from syncline.core.errors import Invalid
from syncline.core.ids import Id, Nr, ZoneId
from syncline.core.kinds import Space
from syncline.store.contract import Tx

REMEMBERED: Final = 2 * 24 * 3600 * 1000
"""Milliseconds for which a request's answer is kept (at least a day is promised)."""

LONGEST_ID: Final = 255


class Answer(msgspec.Struct, frozen=True):
    """What an act came to. `entry` is None when there was nothing to do.

    `target` is the entry amended. The seq of the entry is known after the commit only: read the entry.
    """

    conv: ZoneId
    entry: Id | None = None
    nr: Nr | None = None
    target: Id | None = None


class Request(msgspec.Struct, frozen=True):
    """A request that may come again: its id counts per account, session and route.

    Matrix: transaction id, session = the access token; Fleep: `client_req_id`. `route` has to name what is
    acted on (path with ids), for clients reuse transaction ids on other paths.
    """

    id: str
    session: Id | None = None
    route: str = ""

    def key(self, account: Id) -> bytes:
        """The value under Space.REQUEST; raises Invalid for an id that is empty or too long."""
        if not self.id or len(self.id) > LONGEST_ID:
            raise Invalid(f"A request id has 1 to {LONGEST_ID} characters.", field="request")
        text = "\0".join((str(account), str(self.session), self.route, self.id))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


async def once(tx: Tx, account: Id, request: Request | None, act: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do an act unless this request was done before: then its first answer, with nothing written.

    Within one group of works the second of two equal requests finds the first as well.
    """
    if request is None:
        return await act()
    key = request.key(account)
    known = await tx.key(Space.REQUEST, key)
    if known is not None and known.answer is not None:
        return msgspec.json.decode(known.answer, type=Answer)
    answer = await act()
    await tx.bind(
        Space.REQUEST,
        key,
        answer.entry or answer.conv,
        answer=msgspec.json.encode(answer),
        expires=tx.now + REMEMBERED,
    )
    return answer


def part_of(request: Request | None, name: str) -> Request | None:
    """The request of one part of what is asked, if it is done in several acts or works."""
    if request is None:
        return None
    return msgspec.structs.replace(request, route=f"{request.route}\0{name}")


def origin(request: Request | None) -> dict[str, Any]:
    """The fields of a new entry that say which request it came from."""
    return {} if request is None else {"session": request.session, "request": request.id}
