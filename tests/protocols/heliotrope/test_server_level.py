"""Calls at the server level: info, size, labels, contacts (Heliotrope reference 1.3, and the overview)."""

import httpx
import pytest
from tests.protocols.heliotrope.place import Client, Place, letter, said


async def test_info_says_that_the_server_is_up(ann: Client) -> None:
    """Clients look at both before they begin (reference 5.2)."""
    assert await ann.get("/info.json") == {"status": "up", "api_version": "0.1"}


async def test_size_grows_by_one_for_each_new_message(ann: Client) -> None:
    """A repeated Message-ID adds nothing, whatever else is in it."""
    assert await ann.get("/size.json") == {"size": 0}
    await ann.add(letter("a@x"))
    await ann.add(letter("b@x"))
    await ann.add(letter("a@x", "Another subject"))
    assert await ann.get("/size.json") == {"size": 2}


async def test_labels_are_those_in_use_states_included(ann: Client) -> None:
    """Unlike in the original a state that is set later is in the list, too (reference 11.21)."""
    await ann.add(letter("a@x"), ["inbox", "My Label"], ["unread"])
    added = await ann.add(letter("b@x"), ["family"])
    assert set((await ann.get("/labels.json"))["labels"]) == {"inbox", "My Label", "family", "unread"}
    await ann.post(f"/message/{added['doc_id']}/state.json", state=["starred"])
    assert "starred" in (await ann.get("/labels.json"))["labels"]


@pytest.mark.parametrize(
    "body",
    [
        {"content": b"x=y", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"json": {}},
        {},
        {"content": b"\xff\x00{", "headers": {"Content-Type": "application/json"}},
    ],
)
async def test_pruning_forgets_unused_labels_and_keeps_used_ones(ann: Client, body: dict[str, str]) -> None:
    """It takes anything as its body, and nothing. A label with a blank is not dropped by accident."""
    added = await ann.add(letter("a@x"), ["inbox", "My Label", "old"])
    await ann.post(f"/thread/{added['thread_id']}/labels.json", labels=["inbox", "My Label"])
    answer = await ann.http.post("/labels/prune.json", **body)  # type: ignore[arg-type]
    assert set(said(answer)["labels"]) == {"inbox", "My Label"}
    assert said(answer) == await ann.get("/labels.json")


async def contacts(client: Client, **query: object) -> list[str]:
    """The addresses of contacts."""
    found = (await client.get("/contacts.json", **query))["contacts"]
    assert all(one.keys() == {"name", "email"} for one in found)
    return [one["email"] for one in found]


async def test_contacts_begin_with_a_prefix_in_name_or_address(ann: Client) -> None:
    """In any letter case and any alphabet; never in the middle."""
    await ann.add(letter("a@x", sender="Matthieu Rakotojaona <matthieu@gmail.com>"))
    await ann.add(letter("b@x", sender="Zoë Ærø <zoe@wonder.org>"))
    await ann.add(letter("c@x", sender="nobody@mat.org"))
    assert await contacts(ann, prefix="matt") == ["matthieu@gmail.com"]
    assert await contacts(ann, prefix="MATTHIEU R") == ["matthieu@gmail.com"]
    assert await contacts(ann, prefix="zOË") == ["zoe@wonder.org"]
    assert await contacts(ann, prefix="rakoto") == []
    assert await contacts(ann, prefix="wonder") == []
    found = await ann.get("/contacts.json", prefix="nobody@")
    assert found["contacts"] == [{"name": None, "email": "nobody@mat.org"}]


async def test_contacts_are_twenty_unless_said_and_all_without_a_prefix(ann: Client) -> None:
    """The overview promises all of them; the original failed there (reference 11.1)."""
    for number in range(25):
        await ann.add(letter(f"{number}@x", sender=f"Person {number} <p{number}@many.org>"))
    assert len(await contacts(ann, prefix="p")) == 20
    assert len(await contacts(ann, prefix="p", num=22)) == 22
    assert len(await contacts(ann, prefix="p", num="x")) == 20
    everybody = await contacts(ann)
    assert len(everybody) == 25
    assert await contacts(ann, prefix="") == everybody
    assert await contacts(ann, num=3) == everybody[:3]


async def test_contacts_are_each_once_and_the_newest_first(ann: Client) -> None:
    """Sorted and made unique before they are cut, not after (reference 11.2)."""
    for day, who in ((1, "Al <al@x.org>"), (2, "Bo <bo@x.org>"), (3, "Albert <al@x.org>")):
        date = f"Sun, {day:02} Apr 2012 07:00:00 +0000"
        await ann.add(letter(f"{day}@x", sender=who, date=date))
    assert await contacts(ann) == ["al@x.org", "bo@x.org"]


async def test_robots_are_no_contacts(ann: Client) -> None:
    """Lists, bounces and addresses with `reply` in them (reference 2.7)."""
    await ann.add(letter("a@x", sender="Shop <noreply@shop.org>"))
    await ann.add(letter("b@x", sender="List Man <man@list.org>", List_Post="<mailto:l@list.org>"))
    assert await contacts(ann) == []


@pytest.mark.parametrize("path", ["/info.json", "/size.json", "/labels.json", "/contacts.json"])
async def test_head_is_answered_like_get_without_a_body(place: Place, ann: Client, path: str) -> None:
    """For monitors and caches."""
    whole = await ann.http.get(path)
    head = await ann.http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == whole.headers[name]


async def test_an_answer_is_kept_by_no_cache(ann: Client) -> None:
    """It holds what only its reader may see, and no browser may take it for a script."""
    answer: httpx.Response = await ann.http.get("/labels.json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
