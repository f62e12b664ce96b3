"""Signing in with a password or a link, and out again."""

import httpx
import msgspec
import pytest
from tests.server.running import get, parsed, raw, running
from tests.web.conftest import PASSWORD, Site

from syncline.config import Config
from syncline.server.assembly import build
from syncline.server.plugged import application
from syncline.store.contract import Store


async def test_the_right_password_leads_home_with_a_session_cookie(site: Site) -> None:
    """HttpOnly, SameSite=Lax, no Secure over plain http, and only a hash of it in the store."""
    answer = await site.post("/login", login="ann@example.org", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("syncline=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert "Ann" in (await site.browser.get("/home")).text


async def test_a_wrong_password_says_nothing_about_which_part_was_wrong(site: Site) -> None:
    """The same page for an unknown address as for a wrong password; what was typed stays, but escaped."""
    wrong = await site.post("/login", login="ann@example.org", password="guess")
    unknown = await site.post("/login", login='"><script>x@example.org', password="guess")
    assert wrong.status_code == unknown.status_code == 401
    assert "The login or the password is wrong." in wrong.text
    assert "The login or the password is wrong." in unknown.text
    assert "<script>" not in unknown.text
    assert "guess" not in wrong.text
    assert not site.browser.cookies


async def test_guessing_is_held(site: Site) -> None:
    """Ten tries, then a pause; said on the page."""
    limited = [await site.post("/login", login="ann@example.org", password="guess") for _ in range(11)]
    assert [answer.status_code for answer in limited] == [401] * 10 + [429]
    assert "wait a little" in limited[-1].text


async def test_who_is_not_signed_in_is_led_to_the_form(site: Site) -> None:
    """Every page but the sign-in pages themselves."""
    for path in ("/", "/home"):
        answer = await site.browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    answer = await site.post("/tokens", scope="read")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert await site.services.tokens.list(site.account.id) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/home?a=1", "/home?a=1"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example/", "/home"),
        ("/\t/evil.example/", "/home"),
        ("/home\\..//evil", "/home"),
        ("/a\r\nSet-Cookie: evil=1", "/home"),
        ("javascript:alert(1)", "/home"),
        ("", "/home"),
    ],
)
async def test_after_signing_in_one_is_led_to_a_page_of_ours_only(
    site: Site, wanted: str, expected: str
) -> None:
    """An open redirect on a sign-in page is how passwords are fished."""
    answer = await site.post("/login", login="ann@example.org", password=PASSWORD, next=wanted)
    assert answer.headers["location"] == expected


async def test_signing_out_ends_the_session_on_the_server_too(site: Site) -> None:
    """A copy of the cookie is worth nothing afterwards."""
    await site.sign_in()
    copy = dict(site.browser.cookies)
    answer = await site.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    async with httpx.AsyncClient(base_url=site.url, cookies=copy) as thief:
        assert (await thief.get("/home")).status_code == 303


async def test_a_link_signs_in_once(site: Site) -> None:
    """GET shows a button, so a program that previews links does not use it up; POST does, once."""
    code = await site.services.sessions.link(site.account.id)
    for _ in range(3):
        shown = await site.browser.get("/login/link", params={"code": code})
        assert shown.status_code == 200
        assert f'value="{code}"' in shown.text
    answer = await site.post("/login/link", code=code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    assert "Ann" in (await site.browser.get("/home")).text
    again = await site.post("/login/link", code=code)
    assert again.status_code == 401
    assert "used already" in again.text


async def test_a_code_is_shown_as_text_only(site: Site) -> None:
    """It comes from the query."""
    shown = await site.browser.get("/login/link", params={"code": '"><script>alert(1)</script>'})
    assert "<script>" not in shown.text


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(store: Store) -> None:
    """`__Host-` keeps neighbour domains from planting one; https is known from the public address."""
    base = Config()
    server = msgspec.structs.replace(base.server, public_url="https://chat.example.org")
    config = msgspec.structs.replace(base, server=server)
    services = build(store, config)
    await services.accounts.add("ann@example.org", password=PASSWORD)
    body = f"login=ann@example.org&password={PASSWORD.replace(' ', '+')}".encode()
    async with running(application(services, config)) as here:
        headers = (
            "Origin: https://chat.example.org",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        )
        _, found, _ = parsed(await raw(here.port, get("/login", *headers, method="POST", body=body)))
    await services.close()
    assert found["set-cookie"].startswith("__Host-syncline=")
    assert "Secure" in found["set-cookie"]
    assert "Path=/;" in found["set-cookie"]
    assert "Domain" not in found["set-cookie"]


async def test_a_server_for_a_single_user_needs_no_signing_in(store: Store) -> None:
    """`serve --single-user`: whoever reaches the server is this account."""
    account = await build(store, Config()).accounts.add("ann@example.org", name="Ann")
    services = build(store, Config(), single_user=account.id)
    async with (
        running(application(services, Config())) as here,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{here.port}") as browser,
    ):
        page = await browser.get("/home")
        foreign = await browser.get("/home", headers={"Sec-Fetch-Site": "cross-site"})
        named = await browser.get("/home", headers={"Host": "elsewhere.example"})
    await services.close()
    assert "Ann" in page.text
    assert "Sign out" not in page.text
    assert (foreign.status_code, named.status_code) == (403, 403)
    assert "Ann" not in foreign.text + named.text


async def test_a_closed_single_user_is_nobody(store: Store) -> None:
    """Closing reaches a server that runs with it."""
    account = await build(store, Config()).accounts.add("ann@example.org", name="Ann")
    services = build(store, Config(), single_user=account.id)
    async with (
        running(application(services, Config())) as here,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{here.port}") as browser,
    ):
        await services.accounts.close(account.id)
        page = await browser.get("/home")
    await services.close()
    assert (page.status_code, page.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("content", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_only_forms_are_taken(site: Site, content: str) -> None:
    """Another type is said to be wrong, and nothing is guessed from it."""
    headers = {"Content-Type": content, "Origin": site.url}
    answer = await site.browser.post("/login", content=b'{"login":"a"}', headers=headers)
    assert answer.status_code == 400
