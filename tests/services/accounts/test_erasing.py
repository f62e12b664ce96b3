"""Erasing an account: a real purge, after which its words are in no file."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from syncline.core.entries import ERASED, Entry, NewEntry, NewFact
from syncline.core.errors import NotFound, Unauthorized, Unavailable, WrongPassword
from syncline.core.ids import DIRECTORY, Hash, Id, ZoneId
from syncline.core.kinds import OBJECT_KINDS, EntryKind, Kind, ReaderKind, Rel, Space, Why, ZoneKind
from syncline.core.objects import Object, Subscription
from syncline.core.rooms.forms import amended, erased, read_form
from syncline.services.accounts import Accounts, Passwords, Registration, Role, Sessions, Tokens
from syncline.services.accounts.confirmations import Confirmations, Notice
from syncline.services.accounts.pending import read_waiting
from syncline.services.conversations.subscriptions import label_term
from syncline.services.devices import Devices
from syncline.services.people import ERASED_NAME, People, know, profile_of
from syncline.services.settings import Settings
from syncline.services.timers import set_timer
from syncline.store.contract import Lane, Store, Tx

WORD = "xyzzysecret"
"""stands in everything that the account writes or holds, so that one search finds what is left"""


class Post:
    """A messenger that keeps what it was given."""

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self.sent: list[Notice] = []

    async def bring(self, notice: Notice) -> None:
        """Keep it."""
        self.sent.append(notice)


def _json(**fields: object) -> bytes:
    return msgspec.json.encode(fields)


def _left(folder: Path, words: tuple[str, ...]) -> list[str]:
    return [
        f"{word} in {path.name}"
        for path in folder.rglob("*")
        if path.is_file()
        for word in words
        if word.encode() in path.read_bytes()
    ]


async def _say(store: Store, conv: ZoneId, author: Id, text: str, **more: object) -> Entry:
    async def work(tx: Tx) -> Entry:
        return await tx.add(NewEntry(conv, EntryKind.MESSAGE, author, _json(text=text, **more)))

    return (await store.write(work)).value


async def _amend(store: Store, target: Entry, author: Id, rel: Rel, **body: object) -> Entry:
    async def work(tx: Tx) -> Entry:
        known = await tx.entry(target.id)
        assert known is not None
        new = NewEntry(
            target.conv, EntryKind.AMENDMENT, author, _json(**body), target=target.id, rel=rel, bumps=False
        )
        amendment = await tx.add(new)
        await tx.form(target.id, msgspec.json.encode(amended(read_form(known.current), amendment)))
        return amendment

    return (await store.write(work)).value


async def _room(store: Store, *members: Id) -> ZoneId:
    async def work(tx: Tx) -> ZoneId:
        conv = tx.open_zone(ZoneKind.CONVERSATION)
        rules = NewFact("m.room.join_rules", "", _json(join_rule="public"))
        await tx.add(NewEntry(conv, EntryKind.CREATE, members[0], b"{}"), [rules])
        for member in members:
            await tx.grant(member, conv, first=None, why=Why.MEMBER)
            for other in members:
                await know(tx, member, other)
        return conv

    return (await store.write(work)).value


async def _now(store: Store, entry: Entry) -> Entry:
    async with store.view() as view:
        found = await view.entry(entry.id)
    assert found is not None
    return found


async def test_nothing_it_wrote_or_held_is_left_in_any_file(
    tmp_path: Path, store: Store, accounts: Accounts, tokens: Tokens, sessions: Sessions
) -> None:
    """Messages, edits, topics, mails, settings, devices, labels, timers, files, profile, address: all."""
    ann = await accounts.add(
        f"{WORD}@example.org", name=f"Ann {WORD}", local=f"ann{WORD}", password="right", role=Role.ADMIN
    )
    bob = await accounts.add("bob@example.org", name="Bob")
    secret, _ = await tokens.create(ann.id, ["read"], name=f"token {WORD}")
    cookie = await sessions.create(ann.id)
    await accounts.invite(f"friend{WORD}@example.org", by=ann.id)
    await Settings(store).put(ann.id, f"fleep/{WORD}", _json(note=WORD))
    device = await Devices(store).make(ann.id, "matrix", WORD, label=f"phone {WORD}")
    avatar = await store.blobs.put(f"picture {WORD}".encode())
    await People(store).update(ann.id, avatar=avatar.hex(), extra={"about": WORD})

    room = await _room(store, ann.id, bob.id)
    kept = await _say(store, room, bob.id, "bob speaks of plugh")
    said = await _say(store, room, ann.id, f"ann says {WORD}")
    edit = await _amend(store, said, ann.id, Rel.EDIT, content={"text": f"edited {WORD}"})
    await _amend(store, kept, ann.id, Rel.REACTION, key=f"like {WORD}")
    for text in ("one", "two"):
        await _amend(store, kept, ann.id, Rel.EDIT, content={"text": f"{text} {WORD}"})
    removed = await _say(store, room, bob.id, "bob says too much")
    await _amend(store, removed, ann.id, Rel.DELETE, reason=f"because {WORD}")
    file = await store.blobs.put(f"file {WORD}".encode())

    async def rest(tx: Tx) -> tuple[ZoneId, Entry]:
        topic = NewFact("m.room.topic", "", _json(topic=f"topic {WORD}"))
        await tx.add(NewEntry(room, EntryKind.STATE, ann.id, _json(text=WORD)), [topic])
        thread = tx.open_zone(ZoneKind.CONVERSATION, owner=ann.id)
        letter = _json(no=1, message_id="1@x", hash=file.hex(), size=4, subject=f"dear {WORD}")
        mail = await tx.add(NewEntry(thread, EntryKind.MAIL, bob.id, letter))
        await tx.subscribe(Subscription(ann.id, room, body=_json(labels=[WORD])))
        tx.index(Space.LABELLED, label_term(ann.id, WORD), room)
        set_timer(tx, 1 << 50, "remind", {"text": WORD}, account=ann.id)
        set_timer(tx, 1 << 50, "remind", {"text": "bob's"}, account=bob.id)
        id = tx.new_id()
        await tx.put(Object(id, Kind.FILE, room, _json(name=WORD)), actor=ann.id)
        tx.names(file, id)
        tx.enqueue(device.id, ann.id, _json(text=WORD))
        return thread, mail

    _, mail = (await store.write(rest)).value
    assert _left(tmp_path, (WORD,)), "else this looks in the wrong place"

    await accounts.erase(ann.id)

    assert _left(tmp_path, (WORD,)) == []
    assert _left(tmp_path, ("plugh",)) != [], "what others said stays"
    for entry in (said, mail):
        now = await _now(store, entry)
        assert (now.seq, now.nr, now.author) == (entry.seq, entry.nr, entry.author), "numbers stay"
        assert erased(now)
    assert (await _now(store, edit)).body == ERASED
    bobs = read_form((await _now(store, kept)).current)
    assert bobs["text"] == "bob speaks of plugh", "as he wrote it"
    assert not bobs.get("reactions")
    assert read_form((await _now(store, removed)).current)["deleted"].keys() == {"by", "at"}
    async with store.view() as view:
        assert [each.kind for each in await view.objects(ZoneId(ann.id), OBJECT_KINDS)] == []
        assert await view.reader(ReaderKind.DEVICE, ann.id, f"matrix/{WORD}") is None
        assert len(await view.due(1 << 60, limit=10)) == 1
        rules = await view.fact(room, "m.room.join_rules", "")
    assert rules is not None
    assert rules.content == _json(join_rule="public"), "the rules of a conversation are of all its members"
    for hash in (avatar, file):
        with pytest.raises(NotFound):
            await store.blobs.get(Hash(hash))
    for gone in (tokens.authenticate(secret), sessions.authenticate(cookie)):
        with pytest.raises(Unauthorized):
            await gone


async def test_registrations_that_came_to_nothing_are_forgotten_too(
    tmp_path: Path, store: Store, accounts: Accounts, passwords: Passwords
) -> None:
    """Who asked twice left his name with the link that he did not follow; others keep theirs."""
    post = Post()
    confirmations = Confirmations(store, passwords, post, registration=Registration.OPEN)
    for name in (WORD, "Ann", "Ann"):
        await confirmations.register(f"{WORD}@example.org", name=name, password="right and long")
    await confirmations.register("bob@example.org", name="Bob", password="right and long")
    ann, bob = await confirmations.confirm(post.sent[1].proof.link), post.sent[-1].proof.link
    await accounts.erase(ann.id)
    assert _left(tmp_path, (WORD,)) == []
    async with store.view() as view:
        (kept, used) = await view.objects(DIRECTORY, [Kind.PENDING])
    assert [read_waiting(one).email for one in (kept, used)] == ["bob@example.org", ""]
    assert (await confirmations.confirm(bob)).name == "Bob"


async def test_the_person_stays_and_its_names_are_free(store: Store, accounts: Accounts) -> None:
    """Old messages keep an author that says nothing; whoever takes the address next is somebody else."""
    ann = await accounts.add("ann@example.org", name="Ann", local="ann", password="right")
    await accounts.erase(ann.id)
    async with store.view() as view:
        profile = await profile_of(view, ann.id)
    assert (profile.name, profile.email, profile.local, profile.account, profile.erased) == (
        ERASED_NAME,
        None,
        None,
        False,
        True,
    )
    with pytest.raises(NotFound):
        await accounts.get(ann.id)
    with pytest.raises(WrongPassword):
        await accounts.sign_in("ann@example.org", "right")
    assert await accounts.list() == []
    again = await accounts.add("ann@example.org", local="ann")
    assert again.id != ann.id


async def test_members_are_told_of_each_message_that_went(store: Store, accounts: Accounts) -> None:
    """Their clients hold copies: an amendment that erases goes out for each, and none twice."""
    ann, bob = await accounts.add("ann@example.org"), await accounts.add("bob@example.org")
    room = await _room(store, ann.id, bob.id)
    said = [await _say(store, room, ann.id, f"line {number}") for number in range(3)]
    before = store.head
    await accounts.erase(ann.id)
    async with store.view() as view:
        told = [entry for entry in await view.entries(room, after=before) if entry.rel == Rel.ERASE]
    assert [entry.target for entry in told] == [entry.id for entry in said]
    assert all(entry.nr is not None for entry in told)


async def test_an_edit_of_anothers_message_is_taken_back(store: Store, accounts: Accounts) -> None:
    """Pinned messages may be edited by others: the words go, what was there before comes back."""
    ann, bob = await accounts.add("ann@example.org"), await accounts.add("bob@example.org")
    room = await _room(store, ann.id, bob.id)
    board = await _say(store, room, bob.id, "bob's board")
    await _amend(store, board, bob.id, Rel.PIN)
    await _amend(store, board, ann.id, Rel.EDIT, content={"text": "ann's board"})
    await accounts.erase(ann.id)
    form = read_form((await _now(store, board)).current)
    assert form["text"] == "bob's board"
    assert "pin" in form


async def test_long_histories_are_erased_in_many_works(
    store: Store, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log stays fair: no work may write more than a thousand changes."""
    monkeypatch.setattr("syncline.services.accounts.writings.PAGE", 7)
    monkeypatch.setattr("syncline.services.accounts.writings.CHUNK", 3)
    monkeypatch.setattr("syncline.services.accounts.erasing.CHUNK", 3)
    ann, bob = await accounts.add("ann@example.org"), await accounts.add("bob@example.org")
    room = await _room(store, ann.id, bob.id)
    said = [await _say(store, room, ann.id, f"line {number}") for number in range(20)]
    settings = Settings(store)
    for number in range(10):
        await settings.put(ann.id, f"fleep/{number}", b"{}")
    works = 0

    def count(_: object) -> None:
        nonlocal works
        works += 1

    store.watch(count)
    await accounts.erase(ann.id)
    assert works > 8
    assert all([erased(await _now(store, entry)) for entry in said])
    assert await settings.list(ann.id) == []


async def test_an_erase_that_was_broken_off_is_finished_by_erasing_again(
    tmp_path: Path, store: Store, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever work a crash comes before: from the first one on the account is closed, the rest follows."""
    ann = await accounts.add(f"{WORD}@example.org", name=WORD, password="right")
    bob = await accounts.add("bob@example.org")
    room = await _room(store, ann.id, bob.id)
    said = await _say(store, room, ann.id, WORD)
    await Settings(store).put(ann.id, "fleep/a", _json(note=WORD))
    write = store.write
    left = 0

    async def failing(work: Callable[[Tx], Awaitable[object]], *, lane: Lane = Lane.LIVE) -> object:
        nonlocal left
        if left == 0:
            raise Unavailable("pulled the plug")
        left -= 1
        return await write(work, lane=lane)

    monkeypatch.setattr(store, "write", failing)
    broken = 0
    while True:
        left = broken
        try:
            await accounts.erase(ann.id)
        except Unavailable:
            broken += 1
        else:
            break
        if broken > 1:
            with pytest.raises(WrongPassword):
                await accounts.sign_in(f"{WORD}@example.org", "right")
    assert broken > 3
    assert erased(await _now(store, said))
    assert _left(tmp_path, (WORD,)) == []


async def test_who_is_no_account_cannot_be_erased(accounts: Accounts) -> None:
    """A mistyped id is said; so is one that was erased already."""
    ann = await accounts.add("ann@example.org")
    await accounts.erase(ann.id)
    for id in (ann.id, Id(7)):
        with pytest.raises(NotFound):
            await accounts.erase(id)
