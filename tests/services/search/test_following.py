"""What happens to mails is found at once, and an index made again from the log gives the same answers."""

import asyncio
from pathlib import Path

import pytest
from tests.services.search.desk import ANA, BEN, Desk
from tests.services.search.letters import DAY, Letter

from syncline.core.errors import NotFound, Unavailable
from syncline.core.ids import START
from syncline.core.mail import Words
from syncline.services.search import LabelCount, Order
from syncline.services.search.schema import FILE
from syncline.store.contract import Store

ROOT = Letter("root@x", "plans", "Ana ana@north.example", text="the root word")
REPLY = Letter("reply@x", "Re: plans", "Ben ben@south.example", text="the reply word", refs=("root@x",))
LATE = Letter("late@x", "Re: plans", "Cem cem@east.example", text="late", refs=("root@x", "middle@x"))
MIDDLE = Letter("middle@x", "Re: plans", "Ben ben@south.example", text="joins", refs=("root@x",))
ALONE = Letter("alone@x", "alone", "Cem cem@east.example", text="a word alone", refs=("middle@x",))


async def test_an_added_mail_is_found_at_once(desk: Desk) -> None:
    """By each of its words; the size grows by one."""
    for number in range(1, 6):
        await desk.add(Letter(f"{number}@x", text=f"word{number}"))
        assert await desk.ids(f"word{number}") == [number]
        assert await desk.search.count(ANA, "*") == number


async def test_labels_and_states_are_found_at_once(desk: Desk) -> None:
    """Added with a mail, replaced later; a state counts for its thread until the last mail loses it."""
    await desk.add(ROOT, labels=["inbox"], state=["unread"])
    await desk.add(REPLY, labels=["work"], state=["unread"])
    assert await desk.ids("~inbox ~work ~unread") == [1]
    await desk.mails.relabel(ANA, 1, ["list", "my label"])
    assert await desk.ids("~inbox OR ~work") == []
    assert await desk.ids('~list ~"my label" ~unread is:unread in:list') == [1]
    await desk.mails.set_message_state(ANA, 1, ["starred"])
    assert await desk.ids("~unread ~starred") == [1]
    await desk.mails.set_message_state(ANA, 2, [])
    assert await desk.search.count(ANA, "~unread") == 0
    assert await desk.search.labels(ANA) == ["list", "my label", "starred"]


async def test_labels_are_counted_with_what_is_unread(desk: Desk) -> None:
    """In alphabetical order, states included; a label that nobody has any more is not listed."""
    await desk.add(ROOT, labels=["inbox", "work"], state=["unread"])
    await desk.add(Letter("2@x"), labels=["inbox"])
    await desk.add(Letter("3@x", states=("attachment",)), labels=["gone"])
    await desk.mails.relabel(ANA, 3, [])
    await desk.add(Letter("4@x"), account=BEN, labels=["inbox", "private"], state=["unread"])
    assert await desk.search.label_counts(ANA) == [
        LabelCount("attachment", 1, 0),
        LabelCount("inbox", 2, 1),
        LabelCount("unread", 1, 1),
        LabelCount("work", 1, 1),
    ]
    assert await desk.search.labels(BEN) == ["inbox", "private", "unread"]


async def test_a_thread_shows_what_its_first_unread_mail_says(desk: Desk) -> None:
    """Subject of the root; snippet and unread people follow the marks, without reading a mail again."""
    await desk.add(ROOT)
    await desk.add(REPLY, state=["unread"])
    (info,) = await desk.search.threads(ANA, "plans")
    assert (info.thread_id, info.size, info.subject) == (1, 2, "plans")
    assert (info.snippet, info.unread_participants) == ("the reply word", ("Ben <ben@south.example>",))
    await desk.mails.set_thread_state(ANA, 1, ["unread"])
    info = await desk.search.info(ANA, info.conv)
    assert info.snippet == "the root word"
    assert info.unread_participants == ("Ana <ana@north.example>", "Ben <ben@south.example>")
    await desk.mails.set_thread_state(ANA, 1, [])
    info = await desk.search.info(ANA, info.conv)
    assert (info.snippet, info.unread_participants, info.state) == ("the root word", (), ())


async def test_a_late_mail_makes_one_thread_of_two(desk: Desk) -> None:
    """One result with all mails and all labels, whatever it is found by."""
    await desk.add(ROOT, labels=["one"])
    await desk.add(ALONE, labels=["two"], state=["starred"])
    assert len(await desk.ids("word")) == 2
    old = (await desk.search.threads(ANA, "alone"))[0].conv
    await desk.add(MIDDLE)
    for query in ("root", "alone", "joins", "~one ~two ~starred", "*"):
        (info,) = await desk.search.threads(ANA, query)
        assert (info.size, info.thread_id, set(info.labels)) == (3, 1, {"one", "two", "starred"}), query
        assert await desk.search.count(ANA, query) == 1
    if old != info.conv:
        with pytest.raises(NotFound):
            await desk.search.info(ANA, old)


async def test_threads_stand_by_their_newest_mail_or_by_date(desk: Desk) -> None:
    """The mail that came last counts, wherever it stands in its thread; pages follow one another."""
    await desk.add(
        Letter("1@x", at=3 * DAY), Letter("2@x", refs=("1@x", "4@x"), at=2 * DAY), Letter("3@x", at=4 * DAY)
    )
    await desk.add(Letter("4@x", refs=("1@x",), at=DAY), Letter("5@x", at=2 * DAY), labels=["work"])
    await desk.mails.relabel(ANA, 3, ["work"])
    for query in ("~work", "*"):
        assert await desk.ids(query) == [5, 1, 3]
        assert await desk.ids(query, order=Order.DATE) == [3, 1, 5]
        pages = [await desk.search.threads(ANA, query, start=at, num=1) for at in range(4)]
        assert [[one.thread_id for one in page] for page in pages] == [[5], [1], [3], []]


async def test_what_is_not_ones_own_is_never_found(desk: Desk) -> None:
    """Not by any query, not by its id, not by counting."""
    await desk.add(ROOT, labels=["inbox"])
    await desk.add(
        Letter("b@x", "secret", "Eve eve@west.example", text="word"), account=BEN, labels=["hidden"]
    )
    (own,) = await desk.search.threads(BEN, "*")
    for query in ("secret", "-plans", "~hidden", "from:eve", "-~inbox"):
        assert await desk.ids(query) == []
        assert await desk.search.count(ANA, query) == 0
    assert await desk.search.count(ANA, "word OR *") == 1
    assert await desk.search.contacts(ANA, "eve", None) == []
    with pytest.raises(NotFound):
        await desk.search.info(ANA, own.conv)


async def test_an_erased_mail_leaves_the_index_with_all_its_words(desk: Desk) -> None:
    """Promise 9 of the design: not a byte of it stays in any file; its thread goes with its last mail."""
    await desk.add(ROOT, REPLY)
    await desk.add(Letter("x@x", "unmistakable", "Zoë zo3@secret.example", text="xylophones"), labels=["l"])
    assert await desk.ids("xylophones") == [3]
    await desk.erase(3)
    await desk.erase(2)
    assert await desk.ids("xylophones OR reply OR ~l") == []
    assert await desk.ids("*") == [1]
    assert (await desk.search.threads(ANA, "*"))[0].size == 1
    assert [one.mail for one in await desk.search.contacts(ANA, "", None)] == ["ana@north.example"]
    await desk.search.scrub()
    for file in desk.directory.glob("search.db*"):
        for word in (b"unmistakable", b"xylophones", b"zo3", b"reply"):
            assert word not in file.read_bytes(), (file.name, word)
    assert await desk.ids("root") == [1]


async def test_no_word_of_erased_mails_stays_between_the_rows_of_others(desk: Desk) -> None:
    """Pages that were split keep old rows in their gaps, which SQLite's secure_delete does not reach."""
    for start in range(0, 600, 100):
        letters = (
            Letter(
                f"m{n}@x",
                f"subject marker{n}x",
                f"Marker{n}x <marker{n}x@x>",
                text=f"marker{n}x",
                refs=(f"m{n % 100}@x",) if n >= 100 else (),
            )
            for n in range(start, start + 100)
        )
        await desk.add(*letters)
        await desk.search.count(ANA, "*")
    gone = [no for no in range(1, 601) if no % 100 % 7 == 3]
    for no in gone:
        await desk.erase(no)
    await desk.search.scrub()
    kept = await desk.ids("marker1x")
    assert len(kept) == 1
    found = b"".join(file.read_bytes() for file in desk.directory.glob("search.db*"))
    assert [no for no in gone if b"arker%dx" % (no - 1) in found] == []


async def everything(desk: Desk) -> list[object]:
    """Answers to all kinds of questions."""
    queries = (
        "*",
        "word",
        "~one OR ~unread",
        "-~one",
        "from:ben",
        "joins",
        "after:2000",
        '"the root"',
        "late",
    )
    return [
        *[await desk.search.threads(ANA, query) for query in queries],
        *[await desk.search.count(ANA, query) for query in queries],
        await desk.search.label_counts(ANA),
        await desk.search.contacts(ANA, "", None),
    ]


@pytest.fixture
async def full(desk: Desk) -> Desk:
    """A mailbox in which a bit of everything happened."""
    await desk.add(ROOT, REPLY, labels=["one"], state=["unread"])
    await desk.add(ALONE, labels=["two"])
    await desk.ids("*")
    await desk.add(MIDDLE, LATE)
    await desk.add(Letter("gone@x", "gone", "Gus gus@west.example"))
    await desk.mails.set_message_state(ANA, 2, ["starred"])
    await desk.erase(6)
    return desk


async def test_an_index_made_again_gives_the_same_answers(full: Desk) -> None:
    """Promise 8: `rebuild` reads the mails again, and nothing else differs."""
    before = await everything(full)
    await full.readers.rebuild("search")
    assert full.reparsed == 5
    assert await everything(full) == before


async def test_taking_commits_again_changes_nothing(full: Desk) -> None:
    """After a crash the last commits come again."""
    before = await everything(full)
    async for commit in full.store.commits(START):
        await full.search._indexing.take(commit)
        if commit.seq >= full.store.head:
            break
    assert await everything(full) == before


async def test_a_restarted_server_goes_on_where_it_was(full: Desk, store: Store) -> None:
    """What came while nobody indexed is found, too, though its words were handed to nobody."""
    before = await everything(full)
    await full.closed()
    again = await Desk.opened(store, full.directory)
    try:
        assert await everything(again) == before
        assert again.reparsed == 0
    finally:
        await again.closed()
    other = Desk(store, full.directory)
    other.follows_not()
    await other.add(Letter("7@x", text="meanwhile"))
    await other.closed()
    third = await Desk.opened(store, full.directory)
    try:
        assert await third.ids("meanwhile") == [7]
    finally:
        await third.closed()


def tear(file: Path) -> None:
    """A power cut in the middle of the file."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def spoil(file: Path) -> None:
    """No database at all."""
    file.write_bytes(b"no database" * 1000)


def scratch(file: Path) -> None:
    """A bad block."""
    data = bytearray(file.read_bytes())
    data[8192 * 3 :] = bytes(len(data) - 8192 * 3)
    file.write_bytes(data)


@pytest.mark.parametrize("harm", [Path.unlink, tear, spoil, scratch, lambda file: file.write_bytes(b"")])
async def test_a_lost_or_damaged_file_is_made_again(full: Desk, store: Store, harm: "object") -> None:
    """Whoever searches meanwhile is told so, and then gets the same answers."""
    before = await everything(full)
    await full.closed()
    for ending in ("-wal", "-shm"):
        (full.directory / (FILE + ending)).unlink(missing_ok=True)
    assert callable(harm)
    harm(full.directory / FILE)
    again = await Desk.opened(store, full.directory)
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    assert await everything(again) == before
                    break
                except Unavailable:
                    await asyncio.sleep(0.05)
    finally:
        await again.closed()


async def test_a_lost_file_is_noticed_by_the_next_mail_too(full: Desk, store: Store) -> None:
    """Nobody has to search first: else the index would go on with a hole."""
    before = await everything(full)
    await full.closed()
    (full.directory / FILE).unlink()
    again = await Desk.opened(store, full.directory)
    try:
        await again.add(Letter("new@x", text="new"), account=BEN)
        async with asyncio.timeout(20):
            while await again.ids("new", account=BEN) != [1]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert await everything(again) == before
    finally:
        await again.closed()


async def test_a_command_without_a_server_searches_too(full: Desk) -> None:
    """Where nobody follows the log, whoever asks does; many at once change nothing."""
    before = await everything(full)
    full.follows_not()
    await asyncio.sleep(0)
    assert await everything(full) == before
    await full.add(*(Letter(f"more{n}@x", text="more") for n in range(5)))
    assert await asyncio.gather(*(full.search.count(ANA, "more") for _ in range(5))) == [5] * 5
    await full.erase(1)
    await full.search.scrub()
    assert await full.ids("root") == []


async def test_a_searcher_who_hangs_up_breaks_nothing(full: Desk) -> None:
    """The batch that was being written for it is written all the same, once."""
    for number in range(20):
        await full.add(Letter(f"many{number}@x", text="manifold"))
        asking = asyncio.create_task(full.ids("manifold"))
        await asyncio.sleep(0.001 * (number % 4))
        asking.cancel()
        await asyncio.wait({asking})
    assert await full.search.count(ANA, "manifold") == 20


async def test_long_threads_that_are_joined_by_several_works_are_one_at_the_end(desk: Desk) -> None:
    """Mails that were moved ahead are found meanwhile, each once."""
    long = [Letter(f"long{n}@x", text="woodwind", refs=("long0@x",)) for n in range(430)]
    longer = [Letter(f"longer{n}@x", text="woodwind", refs=("longer0@x",)) for n in range(440)]
    await desk.take(long)
    await desk.take(longer)
    assert await desk.search.count(ANA, "woodwind") == 2
    await desk.add(Letter("joins@x", text="joins", refs=("long3@x", "longer3@x")))
    (info,) = await desk.search.threads(ANA, "woodwind")
    assert (info.size, await desk.search.count(ANA, "*")) == (871, 1)


async def test_a_strict_search_survives_threads_that_join_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the raw mails takes its time; what is a part of another thread by then is not told twice."""
    await desk.add(ROOT, ALONE)
    assert len(await desk.ids("the OR alone", strict=True)) == 2
    read = desk._texts

    async def slowly(raw: bytes) -> Words:
        await desk.add(MIDDLE)
        await desk.ids("*")
        return await read(raw)

    monkeypatch.setattr(desk.search, "_texts", slowly)
    assert await desk.ids("the OR alone OR x", strict=True) == [1]
