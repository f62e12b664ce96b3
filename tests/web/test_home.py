"""The home page: one's account, tokens, and what changed."""

import re

import httpx
import msgspec
from tests.web.conftest import Site

from syncline.core.ids import Id
from syncline.services.accounts import SCOPES, Auth
from syncline.services.conversations import Beginning
from syncline.web.once import LASTS, MOST, Once
from syncline.web.recent import recent


async def test_a_token_is_made_shown_once_and_works(site: Site) -> None:
    """64 characters, once; afterwards only its name and scopes. It is in no address and in no cookie."""
    await site.sign_in()
    answer = await site.post("/tokens", name="laptop <1>", scope=["read", "sync", "nonsense"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    cookies = answer.headers["set-cookie"]
    made = await site.browser.get("/home")
    found = re.search(r"<code id=\"secret\">([^<]+)</code>", made.text)
    assert found is not None
    secret = found[1]
    assert len(secret) == 64
    assert secret not in cookies
    auth = await site.services.tokens.authenticate(secret)
    assert (auth.account, auth.scopes) == (site.account.id, frozenset({"read", "sync"}))
    later = (await site.browser.get("/home")).text
    assert secret not in later
    assert "laptop &lt;1&gt;" in later


async def test_reloading_the_page_makes_no_second_token(site: Site) -> None:
    """The page after making one is reached by GET: what a browser repeats when it reloads changes nothing."""
    await site.sign_in()
    await site.post("/tokens", name="laptop", scope="read")
    for _ in range(3):
        assert (await site.browser.get("/home")).status_code == 200
    assert len(await site.services.tokens.list(site.account.id)) == 1


async def test_a_secret_waits_for_its_own_session_only(site: Site) -> None:
    """A ticket that got to somebody else shows him nothing, and does not use it up."""
    await site.sign_in()
    await site.post("/tokens", name="laptop", scope="read")
    ticket = site.browser.cookies["syncline-once"]
    bob = await site.services.accounts.add("bob@example.org")
    cookies = {"syncline": await site.services.sessions.create(bob.id), "syncline-once": ticket}
    async with httpx.AsyncClient(base_url=site.url, cookies=cookies) as thief:
        assert "Your new token" not in (await thief.get("/home")).text
    assert "Your new token" in (await site.browser.get("/home")).text


def test_what_waits_to_be_shown_is_forgotten_after_a_while_and_never_piles_up() -> None:
    """Two minutes, and a thousand at most: a secret that nobody came for does not lie around in memory."""
    now = 0.0
    once, auth = Once[str](clock=lambda: now), Auth(Id(1), Id(2), SCOPES)
    late, right = once.put(auth, "late"), once.put(auth, "right")
    assert once.take(auth, right) == "right"
    assert once.take(auth, right) is None
    now += LASTS + 1
    assert once.take(auth, late) is None
    tickets = [once.put(auth, "x") for _ in range(MOST + 1)]
    assert once.take(auth, tickets[0]) is None
    assert once.take(auth, tickets[-1]) == "x"


async def test_a_token_without_any_scope_is_refused_with_a_sentence(site: Site) -> None:
    """It could do nothing."""
    await site.sign_in()
    answer = await site.post("/tokens", name="x")
    assert answer.status_code == 400
    assert "at least one scope" in answer.text
    assert await site.services.tokens.list(site.account.id) == []


async def test_a_token_is_revoked(site: Site) -> None:
    """Worthless in the moment of the answer."""
    await site.sign_in()
    secret, token = await site.services.tokens.create(site.account.id, SCOPES)
    await site.services.tokens.authenticate(secret)
    answer = await site.post(f"/tokens/{token.id}/revoke")
    assert answer.status_code == 303
    assert site.services.tokens.known(secret) is None
    assert await site.services.tokens.list(site.account.id) == []


async def test_another_accounts_token_is_not_even_there(site: Site) -> None:
    """The same answer as for an id that never was, and nothing changed."""
    await site.sign_in()
    bob = await site.services.accounts.add("bob@example.org")
    _, token = await site.services.tokens.create(bob.id, SCOPES)
    session = await site.services.sessions.authenticate(await site.services.sessions.create(site.account.id))
    for id in (str(token.id), "999999", str(session.session), "x", "-1", "9" * 40, "²"):
        assert (await site.post(f"/tokens/{id}/revoke")).status_code == 404, id
    assert len(await site.services.tokens.list(bob.id)) == 1
    await site.services.sessions.authenticate(next(iter(site.browser.cookies.values())))


async def test_a_page_for_an_unknown_address_is_a_page(site: Site) -> None:
    """A person gets a page with the way back; a program gets JSON."""
    page = await site.browser.get("/login/nothing", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "Back to the beginning" in page.text
    assert (await site.browser.get("/login/nothing")).json()["error"]["code"] == "not_found"


async def test_static_files_come_with_a_tag_and_only_from_the_folder(site: Site) -> None:
    """The browser asks again with the tag and gets 304; paths out of the folder lead nowhere."""
    style = await site.browser.get("/static/syncline.css")
    assert style.headers["content-type"].startswith("text/css")
    again = await site.browser.get("/static/syncline.css", headers={"If-None-Match": style.headers["etag"]})
    assert again.status_code == 304
    for path in ("/static/..%2Fpages.py", "/static/%2e%2e/pages.py", "/static/", "/static//etc/passwd"):
        assert (await site.browser.get(path)).status_code == 404, path


async def test_what_changed_last_is_listed_newest_first_and_only_what_one_may_see(site: Site) -> None:
    """Promise 5 on the page: nothing of others' conversations, nothing from after one left."""
    talk, people = site.services.conversations, site.services.accounts
    bob = await people.add("bob@example.org")
    shared = (await talk.create(bob.id, Beginning(members=[site.account.id]))).value.conv
    private = (await talk.create(bob.id, Beginning())).value.conv
    for conv, text in ((shared, "first <b>"), (private, "not for Ann"), (shared, "second")):
        await talk.send(bob.id, conv, msgspec.json.encode({"text": text}))
    lines = await recent(site.services.store, site.account.id)
    assert [line.text for line in lines if line.did == "wrote in"] == ["second", "first <b>"]
    await talk.leave(site.account.id, shared)
    await talk.send(bob.id, shared, msgspec.json.encode({"text": "behind her back"}))
    lines = await recent(site.services.store, site.account.id)
    texts = [line.text for line in lines]
    assert "not for Ann" not in texts
    assert "behind her back" not in texts
    own = (await talk.create(site.account.id, Beginning())).value.conv
    await talk.send(site.account.id, own, msgspec.json.encode({"text": "mine <i>"}))
    await site.sign_in()
    page = (await site.browser.get("/home")).text
    assert "mine &lt;i&gt;" in page
    assert "not for Ann" not in page
