"""The link of a conversation: what it shows, whom it lets in, and what a dead one says."""

import re

from tests.web.chat.talking import Talk, texts

from syncline.core.handles import Handle
from syncline.core.ids import Id, ZoneId


async def test_whoever_has_the_link_sees_the_topic_and_can_join(talk: Talk) -> None:
    """Nothing else of the conversation is shown before; opening the link alone joins nobody."""
    conv = await talk.begin("Lunch <b>", members=[])
    await talk.say(conv, "not for Ann yet")
    link = await talk.open_link(conv)
    head = talk.site.services.store.head
    page = (await talk.get(link)).text
    assert '<h1 id="title"><bdi>Lunch &lt;b&gt;</bdi></h1>' in page
    assert "not for Ann yet" not in page
    assert "Bo" not in page.replace("Body", "")
    assert talk.site.services.store.head == head
    answer = await talk.site.post(f"{link}/join")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{talk.path(conv)}#new")
    await talk.say(conv, "welcome")
    assert texts(await talk.page(conv)) == ["welcome"]


async def test_members_go_right_in(talk: Talk) -> None:
    """Also where the link is switched off; joining again changes nothing."""
    conv = await talk.begin()
    head = talk.site.services.store.head
    answer = await talk.get(talk.link(conv))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{talk.path(conv)}#new")
    assert (await talk.site.post(f"{talk.link(conv)}/join")).status_code == 303
    assert talk.site.services.store.head == head


async def test_a_dead_link_says_so_and_not_whether_there_is_a_conversation(talk: Talk) -> None:
    """Switched off, never switched on, of no conversation, of another kind, mistyped: one answer."""
    off, never = await talk.begin("Off", members=[]), await talk.begin("Never", members=[])
    await talk.open_link(off)
    await talk.open_link(off, autojoin=False)
    handles = talk.site.services.handles
    dead = [talk.link(off), talk.link(never), talk.link(ZoneId(Id(999_999))), "/chat/x", "/chat/" + "A" * 22]
    dead += [f"/chat/{handles.key(Handle.HOOK, off)}", f"/chat/{talk.cid(off)}", "/chat/%C3%A9%2F"]
    pages = set()
    for link in dead:
        for answer in (await talk.get(link), await talk.site.post(f"{link}/join", x="")):
            assert answer.status_code == 404, link
            assert "This link does not lead to a conversation (any more)." in answer.text
            assert "Off" not in answer.text
        page = (await talk.get(link)).text
        pages.add(re.sub("<code>.*?</code>", "", page))
    assert len(pages) == 1


async def test_who_was_banned_stays_out(talk: Talk) -> None:
    conv = await talk.begin()
    link = await talk.open_link(conv)
    await talk.site.services.conversations.ban(talk.bo, conv, [talk.ann])
    for answer in (await talk.get(link), await talk.site.post(f"{link}/join")):
        assert answer.status_code == 403
        assert "banned" in answer.text


async def test_who_was_invited_may_come_by_a_link_that_is_switched_off(talk: Talk) -> None:
    conv = await talk.begin("Lunch", members=[], invited=[talk.ann])
    assert "Lunch" in (await talk.get(talk.link(conv))).text
    assert (await talk.site.post(f"{talk.link(conv)}/join")).status_code == 303
    assert (await talk.get(talk.path(conv))).status_code == 200


async def test_a_conversation_without_a_topic_is_not_called_by_its_members(talk: Talk) -> None:
    """Before one is in, a link tells nobody's name."""
    conv = await talk.begin(None, members=[])
    page = (await talk.get(await talk.open_link(conv))).text
    assert "A conversation without a topic" in page
    assert "Bo Ek" not in page
