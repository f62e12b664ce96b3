"""A thread's page and what its buttons do, without JavaScript."""

import re

import pytest
from tests.web.conftest import Site
from tests.web.mail.letters import conversation, deliver, deliver_to, letter

HTMX = {"HX-Request": "true"}


def opened(page: str) -> list[int]:
    """The numbers of the mails that are open."""
    return [int(no) for no in re.findall(r'id="m(\d+)" data-item>\s*<details open>', page)]


async def state(site: Site, no: int) -> set[str]:
    """The states of a mail."""
    return set((await site.services.mails.message(site.account.id, no)).state)


async def test_unread_mails_are_open_and_read_ones_folded(site: Site) -> None:
    await deliver(site, letter("Plans", id="a@x"), state=[])
    await deliver(site, letter("Re: Plans", id="b@x", refs=["a@x"], text="second", minute=1))
    await deliver(site, letter("Re: Plans", id="c@x", refs=["b@x"], text="third", minute=2), state=[])
    page = (await site.browser.get("/thread/1")).text
    assert opened(page) == [2]
    assert "second</p>" in page
    assert 'hx-get="/message/1/body"' in page
    assert 'href="/message/3">Read this message</a>' in page
    assert 'class="mail depth-2' in page


async def test_a_thread_that_was_read_shows_its_newest_mail(site: Site) -> None:
    await conversation(site, 3, state=[])
    assert opened((await site.browser.get("/thread/1")).text) == [3]


async def test_opening_a_page_changes_nothing(site: Site) -> None:
    """Browsers fetch pages in advance: a GET marks nothing as read."""
    await conversation(site, 2)
    head = site.services.store.head
    for path in ("/search?q=~inbox", "/thread/1", "/message/1", "/message/1/body", "/thread/1/info"):
        assert (await site.browser.get(path)).status_code == 200
    assert site.services.store.head == head
    assert "unread" in await state(site, 1)


async def test_a_mail_that_never_came_is_said(site: Site) -> None:
    for no in (1, 2):
        await deliver(site, letter("Re: lost", id=f"{no}@x", refs=["root@x"]))
    found = await site.browser.get("/thread/1", follow_redirects=True)
    assert found.url.path == "/thread/-1"
    assert "(a message that was never received)" in found.text


async def test_the_number_of_any_mail_and_every_old_id_lead_to_the_thread(site: Site) -> None:
    await conversation(site, 3)
    answer = await site.browser.get("/thread/3?q=~inbox")
    assert (answer.status_code, answer.headers["location"]) == (303, "/thread/1?q=~inbox#m3")


async def test_quoted_text_is_folded(site: Site) -> None:
    await conversation(site, 2)
    page = (await site.browser.get("/thread/1")).text
    assert '<details class="quote"><summary>5 quoted lines</summary>' in page


async def test_labels_are_added_and_taken_one_by_one(site: Site) -> None:
    """Two people at one mailbox, or two tabs, do not undo each other's labels."""
    await deliver(site, letter())
    await site.post("/thread/1/labels", give="  to  do ")
    await site.post("/thread/1/labels", give="work")
    answer = await site.post("/thread/1/labels", take="to do", next="/thread/1?q=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/thread/1?q=x")
    assert (await site.services.mails.message(site.account.id, 1)).labels == ("inbox", "work")


@pytest.mark.parametrize("label", ["a:b", '"x"', "(x", "-x", "~x", "*x", "x" * 300])
async def test_a_label_that_cannot_be_is_refused_with_a_sentence(site: Site, label: str) -> None:
    await deliver(site, letter())
    answer = await site.browser.post(
        "/thread/1/labels", data={"give": label}, headers={"Origin": site.url, "Accept": "text/html"}
    )
    assert answer.status_code == 400
    assert "cannot be a label" in answer.text
    assert (await site.services.mails.message(site.account.id, 1)).labels == ("inbox",)


async def test_archiving_leads_back_to_the_list_that_one_came_from(site: Site) -> None:
    await deliver(site, letter())
    page = (await site.browser.get("/thread/1?q=~inbox+x&start=20")).text
    assert 'href="/search?q=~inbox+x&amp;start=20" data-key="u"' in page
    assert 'name="next" value="/search?q=~inbox+x&amp;start=20"' in page
    answer = await site.post("/thread/1/labels", take="inbox", next="/search?q=~inbox+x&start=20")
    assert answer.headers["location"] == "/search?q=~inbox+x&start=20"
    assert (await site.services.mails.message(site.account.id, 1)).labels == ()
    assert "To the inbox" in (await site.browser.get("/thread/1")).text


async def test_reading_leaves_stars_and_what_came_in_meanwhile(site: Site) -> None:
    """Marked is what was on the page (`upto`), and only the one state changes."""
    await conversation(site, 3)
    await site.post("/message/2/state", give="starred")
    await site.post("/thread/1/state", take="unread", upto="2")
    assert [await state(site, no) for no in (1, 2, 3)] == [set(), {"starred"}, {"unread"}]


async def test_a_star_and_a_mark_as_unread_go_to_the_newest_mail_and_deleting_to_all(site: Site) -> None:
    await conversation(site, 3, state=[])
    await site.post("/thread/1/state", give="starred")
    await site.post("/thread/1/state", give="unread")
    assert [await state(site, no) for no in (1, 2, 3)] == [set(), set(), {"starred", "unread"}]
    await site.post("/thread/1/state", give="deleted")
    assert all(["deleted" in await state(site, no) for no in (1, 2, 3)])
    page = (await site.browser.get("/thread/1")).text
    assert "Take back from the deleted" in page
    await site.post("/thread/1/state", take=["deleted", "starred", "unread"])
    assert [await state(site, no) for no in (1, 2, 3)] == [set(), set(), set()]


async def test_deleting_a_thread_of_any_size_is_one_change_where_its_mails_are_alike(site: Site) -> None:
    await conversation(site, 20, state=[])
    head = site.services.store.head
    await site.post("/thread/1/state", give="deleted")
    assert site.services.store.head <= head + 2


async def test_only_what_an_owner_may_change_can_be_changed(site: Site) -> None:
    await deliver(site, letter())
    for field in ("give", "take"):
        for name in ("attachment", "sent", "nonsense"):
            assert (await site.post("/message/1/state", **{field: name})).status_code == 400
            assert (await site.post("/thread/1/state", **{field: name})).status_code == 400
    assert await state(site, 1) == {"unread"}


async def test_htmx_gets_the_changed_row_and_a_browser_the_list(site: Site) -> None:
    await deliver(site, letter())
    fields = {"give": "starred", "row": "1", "q": "~inbox", "start": "0", "next": "/search?q=~inbox"}
    part = await site.browser.post("/thread/1/state", data=fields, headers={"Origin": site.url, **HTMX})
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<li class="thread unread starred"')
    assert 'name="take" value="starred" aria-pressed="true"' in part.text
    whole = await site.post("/thread/1/state", **fields)
    assert (whole.status_code, whole.headers["location"]) == (303, "/search?q=~inbox")


async def test_htmx_gets_the_changed_buttons_of_a_thread_that_was_seen(site: Site) -> None:
    await deliver(site, letter())
    fields = {"take": "unread", "seen": "1", "upto": "1"}
    for path in ("/thread/1/state", "/message/1/state"):
        part = await site.browser.post(path, data=fields, headers={"Origin": site.url, **HTMX})
        assert part.status_code == 200, path
        assert "Mark as unread" in part.text
        assert "<html" not in part.text
    assert await state(site, 1) == set()


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
async def test_a_button_leads_to_no_other_site(site: Site, path: str) -> None:
    await deliver(site, letter())
    for target in ("/thread/1/state", "/thread/1/labels", "/message/1/state"):
        answer = await site.post(target, next=path)
        assert answer.headers["location"].startswith("/thread/1"), target


async def test_another_accounts_mails_are_not_even_there(site: Site) -> None:
    """The same answer as for numbers that never were, for looking and for changing."""
    bob = await site.services.accounts.add("bob@example.org")
    await deliver_to(site, bob.id, letter("private", text="private"))
    head = site.services.store.head
    for no in ("1", "2", "-1", "999", "x", "1.0", "9" * 30):
        for path in ("/thread/{}", "/thread/{}/info", "/message/{}", "/message/{}/body", "/message/{}/html"):
            answer = await site.browser.get(path.format(no), headers={"Accept": "text/html"})
            assert answer.status_code == 404, (path, no)
            assert "private" not in answer.text
        for path in ("/thread/{}/state", "/thread/{}/labels", "/message/{}/state"):
            assert (await site.post(path.format(no), give="starred")).status_code == 404, (path, no)
    assert site.services.store.head == head
    assert "private" not in (await site.browser.get("/search?q=*")).text
    assert "bo@example.org" not in (await site.browser.get("/contacts")).text


async def test_a_form_from_another_site_is_refused(site: Site) -> None:
    await deliver(site, letter())
    for path in ("/thread/1/state", "/thread/1/labels", "/message/1/state", "/labels/prune"):
        answer = await site.browser.post(
            path, data={"give": "starred"}, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 403, path
    assert await state(site, 1) == {"unread"}


async def test_a_page_of_a_long_thread_fetches_texts_only_when_they_are_looked_at(site: Site) -> None:
    """The page itself has the first eight; 60 unread mails would mean 60 mails read and parsed."""
    await conversation(site, 60)
    page = (await site.browser.get("/thread/1")).text
    assert len(opened(page)) == 60
    assert page.count('class="words"') == 8
    assert page.count('hx-trigger="intersect once"') == 52
    part = await site.browser.get("/message/60/body", headers=HTMX)
    assert "mail number 60" in part.text
    assert "<html" not in part.text
