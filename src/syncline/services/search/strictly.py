"""Strict searches: the index says which mails may fit, their raw bytes which of them do."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from syncline.core.ids import Id
from syncline.core.mail import Words
from syncline.services.search.language import Query
from syncline.services.search.strict import StrictMail


class Candidate(NamedTuple):
    """A mail that may fit; `decided`: it does for certain."""

    conv: int
    entry: Id
    date: int
    decided: bool
    labels: tuple[str, ...]


async def strict_threads(
    query: Query, candidates: Sequence[Candidate], texts: Callable[[Id], Awaitable[Words]], need: int | None
) -> list[int]:
    """The threads of the mails that fit, in the candidates' order; all or the first `need`."""
    found: dict[int, None] = {}
    for one in candidates:
        if one.conv in found:
            continue
        if one.decided or StrictMail(await texts(one.entry), one.date, one.labels).fits(query):
            found[one.conv] = None
            if need is not None and len(found) >= need:
                break
    return list(found)
