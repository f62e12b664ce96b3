"""The frame of an HTML mail: a document of its own, that may do nothing and knows nobody.

It is cleaned (nh3), and would stay harmless if that failed: the answer's policy puts it into a sandbox
without scripts, forms and origin, so that it has no cookie and reaches none of our pages, and lets it load
nothing but what it brings along; pictures from elsewhere only when somebody asked for them. Links open in a
page of their own, which learns nothing of where it was opened.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syncline.core.errors import NotFound
from syncline.gateways.mime.html import safe_html
from syncline.gateways.mime.opening import Leaf, open_mail
from syncline.services.accounts import Auth
from syncline.web.guarded import needs_account
from syncline.web.mail.bodies import RASTER, Prefer
from syncline.web.mail.links import number
from syncline.web.mail.needs import MailNeeds
from syncline.web.mail.off_loop import off_loop
from syncline.web.mail.showing import on_request
from syncline.web.mail.words import NO_MESSAGE
from syncline.web.pages import SAFETY

SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
"""What the sandbox leaves: following a link by a click. No scripts, forms, origin, nor going elsewhere."""

PICTURES: Final = 12 << 20
"""Characters of a frame that may be pictures; without cookies it cannot fetch them, so they come with it."""

NO_PART: Final = "This message has no such part."

_PAGE: Final = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1"><base target="_blank">
<style>html {{ color-scheme: light; background: #fff; color: #1b1f27 }}
body {{ margin: 12px; font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }}
img {{ max-width: 100%; height: auto }} table {{ max-width: 100% }} pre {{ white-space: pre-wrap }}</style>
</head>
<body>{html}</body></html>"""


def policy(remote: bool) -> str:
    """The policy of a frame; `remote`: its reader wants the pictures from elsewhere."""
    pictures = "img-src data: https: http:" if remote else "img-src data:"
    return (
        f"sandbox {SANDBOX}; default-src 'none'; {pictures}; style-src 'unsafe-inline'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'"
    )


@needs_account
async def message_frame(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /message/ID/html: the frame of an HTML mail (`part`, `copy`; `remote=1`: with pictures)."""
    no = number(request.path_params["id"], NO_MESSAGE)
    query = request.query_params
    remote = on_request(request)
    part = number(query["part"], NO_PART) if query.get("part") else None
    copy = number(query["copy"], NO_MESSAGE) if query.get("copy") else 1
    raw = await needs.mails.raw(auth.account, no, copy)
    text = await off_loop(needs, framed, raw, part, remote)
    if text is None:
        raise NotFound(NO_PART)
    headers = {
        **SAFETY,
        "Content-Security-Policy": policy(remote),
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "SAMEORIGIN",
    }
    return HTMLResponse(text, headers=headers)


def framed(raw: bytes, part: int | None, remote: bool) -> str | None:
    """The document for one HTML part (None: the first); None where there is none."""
    leaves = open_mail(raw).leaves(Prefer.HTML)
    wanted = [leaf for at, leaf in enumerate(leaves) if leaf.kind == Prefer.HTML and part in (None, at)]
    if not wanted:
        return None
    safe = safe_html(wanted[0].text, pictures=Pictures(leaves), remote=remote)
    return _PAGE.format(html=safe.html.encode("utf-8", "replace").decode())


class Pictures(Mapping[str, str]):
    """A mail's own raster pictures by their cid, as data: addresses.

    They are given away until all together are as long as a frame may be: a mail of 100 KB can show one
    picture a thousand times.
    """

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        """Begin with the whole allowance."""
        self._leaves = {leaf.cid: leaf for leaf in leaves if leaf.cid and leaf.kind in RASTER}
        self._made: dict[str, str] = {}
        self._left = PICTURES

    def __getitem__(self, cid: str) -> str:
        """The picture's address; KeyError where there is none, or none left."""
        if cid not in self._made:
            leaf = self._leaves[cid]
            if leaf.size > self._left:
                raise KeyError(cid)
            self._made[cid] = f"data:{leaf.kind};base64,{base64.b64encode(leaf.data).decode()}"
        found = self._made[cid]
        if len(found) > self._left:
            raise KeyError(cid)
        self._left -= len(found)
        return found

    def __iter__(self) -> Iterator[str]:
        """The cids."""
        return iter(self._leaves)

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._leaves)
