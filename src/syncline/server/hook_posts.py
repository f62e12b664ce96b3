"""The part of a server that posts what is said to the addresses of hooks."""

from syncline.gateways.hooks.posting import HookPosting
from syncline.protocols.fleep.fleep import fleep_of
from syncline.protocols.fleep.hooks.payload import Payloads
from syncline.server.assembly import Services
from syncline.services.hooks import HookSender


def hook_sender(services: Services) -> HookSender:
    """What has to run beside a server: what it posts is rendered as Fleep's clients see it."""
    payloads, posting = Payloads(fleep_of(services)), HookPosting(services.outgoing)
    return HookSender(services.store, services.hook_targets, payloads.render, posting.post)
