"""Hooks: addresses by which other systems write into a conversation, and to which it is told."""

from syncline.services.hooks.acts import FACT, Changed, forget_hooks
from syncline.services.hooks.hook import (
    IMPORT,
    NO_HOOK,
    TYPES,
    Hook,
    HookBody,
    Outward,
    Sending,
    hooks_of,
    read_hook,
    sending_of,
)
from syncline.services.hooks.outgoing import AUTOMATION, Outgoing, Queueing
from syncline.services.hooks.posting import MOST, Posted, made_by
from syncline.services.hooks.sending import HookSender, Payload, Post
from syncline.services.hooks.service import Hooks

__all__ = [
    "AUTOMATION",
    "FACT",
    "IMPORT",
    "MOST",
    "NO_HOOK",
    "TYPES",
    "Changed",
    "Hook",
    "HookBody",
    "HookSender",
    "Hooks",
    "Outgoing",
    "Outward",
    "Payload",
    "Post",
    "Posted",
    "Queueing",
    "Sending",
    "forget_hooks",
    "hooks_of",
    "made_by",
    "read_hook",
    "sending_of",
]
