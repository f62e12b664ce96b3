"""Search and count over HTTP (Heliotrope reference 1.3, 2.3; the query language has tests of its own)."""

import asyncio

import httpx
import pytest
from tests.protocols.heliotrope.place import MIXED, THREADINFO, Client, letter, refused, said

from syncline.protocols.heliotrope.asking import LARGEST_PAGE, num


async def test_a_result_has_the_keys_that_the_wiki_shows(ann: Client) -> None:
    """The sample thread of the overview: root 2795 and reply, in small."""
    await ann.add(
        letter(
            "root@x",
            "[sup-talk] Cannot view old messages",
            "I've got a strange problem.",
            sender="Ruthard Baudach <rthrd@web.de>",
            to="sup-talk <sup-talk@rubyforge.org>",
        ),
        ["sup"],
    )
    await ann.add(
        letter(
            "reply@x",
            "Re: [sup-talk] Cannot view old messages",
            sender="Tero Tilus <tero@tilus.net>",
            to="Sup users <sup-talk@rubyforge.org>",
            refs=["root@x"],
            date="Sun, 03 Apr 2011 08:00:00 +0000",
        ),
    )
    (found,) = await ann.search("problem")
    assert found.keys() == THREADINFO
    assert found == {
        "subject": "[sup-talk] Cannot view old messages",
        "date": 1301817600,
        "participants": ["Ruthard Baudach <rthrd@web.de>", "Tero Tilus <tero@tilus.net>"],
        "direct_recipients": ["sup-talk <sup-talk@rubyforge.org>", "Sup users <sup-talk@rubyforge.org>"],
        "indirect_recipients": [],
        "size": 2,
        "thread_id": 1,
        "state": [],
        "labels": ["sup"],
        "snippet": "I've got a strange problem.",
        "unread_participants": [],
    }


async def test_results_come_newest_added_first_or_by_date(ann: Client) -> None:
    """Not by date unless asked: a thread stands where its newest added matching mail does."""
    for id, year in (("a@x", 2011), ("b@x", 2009), ("c@x", 2010)):
        await ann.add(letter(id, date=f"Sun, 03 Apr {year} 07:00:00 +0000"))
    assert [one["thread_id"] for one in await ann.search("hello")] == [3, 2, 1]
    assert [one["thread_id"] for one in await ann.search("hello", sort="date")] == [1, 3, 2]
    assert [one["thread_id"] for one in await ann.search("hello", sort="beauty")] == [3, 2, 1]


async def test_pages_follow_each_other_until_one_is_shorter(ann: Client) -> None:
    """`start` counts from 0, as in the overview's example of pages; beyond the end there is nothing."""
    for number in range(25):
        await ann.add(letter(f"{number}@x"))
    pages = [await ann.search("hello", start=start, num=12) for start in (0, 12, 24)]
    assert [len(page) for page in pages] == [12, 12, 1]
    assert [one["thread_id"] for page in pages for one in page] == list(range(25, 0, -1))
    assert await ann.search("hello", start=300) == []
    assert len(await ann.search("hello")) == 20
    assert await ann.get("/count.json", q="hello") == {"count": 25}


@pytest.mark.parametrize(
    ("query", "first", "length"),
    [
        ({"num": "x"}, 22, 20),
        ({"num": "0"}, 22, 20),
        ({"num": "-3"}, 22, 20),
        ({"num": "2.9"}, 22, 2),
        ({"num": "9" * 40}, 22, 22),
        ({"start": "x"}, 22, 20),
        ({"start": "-1"}, 22, 20),
        ({"start": "3"}, 19, 19),
        ({"start": ""}, 22, 20),
    ],
)
async def test_numbers_that_are_none_are_taken_for_the_default(
    ann: Client, query: dict[str, str], first: int, length: int
) -> None:
    """As the original does; but a negative start is the beginning, not nonsense."""
    for number in range(22):
        await ann.add(letter(f"{number}@x"))
    found = await ann.search("hello", **query)
    assert (found[0]["thread_id"], len(found)) == (first, length)


async def test_no_page_has_more_than_three_hundred(ann: Client) -> None:
    """The overview's hard limit."""
    assert LARGEST_PAGE == num({"query_string": b"num=100000"}) == 300
    await ann.add(letter("a@x"))
    assert len(await ann.search("hello", num=100_000)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b'q="strange+problem"',
        b"q=%22strange%20problem%22",
        b'num=5&q="strange problem"&q=nothing',
        b"q=~inbox+strange&start=",
        b"q=%7Einbox",
    ],
)
async def test_the_query_is_read_from_the_raw_query_string(ann: Client, raw: bytes) -> None:
    """The first `q=`; `+` and `%20` are blanks, and quotes survive."""
    await ann.add(letter("a@x", body="a strange problem"), ["inbox"])
    await ann.add(letter("b@x", body="a problem, strange"))
    url = httpx.URL("http://localhost:8080/search.json").copy_with(query=raw)
    assert [one["thread_id"] for one in said(await ann.http.get(url))["results"]] == [1]


async def test_an_empty_query_matches_nothing(ann: Client) -> None:
    """It is no error, and it is not everything."""
    await ann.add(letter("a@x"))
    for q in ("", "   "):
        assert await ann.found(q) == []
    assert await ann.found("*") == [1]


@pytest.mark.parametrize("path", ["/search.json", "/count.json"])
async def test_a_query_that_cannot_be_read_says_where(ann: Client, path: str) -> None:
    """Status 200 for both, with the position; the original failed on count (reference 11.3), and `()`
    ended its process (11.6)."""
    told = refused(await ann.http.get(path, params={"q": 'hello "world'}))
    assert told["code"] == "bad_query"
    assert 0 <= told["position"] <= 12
    assert "unexpected end of the query" in told["message"]
    for q in ("pizza OR", "(pizza", '""', "subject:"):
        assert "position" in refused(await ann.http.get(path, params={"q": q}))
    answer = await ann.http.get(path, params={"q": "()"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/search.json", "/count.json"])
async def test_a_missing_query_is_a_bad_request(ann: Client, path: str) -> None:
    """The original's 500 in plain text is a JSON error here (reference 11.4)."""
    told = refused(await ann.http.get(path, params={"Q": "x"}), 400)
    assert (told["code"], told["field"]) == ("missing", "q")


async def test_strict_queries_are_the_originals(ann: Client) -> None:
    """`strict=1`: words are not cut like text, so `me,` and `piz*` find nothing."""
    await ann.add(letter("a@x", body="pizza for me, please"))
    assert await ann.found("piz*") == [1]
    assert await ann.search("piz*", strict=1) == []
    assert await ann.get("/count.json", q="piz*", strict=1) == {"count": 0}
    assert len(await ann.search("piz*", strict=0)) == 1


async def test_words_of_any_alphabet_and_numbers_are_found(ann: Client) -> None:
    """The original threw them out of texts (reference 11.12), and left a dot at a number (11.15)."""
    body = "Привет, Ωμέγα! Größe 4711. 東京都庁 naïve—dash"
    await ann.add(letter("a@x", body=body, Content_Type="text/plain; charset=utf-8"))
    for word in ("привет", "ωμέγα", "GRÖSSE", "4711", "4711.", "京都", "naive", "dash,"):
        assert await ann.found(word) == [1], word


async def test_undeclared_utf_8_is_read_as_what_it_is(ann: Client) -> None:
    """Neither shown nor indexed as `\\xd0` (reference 11.13)."""
    await ann.add(letter("a@x", body="żółw"))
    assert await ann.found("żółw") == [1]
    assert (await ann.get("/message/1.json"))["parts"][0]["content"].strip() == "żółw"


async def test_texts_and_names_of_attachments_are_found(ann: Client) -> None:
    """The original knew the names alone (reference 11.14)."""
    await ann.add(MIXED)
    for query in ("secretword", "notes.txt", "filename:a.png", "~attachment"):
        assert await ann.found(query) == [1], query


async def test_everything_and_a_word_finds_the_oldest_too(ann: Client) -> None:
    """`* term` missed it (reference 11.16)."""
    for id in ("a@x", "b@x"):
        await ann.add(letter(id))
    assert await ann.found("* hello") == [2, 1]


async def test_many_search_at_once_and_each_gets_its_own(ann: Client) -> None:
    """There is no memory of one running query that two clients could disturb (reference 11.18)."""
    for number in range(12):
        await ann.add(letter(f"{number}@x", body=f"word{number} common"))
    asked = [ann.search(f"word{number}") for number in range(12)]
    pages = [ann.search("common", start=start, num=5) for start in (0, 5, 10) for _ in range(5)]
    found = await asyncio.gather(*asked, *pages)
    assert [one[0]["thread_id"] for one in found[:12]] == list(range(1, 13))
    assert [len(one) for one in found[12:]] == [5] * 10 + [2] * 5


async def test_a_change_is_found_at_once(ann: Client) -> None:
    """A mail, a state and a label are searchable when they are answered (reference 6.1)."""
    added = await ann.add(letter("a@x"), ["inbox"], ["unread"])
    assert await ann.found("~unread") == [1]
    await ann.post(f"/message/{added['doc_id']}/state.json", state=[])
    assert await ann.found("~unread") == []
    await ann.post(f"/thread/{added['thread_id']}/labels.json", labels=["kept"])
    assert await ann.found("~inbox") == []
    assert await ann.found("~kept") == [1]
