"""Labels: made and changed, given to conversations, and their conversations page by page."""

from typing import Any

import pytest
from tests.protocols.fleep.labelling import Shelf, convs
from tests.protocols.fleep.place import Client, Place
from tests.services.mail.letters import letter

from syncline.protocols.fleep.records.label import LABEL


@pytest.fixture
def shelf(place: Place, ann: Client) -> Shelf:
    """Ann's conversations."""
    return Shelf(place, ann)


async def only(client: Client, **fields: Any) -> dict[str, Any]:
    """What label/store answers: one label."""
    (label,) = (await client.call("label/store", **fields))["stream"]
    assert LABEL.always <= label.keys() <= LABEL.always | LABEL.may
    return dict(label)


async def test_a_label_is_made_renamed_configured_and_removed(ann: Client) -> None:
    made = await only(ann, label="full-stack")
    id = made.pop("label_id")
    assert made == {
        "mk_rec_type": "label",
        "label": "full-stack",
        "index": 9,
        "mk_label_type": "user_label",
        "mk_label_subtype": "user",
        "mk_label_status": "active",
        "is_on_left_pane": True,
        "is_in_recent": True,
        "is_in_muted": True,
    }
    renamed = await only(ann, label="marketing", label_id=id)
    assert renamed == {**made, "label_id": id, "label": "marketing"}
    changed = await only(ann, label_id=id, index=3, is_on_left_pane=False, is_in_muted=None)
    assert changed == {**renamed, "index": 3, "is_on_left_pane": False}
    removed = await only(ann, label="marketing", index=-1)
    assert removed["label_id"] == id
    assert (removed["mk_label_status"], "label" in removed) == ("removed", False)
    await only(ann, label_id=id, index=-1)


async def test_system_labels_are_configured_but_never_renamed_or_removed(shelf: Shelf, ann: Client) -> None:
    id = await shelf.label_id("1:1 Conversations")
    label = await only(ann, label_id=id, is_on_left_pane=True)
    assert (label["label_id"], label["label"], label["is_on_left_pane"]) == (id, "1:1 Conversations", True)
    assert (label["mk_label_type"], label["mk_label_subtype"]) == ("system_label", "1:1 conversations")
    for fields in ({"label": "two of us"}, {"index": -1}):
        status, said = await ann.fails("label/store", label_id=id, **fields)
        assert (status, "system" in said["error_message"]) == (431, True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"label": 5}, 400),
        ({"label": "x", "index": "first"}, 400),
        ({"label": "x", "is_in_muted": "yes"}, 400),
        ({"label": "inbox"}, 400),
        ({"label": "x", "index": -5}, 400),
        ({"label_id": "nonsense"}, 430),
        ({"label": "unknown", "index": -1}, 430),
        ({"label_id": "0a1f5c2e-7d2f-4a7c-8f5e-1b9d2f3c4e05", "label": "x"}, 430),
    ],
)
async def test_what_cannot_be_stored_is_refused(
    place: Place, ann: Client, fields: dict[str, Any], status: int
) -> None:
    head = place.store.head
    assert (await ann.fails("label/store", **fields))[0] == status
    assert place.store.head == head


async def test_nobody_reaches_anothers_label_or_cursor(place: Place, shelf: Shelf, bo: Client) -> None:
    """Threat: ids and cursors are handed out to clients and may be passed on."""
    for n in range(26):
        await shelf.conv(f"topic {n}", labels=["work"])
    label, _ = await shelf.page("work")
    head = place.store.head
    for id in (label["label_id"], await shelf.label_id("Recent")):
        for path in ("label/sync_conversations", "account/sync_conversations", "label/store"):
            assert (await bo.fails(path, label_id=id, index=1))[0] == 430
    own = Shelf(place, bo)
    await place.services.labels.store(bo.account, name="work")
    for path, more in (
        ("label/sync_conversations", {"label_id": await own.label_id("work")}),
        ("label/sync_conversations", {"label_id": await own.label_id("Recent")}),
        ("account/sync_conversations", {}),
    ):
        assert (await bo.fails(path, sync_cursor=label["sync_cursor"], **more))[0] == 430
    for cursor in ("[]", "x", '{"of": 5}', 7, ["x"]):
        assert (await bo.fails("account/sync_conversations", sync_cursor=cursor))[0] == 400
    assert head <= place.store.head


async def test_a_labels_conversations_come_newest_first_in_pages(shelf: Shelf) -> None:
    labelled = [await shelf.conv(f"topic {n}", labels=["work", "starred"]) for n in range(60)]
    await shelf.conv("another")
    assert await shelf.all("work") == labelled[::-1]
    assert await shelf.all("starred") == labelled[::-1]
    first, found = await shelf.page("work")
    assert len(found) == 25
    assert first["sync_conversation_id"] == found[-1]
    for start in (None, "", "{}"):
        assert await shelf.page("work", start) == (first, found)
    second, more = await shelf.page("work", first["sync_cursor"])
    assert more == labelled[::-1][25:50]
    await shelf.conv("newer", labels=["work"])
    assert await shelf.page("work", first["sync_cursor"]) == (second, more), (
        "an earlier cursor, the same page"
    )
    assert second["sync_inbox_time"] <= first["sync_inbox_time"]


async def test_a_label_without_conversations_is_at_its_end(shelf: Shelf, ann: Client) -> None:
    await only(ann, label="empty")
    label, found = await shelf.page("empty")
    assert (label["sync_cursor"], label["sync_inbox_time"], found) == ("{}", 0, [])
    assert "sync_conversation_id" not in label


async def test_a_removed_label_answers_with_its_record_alone(shelf: Shelf, ann: Client) -> None:
    await shelf.conv("topic", labels=["gone"])
    id = await shelf.label_id("gone")
    await only(ann, label_id=id, index=-1)
    (label,) = (await ann.call("label/sync_conversations", label_id=id))["stream"]
    assert (label["label_id"], label["mk_label_status"], "label" in label) == (id, "removed", False)


async def test_system_labels_hold_what_stands_so(place: Place, shelf: Shelf, bo: Client) -> None:
    plain = await shelf.conv("plain")
    two = await shelf.conv(None, bo.account)
    hidden = await shelf.conv("hidden")
    muted = await shelf.conv("muted")
    spam = await shelf.conv("spam", labels=["Spam"])
    star = await shelf.conv("star", labels=["starred"])
    await shelf.mark(hidden, hidden_nr=1_000)
    await shelf.mark(muted, alerts="never")
    added = await place.services.mails.add(
        shelf.client.account, letter("m").mail, letter("m").raw, labels=["inbox"], state=["unread"]
    )
    mail = place.fleep.names.conv(added.conv)
    await place.services.mails.add(
        shelf.client.account, letter("archived").mail, letter("archived").raw, state=["unread", "starred"]
    )
    await place.services.conversations.send(bo.account, place.conv(two), b'{"text": "hello"}')
    held = {name: set(await shelf.all(name)) for name in ("starred", "Unread", "Recent", "Muted", "Spam")}
    held |= {name: set(await shelf.all(name)) for name in ("Archived", "Email", "1:1 Conversations")}
    assert held == {
        "starred": {star},
        "Unread": {two, mail},
        "Recent": {plain, two, mail},
        "Muted": {muted, spam},
        "Spam": {spam},
        "Archived": {hidden},
        "Email": {mail},
        "1:1 Conversations": {two},
    }
    await place.services.mails.mark_message(shelf.client.account, added.no, add=["starred"])
    assert set(await shelf.all("starred")) == {star, mail}


async def test_recent_holds_the_twenty_newest(shelf: Shelf) -> None:
    made = [await shelf.conv(f"topic {n}") for n in range(23)]
    await shelf.mark(made[-1], alerts="never")
    assert await shelf.all("Recent") == made[-2:-22:-1]


async def test_what_was_deleted_from_the_list_is_in_no_label(shelf: Shelf) -> None:
    conv = await shelf.conv("topic", labels=["work"])
    await shelf.mark(conv, deleted_nr=1_000)
    assert await shelf.all("work") == await shelf.all("Recent") == []


async def test_labels_of_a_conversation_are_replaced(shelf: Shelf, ann: Client) -> None:
    conv = await shelf.conv("topic")
    said = await ann.call(
        f"conversation/update_labels/{conv}", labels=["b", "a", "starred"], client_req_id="r"
    )
    assert said.keys() == {"header", "stream", "client_req_id"}
    ids = [await shelf.label_id(name) for name in ("starred", "a", "b")]
    assert (said["header"]["labels"], said["header"]["label_ids"]) == (["starred", "a", "b"], ids)
    assert [label["label"] for label in said["stream"]] == ["a", "b"], "the labels that were made"
    said = await ann.call(f"conversation/update_labels/{conv}", labels=["b"])
    assert (said["header"]["labels"], said["stream"]) == (["b"], [])
    said = await ann.call(f"conversation/update_labels/{conv}", labels=[])
    assert (said["header"]["labels"], said["header"]["label_ids"]) == ([], []), "emptiness is said"
    said = await ann.call(f"conversation/update_labels/{conv}", labels=["new"], from_message_nr=0)
    assert [one["mk_rec_type"] for one in said["stream"]] == ["label", "message"]
    assert said["header"]["fw_message_nr"] == said["header"]["last_message_nr"]
    assert (await ann.fails(f"conversation/update_labels/{conv}"))[0] == 400
    assert (await ann.fails(f"conversation/update_labels/{conv}", labels=["inbox"]))[0] == 400


async def test_nobody_labels_what_his_clients_do_not_have(place: Place, ann: Client, bo: Client) -> None:
    """Threat: a stranger's conversation, and archived mail of one's own, which chat clients do not see."""
    theirs = await Shelf(place, bo).conv("theirs")
    one = letter("m")
    added = await place.services.mails.add(ann.account, one.mail, one.raw, labels=["work"])
    head = place.store.head
    for conv in (theirs, place.fleep.names.conv(added.conv)):
        assert (await ann.fails(f"conversation/update_labels/{conv}", labels=["x"]))[0] == 430
    assert place.store.head == head


async def test_a_label_of_mail_is_a_label_here_once_its_thread_is_in_the_inbox(
    place: Place, shelf: Shelf, ann: Client
) -> None:
    one = letter("m", labels=["travel"])
    added = await place.services.mails.add(ann.account, one.mail, one.raw, labels=["travel"])
    assert [label.name for label in await shelf.labels.list(ann.account) if label.system is None] == []
    await place.services.mails.label(ann.account, added.no, add=["inbox"])
    conv = place.fleep.names.conv(added.conv)
    assert await shelf.all("travel") == [conv]
    (record,) = (
        await ann.call("account/sync_conversations", conversation_ids=[conv], mk_init_mode="ic_header")
    )["stream"]
    assert (record["labels"], record["label_ids"]) == (["travel"], [await shelf.label_id("travel")])
    await ann.call(f"conversation/update_labels/{conv}", labels=["home"])
    message = await place.services.mails.message(ann.account, added.no)
    assert message.labels == ("home", "inbox"), "answered here, seen in the mailbox"


async def test_conversation_label_lists_by_name_until_it_is_empty(shelf: Shelf, ann: Client) -> None:
    made = [await shelf.conv(f"topic {n}", labels=["work"]) for n in range(30)]
    said = await ann.call("conversation/label", label="work")
    found = convs(said["conversations"])
    assert (len(found), "is_init" in said["conversations"][0]) == (25, False)
    while said["conversations"]:
        said = await ann.call("conversation/label", label="work", sync_horizon=said["sync_horizon"])
        found += convs(said["conversations"])
    assert found == made[::-1]
    assert (await ann.fails("conversation/label", label="never made"))[0] == 430
    assert (await ann.fails("conversation/label"))[0] == 400


async def test_all_three_modes_are_told_and_nothing_moves(
    place: Place, shelf: Shelf, ann: Client, bo: Client
) -> None:
    conv = await shelf.conv("topic", bo.account, labels=["work"])
    await place.services.conversations.send(bo.account, place.conv(conv), b'{"text": "hello"}')
    head, reading = place.store.head, await shelf.talk.reading(ann.account, place.conv(conv))
    kinds = {}
    for mode in ("ic_header", "ic_tiny", "ic_full"):
        said = await ann.call(
            "label/sync_conversations", label_id=await shelf.label_id("work"), mk_init_mode=mode
        )
        kinds[mode] = [record["mk_rec_type"] for record in said["stream"]]
        record = next(one for one in said["stream"] if one["mk_rec_type"] == "conv")
        assert record["mk_init_mode"] == mode
    assert kinds["ic_header"] == ["label", "conv"]
    assert sorted(kinds["ic_tiny"]) == ["contact", "conv", "label", "message"]
    assert kinds["ic_tiny"].index("conv") < kinds["ic_tiny"].index("message")
    assert kinds["ic_full"].count("message") == 2
    assert (
        await ann.fails("label/sync_conversations", label_id=await shelf.label_id("work"), mk_init_mode="x")
    )[0] == 400
    assert place.store.head == head
    assert await shelf.talk.reading(ann.account, place.conv(conv)) == reading


async def test_recent_is_listed_by_name_in_twenty(shelf: Shelf, ann: Client) -> None:
    """Going on after them, as clients do until nothing comes, finds no further ones."""
    made = [await shelf.conv(f"topic {n}") for n in range(23)]
    said = await ann.call("conversation/label", label="Recent")
    assert convs(said["conversations"]) == made[:2:-1]
    said = await ann.call("conversation/label", label="Recent", sync_horizon=said["sync_horizon"])
    assert said["conversations"] == []


async def test_a_hidden_conversation_is_back_with_any_number(shelf: Shelf, ann: Client) -> None:
    """Clients compare hide_message_nr with the last number, which an edit raises, too (reference 3.1)."""
    conv = await shelf.conv("topic")
    await ann.call(f"message/send/{conv}", message="one")
    await ann.call(f"conversation/hide/{conv}")
    assert (await shelf.all("Archived"), await shelf.all("Recent")) == ([conv], [])
    await ann.call(f"message/edit/{conv}", message_nr=2, message="two")
    assert (await shelf.all("Archived"), await shelf.all("Recent")) == ([], [conv])
