"""PreviewInfo: a link of a message, with the title of the page behind it (Fleep reference 3.7)."""

from typing import Any, Final

from syncline.protocols.fleep.records.keys import Keys

PREVIEW: Final = Keys(
    "preview",
    frozenset(
        {
            "mk_rec_type",
            "conversation_id",
            "message_nr",
            "account_id",
            "attached_url",
            "title",
            "is_deleted",
        }
    ),
    frozenset({"description"}),
    ("conversation_id", "message_nr", "attached_url"),
)


def preview(
    *,
    conversation_id: str,
    message_nr: int,
    account_id: str,
    url: str,
    title: str,
    description: str | None = None,
    is_deleted: bool = False,
) -> dict[str, Any]:
    """The record of one link. `account_id` is the author of the message; without files of its own."""
    record: dict[str, Any] = {
        "mk_rec_type": "preview",
        "conversation_id": conversation_id,
        "message_nr": message_nr,
        "account_id": account_id,
        "attached_url": url,
        "title": title,
        "is_deleted": is_deleted,
    }
    if description:
        record["description"] = description
    return record
