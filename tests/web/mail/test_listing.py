"""The inbox and other searches, as a browser without JavaScript sees them."""

import re

import pytest
from tests.web.conftest import Site
from tests.web.mail.letters import PIXEL, attached, conversation, deliver, letter

EVIL = "<script>window.owned=1</script>"


async def test_the_root_leads_to_the_inbox(site: Site) -> None:
    """As Heliotrope's does (reference 1.3)."""
    answer = await site.browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=~inbox")


async def test_who_is_not_signed_in_comes_back_to_the_page_he_wanted(site: Site) -> None:
    site.browser.cookies.clear()
    answer = await site.browser.get("/search?q=a+b&start=20")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fsearch%3Fq%3Da%2Bb%26start%3D20"
    answer = await site.post(
        "/login", login="ann@example.org", password="correct horse battery", next="/search?q=a+b"
    )
    assert answer.headers["location"] == "/search?q=a+b"


async def test_an_empty_mailbox_says_how_to_fill_it(site: Site) -> None:
    page = (await site.browser.get("/search?q=~inbox")).text
    assert "syncline import mbox FILE --account ann@example.org" in page


async def test_a_row_tells_all_that_one_needs_to_choose(site: Site) -> None:
    """Participants with the unread ones bold, how many mails, flags, labels, subject, snippet, date."""
    first = await deliver(site, letter("Plans", id="a@x"), "inbox", "work", state=["starred"])
    raw = letter(
        "Re: Plans",
        id="b@x",
        refs=["a@x"],
        sender="Cy <cy@example.org>",
        minute=1,
        parts=[attached("p.png", "image/png", PIXEL)],
    )
    await deliver(site, raw)
    page = (await site.browser.get("/search?q=~inbox")).text
    assert f'href="/thread/{first.thread}?q=~inbox"' in page
    assert 'title="Bo Ek &lt;bo@example.org&gt;"><bdi>Bo Ek</bdi></a>' in page
    assert 'href="/search?q=from%3Acy%40example.org"' in page
    assert "<strong><bdi>Cy</bdi></strong>" in page
    assert '2<span class="unseen"> mails</span>' in page
    for words in ("unread", "has an attachment"):
        assert f'<span class="unseen">{words}</span>' in page
    assert 'aria-pressed="true" aria-label="Star: Plans"' in page
    assert '<a class="chip" href="/search?q=~work">' in page
    assert "<bdi>Plans</bdi>" in page
    assert "Hello Ann" in page
    assert 'datetime="2026-11-20T10:01:00Z"' in page
    assert "1 thread " in page


async def test_three_participants_are_named_and_the_rest_counted(site: Site) -> None:
    await conversation(site, 6)
    page = (await site.browser.get("/search?q=~inbox")).text
    assert page.count('class="person"') == 3
    assert "3 more" in page


async def test_long_and_missing_subjects(site: Site) -> None:
    """At most 80 characters, and words where there is nothing."""
    await deliver(site, letter("x" * 300, id="a@x"))
    await deliver(site, letter("", id="b@x"))
    page = (await site.browser.get("/search?q=~inbox")).text
    found = re.findall(r"data-main><bdi>([^<]*)</bdi>", page)
    assert sorted(len(one) for one in found) == [12, 80]
    assert "(no subject)" in found


async def test_pages_follow_one_another_and_come_by_date(site: Site) -> None:
    """Newest date first, whatever came last; nothing twice, nothing left out."""
    for no, minute in enumerate([5, 1, 9, 3, 7]):
        await deliver(site, letter(f"S{minute}", id=f"{no}@x", minute=minute))
    seen: list[str] = []
    path = "/search?q=~inbox&num=2"
    for _ in range(3):
        page = (await site.browser.get(path)).text
        seen += re.findall(r"<bdi>(S\d)</bdi></a></p>", page)
        older = re.search(r'<a href="([^"]+)" rel="next">Older', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert path == ""
    assert seen == ["S9", "S7", "S5", "S3", "S1"]
    last = (await site.browser.get("/search?q=~inbox&num=2&start=4")).text
    assert 'href="/search?q=~inbox&amp;start=2&amp;num=2" rel="prev"' in last
    assert "5 threads, 5 to 5" in last
    arrival = (await site.browser.get("/search?q=~inbox&sort=arrival")).text
    assert re.findall(r"<bdi>(S\d)</bdi></a></p>", arrival) == ["S7", "S3", "S9", "S1", "S5"]


@pytest.mark.parametrize(
    "rest", ["start=99", "start=-3", "start=x", "num=0", "num=9999", "num=x", "sort=odd", "q=a"]
)
async def test_odd_parameters_are_no_faults(site: Site, rest: str) -> None:
    """They count as not given, or the list ends before; never an error page."""
    await deliver(site, letter())
    answer = await site.browser.get(f"/search?q=~inbox&{rest}")
    assert answer.status_code == 200
    if rest == "start=99":
        assert "The list ends before this page." in answer.text


@pytest.mark.parametrize(
    ("query", "before", "at"),
    [
        ("pizza (", "pizza (", "(here)"),
        ('"x', "&#34;x", "(here)"),
        ("a:b:c", "a:b", ":"),
        ("subject:~inbox", "subject:", "~"),
    ],
)
async def test_a_query_that_cannot_be_read_is_shown_with_the_place(
    site: Site, query: str, before: str, at: str
) -> None:
    answer = await site.browser.get("/search", params={"q": query})
    assert answer.status_code == 400
    found = re.search(r"<code>(.*?)<mark>\s?(.*?)</mark>", answer.text)
    assert found is not None
    assert (found[1], found[2]) == (before, at)
    assert 'role="alert"' in answer.text


async def test_a_hostile_query_is_text_on_the_page(site: Site) -> None:
    for query in (EVIL, f'"{EVIL}"', f"subject:({EVIL})", '" onfocus="x'):
        page = (await site.browser.get("/search", params={"q": query})).text
        assert EVIL not in page
        assert 'onfocus="x' not in page


async def test_the_parsed_query_is_there_for_who_wonders(site: Site) -> None:
    """In Heliotrope's notation (reference 3.2)."""
    page = (await site.browser.get("/search", params={"q": "a OR b -~spam"})).text
    assert "(AND (OR body:&#34;a&#34; body:&#34;b&#34;) (NOT ~spam))" in page


async def test_the_plain_inbox_offers_to_leave_out_what_one_put_away(site: Site) -> None:
    await deliver(site, letter("Gone", id="a@x"), state=["deleted"])
    await deliver(site, letter("Here", id="b@x"))
    page = (await site.browser.get("/search?q=~inbox")).text
    assert "Gone" in page
    found = re.search(r'href="([^"]+)">without deleted', page)
    assert found is not None
    tidy = (await site.browser.get(found[1].replace("&amp;", "&"))).text
    assert "Gone" not in tidy
    assert "Here" in tidy


async def test_a_label_with_a_blank_leads_to_its_threads(site: Site) -> None:
    await deliver(site, letter("Here"), "my label")
    page = (await site.browser.get("/search?q=*")).text
    found = re.search(r'class="chip" href="([^"]+)"', page)
    assert found is not None
    assert "<bdi>Here</bdi>" in (await site.browser.get(found[1].replace("&amp;", "&"))).text


async def test_names_and_subjects_of_strangers_are_text(site: Site) -> None:
    await deliver(site, letter(EVIL, sender=f'"{EVIL}" <eve@x>', text=EVIL), "l<b>")
    for path in ("/search?q=*", "/thread/1", "/message/1", "/labels", "/contacts", "/thread/1/info"):
        page = (await site.browser.get(path)).text
        assert EVIL not in page, path
        assert "<b>" not in page, path
        assert "window.owned" in page or path == "/labels", path
