"""Promise 7: the same request makes one entry and gets the first answer again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.services.conversations.town import Town, body

from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel, Space
from syncline.services.conversations import Answer, Beginning, Request
from syncline.store.contract import Tx, Written

DAY = 24 * 3600 * 1000


async def test_the_same_request_is_done_once_inside_one_group_of_works(town: Town) -> None:
    """Works that arrive together share one commit: the second must find the first before it is committed."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    again = [town.talk.send(a, conv, body(text="x"), request=Request("r", Id(7), "send")) for _ in range(8)]
    answers = [written.value for written in await asyncio.gather(*again)]
    assert len(set(answers)) == 1
    assert await town.texts(a, conv) == ["x"]
    assert (await town.zone(conv)).nr == 2


async def test_a_request_is_known_by_account_session_route_and_id(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    asked = Request("r", Id(7), "send")
    await town.talk.send(a, conv, body(text="x"), request=asked)
    for account, other in (
        (b, asked),
        (a, Request("r", Id(8), "send")),
        (a, Request("r", Id(7), "store")),
        (a, Request("s", Id(7), "send")),
        (a, Request("d\0r", Id(7), "sen")),
    ):
        await town.talk.send(account, conv, body(text="y"), request=other)
    assert (await town.texts(a, conv)).count("y") == 5


async def test_the_entry_says_which_request_it_came_from(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    sent = await town.talk.send(a, conv, body(text="x"), request=Request("txn1", Id(7)))
    entry = await town.entry(sent.value.entry)
    assert (entry.session, entry.request) == (7, "txn1")


async def test_the_first_answer_stands_even_after_leaving_and_for_at_least_a_day(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    asked = Request("r")
    first = await town.talk.send(b, conv, body(text="x"), request=asked)
    await town.talk.leave(b, conv)
    again = await town.talk.send(b, conv, body(text="changed by a confused client"), request=asked)
    assert again.value == first.value

    async def bound(tx: Tx) -> int:
        known = await tx.key(Space.REQUEST, asked.key(b))
        assert known is not None
        assert known.expires is not None
        return known.expires - tx.now

    assert (await town.store.write(bound)).value > DAY


async def test_a_request_that_failed_may_be_tried_again(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "x")
    asked = Request("r")
    with pytest.raises(Exception, match="author"):
        await town.talk.amend(b, conv, id, Rel.EDIT, {"text": "y"}, request=asked)
    await town.talk.amend(a, conv, id, Rel.PIN)
    done = await town.talk.amend(b, conv, id, Rel.EDIT, {"text": "y"}, request=asked)
    assert done.value.nr == 4


Act = Callable[[Town, Id, Id, ZoneId, Id, Request], Awaitable[Written[Any]]]

ACTS: dict[str, Act] = {
    "create": lambda t, a, b, c, e, r: t.talk.create(a, Beginning(members=[b]), request=r),
    "send": lambda t, a, b, c, e, r: t.talk.send(a, c, body(text="x"), request=r),
    "edit": lambda t, a, b, c, e, r: t.talk.amend(a, c, e, Rel.EDIT, {"text": "y"}, request=r),
    "delete": lambda t, a, b, c, e, r: t.talk.amend(a, c, e, Rel.DELETE, request=r),
    "erase": lambda t, a, b, c, e, r: t.talk.amend(a, c, e, Rel.ERASE, request=r),
    "pin": lambda t, a, b, c, e, r: t.talk.amend(a, c, e, Rel.PIN, request=r),
    "task": lambda t, a, b, c, e, r: t.talk.amend(a, c, e, Rel.TASK, request=r),
    "react": lambda t, a, b, c, e, r: t.talk.amend(a, c, e, Rel.REACTION, {"key": "+"}, request=r),
    "lock": lambda t, a, b, c, e, r: t.talk.amend(a, c, e, Rel.LOCK, request=r),
    "add": lambda t, a, b, c, e, r: t.talk.add(a, c, [b], request=r),
    "invite": lambda t, a, b, c, e, r: t.talk.invite(a, c, [b], request=r),
    "leave": lambda t, a, b, c, e, r: t.talk.leave(a, c, request=r),
    "ban": lambda t, a, b, c, e, r: t.talk.ban(a, c, [b], request=r),
    "disclose": lambda t, a, b, c, e, r: t.talk.disclose(a, c, [a], request=r),
    "name": lambda t, a, b, c, e, r: t.talk.set_name(a, c, "N", request=r),
}


@pytest.mark.parametrize("name", list(ACTS))
async def test_every_act_is_repeat_safe(town: Town, name: str) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "x")
    first: Answer = (await ACTS[name](town, a, b, conv, id, Request("r"))).value
    assert first.entry is not None
    head = town.store.head
    again: Answer = (await ACTS[name](town, a, b, conv, id, Request("r"))).value
    assert again == first
    assert town.store.head == head


async def test_a_chain_is_repeat_safe_as_a_whole(town: Town) -> None:
    (a,) = await town.people("Alice")
    many = [*await town.people(*(f"P{n}" for n in range(60)))]
    asked = Request("r")
    first = await town.talk.create(a, Beginning(members=many), request=asked)
    head = town.store.head
    again = await town.talk.create(a, Beginning(members=many), request=asked)
    assert (again.value, town.store.head) == (first.value, head)
    assert (await town.zone(first.value.conv)).joined == 61


@pytest.mark.parametrize("id", ["", "x" * 256])
async def test_a_request_id_has_a_bearable_length(town: Town, id: str) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    with pytest.raises(Invalid):
        await town.talk.send(a, conv, body(text="x"), request=Request(id))
