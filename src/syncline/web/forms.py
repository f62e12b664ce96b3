"""The fields of a form, as browsers post it."""

import asyncio
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from syncline.core.errors import Invalid

MAX_FORM: Final = 16 << 10
"""bytes of a form; the route refuses more before it is read, unless it is for long texts"""

_TYPE: Final = "application/x-www-form-urlencoded"


async def form(request: Request) -> dict[str, list[str]]:
    """All values of each field; raises Invalid for what is no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise Invalid("This is not a form.")
    body = await request.body()
    try:
        if len(body) <= MAX_FORM:
            pairs = _parsed(body)
        else:
            pairs = await asyncio.to_thread(_parsed, body)
    except ValueError as error:
        raise Invalid("This form cannot be read.") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _parsed(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50)


def first(fields: dict[str, list[str]], name: str) -> str:
    """The first value of a field, "" if it was not given."""
    return fields.get(name, [""])[0]
