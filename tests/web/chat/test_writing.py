"""Writing a message, and marking as read: what the forms of a conversation's page do."""

import re

import httpx
import pytest
from tests.web.chat.talking import Talk, linked_to, texts

from syncline.core.ids import Nr, ZoneId
from syncline.services.conversations import visible_entries
from syncline.services.conversations.receipts import receipt_of
from syncline.web.chat.stretches import PAGE
from syncline.web.chat.talk import LONGEST


async def bodies(talk: Talk, conv: ZoneId) -> list[bytes]:
    """What the log has of the messages."""
    async with talk.site.services.store.view() as view:
        found = await visible_entries(view, talk.bo, conv, limit=100)
    return [entry.body for entry in found if b'"text"' in entry.body]


async def test_a_message_is_written_and_the_page_that_follows_shows_it(talk: Talk) -> None:
    """As it was typed, but for the line ends of browsers; the writer has read it."""
    conv = await talk.begin()
    answer = await talk.write(conv, "\r\nhello  <b>\r\n\r\nworld \r\n")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{talk.path(conv)}#new")
    assert await bodies(talk, conv) == [b'{"text":"hello  <b>\\n\\nworld "}']
    page = await talk.page(conv)
    assert texts(page) == ["hello  &lt;b&gt;\n\nworld "]
    assert '<li class="message own"' in page
    assert await talk.read_nr(conv) == 2


async def test_the_same_form_sent_twice_writes_once_and_another_text_is_another_message(talk: Talk) -> None:
    """A double click, or a reload; but whoever goes back to the form and writes anew is heard."""
    conv = await talk.begin()
    once = re.findall(r'name="once" value="([^"]+)"', await talk.page(conv))[0]
    for text in ("hello", "hello", "and this"):
        assert (await talk.write(conv, text, once=once)).status_code == 303
    assert texts(await talk.page(conv)) == ["hello", "and this"]
    again = re.findall(r'name="once" value="([^"]+)"', await talk.page(conv))[0]
    await talk.write(conv, "hello", once=again)
    assert texts(await talk.page(conv)) == ["hello", "and this", "hello"]


async def test_whom_a_message_names_is_told(talk: Talk) -> None:
    """`@name` mentions here as it does in Fleep's clients."""
    conv = await talk.begin()
    await talk.write(conv, "see this, @bo.")
    assert (await talk.site.services.conversations.reading(talk.bo, conv)).mention_nr == 2


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * (LONGEST + 1)])
async def test_what_cannot_be_sent_is_said_and_stays_in_the_form(talk: Talk, text: str) -> None:
    """Nothing was written, nothing typed is lost."""
    conv = await talk.begin()
    answer = await talk.write(conv, text)
    assert answer.status_code == (413 if text.strip() else 400)
    assert '<p class="problem" role="alert"' in answer.text
    assert f"autofocus>\n{text.strip()}" in answer.text
    assert await bodies(talk, conv) == []


async def test_the_longest_message_can_be_sent_in_any_script(talk: Talk) -> None:
    """Letters of three bytes come as nine characters each."""
    conv = await talk.begin()
    text = "語" * LONGEST
    assert (await talk.write(conv, text)).status_code == 303
    assert texts(await talk.page(conv)) == [text]
    assert (await talk.write(conv, text * 2)).status_code == 413


async def test_who_left_is_told_so_and_keeps_what_he_typed(talk: Talk) -> None:
    conv = await talk.begin()
    await talk.site.services.conversations.leave(talk.ann, conv)
    answer = await talk.write(conv, "too late")
    assert answer.status_code == 403
    assert "You are not a member of this conversation." in answer.text
    assert "too late" in answer.text
    assert await bodies(talk, conv) == []


async def test_a_stranger_can_neither_write_nor_mark(talk: Talk) -> None:
    """Nor does he learn that there is something."""
    conv = await talk.begin(members=[])
    for cid in (talk.cid(conv), "A" * 22, "x"):
        for path, fields in (("messages", {"text": "x"}), ("read", {"upto": "1"})):
            answer = await talk.site.post(f"/chat/{cid}/{path}", **fields)
            assert answer.status_code == 404, (cid, path)
    assert await bodies(talk, conv) == []


async def test_forms_of_other_sites_are_refused(talk: Talk) -> None:
    """Writing, reading, joining: nothing happens for another site's page."""
    conv = await talk.begin()
    link = await talk.open_link(conv)
    for path in (f"/chat/{talk.cid(conv)}/messages", f"/chat/{talk.cid(conv)}/read", f"{link}/join"):
        headers = {"Origin": "https://evil.example"}
        answer = await talk.site.browser.post(path, data={"text": "x", "upto": "9"}, headers=headers)
        assert answer.status_code == 403, path
    assert await bodies(talk, conv) == []


async def test_a_token_that_may_only_read_writes_nothing(talk: Talk) -> None:
    conv = await talk.begin()
    secret, _ = await talk.site.services.tokens.create(talk.ann, ("read",))
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=talk.site.url, headers=headers) as other:
        assert (await other.get(talk.path(conv))).status_code == 200
        answer = await other.post(f"/chat/{talk.cid(conv)}/messages", data={"text": "x"})
    assert answer.status_code == 403
    assert await bodies(talk, conv) == []


async def test_the_mark_stands_before_the_first_unread_message(talk: Talk) -> None:
    """Before it what was read, after it what was not; none where all is read."""
    conv = await talk.begin()
    await talk.say_many(conv, ["one", "two"])
    await talk.site.services.conversations.mark_read(talk.ann, conv, Nr(2))
    page = await talk.page(conv)
    assert page.index(">one<") < page.index('id="new"') < page.index(">two<")
    assert page.count('id="new"') == 1
    assert "<p>1 unread</p>" in page
    await talk.site.services.conversations.mark_read(talk.ann, conv)
    page = await talk.page(conv)
    assert '<div class="end" id="new">' in page
    assert "unread</p>" not in page


async def test_what_was_on_the_page_is_marked_as_read_and_nothing_after_it(talk: Talk) -> None:
    """A message that came while the page stood open stays unread."""
    conv = await talk.begin()
    await talk.say_many(conv, ["one", "two"])
    upto = re.findall(r'name="upto" value="(\d+)"', await talk.page(conv))[0]
    await talk.say(conv, "three")
    answer = await talk.site.post(f"/chat/{talk.cid(conv)}/read", upto=upto, next="//evil.example")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{talk.path(conv)}#new")
    assert await talk.read_nr(conv) == 3
    assert "<p>1 unread</p>" in await talk.page(conv)


async def test_an_old_page_makes_nothing_unread_again(talk: Talk) -> None:
    """It says how far one has read at least; going back is another act."""
    conv = await talk.begin()
    await talk.say_many(conv, ["one", "two", "three"])
    await talk.site.services.conversations.mark_read(talk.ann, conv)
    head = talk.site.services.store.head
    assert (await talk.site.post(f"/chat/{talk.cid(conv)}/read", upto="2")).status_code == 303
    assert await talk.read_nr(conv) == 4
    assert talk.site.services.store.head == head


async def test_marking_by_script_gives_the_part_of_the_page_that_changed(talk: Talk) -> None:
    """Empty where all is read; else how many are left, and where they begin."""
    conv = await talk.begin()
    await talk.say_many(conv, ["one", "two"])
    for upto, left in (("2", True), ("3", False)):
        answer = await talk.site.browser.post(
            f"/chat/{talk.cid(conv)}/read",
            data={"upto": upto},
            headers={"Origin": talk.site.url, "HX-Request": "true"},
        )
        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert ("1 unread" in answer.text) is left


async def test_without_a_number_nothing_is_marked(talk: Talk) -> None:
    conv = await talk.begin()
    await talk.say(conv, "one")
    for upto in ("", "x", "-1"):
        assert (await talk.site.post(f"/chat/{talk.cid(conv)}/read", upto=upto)).status_code == 400
    assert await talk.read_nr(conv) == 0


async def test_more_unread_than_a_page_holds_leads_to_the_first(talk: Talk) -> None:
    """The newest page does not mark by itself what was not on it; the page of the first one does its part."""
    conv = await talk.begin()
    await talk.say_many(conv, [f"no {no}" for no in range(PAGE + 10)])
    page = await talk.page(conv)
    assert 'id="seen"' not in page
    first = (await talk.get(linked_to(page, "to the first").partition("#")[0])).text
    assert texts(first)[0] == "no 0"
    assert 'id="seen"' in first
    assert re.findall(r'name="upto" value="(\d+)"', first) == [str(PAGE + 1)]
    assert re.findall(r'name="next" value="([^"]+)"', first)[0].endswith(f"after={PAGE + 1}#new")


async def test_whoever_keeps_it_private_shows_nobody_what_was_read(talk: Talk) -> None:
    """As in Fleep's clients: the position moves, no receipt is written."""
    shown, hidden = await talk.begin("A"), await talk.begin("B")
    receipts = []
    for conv, private in ((shown, False), (hidden, True)):
        await talk.say(conv, "one")
        await talk.site.services.people.update(talk.ann, private=private)
        await talk.site.post(f"/chat/{talk.cid(conv)}/read", upto="2")
        assert await talk.read_nr(conv) == 2
        async with talk.site.services.store.view() as view:
            receipts.append(await receipt_of(view, talk.ann, conv))
    assert receipts[0] is not None
    assert receipts[1] is None
