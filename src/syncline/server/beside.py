"""What runs beside the answering of requests and asks other servers: hooks are posted, pages looked at."""

from collections.abc import Coroutine
from typing import Any

from syncline.gateways.hooks.posting import HookPosting
from syncline.gateways.previews.pages import Pages
from syncline.protocols.fleep.fleep import fleep_of
from syncline.protocols.fleep.hooks.payload import Payloads
from syncline.protocols.fleep.markup import links_in
from syncline.server.assembly import Services
from syncline.services.hooks import HookSender
from syncline.services.previews import Looking


def beside(services: Services) -> list[Coroutine[Any, Any, None]]:
    """Everything that has to run beside a server, as long as it serves."""
    found = [services.readers.run(), services.timers.run(), hook_sender(services).run()]
    if services.config.fleep.previews:
        pages = Pages(services.outgoing)
        found.append(Looking(services.store, services.readers, links_in, pages.ask).run())
    return found


def hook_sender(services: Services) -> HookSender:
    """Posts what is said to the addresses of hooks, rendered as Fleep's clients see it."""
    payloads, posting = Payloads(fleep_of(services)), HookPosting(services.outgoing)
    return HookSender(services.store, services.hook_targets, payloads.render, posting.post)
