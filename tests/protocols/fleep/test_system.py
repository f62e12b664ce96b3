"""The calls of test suites, and the words of the protocol."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.protocols.fleep.place import PASSWORD, Client, Place

from syncline.config.values import Secret
from syncline.store.contract import Store

RIGHT = ("suite", "secret")
REGISTER = "sys/account/register"

LISTS = {
    *("mk_account_status", "mk_message_type", "mk_message_state", "tags", "mk_alert_level"),
    *("mk_email_interval", "mk_push_new_message", "mk_conv_type", "mk_init_mode", "mk_direction"),
    *("mk_label_type", "mk_label_subtype", "mk_label_status", "mk_hook_type", "mk_sync_mode"),
    *("mk_smtp_status", "upload_status", "search_types", "client_flags", "poll_flags"),
    *("mk_member_status", "mk_organisation_status", "mk_device_type"),
}
"""Every list of the reference's section 5."""


def _http(place: Place) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(place.app)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8080/api/")


@pytest.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A test suite before a server that lets it in."""
    place = Place(store, fleep={"system_user": "suite", "system_password": Secret("secret")})
    async with _http(place) as http:
        yield http
    await place.close()


async def test_without_a_login_there_are_no_such_calls(place: Place) -> None:
    """As for any call that never was."""
    async with _http(place) as http:
        for path in (REGISTER, "sys/shard/time_travel"):
            answer = await http.post(path, json={}, auth=("", ""))
            unknown = await http.post("sys/nothing", json={})
            assert (answer.status_code, answer.json()["error_message"]) == (
                unknown.status_code,
                unknown.json()["error_message"],
            )
            assert (answer.status_code, answer.json()["error_id"]) == (404, "unknown_call")


async def test_a_suite_makes_active_accounts(http: httpx.AsyncClient) -> None:
    """Without a mail; they sign in at once, and no mails are wanted."""
    given = {
        "email": "ann@example.org",
        "password": PASSWORD,
        "fleep_address": "annie",
        "display_name": "Ann",
    }
    made = (await http.post(REGISTER, json=given, auth=RIGHT)).json()
    assert made.keys() == {"account_id"}
    said = (await http.post("account/login", json={"email": "annie", "password": PASSWORD})).json()
    assert said["account_id"] == made["account_id"]
    (own,) = said["profiles"]
    assert (own["display_name"], own["mk_email_interval"]) == ("Ann", "never")
    assert (await http.post(REGISTER, json=given, auth=RIGHT)).status_code == 431
    assert (await http.post(REGISTER, json={"email": "x@example.org"}, auth=RIGHT)).status_code == 400


@pytest.mark.parametrize("header", [None, "Basic", "Basic ###", "Basic c3VpdGU6d3Jvbmc=", "Bearer secret"])
async def test_a_wrong_login_is_refused(http: httpx.AsyncClient, header: str | None) -> None:
    """401, and nobody is made."""
    given: dict[str, Any] = {"email": "ann@example.org", "password": PASSWORD}
    headers = {} if header is None else {"Authorization": header}
    assert (await http.post(REGISTER, json=given, headers=headers)).status_code == 401
    login = await http.post("account/login", json=given)
    assert login.status_code == 431


async def test_the_clock_is_not_moved(http: httpx.AsyncClient) -> None:
    """Actions that are not known are refused clearly."""
    answer = await http.post(
        "sys/shard/time_travel", json={"mk_time_action": "bbg_invoice", "object_id": "x"}, auth=RIGHT
    )
    assert (answer.status_code, answer.json()["error_id"]) == (431, "not_available")
    assert (await http.post("sys/shard/time_travel", json={}, auth=RIGHT)).status_code == 400


async def test_the_words_are_told_to_everybody(place: Place, ann: Client) -> None:
    """Without a session; stats are taken by anybody, and the markup's grammar is there."""
    async with _http(place) as http:
        words = (await http.post("classificators", json={"ticket": None})).json()
        assert words["mk_alert_level"] == ["default", "never", "passive"]
        assert "active" in words["mk_account_status"]
        assert len(words["mk_hook_type"]) == 14
        assert words.keys() == LISTS
        assert "1:1 conversations" in words["mk_label_subtype"]
        assert {"forward", "ic_backward", "ic_tasks"} <= set(words["mk_direction"])
        stats = {"stats": [{"event": "x", "properties": {}}]}
        assert (await http.post("submit/stats", json=stats)).json() == {}
    assert (await ann.call("markup/get_syntax", utf16=True))["syntax"]


async def test_an_old_client_is_told_where_to_upgrade(store: Store) -> None:
    """Only where the operator said so."""
    url = "https://clients.example.org/new"
    place = Place(store, fleep={"min_api_version": 3, "upgrade_url": url})
    async with _http(place) as http:
        assert (await http.post("client/check", json={"api_version": 2})).json() == {"download_url": url}
        assert (await http.post("client/check", json={"api_version": 3})).json() == {}
    await place.close()
