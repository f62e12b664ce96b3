"""LabelInfo: a label of an account (reference 3.2)."""

from typing import Any, Final

import msgspec

from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys
from syncline.services.labels import Label

LABEL: Final = Keys(
    "label",
    frozenset(
        {
            "mk_rec_type",
            "label_id",
            "index",
            "mk_label_type",
            "mk_label_subtype",
            "mk_label_status",
            "is_on_left_pane",
            "is_in_recent",
            "is_in_muted",
        }
    ),
    frozenset({"label", "sync_cursor", "sync_inbox_time", "sync_conversation_id"}),
    ("label_id",),
)

END: Final = "{}"
"""`sync_cursor` when all conversations of a label were sent."""


class Synced(msgspec.Struct, frozen=True):
    """How far a label's conversations were sent: down to this time (seconds) and conversation."""

    cursor: str = END
    inbox_time: int = 0
    conversation_id: str | None = None


def label(names: Names, of: Label, synced: Synced | None = None) -> dict[str, Any]:
    """A label as a client gets it; `synced` in the first sync and where its conversations are sent."""
    record: dict[str, Any] = {
        "mk_rec_type": "label",
        "label_id": label_id(names, of),
        "index": of.body.index,
        "mk_label_type": "user_label" if of.system is None else "system_label",
        "mk_label_subtype": "user" if of.system is None else of.system.subtype,
        "mk_label_status": "removed" if of.removed else "active",
        "is_on_left_pane": of.body.left_pane,
        "is_in_recent": of.body.in_recent,
        "is_in_muted": of.body.in_muted,
    }
    if not of.removed:
        record["label"] = of.name
    if synced is not None:
        record["sync_cursor"] = synced.cursor
        record["sync_inbox_time"] = synced.inbox_time
        if synced.conversation_id is not None:
            record["sync_conversation_id"] = synced.conversation_id
    return record


def label_id(names: Names, of: Label) -> str:
    """How clients name a label: system labels by account and number, so that they need no object."""
    if of.system is not None:
        return names.system_label(of.account, of.system.number)
    assert of.id is not None
    return names.label(of.id)
