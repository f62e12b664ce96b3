"""What is said reaches the addresses of hooks: all of it, in order, over failures and restarts."""

import asyncio

import pytest
from tests.services.hooks.conftest import URL, Place

from syncline.core.ids import Id
from syncline.core.kinds import Rel
from syncline.services.hooks import Outgoing, Outward, Posted, Queueing, outgoing
from syncline.store.commit import Commit
from syncline.store.contract import Tx


async def test_what_is_said_is_posted_in_order(place: Place) -> None:
    """Messages, edits and system messages of all members; a hook without an address posts nothing."""
    await place.make()
    hook = await place.make(url=URL)
    await place.start()
    said = await place.town.say(place.bob, place.conv, "one")
    await place.town.say(place.ann, place.conv, "two")
    await place.town.talk.amend(place.bob, place.conv, said, Rel.EDIT, {"text": "uno"})
    await place.town.talk.set_name(place.ann, place.conv, "numbers")
    await place.until(lambda: len(place.elsewhere.texts) == 4)
    assert place.elsewhere.texts == ["one", "two", "content", "content/name/type"]
    assert {url for url, _ in place.elsewhere.posts} == {URL}
    await _drained(place, hook.id)


async def test_only_what_is_said_after_the_address_was_given_is_posted(place: Place) -> None:
    """Neither the hook's own system message nor what stood before, though the automation comes by later."""
    readers = await place.start()
    await place.stop()
    hook = await place.make()
    await place.town.say(place.bob, place.conv, "before")
    await place.hooks.configure(place.ann, place.conv, hook.id, url=URL)
    await place.town.say(place.bob, place.conv, "after")
    await place.start()
    await place.until(lambda: len(place.elsewhere.texts) == 1)
    await _drained(place, hook.id)
    assert place.elsewhere.texts == ["after"]
    assert readers.names == ("hooks",)


async def test_a_hook_is_not_told_what_it_wrote_itself(place: Place) -> None:
    """Else two systems would talk for ever; another hook of the conversation is told."""
    one = await place.make(url=URL, type="import")
    two = await place.make(place.bob, url="https://second.example.org/")
    await place.start()
    await place.hooks.bring_in(one.id, [Posted("imported", key="k")])
    await place.hooks.bring_in(one.id, [Posted("edited", key="k")])
    await place.town.say(place.ann, place.conv, "hello")
    await place.until(lambda: len(place.elsewhere.texts) >= 4)
    await _drained(place, one.id, two.id)
    by_url = {
        url: [text for at, texts in place.elsewhere.posts for text in texts if at == url]
        for url in (URL, "https://second.example.org/")
    }
    assert by_url[URL] == ["hello"]
    assert by_url["https://second.example.org/"] == ["imported", "content/hook", "hello"]


async def test_nothing_is_posted_while_the_owner_is_no_member(place: Place) -> None:
    """An address must not hear more than its owner may read."""
    hook = await place.make(url=URL)
    await place.start()
    await place.town.talk.leave(place.ann, place.conv)
    await place.town.say(place.bob, place.conv, "alone at last")
    await place.town.talk.add(place.bob, place.conv, [place.ann])
    await place.town.say(place.bob, place.conv, "welcome")
    await place.until(lambda: "welcome" in place.elsewhere.texts)
    assert "alone at last" not in place.elsewhere.texts
    await _drained(place, hook.id)


async def test_a_failure_is_tried_again_and_nothing_is_lost(place: Place) -> None:
    """At least once, in order; a success begins the count anew."""
    hook = await place.make(url=URL)
    await place.start()
    for word in ("one", "two"):
        place.elsewhere.fails = 2
        await place.town.say(place.bob, place.conv, word)
        await place.until(lambda word=word: word in place.elsewhere.texts)  # type: ignore[misc]
        await _drained(place, hook.id)
        assert (await place.sending(hook)).failures == 0
    assert place.elsewhere.texts == ["one", "two"]
    assert place.elsewhere.tries == 6


async def test_a_hook_that_fails_and_fails_is_switched_off_with_the_reason(place: Place) -> None:
    """Its owner's clients see why; what waited is forgotten, and what is said later not queued."""
    hook = await place.make(url=URL)
    await place.start(retries=(0.001, 0.001))
    place.elsewhere.fails = 100
    await place.town.say(place.bob, place.conv, "lost")
    await _switched_off(place)
    assert place.elsewhere.tries == 3
    sending = await place.sending(hook)
    assert sending.reason == "The address answered with status 500."
    assert sending.url == URL
    assert await place.waits(hook) == 0
    await place.town.say(place.bob, place.conv, "unheard")
    assert not place.outgoing.listens(place.conv)
    place.elsewhere.fails = 0
    await place.hooks.configure(place.ann, place.conv, hook.id, disabled=False)
    assert (await place.sending(hook)).reason is None
    await place.town.say(place.bob, place.conv, "heard")
    await place.until(lambda: place.elsewhere.texts == ["heard"])


async def test_failures_and_queue_survive_a_restart(place: Place) -> None:
    """A hook that failed twice has not begun anew, and what waited is posted first."""
    hook = await place.make(url=URL)
    await place.start(retries=(0.001, 60))
    place.elsewhere.fails = 2
    await place.town.say(place.bob, place.conv, "one")
    await place.until(lambda: place.elsewhere.tries == 2)
    await _failures(place, hook.id, 2)
    await place.stop()
    assert await place.waits(hook) == 1
    async with place.store.view() as view:
        assert (await view.queue(hook.id, limit=1))[0].body.startswith(b'{"entries":[')
    await place.start(retries=(0.001, 60))
    await asyncio.sleep(0.05)
    assert place.elsewhere.tries == 2, "it waits for its next try"
    await place.hooks.configure(place.ann, place.conv, hook.id, url="https://other.example.org/")
    await place.town.say(place.bob, place.conv, "two")
    await place.until(lambda: len(place.elsewhere.posts) == 1)
    assert place.elsewhere.posts == [("https://other.example.org/", ["two"])]


async def test_what_was_said_while_the_server_was_down_is_posted(place: Place) -> None:
    """Written by a command, say; the automation goes on where it stopped."""
    await place.make(url=URL)
    await place.start()
    await place.stop()
    await place.town.say(place.bob, place.conv, "meanwhile")
    place.outgoing.close()
    place.outgoing = Outgoing(place.store)
    await place.start()
    await place.until(lambda: place.elsewhere.texts == ["meanwhile"])


async def test_many_messages_go_in_few_posts(place: Place) -> None:
    """What piled up while an address was busy is posted together, in order, so many at once."""
    hook = await place.make(url=URL)
    await place.start()
    place.elsewhere.blocked = asyncio.Event()
    for number in range(outgoing.AT_ONCE + 6):
        await place.town.say(place.bob, place.conv, str(number))
    await place.until(lambda: place.elsewhere.tries == 1)
    place.elsewhere.blocked.set()
    await place.until(lambda: len(place.elsewhere.texts) == outgoing.AT_ONCE + 6)
    await _drained(place, hook.id)
    assert place.elsewhere.texts == [str(number) for number in range(outgoing.AT_ONCE + 6)]
    assert len(place.elsewhere.posts) <= 4
    assert max(len(texts) for _, texts in place.elsewhere.posts) <= outgoing.AT_ONCE


async def test_a_hook_dropped_during_a_post_is_not_missed(place: Place) -> None:
    """Nothing is confirmed or counted for what is no more."""
    hook = await place.make(url=URL)
    await place.start()
    place.elsewhere.blocked = asyncio.Event()
    place.elsewhere.fails = 1
    await place.town.say(place.bob, place.conv, "one")
    await place.until(lambda: place.elsewhere.tries == 1)
    await place.hooks.drop(place.ann, place.conv, hook.id)
    place.elsewhere.blocked.set()
    await asyncio.sleep(0.05)
    assert place.elsewhere.tries == 1
    assert not await place.has_reader(hook)


async def test_a_slow_address_does_not_hold_up_another(place: Place) -> None:
    """Each hook has a task of its own."""
    await place.make(url=URL)
    await place.make(place.bob, url="https://second.example.org/")
    await place.start()
    gate = asyncio.Event()
    take = place.elsewhere.post

    async def post(url: str, content: bytes) -> None:
        if url == URL:
            await gate.wait()
        await take(url, content)

    await place.stop()
    place.elsewhere.post = post  # type: ignore[method-assign]
    await place.start()
    await place.town.say(place.bob, place.conv, "one")
    await place.until(lambda: len(place.elsewhere.posts) == 1)
    assert place.elsewhere.posts == [("https://second.example.org/", ["one"])]
    gate.set()
    await place.until(lambda: len(place.elsewhere.posts) == 2)


async def test_a_conversation_without_such_hooks_costs_no_write(place: Place) -> None:
    """What nobody wants is decided in memory, also once the last address is gone."""
    hook = await place.make(url=URL)
    await place.start()
    queueing = Queueing(place.outgoing)
    commits: list[Commit] = []
    end = place.store.watch(commits.append)
    await place.town.say(place.bob, place.conv, "heard")
    assert queueing.wants(commits[0])
    await _drained(place, hook.id)
    await place.hooks.configure(place.ann, place.conv, hook.id, url="")
    other = await place.town.conversation(place.bob)
    commits.clear()
    await place.town.say(place.bob, place.conv, "unheard")
    await place.town.say(place.bob, other, "unheard")
    assert [queueing.wants(commit) for commit in commits] == [False, False]
    end()


async def test_a_queue_names_entries_and_holds_no_words(place: Place) -> None:
    """What is erased or deleted before it was posted is not posted from a copy."""
    hook = await place.make(url=URL)
    await place.start(retries=(60.0,))
    place.elsewhere.fails = 1
    await place.town.say(place.bob, place.conv, "secret")
    await _failures(place, hook.id, 1)
    async with place.store.view() as view:
        (row,) = await view.queue(hook.id, limit=10)
    assert b"secret" not in row.body


@pytest.mark.parametrize("broken", ["payload", "row"])
async def test_what_cannot_be_posted_does_not_spin(place: Place, broken: str) -> None:
    """A fault of our own counts as a failure, so that the hook is switched off in the end."""
    hook = await place.make(url=URL)

    async def payload(*_: object) -> bytes:
        raise KeyError("a fault")

    async def nothing(*_: object) -> None:
        return None

    if broken == "payload":
        place.elsewhere.payload = payload  # type: ignore[method-assign, assignment]
    else:
        place.elsewhere.payload = nothing  # type: ignore[method-assign, assignment]
    await place.start(retries=(0.001,))
    await place.town.say(place.bob, place.conv, "one")
    if broken == "row":
        await _drained(place, hook.id)
        assert place.elsewhere.tries == 0, "there was nothing that the owner may see"
        return
    await _switched_off(place)
    assert "log" in ((await place.sending(hook)).reason or "")


async def test_a_lost_answer_is_posted_again(place: Place) -> None:
    """Stopped between the post and its confirmation: at least once means perhaps twice."""
    hook = await place.make(url=URL)
    await place.start()
    took = asyncio.Event()
    take = place.elsewhere.post

    async def post(url: str, content: bytes) -> None:
        await take(url, content)
        took.set()
        if len(place.elsewhere.posts) == 1:
            await asyncio.get_running_loop().create_future()

    await place.stop()
    place.elsewhere.post = post  # type: ignore[method-assign]
    await place.start()
    await place.town.say(place.bob, place.conv, "one")
    await took.wait()
    await place.stop()
    await place.start()
    await place.until(lambda: place.elsewhere.texts == ["one", "one"])
    await _drained(place, hook.id)


async def test_other_queues_are_none_of_its_business(place: Place) -> None:
    """A device's queue may wait as long as it likes."""
    await place.make(url=URL)
    await place.start()

    async def work(tx: Tx) -> Id:
        id = tx.new_id()
        tx.enqueue(id, place.bob, b"{}")
        return id

    other = (await place.store.write(work)).value
    await asyncio.sleep(0.02)
    async with place.store.view() as view:
        assert len(await view.queue(other, limit=1)) == 1


async def _drained(place: Place, *hooks: Id) -> None:
    async with asyncio.timeout(5):
        for hook in hooks:
            while True:
                async with place.store.view() as view:
                    if not await view.queue(hook, limit=1):
                        break
                await asyncio.sleep(0.002)


async def _switched_off(place: Place) -> None:
    async with asyncio.timeout(5):
        while True:
            if all(hook.outward is Outward.OFF for hook in await place.known()):
                return
            await asyncio.sleep(0.002)


async def _failures(place: Place, hook: Id, count: int) -> None:
    async with asyncio.timeout(5):
        while True:
            known = next(each for each in await place.known() if each.id == hook)
            if (await place.sending(known)).failures == count:
                return
            await asyncio.sleep(0.002)
