"""Every address of Heliotrope's interface without `.json` is a page, and every page keeps the rules."""

import hashlib
import re
from pathlib import Path

import httpx
from tests.web.conftest import Site
from tests.web.mail.letters import conversation, deliver, letter

import syncline.web
from syncline.server.plugged import PARTS
from syncline.web.mail import VIEWS
from syncline.web.mail.showing import FRAMING
from syncline.web.pages import POLICY

FRAGMENTS = {"/message/{id}/body", "/message/{id}/html"}
"""Parts of a page: no title and no heading of their own."""


def asked(path: str) -> str:
    """An address for a route."""
    filled = path.replace("{id}", "1")
    return filled + ("?q=hello" if path in ("/search", "/count") else "")


async def test_every_json_call_that_reads_is_also_a_page(site: Site) -> None:
    """The list is taken from the routes themselves, so that none is forgotten."""
    await conversation(site, 2)
    calls = [
        route.path.removesuffix(".json")
        for part in PARTS
        for route in part.routes
        if "GET" in route.methods and route.path.endswith(".json")
    ]
    assert len(calls) >= 9
    for path in calls:
        answer = await site.browser.get(asked(path), headers={"Accept": "text/html"})
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].startswith("text/html"), path


async def test_a_page_takes_a_token_as_the_data_beside_it_does(site: Site) -> None:
    """Cookie, Bearer or Basic: scripts read the pages, too. A token that may only read changes nothing."""
    await conversation(site, 2)
    secret, _ = await site.services.tokens.create(site.account.id, ("read",))
    async with httpx.AsyncClient(base_url=site.url) as other:
        told = await other.get("/search?q=hello", headers={"Authorization": f"Bearer {secret}"})
        assert told.status_code == 200
        assert "hello" in told.text
        wrong = await other.get("/thread/1", headers={"Authorization": "Bearer no"})
        assert wrong.status_code == 401
        headers = {"Authorization": f"Bearer {secret}"}
        refused = await other.post("/thread/1/labels", data={"give": "x"}, headers=headers)
        assert refused.status_code == 403
        assert (await other.get("/thread/1")).status_code == 303


async def test_every_page_for_mail_keeps_the_rules(site: Site) -> None:
    """Language, a title of its own, one heading, the strict policy, no cache, nothing in line."""
    await conversation(site, 3)
    await deliver(site, letter(text=None, html="<p>x</p>", id="html@x"))
    titles = set()
    for method, path, _ in VIEWS:
        if method != "GET" or path == "/":
            continue
        where = asked(path) if path != "/message/{id}/html" else "/message/4/html"
        answer = await site.browser.get(where)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        if path not in FRAGMENTS:
            assert answer.headers["content-security-policy"] in (POLICY, FRAMING), path
            assert '<html lang="en">' in answer.text, path
            assert len(re.findall(r"<h1", answer.text)) == 1, path
            found = re.search(r"<title>(.+) · Syncline</title>", answer.text)
            assert found, path
            titles.add(found[1])
    assert len(titles) >= 7


async def test_every_page_answers_head_with_no_body(site: Site) -> None:
    await deliver(site, letter())
    for method, path, _ in VIEWS:
        if method == "GET" and path != "/message/{id}/html":
            answer = await site.browser.head(asked(path))
            assert answer.status_code in (200, 303), path
            assert answer.content == b"", path


async def test_every_page_needs_somebody_to_be_signed_in(site: Site) -> None:
    await deliver(site, letter())
    site.browser.cookies.clear()
    for method, path, _ in VIEWS:
        answer = await site.browser.request(method, asked(path), headers={"Origin": site.url})
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/login"), (method, path)
        assert "Hello" not in answer.text


def test_no_template_has_script_or_style_in_line_or_leaves_escaping() -> None:
    """The policy would block the first two; the last would be an open door. `hx-on` is script, too."""
    templates = sorted((Path(syncline.web.__file__).parent / "templates").rglob("*.html"))
    assert len(templates) > 15
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text), template
        assert not re.search(r"javascript:|hx-on|hx-vals|hx-vars", text), template
        assert not re.search(r"\|\s*safe|autoescape\s+false|Markup", text), template


def test_htmx_is_the_file_that_its_page_describes() -> None:
    """Nobody changed a letter of it: the hash of the decision's page is that of the file."""
    root = Path(__file__).parents[3]
    file = (Path(syncline.web.__file__).parent / "static" / "htmx.min.js").read_bytes()
    assert hashlib.sha256(file).hexdigest() in (root / "docs/decisions/htmx.md").read_text(encoding="utf-8")


async def test_labels_are_counted_and_pruning_leaves_those_in_use(site: Site) -> None:
    await deliver(site, letter(id="a@x"), "work")
    await deliver(site, letter(id="b@x"), "work", state=[])
    await site.post("/labels/prune")
    page = (await site.browser.get("/labels")).text
    assert re.search(r'href="/search\?q=~work".*?<strong>1</strong></td><td>2</td>', page, re.DOTALL)


async def test_contacts_are_found_by_the_beginning_of_name_or_address(site: Site) -> None:
    await deliver(site, letter(id="a@x", sender="Éva Ek <zed@example.org>"))
    await deliver(site, letter(id="b@x", sender="Bo <bo@example.org>"))
    for prefix in ("év", "zed"):
        page = (await site.browser.get("/contacts", params={"prefix": prefix})).text
        assert "Éva Ek" in page
        assert "bo@example.org" not in page
    more = (await site.browser.get("/contacts?num=1")).text
    assert 'href="/contacts?prefix=&amp;num=5">Show more' in more
    for num in ("0", "-1", "x", "9" * 30):
        assert (await site.browser.get(f"/contacts?num={num}")).status_code == 200


async def test_small_pages_say_their_figure(site: Site) -> None:
    await conversation(site, 3)
    assert re.search(r"<dt>Mails</dt><dd><bdi>3</bdi>", (await site.browser.get("/size")).text)
    assert re.search(r"<dt>Threads</dt><dd><bdi>1</bdi>", (await site.browser.get("/count?q=~inbox")).text)
    assert "API version" in (await site.browser.get("/info")).text
    wrong = await site.browser.get("/count?q=(")
    assert wrong.status_code == 400
    assert "Problem" in wrong.text
