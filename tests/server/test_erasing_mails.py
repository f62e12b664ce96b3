"""Erasing an account on a whole server: its mails are in no file any more, the search index included."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.protocols.heliotrope.place import Client, Place, letter

from syncline.core.kinds import Why
from syncline.store.contract import Store
from syncline.store.sqlite.verify import verify

WORDS = ("xyzzysubject", "xyzzybody", "xyzzyid", "xyzzyref", "xyzzyname", "xyzzyaddress", "xyzzylabel")
"""one for each thing that a mail says; each is looked for in every file, in any letter case"""


@pytest.fixture
async def place(store: Store) -> AsyncIterator[Place]:
    """A whole server."""
    place = Place(store)
    yield place
    await place.close()


def left(folder: Path) -> list[str]:
    """Which words stand in which files."""
    return sorted(
        f"{word} in {path.name}"
        for path in folder.rglob("*")
        if path.is_file()
        for word in WORDS
        if word.encode() in path.read_bytes().lower()
    )


async def mailbox(client: Client, count: int = 60) -> None:
    """Mails with a word in everything, some in threads that were joined, some with another copy."""
    for number in range(count):
        refs = [f"xyzzyref{number // 2}@xyzzyaddress.example"] if number % 3 else []
        raw = letter(
            f"xyzzyid{number}@xyzzyaddress.example",
            f"About Xyzzysubject {number}",
            f"The Xyzzybody{number} of it. " * (1 + number % 5 * 400),
            sender=f"Xyzzyname {number % 7} <n{number % 7}@xyzzyaddress.example>",
            to=f"Xyzzyname To <to{number % 5}@xyzzyaddress.example>",
            refs=refs,
        )
        await client.add(raw, ["inbox", f"xyzzylabel{number % 4}"], ["unread"])
        if number % 5 == 0:
            await client.add(raw + b"xyzzybody again\n")
    for number in range(count // 6):
        refs = [f"xyzzyref{number}@xyzzyaddress.example", f"xyzzyref{number + 1}@xyzzyaddress.example"]
        await client.add(letter(f"xyzzyid-join{number}@xyzzyaddress.example", "Xyzzysubject", refs=refs))


async def test_no_byte_of_its_mails_is_left_in_any_file(place: Place, tmp_path: Path) -> None:
    """Subjects, texts, addresses, ids, labels and the words of the index, in main files and logs alike."""
    ann, bob = await place.client("ann"), await place.client("bob")
    await mailbox(ann)
    await bob.add(letter("b@y", "Plugh", "Bob's own words"), ["inbox"])
    assert await ann.found("xyzzybody1")
    assert await ann.get("/contacts.json", prefix="xyzzyname")
    assert {line.split()[0] for line in left(tmp_path)} == set(WORDS), "else this looks in the wrong place"
    await place.services.accounts.erase(ann.id)
    assert left(tmp_path) == []
    assert await bob.found("plugh") == [1], "others' mails are found as before"
    async with place.store.view() as view:
        grants = await view.grants(ann.id)
    assert not [grant for grant in grants if grant.alive and grant.why == Why.LABEL]
    for query in ("*", "~inbox", "xyzzybody1", "~xyzzylabel1"):
        assert await place.services.search.count(ann.id, query) == 0
    assert await place.services.search.labels(ann.id) == []
    assert await place.services.search.contacts(ann.id, "", None) == []
    await place.services.readers.rebuild("search")
    assert left(tmp_path) == []
    assert await bob.found("plugh") == [1]
    assert list(verify(tmp_path / "data")) == []


async def test_what_others_received_stays_theirs(place: Place, tmp_path: Path) -> None:
    """The same mails in Bob's mailbox: his search, contacts, labels and bytes are untouched."""
    ann, bob = await place.client("ann"), await place.client("bob")
    raws = [
        letter(
            f"{number}@x", f"Round {number}", "for all", sender="Ann <ann@example.org>", to="Bob <b@b.com>"
        )
        for number in range(5)
    ]
    for client in (ann, bob):
        for raw in raws:
            await client.add(raw, ["inbox"], ["unread"])
        await client.add(letter("only@x", sender="Dee <dee@d.example>"), [client.email.partition("@")[0]])
    before = [await bob.get(path) for path in ("/labels.json", "/contacts.json", "/size.json")]
    found = await bob.search("*")
    await place.services.accounts.erase(ann.id)
    assert [await bob.get(path) for path in ("/labels.json", "/contacts.json", "/size.json")] == before
    assert await bob.search("*") == found
    for number, raw in enumerate(raws, start=1):
        assert (await bob.http.get(f"/message/{number}/raw")).content == raw
    rows = (await bob.http.get("/changes", params={"since": "", "limit": "1000"})).json()["changes"]
    known = {row["body"]["email"] for row in rows if row["kind"] == "profile" and "email" in row["body"]}
    assert {"dee@d.example", "bob@example.org"} <= known
