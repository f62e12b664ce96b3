"""The page of one conversation: what is on it, in which form, and for whom."""

import re

import msgspec
from tests.web.chat.talking import Talk, linked_to, texts, told
from tests.web.mail.letters import deliver, letter

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms import facts
from syncline.services.conversations import Beginning
from syncline.services.hooks import Posted
from syncline.web.chat import stretches
from syncline.web.chat.heading import MEMBERS
from syncline.web.chat.stretches import PAGE


async def test_a_conversation_is_shown_with_its_members_and_what_was_said_and_done(talk: Talk) -> None:
    """Topic, members, messages with their authors, and in words what happened otherwise."""
    conv = await talk.begin()
    await talk.say(conv, "first\n\nline two")
    cy = await talk.site.services.accounts.add("cy@example.org", name="Cy Dee")
    await talk.site.services.conversations.add(talk.bo, conv, [cy.id])
    await talk.site.services.conversations.set_name(talk.bo, conv, "Dinner")
    await talk.say(conv, "second", by=cy.id)
    page = await talk.page(conv)
    assert "<title>Dinner · Syncline</title>" in page
    assert "<bdi>You</bdi>, <bdi>Bo Ek</bdi>, <bdi>Cy Dee</bdi>" in page
    assert texts(page) == ["first\n\nline two", "second"]
    assert told(page) == [
        "Bo Ek began this conversation",
        "Bo Ek added Cy Dee to this conversation",
        "Bo Ek renamed this conversation: Dinner",
    ]


async def test_a_conversation_without_a_topic_is_called_by_who_is_in_it(talk: Talk) -> None:
    """The others, the first of them by name; alone it is one's own."""
    services = talk.site.services
    ids = [(await services.accounts.add(f"p{no}@example.org", name=f"P{no}")).id for no in range(6)]
    two = await talk.begin(None)
    many = await talk.begin(None, members=[talk.ann, *ids])
    alone = await talk.begin(None, by=talk.ann)
    assert "<title>Bo Ek · Syncline</title>" in await talk.page(two)
    assert "<title>Bo Ek, P0, P1, P2 and 3 others · Syncline</title>" in await talk.page(many)
    assert "<title>A conversation of your own · Syncline</title>" in await talk.page(alone)


async def test_messages_are_shown_in_their_newest_form(talk: Talk) -> None:
    """Edited, pinned, a task, reacted to: marked. Deleted: said, and nothing of the text is left."""
    conv = await talk.begin()
    edited, deleted, task, pin = [await talk.say(conv, text) for text in ("raw", "secret", "do it", "hold")]
    await talk.amend(conv, edited, Rel.EDIT, text="fine")
    await talk.amend(conv, deleted, Rel.DELETE)
    await talk.amend(conv, task, Rel.TASK, state="done")
    await talk.amend(conv, pin, Rel.PIN)
    await talk.amend(conv, pin, Rel.REACTION, key="👍")
    page = await talk.page(conv)
    assert texts(page) == ["fine", "do it", "hold"]
    assert "This message was deleted." in page
    assert "secret" not in page
    assert "raw" not in page
    chips = [re.sub("<.*?>", "", one) for one in re.findall(r'<span class="chip">(.*?)</span>', page)]
    assert chips == ["edited", "done", "pinned", "👍 1"]


async def test_pins_are_listed_before_the_messages(talk: Talk) -> None:
    """The newest first, with a link to where each stands, which may be on another page."""
    conv = await talk.begin()
    first = await talk.say(conv, "the address")
    await talk.say_many(conv, [f"no {no}" for no in range(PAGE)])
    last = await talk.say(conv, "the code")
    gone = await talk.say(conv, "a slip")
    for entry in (first, last, gone):
        await talk.amend(conv, entry, Rel.PIN)
    await talk.amend(conv, gone, Rel.DELETE)
    page = await talk.page(conv)
    pins = page[page.index('class="pins"') : page.index('class="messages"')]
    assert re.findall(r"</strong> <bdi>(.*?)</bdi>", pins) == ["the code", "the address"]
    place = re.findall(r'href="([^"]+)" aria-label="Show', pins)[1].replace("&amp;", "&")
    assert place.endswith("&after=1#m2")
    assert 'id="m2"' in (await talk.get(place)).text
    assert "the address" not in page[page.index('class="messages"') :]


async def test_earlier_messages_are_a_page_each_and_none_is_left_out_or_shown_twice(talk: Talk) -> None:
    """From the end to the beginning and back, amendments in between, which have numbers but no line."""
    conv = await talk.begin()
    for no in range(2 * PAGE + 20):
        entry = await talk.say(conv, f"no {no}")
        if no % 3 == 0:
            await talk.amend(conv, entry, Rel.REACTION, key="x")
    every = [f"no {no}" for no in range(2 * PAGE + 20)]
    page, back = await talk.page(conv), list[str]()
    assert len(texts(page)) == PAGE
    assert "Later messages" not in page
    while True:
        back = [*texts(page), *back]
        if "Earlier messages" not in page:
            break
        page = (await talk.get(linked_to(page, "Earlier messages"))).text
    assert back == every
    on = texts(page)
    while "Later messages" in page:
        page = (await talk.get(linked_to(page, "Later messages"))).text
        on += texts(page)
    assert on == every
    page = await talk.page(conv, after=10)
    before = (await talk.get(linked_to(page, "Earlier messages"))).text
    assert [*texts(before), *texts(page)] == every[: len(texts(before)) + PAGE]


async def test_numbers_from_nowhere_give_a_page_and_no_fault(talk: Talk) -> None:
    """Before the beginning, behind the end, and what is no number."""
    conv = await talk.begin()
    await talk.say(conv, "one")
    for place in ("before=0", "before=1", "after=9999", "before=999999999999999999"):
        assert (await talk.get(f"{talk.path(conv)}&{place}")).status_code == 200, place
    for place in ("before=-1", "before=x", "after=²", "after=" + "9" * 40, "before="):
        assert "one" in (await talk.get(f"{talk.path(conv)}&{place}")).text, place


async def test_a_page_of_very_long_messages_ends_early(talk: Talk) -> None:
    """So that a telephone can show it; every message is whole, and none is lost between the pages."""
    conv = await talk.begin()
    sent = [f"{no}{'x' * (stretches.MOST_TEXT // 3)}" for no in range(7)]
    await talk.say_many(conv, sent)
    await talk.say(conv, "y" * (2 * stretches.MOST_TEXT))
    page, back = await talk.page(conv), list[str]()
    assert texts(page) == ["y" * (2 * stretches.MOST_TEXT)]
    while "Earlier messages" in page:
        page = (await talk.get(linked_to(page, "Earlier messages"))).text
        assert 0 < len(texts(page)) < 4
        back = [*texts(page), *back]
    assert back == sent
    on = texts(await talk.page(conv, after=0))
    page = await talk.page(conv, after=0)
    while "Later messages" in page:
        page = (await talk.get(linked_to(page, "Later messages"))).text
        on += texts(page)
    assert on[:-1] == sent


async def test_what_others_wrote_is_only_ever_text(talk: Talk) -> None:
    """Names, topics, messages, reactions: escaped. Only web addresses become links."""
    evil = "<script>alert(1)</script>"
    site = talk.site
    eve = (await site.services.accounts.add("eve@example.org", name=evil)).id
    conv = await talk.begin(evil, by=eve, members=[talk.ann])
    entry = await talk.say(conv, f"{evil} javascript:alert(1) https://x.example/?a=1&b=\"'<i>", by=eve)
    await talk.amend(conv, entry, Rel.REACTION, by=eve, key=evil[:20])
    await talk.amend(conv, entry, Rel.PIN, by=eve)
    await talk.say(conv, "\u202egnp.exe\x00", by=eve)
    for page in (await talk.page(conv), (await talk.get("/chat")).text):
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "&lt;script&gt;" in page
    page = await talk.page(conv)
    links = re.findall(r'<a href="([^"]+)" rel="noreferrer noopener"', page)
    assert links == ["https://x.example/?a=1&amp;b="]


async def test_messages_of_any_protocol_and_of_any_shape_are_shown(talk: Talk) -> None:
    """`text` or `body`; without either that is said. A form that no page expects does not break the page."""
    conv = await talk.begin()
    say = talk.site.services.conversations.send
    shapes = [{"body": "by Matrix"}, {"content": 1}, {"text": 5, "body": None}, {"text": ""}]
    for shape in shapes:
        await say(talk.bo, conv, msgspec.json.encode(shape))
    page = await talk.page(conv)
    assert texts(page)[0] == "by Matrix"
    assert page.count("(a message without text)") == 3


async def test_what_came_through_a_hook_says_so(talk: Talk) -> None:
    """Whom the other system names as its writer, and that it was a hook: nobody writes in another's name."""
    conv = await talk.begin()
    hook = (await talk.site.services.hooks.create(talk.ann, conv, name="Deploys")).value.hook
    await talk.site.services.hooks.post(hook.id, Posted("shipped", "Bo Ek"))
    page = await talk.page(conv)
    line = page[page.rindex('<li class="message') :]
    assert '<li class="message"' in line, "it is not Ann's own"
    assert "<bdi>Bo Ek</bdi>" in line
    assert '<span class="chip">by a hook</span>' in line


async def test_a_stranger_finds_nothing_not_even_that_it_exists(talk: Talk) -> None:
    """The same answer as for an address that was never given out; for who is only invited as well."""
    conv = await talk.begin("Private", members=[])
    await talk.say(conv, "not for Ann")
    asked = (await talk.begin("Private", members=[], invited=[talk.ann]), conv, ZoneId(Id(999_999)))
    answers = [await talk.get(talk.path(one)) for one in asked]
    answers += [await talk.get(f"/chat?cid={cid}") for cid in ("", "x", "A" * 22, "=" * 22, "é" * 22)]
    wrong = {re.sub("<code>.*?</code>", "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {404}
    assert len(wrong) == 1
    assert "There is no such conversation." in wrong.pop()


async def test_who_left_keeps_what_he_saw_and_sees_nothing_later(talk: Talk) -> None:
    """Messages, edits, pins, the topic and the members stay as they were; there is no form."""
    conv = await talk.begin("Lunch")
    before = await talk.say(conv, "before")
    pin = await talk.say(conv, "a pin")
    await talk.amend(conv, pin, Rel.PIN)
    act = talk.site.services.conversations
    await act.leave(talk.ann, conv)
    await talk.say(conv, "after")
    await talk.amend(conv, before, Rel.EDIT, text="changed")
    await talk.amend(conv, pin, Rel.UNPIN)
    await act.set_name(talk.bo, conv, "Secret")
    page = await talk.page(conv)
    assert texts(page) == ["before", "a pin"]
    assert "<title>Lunch" in page
    assert "Secret" not in page
    assert "1 pinned" in page
    assert "not a member of this conversation any more" in page
    assert "<textarea" not in page
    assert "unread" not in re.sub(r'class="[^"]*"|id="[^"]*"', "", page)


async def test_who_came_later_sees_nothing_from_before_but_the_pins(talk: Talk) -> None:
    """Fleep's history rule, and its one exception: the pinboard."""
    conv = await talk.begin(members=[])
    await talk.say(conv, "long ago")
    pin = await talk.say(conv, "the address")
    await talk.amend(conv, pin, Rel.PIN)
    await talk.site.services.conversations.add(talk.bo, conv, [talk.ann])
    await talk.say(conv, "welcome")
    page = await talk.page(conv)
    assert texts(page) == ["welcome"]
    assert "the address" in page
    assert "long ago" not in await talk.page(conv, before=3) + await talk.page(conv, after=0)


async def test_a_conversation_taken_off_the_list_shows_what_came_since(talk: Talk) -> None:
    """Nothing at first, and that is said; then the next message, and none of the earlier ones."""
    conv = await talk.begin()
    await talk.say(conv, "old")
    nr = (await talk.site.services.conversations.reading(talk.ann, conv)).last_nr
    await talk.site.services.conversations.mark(talk.ann, conv, deleted_nr=nr)
    page = await talk.page(conv)
    assert texts(page) == []
    assert "You took this conversation off your list." in page
    await talk.say(conv, "new")
    assert texts(await talk.page(conv)) == ["new"]
    assert texts(await talk.page(conv, after=0)) == ["new"]


async def test_who_left_a_large_conversation_keeps_the_name_in_it(talk: Talk) -> None:
    """A member who has left is a member under no name any more; the page still says who wrote."""
    services = talk.site.services
    many = [
        (await services.accounts.add(f"p{no}@example.org", name=f"P{no}")).id for no in range(MEMBERS + 5)
    ]
    conv = await talk.begin(members=[talk.ann, *many])
    await talk.say(conv, "bye", by=many[30])
    await services.conversations.leave(many[30], conv)
    page = await talk.page(conv)
    line = page[page.index('<li class="message') :]
    assert "<bdi>P30</bdi>" in line
    assert f"{MEMBERS + 6} members" in page
    assert "and 6 more" in page


async def test_a_mail_thread_has_its_own_page(talk: Talk) -> None:
    """Its address as a conversation leads there, from the inbox and from the archive; strangers get none."""
    added = await deliver(talk.site, letter("Offer"))
    answer = await talk.get(talk.path(added.conv))
    assert (answer.status_code, answer.headers["location"]) == (302, f"/thread/{added.thread}")
    await talk.site.services.mails.label(talk.ann, added.thread, add=[], remove=["inbox"])
    assert (await talk.get(talk.path(added.conv))).status_code == 302
    talk.site.browser.cookies.set("syncline", await talk.site.services.sessions.create(talk.bo))
    assert (await talk.get(talk.path(added.conv))).status_code == 404


async def test_a_topic_and_a_description_are_told_when_they_change(talk: Talk) -> None:
    """A description (Matrix's topic) is another thing than the name."""
    conv = await talk.begin()
    content = msgspec.json.encode({"topic": "where we eat"})
    await talk.site.services.conversations.set_fact(talk.bo, conv, facts.TOPIC, content)
    assert told(await talk.page(conv))[-1] == "Bo Ek changed the topic of this conversation: where we eat"


async def test_a_conversation_of_any_preset_has_a_page(talk: Talk) -> None:
    """One that began in Matrix, too."""
    begin = Beginning(name="Room", members=[talk.ann])
    conv = (await talk.site.services.conversations.create(talk.bo, begin)).value.conv
    await talk.say(conv, "hello")
    assert texts(await talk.page(conv)) == ["hello"]
