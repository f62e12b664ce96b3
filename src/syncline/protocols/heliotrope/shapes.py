"""The exact key sets of all answers, as structs: what is encoded, tested and documented comes from here.

Dates are whole seconds since 1970 (UTC). Addresses are `Name <mail>`. Sets are lists without repetitions, in
no order that means anything.
"""

from typing import Any, Literal

import msgspec


class Threadinfo(msgspec.Struct, frozen=True):
    """A thread in short (Heliotrope reference 2.3)."""

    subject: str
    date: int
    participants: tuple[str, ...]
    direct_recipients: tuple[str, ...]
    indirect_recipients: tuple[str, ...]
    size: int
    thread_id: int
    state: tuple[str, ...]
    labels: tuple[str, ...]
    snippet: str
    unread_participants: tuple[str, ...]


class Messageinfo(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """A message in short (reference 2.2). `cc` is Cc and Bcc; `loc` counts the bytes of all earlier mails."""

    subject: str
    date: int
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    has_attachment: bool
    loc: int
    state: tuple[str, ...]
    labels: tuple[str, ...]
    thread_id: int
    snippet: str
    message_id: int


class Fake(msgspec.Struct, frozen=True):
    """In the place of a message that others refer to and that never came."""

    type: Literal["fake"] = "fake"


class TextPart(msgspec.Struct, frozen=True):
    """A part of a message that is text; `content` is decoded."""

    type: str
    filename: str | None
    cid: str | None
    content: str
    here: Literal[True] = True


class OtherPart(msgspec.Struct, frozen=True):
    """Any other part; its decoded bytes (`size` of them) are at `/message/ID/part/N`."""

    type: str
    filename: str | None
    cid: str | None
    size: int
    here: Literal[False] = False


class Whole(msgspec.Struct, frozen=True):
    """What a whole message has beyond its Messageinfo; here `cc` is Cc alone (reference 1.5)."""

    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    refs: tuple[str, ...]
    parts: tuple[TextPart | OtherPart, ...]
    reply_to: str
    recipient_email: str | None
    list_post: str | None
    list_subscribe: str | None
    list_unsubscribe: str | None
    email_message_id: str


class Contact(msgspec.Struct, frozen=True):
    """Somebody whom mails came from or went to."""

    name: str | None
    email: str


class Info(msgspec.Struct, frozen=True):
    """Whether the server is there, and which API it speaks."""

    status: Literal["up"] = "up"
    api_version: Literal["0.1"] = "0.1"


class Size(msgspec.Struct, frozen=True):
    """How many messages are kept."""

    size: int


class Labels(msgspec.Struct, frozen=True):
    """All labels in use, those that states give included."""

    labels: tuple[str, ...]


class Contacts(msgspec.Struct, frozen=True):
    """Contacts, the newest first."""

    contacts: tuple[Contact, ...]


class Results(msgspec.Struct, frozen=True):
    """One page of a search."""

    results: tuple[Threadinfo, ...]


class Count(msgspec.Struct, frozen=True):
    """How many threads match."""

    count: int


class Messageinfos(msgspec.Struct, frozen=True):
    """A thread: pairs of a message and its depth, parents before children."""

    messageinfos: tuple[tuple[Messageinfo | Fake, int], ...]


class Added(msgspec.Struct, frozen=True):
    """Where a message lies now; `seen`: its Message-ID was known before."""

    status: Literal["unseen", "seen"]
    doc_id: int
    thread_id: int


class Seen(msgspec.Struct, frozen=True):
    """A message to be sent is known already, so it was not sent."""

    status: Literal["seen"] = "seen"


class Done(msgspec.Struct, frozen=True):
    """Nothing to tell but that it is done."""


def keys(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """The keys of a shape as they stand in JSON."""
    return shape.__struct_encode_fields__


MESSAGE_KEYS = frozenset({*keys(Messageinfo), *keys(Whole), "response"})
"""Keys that what a client stored with a message (`extra`) cannot take the place of."""

_OK = b'"response":"ok"}'


def answer(shape: msgspec.Struct) -> bytes:
    """A shape as an answer: its keys, and `response`."""
    return finished(msgspec.json.encode(shape))


def finished(encoded: bytes) -> bytes:
    """An encoded object as an answer."""
    return b"{" + _OK if encoded == b"{}" else encoded[:-1] + b"," + _OK


def with_extra(encoded: bytes, extra: dict[str, Any]) -> bytes:
    """An encoded message with what a client stored with it before."""
    own = {key: value for key, value in extra.items() if key not in MESSAGE_KEYS}
    return msgspec.json.encode(own)[:-1] + b"," + encoded[1:] if own else encoded
