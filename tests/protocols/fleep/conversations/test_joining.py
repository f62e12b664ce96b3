"""conversation/autojoin: by the key of a link, once members allow it."""

import pytest
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store


@pytest.fixture
async def link(ann: Client) -> tuple[str, str]:
    """A conversation of Ann's with a message, and its link."""
    made = await ann.call("conversation/create", topic="open house", message="a")
    return made["header"]["conversation_id"], made["header"]["autojoin_url"]


async def test_a_link_lets_in_whoever_has_it_while_members_want_it(
    ann: Client, bo: Client, link: tuple[str, str]
) -> None:
    """430 before; then a full init and the message that tells of it; joining twice changes nothing."""
    conv, url = link
    assert (await bo.fails("conversation/autojoin", conv_url_key=url))[0] == 430
    await ann.call(f"conversation/store/{conv}", is_autojoin=True)
    said = await bo.call("conversation/autojoin", conv_url_key=url)
    header = said["header"]
    assert (header["conversation_id"], header["mk_init_mode"], header["can_post"]) == (conv, "ic_full", True)
    assert (header["join_message_nr"], said["result_message_nr"]) == (3, 3)
    key = url.rpartition("/")[2]
    again = await bo.call("conversation/autojoin", conv_url_key=key)
    assert (again["header"]["last_message_nr"], "result_message_nr" in again) == (3, False)
    await ann.call(f"conversation/store/{conv}", is_autojoin=False)
    await bo.call("conversation/autojoin", conv_url_key=key)


async def test_who_comes_by_a_link_sees_the_past_where_wanted(
    ann: Client, bo: Client, link: tuple[str, str]
) -> None:
    """is_disclose holds for the link, too: what the member sees who switched it on."""
    conv, url = link
    await ann.call(f"conversation/store/{conv}", is_autojoin=True, is_disclose=True)
    said = await bo.call("conversation/autojoin", conv_url_key=url)
    assert said["header"]["join_message_nr"] == 1
    assert [one["message_nr"] for one in said["stream"] if one["mk_rec_type"] == "message"] == [1, 2, 3]


async def test_keys_that_lead_nowhere(
    place: Place, store: Store, ann: Client, bo: Client, link: tuple[str, str]
) -> None:
    """430 for all that is no key of an open conversation, its ordinary id included; 400 without one."""
    conv, url = link
    await ann.call(f"conversation/store/{conv}", is_autojoin=True)
    head = store.head
    for key in (conv, "x", "A" * 22, url[:-1], place.fleep.names.hook_secret(bo.account), "/", "é" * 22):
        assert (await bo.fails("conversation/autojoin", conv_url_key=key))[0] == 430, key
    for nothing in ("", None):
        assert (await bo.fails("conversation/autojoin", conv_url_key=nothing))[0] == 400
    assert store.head == head
