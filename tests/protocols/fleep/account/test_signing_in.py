"""Login and logout: ticket and cookie of one session."""

import re
from typing import Any

import httpx
import pytest
from tests.protocols.fleep.place import PASSWORD, Client, Place

from syncline.protocols.fleep.records.contact import OWN_CONTACT
from syncline.server.limiter import Limiter
from syncline.store.contract import Store


async def _post(
    place: Place, path: str, headers: dict[str, str] | None = None, **fields: Any
) -> httpx.Response:
    transport = httpx.ASGITransport(place.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as http:
        return await http.post(f"/api/{path}", json=fields, headers=headers)


async def _login(place: Place, email: str = "ann@example.org", **fields: Any) -> httpx.Response:
    return await _post(place, "account/login", **{"email": email, "password": PASSWORD, **fields})


async def test_login_gives_a_ticket_and_one_cookie(place: Place) -> None:
    """Clients look at the first Set-Cookie only, and cut 36 characters and a semicolon out of it."""
    ann = await place.user("ann", password=PASSWORD)
    answer = await _login(place, ticket=None)
    assert answer.status_code == 200
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 1
    assert re.fullmatch(r"token_id=[0-9a-f-]{36}; Path=/; HttpOnly", cookies[0])
    said = answer.json()
    assert re.fullmatch(r"[0-9a-f]{20}", said["ticket"])
    assert said["account_id"] == place.fleep.names.person(ann.account)
    assert said["display_name"] == "Ann Sample"
    (own,) = said["profiles"]
    assert own.keys() == OWN_CONTACT.always
    assert (own["fleep_address"], own["fleep_autogen"], own["has_password"]) == ("ann", "ann", True)
    assert own["client_flags"] == ["emoticons_old", "send_email_on_enter", "show_onboarding"]
    assert (own["mk_email_interval"], own["is_hidden_for_add"]) == ("hourly", True)


async def test_remember_me_makes_a_lasting_cookie(place: Place) -> None:
    """Without it the cookie ends with the program."""
    await place.user("ann", password=PASSWORD)
    cookie = (await _login(place, remember_me=True)).headers["set-cookie"]
    assert re.match(r"token_id=.{36}; Path=/; HttpOnly; Max-Age=7776000$", cookie)


@pytest.mark.parametrize("login", ["ann", "Ann@localhost", "ANN@example.org ", " ann"])
async def test_login_takes_address_and_fleep_address(place: Place, login: str) -> None:
    """`name` and `name@HOST` as well, in any letter case."""
    await place.user("ann", password=PASSWORD)
    assert (await _login(place, login)).status_code == 200


async def test_a_wrong_password_is_refused_not_expired(place: Place) -> None:
    """431: a client that gets 401 drops what it has and tries the same again."""
    await place.user("ann", password=PASSWORD)
    answers = [await _login(place, password="wrong"), await _login(place, "nobody@example.org")]
    for answer in answers:
        assert answer.status_code == 431
        assert "set-cookie" not in answer.headers
    assert answers[0].json()["error_message"] == answers[1].json()["error_message"]
    missing = await _post(place, "account/login", email="ann@example.org")
    assert (missing.status_code, missing.json()["field"]) == (400, "password")


async def test_several_sessions_live_side_by_side_and_end_alone(place: Place) -> None:
    """Clients hold one for polls and one for the rest; logout ends its own, and leaves the cookie."""
    ann = await place.user("ann")
    other = await place.client(ann.account, ann.email)
    answer = await ann.send("account/logout")
    assert (answer.status_code, answer.json()) == (200, {})
    assert "set-cookie" not in answer.headers
    status, said = await ann.fails("contact/sync/all")
    assert (status, said["error_message"]) == (401, "Expired token, please relogin.")
    await other.call("contact/sync/all")


async def test_ticket_and_cookie_are_of_one_session(place: Place) -> None:
    """One of each, of two sessions of the same account, is nothing."""
    ann = await place.user("ann")
    other = await place.client(ann.account, ann.email)
    mixed = Client(place.app, ann.account, ann.email, (ann.token, other.ticket))
    assert (await mixed.fails("contact/sync/all"))[0] == 401
    for cookie in (
        f"token_id={ann.token}; Path=/; HttpOnly",
        f"x=1; token_id={ann.token}; token_id={ann.token}",
    ):
        headers = {"Cookie": cookie}
        assert (await _post(place, "contact/sync/all", headers, ticket=ann.ticket)).status_code == 200
        assert (await _post(place, "contact/sync/all", headers)).status_code == 401
    await mixed.http.aclose()


async def test_a_closed_account_cannot_sign_in(place: Place) -> None:
    """431, as for every refusal; its sessions are over, its conversations left, its contact says so."""
    ann, bo = await place.user("ann", password=PASSWORD), await place.user("bo")
    id = place.fleep.names.person(ann.account)
    made = await ann.call("account/dialog", contact_id=place.fleep.names.person(bo.account))
    assert await ann.call("account/close") == {}
    assert (await ann.fails("contact/sync/all"))[0] == 401
    assert (await _login(place)).status_code == 431
    assert (await bo.call("contact/sync", contact_id=id))["mk_account_status"] == "closed"
    conv = place.conv(made["header"]["conversation_id"])
    async with place.store.view() as view:
        zone = await view.zone(conv)
    assert zone is not None
    assert zone.joined == 1


async def test_who_signs_in_is_welcomed(store: Store) -> None:
    """By exactly one contact, with a conversation; the second login adds nothing."""
    place = Place(store, fleep={"support": True, "support_name": "Help"})
    ann = await place.user("ann", password=PASSWORD)
    for _ in range(2):
        assert (await _login(place)).status_code == 200
    (support,) = (await ann.call("contact/sync/all"))["contacts"]
    assert support["display_name"] == "Help"
    assert (support["is_hidden_for_add"], support["sort_rank"]) == (True, 1)
    assert support["dialog_id"] is not None
    opened = await ann.call("account/dialog", contact_id=support["account_id"])
    assert opened["header"]["conversation_id"] == support["dialog_id"]
    await place.close()


async def test_a_session_is_found_among_others_that_a_client_still_has(place: Place) -> None:
    """Some send every cookie that they were ever given, in one header line or in several (1.2)."""
    ann = await place.user("ann")
    old = await place.client(ann.account, ann.email)
    lines = [f"token_id={old.token}; Path=/; HttpOnly", f"token_id={ann.token}; Path=/; HttpOnly"]
    for headers in ([("Cookie", "; ".join(lines))], [("Cookie", line) for line in lines]):
        answer = await ann.http.post("/api/contact/sync/all", json={"ticket": ann.ticket}, headers=headers)
        assert answer.status_code == 200


async def test_few_passwords_may_be_tried(place: Place) -> None:
    """431 as for the wrong ones, with a time to wait; the right one waits as well."""
    await place.user("ann", password=PASSWORD)
    limiter = Limiter(address_rate=0, account_rate=0, guess_rate=0.01, guess_burst=2)
    place.services.limiter.__dict__.update(limiter.__dict__)
    said = [(await _login(place, password="wrong")).json()["error_id"] for _ in range(3)]
    assert said == ["wrong_password", "wrong_password", "too_many_requests"]
    answer = await _login(place)
    assert (answer.status_code, answer.json()["error_id"]) == (431, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0
