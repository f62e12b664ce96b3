"""The pages' own files: style and icon. Read once at the start; they are small and few."""

import hashlib
import mimetypes
from importlib.resources import files
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import NotFound
from syncline.web.needs import Needs
from syncline.web.pages import SAFETY


class StaticFile(msgspec.Struct, frozen=True):
    """One file."""

    type: str
    tag: str
    body: bytes


def _read() -> dict[str, StaticFile]:
    found = {}
    for each in (files("syncline.web") / "static").iterdir():
        if each.is_file() and not each.name.startswith("."):
            body = each.read_bytes()
            type = mimetypes.guess_type(each.name)[0] or "application/octet-stream"
            found[each.name] = StaticFile(type, f'"{hashlib.sha256(body).hexdigest()[:16]}"', body)
    return found


FILES: Final = _read()


async def static(needs: Needs, request: Request) -> Response:
    """GET /static/NAME: from memory, so that no path can lead out of the folder."""
    known = FILES.get(request.path_params["file"])
    if known is None:
        raise NotFound("There is no such file.")
    headers = {**SAFETY, "Cache-Control": "public, max-age=3600", "ETag": known.tag}
    if request.headers.get("if-none-match") == known.tag:
        return Response(status_code=304, headers=headers)
    return Response(known.body, media_type=known.type, headers=headers)
