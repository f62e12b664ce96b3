"""What a hostile page, a planted link or a foreign frame can do to somebody who is signed in: nothing."""

import re
from pathlib import Path

import pytest
from tests.web.conftest import PASSWORD, Site, site

from syncline.web.pages import POLICY

__all__ = ["site"]

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://evil.example/page"},
]
CHANGES = ["/login", "/login/link", "/logout", "/register", "/tokens", "/tokens/1/revoke"]


@pytest.mark.parametrize("signed_in", [True, False])
async def test_cross_site_request_forgery(site: Site, signed_in: bool) -> None:
    """Every change from another site's page is refused, with a cookie or without (login CSRF)."""
    if signed_in:
        await site.sign_in()
    fields = {"login": "ann@example.org", "password": PASSWORD, "code": "x", "scope": "read"}
    for path in CHANGES:
        for headers in FOREIGN:
            answer = await site.browser.post(path, data=fields, headers=headers)
            assert answer.status_code == 403, (path, headers)
            assert "set-cookie" not in answer.headers
    assert await site.services.tokens.list(site.account.id) == []
    assert (await site.browser.get("/home")).status_code == (200 if signed_in else 303)


async def test_every_page_has_the_strict_policy(site: Site) -> None:
    """Pages, refusals, redirects and files alike."""
    await site.sign_in()
    wanted = [
        "/",
        "/home",
        "/login",
        "/login/link?code=x",
        "/register?code=x",
        "/static/syncline.css",
        "/static/syncline.js",
        "/static/none",
        "/login/none",
    ]
    for path in wanted:
        answer = await site.browser.get(path, headers={"Accept": "text/html"})
        assert answer.headers["content-security-policy"] == POLICY, path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "same-origin", path
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert "form-action 'self'" in POLICY
    assert "base-uri 'none'" in POLICY
    assert "unsafe" not in POLICY


async def test_pages_are_kept_by_no_cache(site: Site) -> None:
    """Going back after signing out shows nothing; no proxy keeps a page of somebody."""
    await site.sign_in()
    for path in ("/home", "/login/link?code=x", "/register?code=x"):
        assert (await site.browser.get(path)).headers["cache-control"] == "no-store"


def test_no_template_has_script_or_style_in_line_or_leaves_escaping() -> None:
    """The policy would block the first two; the last would be an open door."""
    folder = Path(__file__).parents[2] / "src/syncline/web/templates"
    templates = list(folder.glob("*.html"))
    assert templates
    for template in templates:
        text = template.read_text()
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text), (
            template
        )
        assert not re.search(r"\|\s*safe|autoescape\s+false|Markup", text), template


async def test_what_others_named_is_text_on_our_pages(site: Site) -> None:
    """A name is shown, not run."""
    evil = await site.services.accounts.add("eve@example.org", name="<img src=x onerror=alert(1)>")
    code = await site.services.sessions.link(evil.id)
    await site.post("/login/link", code=code)
    page = (await site.browser.get("/home")).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


async def test_a_planted_cookie_signs_nobody_in(site: Site) -> None:
    """Session fixation: the secret is always ours, made at the sign-in."""
    site.browser.cookies.set("syncline", "A" * 64, domain="127.0.0.1")
    await site.sign_in()
    secrets = [cookie.value for cookie in site.browser.cookies.jar]
    assert "A" * 64 not in secrets
