"""Who is let in: by token, by password, by cookie, and on a server for a single user with nothing at all."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import httpx
import pytest
from tests.protocols.heliotrope.calls import CALLS, Call
from tests.protocols.heliotrope.place import FORM, PASSWORD, Client, Place, encoded, letter, refused, said

from syncline.config import Config
from syncline.config.sections import Server
from syncline.services.accounts import Logins
from syncline.store.contract import Store

Alone: TypeAlias = Callable[..., Awaitable[Place]]

EVIL: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://evil.example/page"},
)
"""How a browser tells that another site's page asks."""


def basic(login: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_every_call_wants_to_know_who_asks(place: Place, call: Call) -> None:
    """Nothing, and everything that is wrong: one shape, with both ways to do it right."""
    await place.client("ann")
    async with place.bare() as client:
        for headers in (
            {},
            {"Authorization": "Bearer x"},
            {"Authorization": "Bearer " + "x" * 64},
            {"Authorization": "Basic x"},
            {"Authorization": "Basic " + base64.b64encode(b"nothing").decode()},
            {"Authorization": "Digest x"},
            basic("", "x" * 64),
            {"Cookie": "syncline=" + "x" * 64},
        ):
            answer = await client.request(call.method, call.path, headers=headers)
            assert refused(answer, 401)["code"] == "unauthorized"
            challenges = answer.headers.get_list("www-authenticate")
            assert 'Basic realm="syncline", charset="UTF-8"' in challenges
            assert 'Bearer realm="syncline"' in challenges


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_every_call_wants_its_scope(place: Place, call: Call) -> None:
    """Reading needs `read`, writing `write`; neither is part of the other."""
    ann = await place.client("ann", ["read" if call.writes else "write"])
    answer = await ann.http.request(call.method, call.path)
    assert refused(answer, 403)["code"] == "insufficient_scope"


@pytest.mark.parametrize("login", ["ann@example.org", "ANN@Example.org", "ann"])
async def test_a_password_opens_by_address_or_local_name(place: Place, login: str) -> None:
    """For clients that know HTTP Basic only: to read and to write."""
    await place.client("ann")
    async with place.bare(headers=basic(login, PASSWORD)) as client:
        said(await client.post("/message.json", content=encoded(message=letter("a@x")), headers=FORM))
        assert said(await client.get("/size.json")) == {"size": 1}


@pytest.mark.parametrize("login", ["", "ann@example.org", "whoever"])
async def test_a_token_may_stand_in_for_the_password(place: Place, login: str) -> None:
    """With its scopes; the name beside it is not looked at."""
    ann = await place.client("ann", ["read"])
    async with place.bare(headers=basic(login, ann.secret)) as client:
        assert said(await client.get("/size.json")) == {"size": 0}
        assert refused(await client.post("/labels/prune.json"), 403)


async def test_a_password_may_have_colons_and_any_letters(place: Place) -> None:
    """Only the first colon parts the two; sixty-four characters make no password a token."""
    for number, password in enumerate(("a:b:c::secret", "grüße aus łódź", "x" * 64)):
        await place.services.accounts.add(f"p{number}@example.org", password=password)
        async with place.bare(headers=basic(f"p{number}@example.org", password)) as client:
            said(await client.get("/size.json"))


async def test_older_clients_send_passwords_in_latin_1(place: Place) -> None:
    """What is no UTF-8 is read so."""
    await place.services.accounts.add("p@example.org", password="größer als acht")
    raw = base64.b64encode("p@example.org:größer als acht".encode("latin-1")).decode()
    async with place.bare(headers={"Authorization": f"Basic {raw}"}) as client:
        said(await client.get("/size.json"))


async def test_a_password_is_checked_once_and_forgotten_when_it_changes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 ms of a core for each request would be a third of the server; a changed one is worthless at once."""
    ann = await place.client("ann")
    accounts = place.services.accounts
    checked: list[str] = []
    sign_in = accounts.sign_in

    async def counting(login: str, password: str) -> Any:
        checked.append(login)
        return await sign_in(login, password)

    monkeypatch.setattr(accounts, "sign_in", counting)
    async with place.bare(headers=basic("ann", PASSWORD)) as client:
        for _ in range(3):
            said(await client.get("/size.json"))
        assert checked == ["ann"]
        await accounts.set_password(ann.id, "another password")
        assert refused(await client.get("/size.json"), 401)["code"] == "wrong_password"
    async with place.bare(headers=basic("ann", "another password")) as client:
        said(await client.get("/size.json"))
        await accounts.close(ann.id)
        assert refused(await client.get("/size.json"), 401)["code"] == "deactivated"


async def test_a_remembered_password_is_checked_again_after_some_minutes(store: Store) -> None:
    """And it is remembered under a hash with a key of the process, never in itself."""
    now = [1_000_000]
    place = Place(store)
    await place.client("ann")
    guesses: list[str] = []

    class Counting:
        def guess(self, login: str, address: str) -> None:
            guesses.append(login)

        def guessed(self, login: str, address: str) -> None:
            pass

    logins = Logins(store, place.services.accounts, Counting(), clock=lambda: now[0], lasts=60_000)
    first = await logins.authenticate("ann", PASSWORD, "192.0.2.1")
    assert await logins.authenticate("ann", PASSWORD, "192.0.2.1") == first
    assert guesses == ["ann"]
    now[0] += 60_001
    await logins.authenticate("ann", PASSWORD, "192.0.2.1")
    assert guesses == ["ann", "ann"]
    assert not any(PASSWORD.encode() in key for key in logins._known._by_hash)
    logins.close()
    await place.close()


async def test_passwords_cannot_be_tried_out(store: Store) -> None:
    """The one limiter counts wrong ones, not a right one however often it comes."""
    place = Place(store, Config(server=Server(guess_rate=0.01, guess_burst=3)))
    await place.client("ann")
    async with place.bare() as client:
        for _ in range(10):
            assert (await client.get("/size.json", headers=basic("ann", PASSWORD))).status_code == 200
        answers = [await client.get("/size.json", headers=basic("ann", f"wrong {n}")) for n in range(5)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert refused(answers[-1], 429)["code"] == "too_many_requests"
        assert int(answers[-1].headers["retry-after"]) > 0
        known = await client.get("/size.json", headers=basic("ann", PASSWORD))
        assert known.status_code == 200
    await place.close()


async def test_many_connections_with_one_password_are_one_try(store: Store) -> None:
    """A client that opens twenty at its start is nobody who guesses."""
    place = Place(store, Config(server=Server(guess_rate=0.01, guess_burst=3)))
    await place.client("ann")
    async with place.bare(headers=basic("ann", PASSWORD)) as client:
        answers = await asyncio.gather(*(client.get("/size.json") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    await place.close()


async def test_an_account_asks_only_so_often(store: Store) -> None:
    """As everywhere."""
    place = Place(store, Config(server=Server(account_rate=0.001, account_burst=2)))
    ann = await place.client("ann")
    answers = [await ann.http.get("/info.json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    await place.close()


async def signed_in(place: Place, ann: Client) -> dict[str, str]:
    """The cookie of a session."""
    return {"Cookie": f"other=1; syncline={await place.services.sessions.create(ann.id)}"}


async def test_a_browser_is_let_in_by_its_session(place: Place, ann: Client) -> None:
    """For the pages' own scripts; a session that ended is none."""
    headers = await signed_in(place, ann)
    async with place.bare(headers=headers) as client:
        said(await client.get("/search.json?q=x"))
        said(await client.post("/labels/prune.json", headers={"Origin": "http://localhost:8080"}))
        await place.services.accounts.set_password(ann.id, "another password")
        refused(await client.get("/search.json?q=x"), 401)


@pytest.mark.parametrize("call", [call for call in CALLS if call.writes], ids=str)
async def test_no_page_of_another_site_writes_with_a_browsers_session(
    place: Place, ann: Client, call: Call
) -> None:
    """Nor with a password that the browser has kept."""
    await ann.add(letter("a@x"), ["inbox"])
    for credentials in (await signed_in(place, ann), basic("ann", PASSWORD)):
        head = place.store.head
        async with place.bare(headers=credentials) as client:
            for evil in EVIL:
                answer = await client.post(
                    call.path,
                    content=encoded(message=letter("b@x"), labels=[], state=[]),
                    headers=FORM | evil,
                )
                assert refused(answer, 403)["code"] == "forbidden"
        assert place.store.head == head


@pytest.fixture
def alone(store: Store) -> Alone:
    """Makes a server for a single user."""

    async def make(**options: Any) -> Place:
        first = Place(store)
        ann = await first.client("ann")
        await first.close()
        config = Config(server=Server(rate_limits=False, **options))
        return Place(store, config, single_user=ann.id)

    return make


@pytest.mark.parametrize(
    "url", ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "http://x.localhost"]
)
async def test_a_single_user_need_not_say_who_he_is(alone: Alone, url: str) -> None:
    """The original's clients send no credentials at all."""
    place = await alone()
    async with place.bare(url) as client:
        said(await client.post("/message.json", content=encoded(message=letter("a@x")), headers=FORM))
        assert said(await client.get("/size.json")) == {"size": 1}
        assert said(await client.get("/size.json", headers={"Sec-Fetch-Site": "same-origin"})) == {"size": 1}
    await place.close()


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_no_page_of_another_site_is_the_single_user(alone: Alone, call: Call) -> None:
    """Reading counts, too: how long an answer takes and whether there is a picture can be measured."""
    place = await alone()
    head = place.store.head
    async with place.bare() as client:
        for evil in EVIL:
            answer = await client.request(call.method, call.path, headers=evil)
            assert refused(answer, 403)["code"] == "forbidden"
    assert place.store.head == head
    await place.close()


@pytest.mark.parametrize("url", ["http://192.168.1.7:8080", "http://mail.example.org", "http://10.0.0.1"])
async def test_by_any_other_name_the_single_user_says_who_he_is(alone: Alone, url: str) -> None:
    """A server that others reach is nobody's own machine; with a password it works as ever."""
    place = await alone(host="0.0.0.0", public_url="http://mail.example.org")
    async with place.bare(url) as client:
        refused(await client.get("/size.json"), 401)
        said(await client.get("/size.json", headers=basic("ann", PASSWORD)))
    await place.close()


async def test_wrong_credentials_are_not_passed_over_for_the_single_user(alone: Alone) -> None:
    """Whoever says who he is, is that or nobody."""
    place = await alone()
    async with place.bare() as client:
        refused(await client.get("/size.json", headers=basic("ann", "wrong password")), 401)
        refused(await client.get("/size.json", headers={"Authorization": "Bearer x"}), 401)
        refused(await client.get("/size.json", headers=basic("", "x" * 64)), 401)
        said(await client.get("/size.json", headers={"Cookie": "syncline=stale"}))
    await place.close()


async def test_a_closed_single_user_is_nobody(alone: Alone) -> None:
    """Closing reaches a server that runs with it."""
    place = await alone()
    assert place.services.single_user is not None
    await place.services.accounts.close(place.services.single_user)
    async with place.bare() as client:
        answer: httpx.Response = await client.get("/size.json")
        refused(answer, 401)
    await place.close()
