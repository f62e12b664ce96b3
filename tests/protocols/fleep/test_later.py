"""What is not there yet says so, in a sentence; what was never there is unknown."""

import httpx
import pytest
from tests.protocols.fleep.place import Client, Place

from syncline.protocols.fleep.later import LATER
from syncline.protocols.fleep.plugged import CALLS
from syncline.protocols.fleep.serving import path_of

ID = "3c2c8dee-02c6-4280-9306-d76a932cd79e"


@pytest.mark.parametrize("path", LATER)
async def test_each_says_what_is_missing(place: Place, ann: Client, path: str) -> None:
    """431 and not_available, by POST and PUT, with a slash at the end or not, whoever asks with any body."""
    at = path.replace("{id}", ID).replace("{call:path}", "trello/sync")
    head = place.store.head
    status, said = await ann.fails(at)
    assert (status, said["error_id"], said["error_message"]) == (431, "not_available", LATER[path])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(place.app), base_url="http://localhost:8080"
    ) as http:
        for answer in (
            await http.put(f"/api/{at}", content=b"\0\xff" * 1000, params={"ticket": ann.ticket}),
            await http.post(f"/api/{at}/", files={"files": ("a.txt", b"x")}),
        ):
            assert (answer.status_code, answer.json()["error_id"]) == (431, "not_available")
    assert place.store.head == head


def test_what_is_served_is_not_among_them() -> None:
    """A call that got an answer leaves the table."""
    assert {path_of(spec) for spec in CALLS} & LATER.keys() == set()


def test_each_sentence_is_one() -> None:
    """For people to read: a capital letter, a full stop, no path in it."""
    for sentence in LATER.values():
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "/" not in sentence.replace("message/store", "").replace("account/configure", "")


@pytest.mark.parametrize("path", ["nonsense", "conversation/nonsense", "account/nonsense/x", "file"])
async def test_an_unknown_call_is_unknown(ann: Client, path: str) -> None:
    """404 with an id of its own, so that a client's author sees the slip."""
    status, said = await ann.fails(path)
    assert (status, said["error_id"]) == (404, "unknown_call")
