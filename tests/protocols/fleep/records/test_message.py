"""What the keys of a message's record say."""

from typing import Any

from tests.protocols.fleep.place import Client, Place


async def test_who_wrote_changed_and_shared_a_message(place: Place, ann: Client, bo: Client) -> None:
    """Author and time stay; a revision names who made it, a pin and a task whoever put it there."""
    names = place.fleep.names
    a, b = names.person(ann.account), names.person(bo.account)
    conv = (await ann.call("conversation/create", topic="any", emails=bo.email))["header"]["conversation_id"]
    sent = (await ann.call(f"message/send/{conv}", message="hello"))["stream"][0]
    assert (sent["account_id"], "edit_account_id" in sent, "edited_time" in sent) == (a, False, False)

    async def stored(by: Client, **fields: Any) -> dict[str, Any]:
        said = await by.call(f"message/store/{conv}", message_nr=2, **fields)
        found: dict[str, Any] = said["stream"][0]
        assert (found["account_id"], found["posted_time"]) == (a, sent["posted_time"])
        assert found["edited_time"] >= found["posted_time"]
        return found

    pinned = await stored(bo, tags=["pin"])
    assert (pinned["edit_account_id"], pinned["pinned_account_id"]) == (b, b)
    edited = await stored(ann, message="hello all")
    assert (edited["edit_account_id"], edited["pinned_account_id"]) == (a, b)
    assert (edited["is_edited_by_others"], (await stored(bo, message="b"))["is_edited_by_others"]) == (
        False,
        True,
    )
    task = await stored(ann, tags=["is_todo"])
    assert (task["tasked_account_id"], task["pinned_account_id"]) == (a, "")
