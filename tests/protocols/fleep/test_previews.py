"""Previews: each link of a message has a record at once, with a title where there is one."""

from typing import Any

import msgspec
from tests.protocols.fleep.place import Client

from syncline.core.entries import Entry
from syncline.core.handles import Handles
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.previews import previews, told_preview
from syncline.protocols.fleep.records.preview import PREVIEW
from syncline.services.previews import MOST, Preview

NAMES = Names(Handles("secret"))
ANN = Id(1001)


def message(text: str, *, kind: EntryKind = EntryKind.MESSAGE, **form: Any) -> Entry:
    """A message with this text."""
    body = msgspec.json.encode({"text": text, **form})
    return Entry(Id(2000), ZoneId(Id(1002)), Seq(7), Nr(2), kind, ANN, 1000, body)


def urls(entry: Entry, *, off: bool = False) -> list[str]:
    """The addresses that have a record."""
    return [one["attached_url"] for one in previews(NAMES, entry, ANN, off=off)]


def test_a_link_has_a_record_at_once() -> None:
    """Its keys are those of the reference (3.7); without a page's title it has its name, or the host."""
    found = previews(NAMES, message("see www.x.org/a and http://y.org<<our site>>"), ANN)
    assert found[0] == {
        "mk_rec_type": "preview",
        "conversation_id": NAMES.conv(ZoneId(Id(1002))),
        "message_nr": 2,
        "account_id": NAMES.person(ANN),
        "attached_url": "http://www.x.org/a",
        "title": "www.x.org",
        "is_deleted": False,
    }
    assert (found[1]["attached_url"], found[1]["title"]) == ("http://y.org", "our site")


def test_the_titles_that_there_are_stand_in_it() -> None:
    """With the page's description, where it has one."""
    known = [Preview(Id(2000), "http://y.org", "The Y", "All of it.")]
    found = previews(NAMES, message("http://x.org http://y.org"), ANN, known)
    assert [one["title"] for one in found] == ["x.org", "The Y"]
    assert found[1]["description"] == "All of it."
    assert found[0].keys() == PREVIEW.always
    assert found[1].keys() == PREVIEW.always | PREVIEW.may
    assert "description" not in found[0]
    assert told_preview(NAMES, message("http://y.org"), ANN, known[0])[0]["title"] == "The Y"


def test_a_preview_goes_with_its_link() -> None:
    """What was made for a link that was edited out, or deleted with its message, is not told."""
    known = Preview(Id(2000), "http://y.org", "The Y")
    assert told_preview(NAMES, message("http://x.org"), ANN, known) == []
    assert told_preview(NAMES, message("http://y.org", deleted={"by": 1, "at": 1}), ANN, known) == []


def test_some_have_none() -> None:
    """Switched off for the message or the conversation; mails; other schemes; more than ten of one."""
    assert urls(message("http://x.org", previews_off=True)) == []
    assert urls(message("http://x.org"), off=True) == []
    assert urls(message("http://x.org", kind=EntryKind.MAIL)) == []
    assert urls(message("mailto://a@x.org ftp://x.org")) == []
    assert len(urls(message(" ".join(f"http://{n}.org" for n in range(50))))) == MOST


def test_an_address_that_makes_no_sense_is_its_own_title() -> None:
    """It stands in the message as a link, and nothing breaks."""
    found = previews(NAMES, message("http://[x http://x.org:99999/"), ANN)
    assert [one["title"] for one in found] == ["http://[x", "x.org"]


async def test_a_deleted_message_takes_its_previews_from_clients(ann: Client, bo: Client) -> None:
    """They merge: what is not said to be gone stays (reference 3)."""
    made = await ann.call("conversation/create", topic="links", emails=bo.email)
    conv = made["header"]["conversation_id"]
    await ann.call(f"message/send/{conv}", message="see https://example.org/a")
    horizon, _ = await bo.caught_up()
    said = await ann.call(f"message/delete/{conv}", message_nr=2)
    _, polled = await bo.caught_up(horizon)
    for records in (said["stream"], polled):
        (gone,) = [one for one in records if one["mk_rec_type"] == "preview"]
        assert (gone["attached_url"], gone["is_deleted"]) == ("https://example.org/a", True)
