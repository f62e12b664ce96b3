"""What an entry says of a mail: the few fields that people look for, read from the raw bytes."""

import email
import email.message
import hashlib
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import mktime_tz, parsedate_tz
from typing import Final

import msgspec

SNIPPET: Final = 400
"""Characters of text that stand in the entry; the raw mail is a blob beside it."""

HTML_TAG: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Bytes that stand in no charset; JSON cannot hold them."""


class ReadMail(msgspec.Struct, frozen=True):
    """One mail as it is imported. `date` in ms, None where the mail has no readable one."""

    raw: bytes
    message_id: str
    subject: str
    sender: str
    date: int | None
    text: str


def read_mail(raw: bytes) -> ReadMail:
    """Read a mail; never fails: what cannot be understood is empty or shown with replacement characters.

    A mail without Message-ID gets one made of its hash, so that a second import finds it again.
    """
    message = email.message_from_bytes(raw)
    return ReadMail(
        raw=raw,
        message_id=_message_id(message, raw),
        subject=_decoded(message.get("Subject")),
        sender=_decoded(message.get("From")),
        date=_date(message.get("Date")),
        text=_snippet(message),
    )


def _message_id(message: email.message.Message, raw: bytes) -> str:
    given = _clean(str(message.get("Message-ID") or "")).strip("<>")
    return given or f"{hashlib.sha256(raw).hexdigest()}@no-message-id.invalid"


def _decoded(value: object) -> str:
    """A header's text; encoded words in unknown charsets are read as UTF-8 with replacements."""
    if value is None:
        return ""
    try:
        parts = decode_header(str(value))
    except (HeaderParseError, ValueError):
        return _clean(str(value))
    return _clean(
        "".join(_text(part, charset) if isinstance(part, bytes) else part for part, charset in parts)
    )


def _text(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _clean(text: str) -> str:
    return " ".join(SURROGATE.sub("\ufffd", text).replace("\0", " ").split())


def _date(value: object) -> int | None:
    try:
        fields = parsedate_tz(str(value)) if value is not None else None
        return None if fields is None else mktime_tz(fields) * 1000
    except (ValueError, OverflowError):
        return None


def _snippet(message: email.message.Message) -> str:
    """The beginning of the first readable text: plain before HTML."""
    html = ""
    for part in message.walk():
        if part.is_multipart() or part.get_content_maintype() != "text":
            continue
        data = part.get_payload(decode=True)
        text = _text(data, part.get_content_charset()) if isinstance(data, bytes) else ""
        if part.get_content_subtype() != "html":
            if shown := _clean(text[: SNIPPET * 4])[:SNIPPET]:
                return shown
        elif not html:
            html = _clean(HTML_TAG.sub(" ", text[:20_000]))[:SNIPPET]
    return html
