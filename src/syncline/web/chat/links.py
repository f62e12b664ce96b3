"""Addresses of pages for conversations (Fleep reference 1.6), and what stands in them."""

import re
from typing import Final

from starlette.requests import Request

from syncline.core.errors import NotFound
from syncline.core.handles import Handle, Handles, long_of, short_of
from syncline.core.ids import ZoneId
from syncline.services.conversations.access import NOT_THERE

LIST: Final = "/chat"

NEW: Final = "#new"
"""Where what is unread begins, and else the end."""

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def cid_of(handles: Handles, conv: ZoneId) -> str:
    """How a conversation is called in addresses: 22 characters."""
    return short_of(handles.uuid(Handle.CONVERSATION, conv))


def conv_of(handles: Handles, cid: str) -> ZoneId:
    """The conversation of such a name; raises NotFound."""
    try:
        return ZoneId(handles.id_of_uuid(Handle.CONVERSATION, long_of(cid)))
    except NotFound:
        raise NotFound(NOT_THERE) from None


def chat_path(cid: str, *, before: int | None = None, after: int | None = None) -> str:
    """The page of a conversation, or of those of its messages that lie beside a number."""
    path = f"{LIST}?cid={cid}"
    if before is not None:
        return f"{path}&before={before}"
    return path if after is None else f"{path}&after={after}"


def message_path(cid: str, nr: int) -> str:
    """The place of one message."""
    return f"{chat_path(cid, after=max(nr - 1, 0))}#m{nr}"


def whole(given: str | None) -> int | None:
    """A number in an address; what is none counts as not given."""
    return int(given) if given is not None and _NUMBER.fullmatch(given) else None


def asked(request: Request, name: str) -> int | None:
    """A number that the address asks for."""
    return whole(request.query_params.get(name))
