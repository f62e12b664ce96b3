"""FileInfo: a file of a message (reference 3.6). Files come later; the shape is ready."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from syncline.core.ids import Id, Nr, ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

THUMBNAILS: Final = (50, 100, 575, 700)

FILE: Final = Keys(
    "file",
    frozenset(
        [
            "account_id",
            "attachment_id",
            "conversation_id",
            "deleter_id",
            "file_name",
            "file_sha256",
            "file_size",
            "file_type",
            "file_url",
            "height",
            "is_animated",
            "is_deleted",
            "is_hidden",
            "message_nr",
            "mk_rec_type",
            "orientation",
            "posted_time",
            "sender_name",
            "width",
        ]
    ),
    frozenset(f"thumb_url_{size}" for size in THUMBNAILS),
    ("conversation_id", "message_nr"),
)


class Picture(msgspec.Struct, frozen=True):
    """What a picture has besides. `thumbnails`: relative addresses by size, those that make sense only."""

    width: int
    height: int
    is_animated: bool = False
    orientation: int | None = None
    thumbnails: Mapping[int, str] = {}


def file(
    names: Names,
    conv: ZoneId,
    nr: Nr,
    author: Id,
    *,
    attachment_id: str,
    name: str,
    url: str,
    size: int,
    type: str,
    sha256: str,
    at: int,
    picture: Picture | None = None,
    sender: str | None = None,
    is_hidden: bool = False,
    deleter: Id | None = None,
) -> dict[str, Any]:
    """A file. `attachment_id` is its key in the message's XML, `url` a relative address, `at` ms."""
    record: dict[str, Any] = {
        "mk_rec_type": "file",
        "conversation_id": names.conv(conv),
        "message_nr": nr,
        "account_id": names.person(author),
        "attachment_id": attachment_id,
        "file_name": name,
        "file_url": url,
        "file_size": size,
        "file_type": type,
        "file_sha256": sha256,
        "height": None if picture is None else picture.height,
        "width": None if picture is None else picture.width,
        "is_animated": None if picture is None else picture.is_animated,
        "orientation": None if picture is None else picture.orientation,
        "is_deleted": deleter is not None,
        "is_hidden": is_hidden,
        "deleter_id": "" if deleter is None else names.person(deleter),
        "sender_name": sender,
        "posted_time": at // 1000,
    }
    for size_of, thumbnail in sorted(picture.thumbnails.items()) if picture else ():
        record[f"thumb_url_{size_of}"] = thumbnail
    return record
