"""account/lookup and dialog."""

from tests.protocols.fleep.naive import Naive
from tests.protocols.fleep.place import Client, Place

from syncline.protocols.fleep.records.contact import SHORT_CONTACT
from syncline.protocols.fleep.records.keys import CONV_FULL


async def test_people_are_looked_up_by_all_their_names(place: Place, ann: Client, bo: Client) -> None:
    """Address, Fleep address, id: one short record each, the e-mail only to who knew it."""
    id = place.fleep.names.person(bo.account)
    for text, by_email in (("Bo@example.org", True), ("bo", False), ("bo@localhost", False), (id, False)):
        (found,) = (await ann.call("account/lookup", lookup_list=[text]))["stream"]
        assert found.keys() - SHORT_CONTACT.may == SHORT_CONTACT.always
        assert (found["account_id"], found["fleep_address"]) == (id, "bo")
        assert (found.get("email") == "bo@example.org") is by_email


async def test_an_unknown_address_becomes_a_person(place: Place, ann: Client) -> None:
    """With the status new and its address as its name; the second time it is the same."""
    (found,) = (await ann.call("account/lookup", lookup_list=["new@example.org"]))["stream"]
    assert (found["mk_account_status"], found["display_name"]) == ("new", "new@example.org")
    assert "fleep_address" not in found
    head = place.store.head
    assert (await ann.call("account/lookup", lookup_list=["NEW@example.org"]))["stream"] == [found]
    assert place.store.head == head


async def test_an_address_at_the_server_is_an_email_too(ann: Client) -> None:
    """The server's name may be the domain of everybody's mail: who has no account there is new."""
    (found,) = (await ann.call("account/lookup", lookup_list=["carol@localhost"]))["stream"]
    assert (found["mk_account_status"], found["email"]) == ("new", "carol@localhost")


async def test_what_leads_to_nobody_is_left_out(place: Place, ann: Client) -> None:
    """No bare name and no id makes anybody."""
    head = place.store.head
    texts = ["nobody", "0f0f3f64-7f0e-4a43-9a6b-1f2f3f4f5f02", "", "a b@c", "@"]
    assert await ann.call("account/lookup", lookup_list=texts) == {"stream": []}
    assert place.store.head == head
    assert (await ann.fails("account/lookup"))[0] == 400
    assert (await ann.fails("account/lookup", lookup_list=[str(number) for number in range(1001)]))[0] == 400


async def test_those_who_are_known_already_are_not_told(place: Place, ann: Client, bo: Client) -> None:
    """ignore_list; and nobody is told twice."""
    id = place.fleep.names.person(bo.account)
    texts = ["bo", "bo@example.org", "cy@example.org"]
    stream = (await ann.call("account/lookup", lookup_list=texts))["stream"]
    assert len(stream) == 2
    stream = (await ann.call("account/lookup", lookup_list=texts, ignore_list=[id]))["stream"]
    assert [each["display_name"] for each in stream] == ["cy@example.org"]


async def test_a_dialog_is_made_once(place: Place, ann: Client, bo: Client) -> None:
    """Both come to the same one, and both contacts name it."""
    names = place.fleep.names
    made = await ann.call("account/dialog", contact_id=names.person(bo.account))
    head = place.store.head
    again = await bo.call("account/dialog", contact_id=names.person(ann.account))
    assert place.store.head == head
    conv = made["header"]["conversation_id"]
    assert again["header"]["conversation_id"] == conv
    contacts = [each["account_id"] for each in again["stream"] if each["mk_rec_type"] == "contact"]
    assert contacts == [names.person(ann.account)]
    assert (await ann.call("contact/sync", contact_id=names.person(bo.account)))["dialog_id"] == conv


async def test_a_dialog_is_opened_by_a_client_that_goes_on(place: Place, ann: Client, bo: Client) -> None:
    """Its header is a full init: what the client had of it was dropped, and what comes next has a place."""
    made = await bo.call("account/dialog", contact_id=place.fleep.names.person(ann.account))
    conv = made["header"]["conversation_id"]
    await ann.call(f"message/send/{conv}", message="one")
    client = Naive.of_client(bo)
    await client.catch_up()
    await client.write("account/dialog", contact_id=place.fleep.names.person(ann.account))
    assert CONV_FULL.always <= client.convs[conv].keys()
    await ann.call(f"message/send/{conv}", message="two")
    await client.catch_up()
    await client.walk_all()
    assert [one["message_nr"] for one in client.messages(conv)] == [1, 2, 3]


async def test_a_dialog_with_a_third_is_none(place: Place, ann: Client, bo: Client) -> None:
    """Nor is one that somebody left: then a new one is made."""
    names, conversations = place.fleep.names, place.services.conversations
    bo_id = names.person(bo.account)
    first = (await ann.call("account/dialog", contact_id=bo_id))["header"]["conversation_id"]
    cy = await place.user("cy")
    await conversations.add(ann.account, place.conv(first), [cy.account])
    second = (await ann.call("account/dialog", contact_id=bo_id))["header"]["conversation_id"]
    assert second != first
    await conversations.leave(bo.account, place.conv(second))
    third = (await ann.call("account/dialog", contact_id=bo_id))["header"]["conversation_id"]
    assert third not in (first, second)


async def test_a_dialog_is_with_somebody(place: Place, ann: Client) -> None:
    """Not with oneself, and not with nobody."""
    own = place.fleep.names.person(ann.account)
    assert (await ann.fails("account/dialog", contact_id=own))[0] == 400
    assert (await ann.fails("account/dialog", contact_id="nobody"))[0] == 430
    assert (await ann.fails("account/dialog"))[0] == 400
