"""Strict searches: the index says which mails may fit, their raw bytes which of them do."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from syncline.core.ids import Id
from syncline.core.mail import Words
from syncline.services.search.language import Query
from syncline.services.search.strict import StrictMail

LONG: Final = 20_000
"""Characters of a text that is cut in a thread: longer ones hold the loop for more than a millisecond."""


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
        if one.decided or await _fits(query, one, await texts(one.entry)):
            found[one.conv] = None
            if need is not None and len(found) >= need:
                break
    return list(found)


async def _fits(query: Query, one: Candidate, texts: Words) -> bool:
    mail = StrictMail(texts, one.date, one.labels)
    return await asyncio.to_thread(mail.fits, query) if len(texts.body) > LONG else mail.fits(query)
