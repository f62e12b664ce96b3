"""What all pages for conversations have in common: who may see them, and how they keep safe."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
from tests.web.chat.talking import Talk

from syncline.core.ids import Id, ZoneId
from syncline.server.paths import WEB, owner_of
from syncline.web.chat import VIEWS
from syncline.web.pages import POLICY


async def paths(talk: Talk) -> list[str]:
    """A page of each kind."""
    conv = await talk.begin()
    await talk.say(conv, "hello")
    other = await talk.begin("Other", members=[])
    return ["/chat", talk.path(conv), f"{talk.path(conv)}&before=2", await talk.open_link(other)]


async def test_every_page_keeps_the_rules(talk: Talk) -> None:
    """Language, a title, one heading, the strict policy, no cache; HEAD gives no body."""
    for path in await paths(talk):
        answer = await talk.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-security-policy"] == POLICY, path
        assert answer.headers["cache-control"] == "no-store", path
        assert '<html lang="en">' in answer.text, path
        assert len(re.findall(r"<h1", answer.text)) == 1, path
        assert re.search(r"<title>.+ · Syncline</title>", answer.text), path
        head = await talk.site.browser.head(path)
        assert (head.status_code, head.content) == (200, b""), path


async def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(talk: Talk) -> None:
    """By 302, as Fleep's own tests want it; the way back leads to the very page, and to no other site."""
    asked = await paths(talk)
    talk.site.browser.cookies.clear()
    for path in asked:
        answer = await talk.get(path)
        assert answer.status_code == 302, path
        where = urlsplit(answer.headers["location"])
        assert where.path == "/login"
        assert parse_qs(where.query)["next"] == [path]
    entrance = (await talk.get(asked[1])).headers["location"]
    page = (await talk.get(entrance)).text
    wanted = re.findall(r'name="next" value="([^"]+)"', page)[0].replace("&amp;", "&")
    answer = await talk.site.post(
        "/login", login="ann@example.org", password="correct horse battery", next=wanted
    )
    assert answer.headers["location"] == asked[1]


async def test_no_form_works_for_who_is_not_signed_in(talk: Talk) -> None:
    """Writing, reading, joining: the log stays as it was."""
    conv = await talk.begin()
    link = await talk.open_link(await talk.begin("Other", members=[]))
    talk.site.browser.cookies.clear()
    head = talk.site.services.store.head
    for path in (f"/chat/{talk.cid(conv)}/messages", f"/chat/{talk.cid(conv)}/read", f"{link}/join"):
        answer = await talk.site.post(path, text="x", upto="9")
        assert (answer.status_code, answer.headers["location"]) == (302, "/login"), path
    assert talk.site.services.store.head == head


async def test_programs_can_ask_whether_somebody_is_signed_in(talk: Talk) -> None:
    """200 and an empty object, or 401: by cookie, by token, after signing out."""
    answer = await talk.site.browser.get("/globals/auth")
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["cache-control"] == "no-store"
    secret, _ = await talk.site.services.tokens.create(talk.ann, ("read",))
    async with httpx.AsyncClient(base_url=talk.site.url) as other:
        headers = {"Authorization": f"Bearer {secret}"}
        assert (await other.get("/globals/auth", headers=headers)).status_code == 200
        assert (await other.get("/globals/auth")).status_code == 401
    await talk.site.post("/logout")
    assert (await talk.site.browser.get("/globals/auth")).status_code == 401


async def test_the_paths_belong_to_the_pages(talk: Talk) -> None:
    """And what lies beside them gets a page as its refusal."""
    assert {owner_of(path) for _, path, _ in VIEWS} == {WEB}
    assert owner_of("/chat/x/y/z") == WEB
    assert (await talk.get("/chat/x/y/z")).status_code == 404
    assert (await talk.get(f"/chat/{talk.cid(ZoneId(Id(1)))}/read")).status_code in (404, 405)


async def test_the_address_in_fleeps_records_is_that_of_the_page(talk: Talk) -> None:
    """`autojoin_url` of a record, and a conversation's own link: they lead to these pages."""
    conv = await talk.begin()
    secret, _ = await talk.site.services.tokens.create(talk.ann, ("read", "write"))
    headers = {"Authorization": f"Bearer {secret}"}
    body = {"event_horizon": 0, "wait": False}
    answer = await talk.site.browser.post("/api/account/poll", json=body, headers=headers)
    records = answer.json()["stream"]
    links = [one["autojoin_url"] for one in records if one.get("autojoin_url")]
    assert f"{talk.site.url}{talk.link(conv)}" in links


async def test_the_command_for_fleep_on_the_home_page_is_one_that_works(talk: Talk) -> None:
    """Pasted with a token: address, header and body as they stand there."""
    secret, _ = await talk.site.services.tokens.create(talk.ann, ("read",))
    page = (await talk.get("/home")).text
    found = re.search(r"<code id=\"try-\d\">(curl [^<]*account/poll)</code>", page)
    assert found is not None
    command = found[1].replace("&#34;", '"').replace("&#39;", "'").replace("YOUR_TOKEN", secret)
    bearer, body, url = re.findall(r'(Bearer [^"]+)|-d \'(.*?)\'|(http\S+)', command)
    answer = await talk.site.browser.post(
        url[2], content=body[1], headers={"Authorization": bearer[0], "Content-Type": "application/json"}
    )
    assert answer.status_code == 200
    assert answer.json()["event_horizon"] != 0
