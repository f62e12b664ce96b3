"""How a page is made: template in, answer out, with the headers that keep it safe."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""

SAFETY: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers then send `Origin: null` with our own forms, which the origin check refuses.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""On every page. Pages hold what only their reader may see, so no cache keeps them."""


_STEPS: Final = ((60, "minute", 60), (3600, "hour", 24), (86400, "day", 7))
_LAST: Final = 253_402_300_799_000
"""The end of the year 9999 in ms. Mails have been seen that claim to be from later."""


def when(at: int) -> str:
    """A time (ms) in words that are the same everywhere: `2026-07-31 09:05 UTC`."""
    return f"{_moment(at):%Y-%m-%d %H:%M} UTC"


def machine_time(at: int) -> str:
    """A time (ms) for `<time datetime>`."""
    return f"{_moment(at):%Y-%m-%dT%H:%M:%S}Z"


def ago(at: int, now: int | None = None) -> str:
    """A time (ms) as people say it: `5 minutes ago`, and the date from a week on.

    It needs no time zone, which a server cannot know. What lies in the future (clocks differ) is `just now`.
    """
    now = time.time_ns() // 1_000_000 if now is None else now
    seconds = (now - at) // 1000
    if -86400 < seconds < 60:
        return "just now"
    for size, word, most in _STEPS:
        count = seconds // size
        if 1 <= count < most:
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return day(at)


def day(at: int) -> str:
    """The day of a time (ms): `31 Jul 2026`."""
    moment = _moment(at)
    return f"{moment.day} {moment:%b %Y}"


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(min(max(at, 0), _LAST) // 1000, UTC)


_SLICE: Final = 0.002
"""Seconds of the loop that a long page takes at once: a mail of a thread is 0.1 ms, some have thousands."""

_environment: Final = Environment(
    loader=PackageLoader("syncline.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_environment.filters.update(when=when, ago=ago, day=day, machine_time=machine_time)


_compiled: Final[set[str]] = set()


def _compile() -> None:
    """Compile all templates: 0.2 s, once, which no request should hold the loop for."""
    for name in _environment.list_templates():
        _environment.get_template(name)
        _compiled.add(name)


def render(template: str, **values: Any) -> str:
    """A template's text; every value is escaped."""
    return _environment.get_template(template).render(**values)


async def render_in_slices(template: str, **values: Any) -> str:
    """As `render`, for pages that may be long: the loop has a turn after each slice."""
    if not _compiled:
        await asyncio.to_thread(_compile)
    pieces = []
    began = time.perf_counter()
    for piece in _environment.get_template(template).generate(**values):
        pieces.append(piece)
        if time.perf_counter() - began > _SLICE:
            await asyncio.sleep(0)
            began = time.perf_counter()
    return "".join(pieces)


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """A page."""
    return HTMLResponse(render(template, **values), status, headers=SAFETY)


def redirect(path: str, *, status: int = 303) -> Response:
    """Lead the browser to another of our pages, by GET."""
    return RedirectResponse(path, status, headers=SAFETY)


def own_path(given: str | None, default: str) -> str:
    """A path of ours to lead to, from a query: never another site, however it is spelled.

    Browsers take `//host`, and `/\\host`, for another site, and leave tabs and line ends out before they
    look.
    """
    if given is None or not given.startswith("/") or given[1:2] in ("/", "\\"):
        return default
    if any(letter < "!" or letter == "\\" or letter > "~" for letter in given) or len(given) > 500:
        return default
    return given
