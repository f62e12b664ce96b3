"""message/copy, and forwarding with message/store."""

from typing import Any

import pytest
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store


@pytest.fixture
async def conv(ann: Client, bo: Client) -> str:
    """Ann's conversation with Bo, with a message of hers as number 2."""
    made = await ann.call("conversation/create", topic="here", emails=bo.email, message="*news*")
    found: str = made["header"]["conversation_id"]
    return found


@pytest.fixture
async def other(ann: Client) -> str:
    """A conversation of Ann's alone."""
    found: str = (await ann.call("conversation/create", topic="there"))["header"]["conversation_id"]
    return found


async def test_a_copy_is_a_new_message_elsewhere(place: Place, bo: Client, conv: str) -> None:
    """By whoever copies; the header is of the path, the stream holds the other conversation and the copy."""
    own = (await bo.call("conversation/create"))["header"]["conversation_id"]
    fields = {"message_nr": 2, "to_conv_id": own, "client_req_id": "c"}
    said = await bo.call(f"message/copy/{conv}", **fields)
    there, copy = said["stream"]
    assert (said["header"]["conversation_id"], there["conversation_id"]) == (conv, own)
    assert (copy["conversation_id"], copy["message_nr"], said["result_message_nr"]) == (own, 2, 2)
    assert copy["message"] == '<msg><p><b flp="*" fls="*">news</b></p></msg>'
    assert copy["account_id"] == place.fleep.names.person(bo.account)
    again = await bo.call(f"message/copy/{conv}", **fields)
    assert again["result_message_nr"] == 2


async def test_a_copy_within_one_conversation(ann: Client, conv: str) -> None:
    """Then it is an ordinary new message of it."""
    said = await ann.call(f"message/copy/{conv}", message_nr=2, to_conv_id=conv)
    assert [one["message_nr"] for one in said["stream"]] == [3]
    assert said["result_message_nr"] == 3


async def test_what_cannot_be_copied(store: Store, ann: Client, bo: Client, conv: str, other: str) -> None:
    """A deleted message, a system message, to or from a conversation of others."""
    await ann.call(f"message/send/{conv}", message="x")
    await ann.call(f"message/delete/{conv}", message_nr=3)
    head = store.head
    tries: list[tuple[Client, str, dict[str, Any], int]] = [
        (ann, conv, {"message_nr": 3, "to_conv_id": other}, 431),
        (ann, conv, {"message_nr": 1, "to_conv_id": other}, 431),
        (ann, conv, {"message_nr": 99, "to_conv_id": other}, 430),
        (bo, conv, {"message_nr": 2, "to_conv_id": other}, 430),
        (bo, other, {"message_nr": 1, "to_conv_id": conv}, 430),
        (ann, conv, {"message_nr": 2}, 400),
        (ann, conv, {"to_conv_id": other}, 400),
        (ann, conv, {"message_nr": 2, "to_conv_id": "x"}, 430),
    ]
    for who, path, fields, status in tries:
        assert (await who.fails(f"message/copy/{path}", **fields))[0] == status, fields
    assert store.head == head


async def test_a_new_message_can_forward_another(ann: Client, bo: Client, conv: str, other: str) -> None:
    """fwd_* of message/store: the other text follows one's own; nobody forwards what he cannot see."""
    fields = {"fwd_conversation_id": conv, "fwd_message_nr": 2}
    said = await ann.call(f"message/store/{other}", message="see", **fields)
    assert said["stream"][0]["message"] == '<msg><p>see</p><p><b flp="*" fls="*">news</b></p></msg>'
    hers = {"fwd_conversation_id": other, "fwd_message_nr": 2}
    assert (await bo.fails(f"message/store/{conv}", **hers))[0] == 430
