"""HookInfo: a hook as its owner sees it, as the other members do, and one that is gone (reference 3.10)."""

from typing import Any, Final

from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys
from syncline.services.hooks import Hook, Outward, Sending

IDENTITY: Final = ("conversation_id", "hook_key")

HOOK: Final = Keys(
    "hook",
    frozenset(
        [
            "account_id",
            "avatar_urls",
            "conversation_id",
            "hook_id",
            "hook_key",
            "hook_name",
            "is_active",
            "mk_hook_type",
            "mk_rec_type",
        ]
    ),
    frozenset(),
    IDENTITY,
)
"""For those who did not make it: whoever has its address could write in the owner's name."""

HOOK_OWNER: Final = Keys(
    "hook",
    HOOK.always | frozenset(["hook_url", "outgoing_disable_reason", "outgoing_disabled", "outgoing_url"]),
    frozenset(),
    IDENTITY,
)
HOOK_GONE: Final = Keys(
    "hook",
    frozenset(["conversation_id", "hook_id", "hook_key", "is_active", "mk_rec_type"]),
    frozenset(),
    IDENTITY,
)


def hook(names: Names, of: Hook, *, base: str = "", sending: Sending | None = None) -> dict[str, Any]:
    """A hook. `sending`, for the owner alone, says where it posts to; `base` is the server's address.

    It is active as long as it is there: that its owner left is no change of the hook.
    """
    record: dict[str, Any] = {
        "mk_rec_type": "hook",
        "conversation_id": names.conv(of.conv),
        "account_id": names.person(of.owner),
        "hook_id": names.hook(of.id),
        "hook_key": names.hook_key(of.id),
        "hook_name": of.name,
        "is_active": True,
        "mk_hook_type": of.type,
        "avatar_urls": "{}",
    }
    if sending is not None:
        record |= {
            "hook_url": hook_url(names, base, of.id),
            "outgoing_url": sending.url,
            "outgoing_disabled": of.outward is Outward.OFF,
            "outgoing_disable_reason": sending.reason,
        }
    return record


def hook_gone(names: Names, conv: ZoneId, id: Id) -> dict[str, Any]:
    """A hook that was dropped, for clients that merge it with what they had."""
    return {
        "mk_rec_type": "hook",
        "conversation_id": names.conv(conv),
        "hook_id": names.hook(id),
        "hook_key": names.hook_key(id),
        "is_active": False,
    }


def hook_url(names: Names, base: str, id: Id) -> str:
    """The address through which others write: whoever has it may."""
    return f"{base}/hook/{names.hook_secret(id)}"
