"""The calls `contact/…`."""

import time
from typing import Any

from tests.protocols.fleep.place import Client, Place

from syncline.protocols.fleep.records.contact import CONTACT
from syncline.protocols.fleep.records.lastseen import LASTSEEN
from syncline.services.people import know


async def _know(place: Place, ann: Client, bo: Client) -> str:
    """Let Ann know Bo; his id."""
    await place.store.write(lambda tx: know(tx, ann.account, bo.account))
    return place.fleep.names.person(bo.account)


async def test_a_contact_is_answered_at_the_top_level(place: Place, ann: Client, bo: Client) -> None:
    """With exactly the keys of the reference; dialog and organisation are null, never missing."""
    id = await _know(place, ann, bo)
    record = await ann.call("contact/sync", contact_id=id)
    assert record.keys() - CONTACT.may == CONTACT.always
    assert record == {
        "mk_rec_type": "contact",
        "account_id": id,
        "email": "bo@example.org",
        "display_name": "Bo Sample",
        "fleep_address": "bo",
        "mk_account_status": "active",
        "dialog_id": None,
        "organisation_id": None,
        "is_hidden_for_add": False,
        "sort_rank": 1,
    }
    assert (await ann.fails("contact/sync", contact_id="0"))[0] == 430
    assert (await ann.fails("contact/sync"))[0] == 400


async def test_all_contacts_are_all_but_oneself(place: Place, ann: Client, bo: Client) -> None:
    """Less those ignored, and those that the search text is not in."""
    assert await ann.call("contact/sync/all") == {"contacts": []}
    bo_id = await _know(place, ann, bo)
    cy_id = await _know(place, ann, await place.user("cy"))
    assert _ids(await ann.call("contact/sync/all")) == [bo_id, cy_id]
    assert _ids(await ann.call("contact/sync/all", ignore=[bo_id])) == [cy_id]
    assert _ids(await ann.call("contact/sync/all", search_str=" CY s")) == [cy_id]
    await ann.call("contact/describe", contact_id=bo_id, contact_name="Robert")
    assert _ids(await ann.call("contact/sync/all", search_str="rob")) == [bo_id]
    assert _ids(await ann.call("contact/sync/list", contacts=[cy_id, "nobody", cy_id])) == [cy_id]


async def test_a_private_name_is_shown_to_one(place: Place, ann: Client, bo: Client) -> None:
    """In place of the own name; taken away, it is said to be empty, for clients merge records."""
    id = await _know(place, ann, bo)
    await ann.call("contact/describe", contact_id=id, contact_name="Robert", phone_nr="5")
    record = await ann.call("contact/sync", contact_id=id)
    assert (record["display_name"], record["contact_name"], record["phone_nr"]) == ("Robert", "Robert", "5")
    assert "contact_name" not in await bo.call("contact/sync", contact_id=id)
    await ann.call("contact/describe", contact_id=id, contact_name="", phone_nr="")
    record = await ann.call("contact/sync", contact_id=id)
    assert (record["display_name"], record["contact_name"], record["phone_nr"]) == ("Bo Sample", "", "")


async def test_contacts_have_the_rank_of_the_reference(place: Place, ann: Client, bo: Client) -> None:
    """1 met, 4 described and talked to, 8 imported, 0 hidden."""
    id = await _know(place, ann, bo)

    async def rank() -> int:
        said: int = (await ann.call("contact/sync", contact_id=id))["sort_rank"]
        return said

    assert await rank() == 1
    await ann.call("contact/describe", contact_id=id, contact_name="Robert")
    await ann.call("account/dialog", contact_id=id)
    assert await rank() == 4
    await ann.call("contact/import", contact_list=[{"addr_full": "bo@example.org", "phone_nr": None}])
    assert await rank() == 8
    assert await ann.call("contact/hide", contacts=[id, "nobody"]) == {"contacts": [id]}
    assert await ann.call("contact/hide", contacts=[id]) == {"contacts": []}
    assert await rank() == 0
    assert (await ann.call("contact/sync", contact_id=id))["is_hidden_for_add"] is True


async def test_an_import_takes_addresses_of_all_kinds(place: Place, ann: Client, bo: Client) -> None:
    """Plain, with a name, and Fleep addresses; who is unknown is new."""
    stream = (
        await ann.call(
            "contact/import",
            contact_list=[
                {"addr_full": "cy@example.org", "addr_descr": "Cy C", "phone_nr": "5"},
                {"addr_full": '"Di D" <di@example.org>'},
                {"addr_full": "bo@localhost"},
                {"addr_full": "bo@example.org"},
            ],
        )
    )["stream"]
    assert [each["display_name"] for each in stream] == ["Cy C", "Di D", "Bo Sample"]
    assert [each["mk_account_status"] for each in stream] == ["new", "new", "active"]
    assert stream[2]["account_id"] == place.fleep.names.person(bo.account)
    head = place.store.head
    bad: list[Any]
    for bad in ([{"addr_full": "ed@example.org"}, {"addr_full": "x"}], [{"addr_full": 5}], [{}], ["text"]):
        assert (await ann.fails("contact/import", contact_list=bad))[0] == 400
    assert (await ann.fails("contact/import"))[0] == 400
    assert place.store.head == head


async def test_an_unlisted_dialog_is_said_to_be(place: Place, ann: Client, bo: Client) -> None:
    """Only where there is one."""
    id = await _know(place, ann, bo)
    assert "is_dialog_listed" not in await ann.call("contact/sync", contact_id=id)
    await ann.call("account/dialog", contact_id=id)
    assert (await ann.call("contact/sync", contact_id=id))["is_dialog_listed"] is True
    await ann.call("contact/unlist", contact_id=id)
    assert (await ann.call("contact/sync", contact_id=id))["is_dialog_listed"] is False


async def test_activity_is_told_of_contacts_who_show_it(place: Place, ann: Client, bo: Client) -> None:
    """Not of strangers, not of who was never here, and not of who keeps it private."""
    id = place.fleep.names.person(bo.account)
    place.services.last_seen.touch(bo.account)
    ask = {"contacts": [id]}
    assert await ann.call("contact/sync/activity", **ask) == {"stream": []}
    assert "activity_time" not in await ann.call("contact/sync", contact_id=id)
    await _know(place, ann, bo)
    (seen,) = (await ann.call("contact/sync/activity", **ask))["stream"]
    assert seen.keys() == LASTSEEN.always
    assert seen["account_id"] == id
    assert abs(seen["activity_time"] - time.time()) < 60
    assert (await ann.call("contact/sync", contact_id=id))["activity_time"] == seen["activity_time"]
    await bo.call("account/configure", is_full_privacy=True)
    assert await ann.call("contact/sync/activity", **ask) == {"stream": []}
    assert "activity_time" not in await ann.call("contact/sync", contact_id=id)


def _ids(said: dict[str, Any]) -> list[str]:
    return [each["account_id"] for each in said["contacts"]]


async def test_a_phone_number_is_for_those_who_know_its_owner(place: Place, ann: Client, bo: Client) -> None:
    """Whoever tries Fleep addresses gets ids by account/lookup, and nobody's number by them."""
    await bo.call("account/configure", phone_nr="+372 5")
    (found,) = (await ann.call("account/lookup", lookup_list=["bo"]))["stream"]
    id = found["account_id"]
    assert "phone_nr" not in await ann.call("contact/sync", contact_id=id)
    (listed,) = (await ann.call("contact/sync/list", contacts=[id]))["contacts"]
    assert "phone_nr" not in listed
    await _know(place, ann, bo)
    assert (await ann.call("contact/sync", contact_id=id))["phone_nr"] == "+372 5"
