"""Work on whole mails, where it holds nobody up."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from syncline.gateways.mime.parsing import SMALL
from syncline.web.mail.needs import MailNeeds

T = TypeVar("T")


async def off_loop(needs: MailNeeds, fn: Callable[..., T], raw: bytes, *args: object) -> T:
    """Run `fn(raw, …)`: for a small mail in a thread, for a large one in a worker, which may die of it
    (WorkerDied). `fn` is a function of a module, so that a worker finds it."""
    if len(raw) <= SMALL:
        return await asyncio.to_thread(fn, raw, *args)
    return await needs.parsing.run(fn, raw, *args)
