"""The frame of an HTML mail: a document of its own, that may do nothing and knows nobody.

It is cleaned (nh3), and would stay harmless if that failed: the answer's policy puts it into a sandbox
without scripts, forms and origin, so that it has no cookie and reaches none of our pages, and lets it load
nothing but what it brings along; pictures from elsewhere only when somebody asked for them. Links open in a
page of their own, which learns nothing of where it was opened.
"""

import base64
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syncline.core.errors import NotFound
from syncline.gateways.mime.html import safe_html
from syncline.gateways.mime.opening import Leaf, open_mail
from syncline.services.accounts import Auth
from syncline.web.guarded import needs_sign_in
from syncline.web.mail.bodies import RASTER, Prefer
from syncline.web.mail.links import number
from syncline.web.mail.needs import MailNeeds
from syncline.web.mail.off_loop import off_loop
from syncline.web.mail.words import NO_MESSAGE
from syncline.web.pages import SAFETY

SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
"""What the sandbox leaves: following a link by a click. No scripts, forms, origin, nor going elsewhere."""

PICTURES: Final = 8 << 20
"""Bytes of a mail's own pictures that are put into its frame; a frame without cookies cannot fetch them."""

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


@needs_sign_in
async def message_frame(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /message/ID/html: the frame of an HTML mail (`part`, `copy`; `remote=1`: with pictures)."""
    no = number(request.path_params["id"], NO_MESSAGE)
    query = request.query_params
    remote = query.get("remote") == "1"
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
    safe = safe_html(wanted[0].text, pictures=_pictures(leaves), remote=remote)
    return _PAGE.format(html=safe.html.encode("utf-8", "replace").decode())


def _pictures(leaves: Sequence[Leaf]) -> dict[str, str]:
    """The mail's own pictures by their cid, as data: addresses."""
    found: dict[str, str] = {}
    left = PICTURES
    for leaf in leaves:
        if not leaf.cid or leaf.kind not in RASTER or leaf.size > left:
            continue
        left -= leaf.size
        found[leaf.cid] = f"data:{leaf.kind};base64,{base64.b64encode(leaf.data).decode()}"
    return found
