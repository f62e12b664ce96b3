"""The account's own side: names, settings, flags, password, address."""

import json
from typing import Any

import pytest
from tests.protocols.fleep.place import PASSWORD, Client, Place

from syncline.protocols.fleep.records.contact import OWN_CONTACT


async def _seen_by(place: Place, reader: Client, of: Client) -> dict[str, Any]:
    record: dict[str, Any] = await reader.call(
        "contact/sync", contact_id=place.fleep.names.person(of.account)
    )
    return record


async def test_configure_answers_the_own_contact_itself(place: Place, ann: Client) -> None:
    """At the top level; privacy and newsletter are spoken of only once they were set."""
    own = await ann.call("account/configure", display_name="  Ann\nAdams ")
    assert own.keys() == OWN_CONTACT.always
    assert own["display_name"] == "Ann Adams"
    own = await ann.call(
        "account/configure",
        is_full_privacy=False,
        is_newsletter_disabled=True,
        is_automute_enabled=True,
        email_interval="daily",
        phone_nr="+372 5",
    )
    assert own.keys() == OWN_CONTACT.always | OWN_CONTACT.may
    assert (own["is_full_privacy"], own["is_newsletter_disabled"]) == (False, True)
    assert (own["mk_email_interval"], own["is_automute_enabled"]) == ("daily", True)
    assert own == await _seen_by(place, ann, ann)


async def test_what_changes_nothing_wakes_nobody(place: Place, ann: Client) -> None:
    """The same again, and nothing at all, are not written."""
    given: dict[str, Any] = {
        "display_name": "Ann",
        "client_settings": '{"a": 1}',
        "is_full_privacy": True,
        "fleep_address": "ann",
    }
    await ann.call("account/configure", **given)
    head = place.store.head
    await ann.call("account/configure", **given)
    await ann.call("account/configure")
    await ann.call("account/configure", **dict.fromkeys(given))
    assert place.store.head == head


async def test_client_settings_are_merged(ann: Client) -> None:
    """Each client has keys of its own; null takes one away."""
    await ann.call("account/configure", client_settings='{"web": {"x": 1}, "ios": 2}')
    own = await ann.call("account/configure", client_settings='{"ios": null, "bot": [3]}')
    assert json.loads(own["client_settings"]) == {"web": {"x": 1}, "bot": [3]}
    for bad in ("[]", "{", '"text"'):
        assert (await ann.fails("account/configure", client_settings=bad))[0] == 400
    huge = json.dumps({"x": "y" * 70_000})
    assert (await ann.fails("account/configure", client_settings=huge))[0] == 400


async def test_a_new_password_needs_the_old_one_and_keeps_this_session(place: Place) -> None:
    """All other sessions end."""
    ann = await place.user("ann", password=PASSWORD)
    other = await place.client(ann.account, ann.email)
    status, said = await ann.fails("account/configure", password="another one")
    assert (status, said["field"]) == (400, "old_password")
    wrong = await ann.fails("account/configure", password="another one", old_password="wrong")
    assert wrong[0] == 431
    head = place.store.head
    both = {"password": "another one", "old_password": PASSWORD}
    for refused, field in (
        ({"fleep_address": "a b"}, "fleep_address"),
        ({"display_name": " "}, "display_name"),
    ):
        status, said = await ann.fails("account/configure", **both, **refused)
        assert (status, said["field"]) == (400, field)
    wrong = await ann.fails("account/configure", fleep_address="annie", **{**both, "old_password": "wrong"})
    assert (wrong[0], place.store.head) == (431, head), "what is refused is refused as a whole"
    await other.call("contact/sync/all")
    await ann.call("account/configure", password="another one", old_password=PASSWORD)
    await ann.call("contact/sync/all")
    assert (await other.fails("contact/sync/all"))[0] == 401


async def test_a_fleep_address_is_chosen_beside_the_first(place: Place, ann: Client, bo: Client) -> None:
    """fleep_autogen stays, and leads to the account as well; another's address cannot be had."""
    own = await ann.call("account/configure", fleep_address="annie@LOCALHOST")
    assert (own["fleep_address"], own["fleep_autogen"]) == ("annie", "ann")
    assert (await bo.fails("account/configure", fleep_address="annie"))[0] == 431
    assert (await bo.fails("account/configure", fleep_address="no name"))[0] == 400
    for text in ("annie", "ann", "annie@localhost"):
        (found,) = (await bo.call("account/lookup", lookup_list=[text]))["stream"]
        assert found["account_id"] == own["account_id"]


async def test_there_is_one_email_address(ann: Client) -> None:
    """Naming it again is no error; any other is refused until there are aliases."""
    for path in ("account/configure", "account/configure_primary_email"):
        assert (await ann.call(path, primary_email="ANN@example.org"))["email"] == "ann@example.org"
        assert (await ann.fails(path, primary_email="a@example.org"))[0] == 431


async def test_flags_are_set_and_taken_away(ann: Client) -> None:
    """The whole list comes back; bool_value is true unless said."""
    flags = (await ann.call("account/set_flag", client_flag="seen_tour"))["client_flags"]
    assert flags == ["emoticons_old", "seen_tour", "send_email_on_enter", "show_onboarding"]
    said = await ann.call("account/set_flag", client_flag="show_onboarding", bool_value=False)
    assert said["client_flags"] == ["emoticons_old", "seen_tour", "send_email_on_enter"]
    assert (await ann.fails("account/set_flag"))[0] == 400
    assert (await ann.fails("account/set_flag", client_flag="x" * 100))[0] == 400
    for number in range(61):
        await ann.call("account/set_flag", client_flag=f"flag{number}")
    assert (await ann.fails("account/set_flag", client_flag="one too many"))[0] == 400


async def test_mails_and_pushes_are_configured_though_none_is_sent(place: Place, ann: Client) -> None:
    """The setting is kept; tokens of phones are taken and forgotten."""
    await ann.call("account/configure_email_interval", notification_id="x", email_interval="daily")
    assert (await _seen_by(place, ann, ann))["mk_email_interval"] == "daily"
    await ann.call("account/unsubscribe")
    assert (await _seen_by(place, ann, ann))["mk_email_interval"] == "never"
    assert (await ann.fails("account/configure_email_interval", email_interval="yearly"))[0] == 400
    assert await ann.call("account/configure_apn", apn_token="x", token_ids=[]) == {}
    assert await ann.call("account/configure_android/", registration_id="x") == {}


async def test_lists_of_nothing_are_empty(ann: Client) -> None:
    """Clients ask for them at their start."""
    for path in ("account/sync_teams", "account/sync_reminders", "account/smtp/list"):
        assert await ann.call(path) == {"stream": []}
    assert await ann.call("client/check") == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", 5),
        ("display_name", " "),
        ("is_full_privacy", "yes"),
        ("email_interval", "yearly"),
        ("phone_nr", "5" * 100),
        ("client_settings", {}),
    ],
)
async def test_a_wrong_value_names_its_field(place: Place, ann: Client, field: str, value: object) -> None:
    """And nothing of the call is done."""
    head = place.store.head
    status, said = await ann.fails("account/configure", **{"is_automute_enabled": True, field: value})
    assert (status, said["field"]) == (400, field)
    assert place.store.head == head
