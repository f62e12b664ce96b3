"""Reading what is posted: forms of either kind, with any bytes in them, and JSON."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from syncline.core.errors import Invalid, Missing, TooLarge
from syncline.core.nesting import check_nesting
from syncline.gateways.http.forms import boundary_of, multipart, urlencoded

LARGEST_JSON: Final = 2 << 20
"""bytes of a JSON body: reading one cannot be interrupted, and 2 MB take 3 ms. Larger mails go as forms"""

SMALL: Final = 1 << 16
"""bytes of a form that is read on the loop: under a millisecond"""

LARGEST_EXTRA: Final = 1 << 14
"""bytes of what a client may store with a message"""

FORM: Final = "application/x-www-form-urlencoded"


class Fields:
    """The fields of a request: bytes from forms, values of any kind from JSON."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Take what was sent."""
        self._values = values

    def mail(self) -> bytes:
        """The raw mail; raises Missing, Invalid.

        In forms it is `message`, as it is. JSON has no place for bytes: there `message` is taken as UTF-8,
        and a mail with other bytes belongs into `message_base64`.
        """
        encoded = self._values.get("message_base64")
        if encoded is not None:
            try:
                return base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError, TypeError):
                raise Invalid("This is no base64.", field="message_base64") from None
        message = self._values.get("message")
        if message is None:
            raise Missing("Send the mail in the field message.", field="message")
        if isinstance(message, str):
            return message.encode(errors="replace")
        if not isinstance(message, bytes):
            raise Invalid("A mail is a text.", field="message")
        return message

    def names(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts, in forms as JSON; raises Missing where there is neither it nor a default."""
        value = self._value(name)
        if value is None:
            if default is None:
                raise Missing(f'Send a list in the field {name}, such as ["one","two"].', field=name)
            return default
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Invalid(f'The field {name} takes a list of texts, such as ["one","two"].', field=name)
        return tuple(dict.fromkeys(value))

    def extra(self) -> dict[str, Any] | None:
        """What is to be stored with the message, in forms as JSON; raises Invalid, TooLarge."""
        value = self._value("extra")
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Invalid("The field extra takes a JSON object.", field="extra")
        check_nesting(value, field="extra")
        if len(msgspec.json.encode(value)) > LARGEST_EXTRA:
            raise TooLarge(f"The field extra takes at most {LARGEST_EXTRA} bytes.", field="extra")
        return value

    def wish(self, name: str) -> bool:
        """Whether something is asked for: a field that is there and neither empty, `0` nor `false`."""
        value = self._values.get(name)
        return value not in (None, False, 0, "", b"", "0", b"0", "false", b"false")

    def _value(self, name: str) -> Any:
        value = self._values.get(name)
        return _json(value, name) if isinstance(value, bytes | str) else value


async def read_fields(scope: Scope, receive: Receive) -> Fields:
    """The fields of a request's body; raises Invalid for what is neither a form nor JSON, TooLarge."""
    kind, _, rest = scope["header"].get(b"content-type", b"").decode("latin-1").partition(";")
    kind = kind.strip().lower()
    chunks, size = await _chunks(receive)
    reading: Callable[[list[bytes], bytes], dict[str, bytes]]
    if kind in ("", FORM):
        reading, boundary = urlencoded, b""
    elif kind == "application/json":
        return Fields(_read_json(b"".join(chunks), size))
    elif kind == "multipart/form-data" and (found := boundary_of(rest)):
        reading, boundary = multipart, found
    else:
        raise Invalid("Send a form, or JSON.")
    if size <= SMALL:
        return Fields(dict(reading(chunks, boundary)))
    return Fields(dict(await asyncio.to_thread(reading, chunks, boundary)))


async def _chunks(receive: Receive) -> tuple[list[bytes], int]:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        if chunk:
            chunks.append(bytes(chunk))
            size += len(chunk)
        if not message.get("more_body", False):
            return chunks, size


def _read_json(body: bytes, size: int) -> dict[str, Any]:
    if size > LARGEST_JSON:
        raise TooLarge(f"JSON may have at most {LARGEST_JSON} bytes; larger mails are sent as forms.")
    found = {} if body.isspace() or not body else _json(body, None)
    if not isinstance(found, dict):
        raise Invalid("The body is a JSON object.")
    return found


def _json(text: bytes | str, field: str | None) -> Any:
    what = "The body" if field is None else f"The field {field}"
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise TooLarge(f"{what} is nested too deeply.", field=field) from None
    except (msgspec.DecodeError, UnicodeError):
        raise Invalid(f"{what} is no JSON.", field=field) from None
