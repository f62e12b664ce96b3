"""The answer at addresses that belong to nobody: data for programs, a small page for people."""

from html import escape
from typing import Final

from syncline.gateways.http.answers import Answer, Refused, plain

POLICY: Final = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; "
    b"base-uri 'none'"
)

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{message} · Syncline</title>
<link rel="stylesheet" href="/static/syncline.css">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<main class="narrow">
<p class="brand"><img src="/static/icon.svg" alt="" width="28" height="28">Syncline</p>
<div class="card">
<h1>{message}</h1>
<p><a href="/">Back to the beginning</a></p>
<p class="faint">Error {status}, request <code>{request_id}</code></p>
</div>
</main>
</html>
"""


def unknown(refusal: Refused) -> Answer:
    """The server's own shape: Syncline's JSON, or a page if a browser asked for one."""
    if not refusal.html:
        return plain(refusal)
    page = _PAGE.format(
        status=refusal.status, message=escape(refusal.message), request_id=escape(refusal.request_id)
    )
    headers = (
        (b"Content-Type", b"text/html; charset=utf-8"),
        (b"Content-Security-Policy", POLICY),
        (b"Referrer-Policy", b"same-origin"),
        (b"X-Content-Type-Options", b"nosniff"),
        (b"Cache-Control", b"no-store"),
    )
    return Answer(refusal.status, headers, page.encode())
