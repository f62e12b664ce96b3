"""UploadInfo: how the fetching of a file from elsewhere goes (reference 3.12). Files come later."""

from typing import Any, Final

from syncline.core.ids import ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

UPLOAD: Final = Keys(
    "upload",
    frozenset({"mk_rec_type", "conversation_id", "status"}),
    frozenset(
        [
            "error",
            "file_sha256",
            "file_type",
            "height",
            "is_animated",
            "name",
            "progress",
            "request_id",
            "size",
            "upload_id",
            "upload_url",
            "width",
        ]
    ),
    ("conversation_id",),
)
STATUSES: Final = ("pending", "success", "failure")


def upload(
    names: Names,
    conv: ZoneId,
    status: str,
    *,
    progress: int | None = None,
    request_id: str | None = None,
    upload_id: str | None = None,
    name: str | None = None,
    size: int | None = None,
    type: str | None = None,
    sha256: str | None = None,
    width: int | None = None,
    height: int | None = None,
    is_animated: bool | None = None,
    url: str | None = None,
    error: str | None = None,
) -> dict[str, Any]:
    """An upload; `status` is one of STATUSES, `progress` 0 to 100. What is None is left out."""
    record: dict[str, Any] = {
        "mk_rec_type": "upload",
        "conversation_id": names.conv(conv),
        "status": status,
    }
    for key, value in (
        ("progress", progress),
        ("request_id", request_id),
        ("upload_id", upload_id),
        ("name", name),
        ("size", size),
        ("file_type", type),
        ("file_sha256", sha256),
        ("width", width),
        ("height", height),
        ("is_animated", is_animated),
        ("upload_url", url),
        ("error", error),
    ):
        if value is not None:
            record[key] = value
    return record
