"""How a page is made: template in, answer out, with the headers that keep it safe."""

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


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


_environment: Final = Environment(
    loader=PackageLoader("syncline.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_environment.filters["when"] = _when


def render(template: str, **values: Any) -> str:
    """A template's text; every value is escaped."""
    return _environment.get_template(template).render(**values)


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """A page."""
    return HTMLResponse(render(template, **values), status, headers=SAFETY)


def redirect(path: str) -> Response:
    """Lead the browser to another of our pages, by GET."""
    return RedirectResponse(path, 303, headers=SAFETY)


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
