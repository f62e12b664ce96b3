"""The list of conversations: what is unread, what moved last, a page at a time."""

import re

from tests.web.chat.talking import Talk, linked_to
from tests.web.mail.letters import deliver, letter

from syncline.core.kinds import Rel
from syncline.web.chat.listing import PAGE


def rows(page: str) -> list[str]:
    """The rows of the list."""
    return re.findall(r'<li class="thread.*?</li>', page, re.DOTALL)


def titles(page: str) -> list[str]:
    """What the rows are called."""
    return re.findall(r"data-main><bdi>(.*?)</bdi>", page)


async def test_the_list_has_what_moved_last_first_with_what_is_unread(talk: Talk) -> None:
    """Count, newest words and their author; the link leads to where the unread begins."""
    old, new = await talk.begin("Old"), await talk.begin("New")
    await talk.say_many(old, ["one", "two", "@ann@x"])
    await talk.say(new, "three")
    await talk.site.services.conversations.mark_read(talk.ann, new)
    await talk.say(old, "<four>", mentions=[talk.ann])
    page = (await talk.get("/chat")).text
    assert titles(page) == ["Old", "New"]
    first, second = rows(page)
    assert 'title="4 unread"' in first
    assert "you are mentioned" in first
    assert "<bdi>Bo Ek</bdi>: <bdi>&lt;four&gt;</bdi>" in first
    assert linked_to(first, "<bdi>Old</bdi>") == f"{talk.path(old)}#new"
    assert "unread" not in second
    assert "mentioned" not in second


async def test_a_deleted_message_and_what_was_done_are_told_in_the_list(talk: Talk) -> None:
    """Nothing of the text is left."""
    conv, other = await talk.begin("One"), await talk.begin("Two")
    gone = await talk.say(conv, "secret")
    await talk.amend(conv, gone, Rel.DELETE)
    await talk.site.services.conversations.set_name(talk.bo, other, "Three")
    page = (await talk.get("/chat")).text
    assert "(deleted)" in page
    assert "secret" not in page
    assert "<bdi>Bo Ek</bdi> <bdi>renamed this conversation: Three</bdi>" in page


async def test_mail_threads_in_the_inbox_lead_to_their_own_page(talk: Talk) -> None:
    """As chat clients list them; archived ones are not there."""
    inbox = await deliver(talk.site, letter("Offer", id="in@x", text="Buy now"))
    gone = await deliver(talk.site, letter("Archived", id="gone@x"))
    await talk.site.services.mails.label(talk.ann, gone.thread, add=[], remove=["inbox"])
    page = (await talk.get("/chat")).text
    assert titles(page) == ["Offer"]
    path = linked_to(page, "<bdi>Offer</bdi>")
    assert path == f"/thread/{inbox.no}"
    assert (await talk.get(path)).status_code == 200
    assert '<span class="chip">mail</span>' in page
    assert "Buy now" in page


async def test_only_what_one_has_is_listed(talk: Talk) -> None:
    """Nothing of others, no invitation, nothing taken off the list; what one left or hid says so."""
    await talk.begin("Others", members=[])
    await talk.begin("Asked", members=[], invited=[talk.ann])
    act = talk.site.services.conversations
    off, left, hidden = [await talk.begin(name) for name in ("Off", "Left", "Hidden")]
    await act.mark(talk.ann, off, deleted_nr=1)
    await act.leave(talk.ann, left)
    await talk.say(left, "behind her back")
    await act.hide(talk.ann, hidden)
    page = (await talk.get("/chat")).text
    assert sorted(titles(page)) == ["Hidden", "Left"]
    assert "behind her back" not in page
    assert re.findall(r'<span class="chip">(\w+)</span>', page) in (["left", "hidden"], ["hidden", "left"])


async def test_an_empty_list_says_what_to_do(talk: Talk) -> None:
    assert "You are in no conversation yet." in (await talk.get("/chat")).text
    assert "The list ends before this page." in (await talk.get("/chat?start=100")).text


async def test_the_pages_of_a_long_list_fit_together_while_it_moves(talk: Talk) -> None:
    """What moves up between two pages is neither missed nor shown twice."""
    convs = [await talk.begin(f"c{no}") for no in range(PAGE + 10)]
    page = (await talk.get("/chat")).text
    first = titles(page)
    assert first == [f"c{no}" for no in reversed(range(10, PAGE + 10))]
    for conv in convs[3:5]:
        await talk.say(conv, "up")
    second = (await talk.get(linked_to(page, "Older"))).text
    assert sorted([*first, *titles(second)]) == sorted(f"c{no}" for no in range(PAGE + 10))
    assert "Older" not in second
    assert linked_to(second, "Newer") == "/chat"
    assert titles((await talk.get("/chat")).text)[:2] == ["c4", "c3"]


async def test_places_from_nowhere_give_a_page_and_no_fault(talk: Talk) -> None:
    await talk.begin("One")
    for place in ("start=x", "start=-1", "at=x", "at=999999999999", "start=" + "9" * 40):
        assert "One" in (await talk.get(f"/chat?{place}")).text, place
    for place in ("start=999999999999999999", "at=0"):
        assert (await talk.get(f"/chat?{place}")).status_code == 200, place
