"""Threat: an account learns of conversations that are not its own, or changes them, through Fleep's calls.

Every route is called with the ids of other people's things: in its path, and in each parameter that it takes.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
import pytest
from tests.docs.fleep_calls import CALLS as PARAMETERS
from tests.protocols.fleep.place import Client, Place

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.protocols.fleep.plugged import CALLS, ROUTES
from syncline.services.conversations import Beginning
from syncline.store.contract import Store

SECRET = "zqsecret"
"""In everything that only ann and bo may read, and in nothing that is sent here."""

GUARDED = tuple(spec for spec in CALLS if not spec.open)
SYSTEM = frozenset({"sys/account/register", "sys/shard/time_travel"})
"""The test harness's own, which are off unless the operator switches them on (reference 2.15)."""

Sent = dict[str, Any]


class World:
    """ann and bo with a conversation and things of their own; dot, whom anybody may talk to."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.names = place.fleep.names
        self.number = 0
        self.nowhere = self.names.conv(ZoneId(Id(1 << 40)))
        """an id as this server makes them, of nothing that there is"""

    async def begin(self) -> None:
        """Make all of it."""
        place, acts = self.place, self.place.services.conversations
        self.ann, self.bo, self.dot = [await place.user(name) for name in ("ann", "bo", "dot")]
        begin = Beginning(name=f"{SECRET} topic", members=[self.bo.account])
        made = await acts.create(self.ann.account, begin)
        self.conv, self.id = made.value.conv, self.names.conv(made.value.conv)
        await self.speak()
        stored = await self.ann.call("label/store", label=f"{SECRET} label")
        self.label_id = stored["stream"][0]["label_id"]
        await self.ann.call(f"conversation/store/{self.id}", label_ids=[self.label_id])
        hook = await self.ann.call(f"conversation/create_hook/{self.id}", hook_name=f"{SECRET} hook")
        self.hook = hook["hook_info"]
        bo_id = self.names.person(self.bo.account)
        await self.ann.call("contact/describe", contact_id=bo_id, contact_name=f"{SECRET} name")
        await self.ann.call(f"conversation/show_activity/{self.id}")
        horizon, _ = await self.ann.caught_up()
        self.horizon = horizon

    async def speak(self) -> None:
        """A message, a pin, a task, and one who is mentioned."""
        acts = self.place.services.conversations
        for rel in (None, Rel.PIN, Rel.TASK, Rel.EDIT):
            body = msgspec.json.encode({"text": f"{SECRET} words"})
            entry = (await acts.send(self.ann.account, self.conv, body)).value.entry
            assert entry is not None
            if rel is not None:
                content = {"text": f"{SECRET} edited"} if rel is Rel.EDIT else {}
                await acts.amend(self.ann.account, self.conv, entry, rel, content)

    async def somebody(self) -> Client:
        """An account that nobody knows yet."""
        self.number += 1
        return await self.place.user(f"somebody{self.number}")

    def theirs(self, path: str) -> Sent:
        """Values for parameters: the ids of others' things, and dot where a person is brought in."""
        dot, ann = self.names.person(self.dot.account), self.names.person(self.ann.account)
        persons = ("emails", "add_emails", "remove_emails", "disclose_emails")
        ids = (
            "account_ids",
            "add_account_ids",
            "remove_account_ids",
            "kick_account_ids",
            "disclose_account_ids",
            "add_ids",
            "remove_ids",
            "disclose_ids",
            "add_admins",
            "remove_admins",
            "admins",
            "assignee_ids",
        )
        places = ("from_message_nr", "message_nr", "pin_message_nr", "fwd_message_nr")
        return {
            **dict.fromkeys(persons, self.dot.email),
            **{name: [dot] for name in ids},
            **dict.fromkeys((*places, "read_message_nr", "hide_message_nr"), 2),
            **dict.fromkeys(("conversation_id", "fwd_conversation_id", "fork_conversation_id"), self.id),
            "to_conv_id": self.id,
            "conversation_ids": [self.id],
            "label_id": self.label_id,
            "label_ids": [self.label_id],
            "hook_id": self.hook["hook_id"],
            "hook_key": self.hook["hook_key"],
            "conv_url_key": self.names.autojoin(self.conv),
            "contact_id": dot if path == "account/dialog" else ann,
            "contacts": [ann],
            "ignore": [],
            "lookup_list": [ann, self.ann.email],
            "messages": [{"message_key": "k", "message": "hello"}],
            "sync_cursor": msgspec.json.encode(
                {"of": self.label_id, "time": 1 << 40, "conversation_id": self.id}
            ).decode(),
            "event_horizon": 1,
            "wait": False,
            "message": "hello",
            "topic": "mine",
            "label": "mine",
            "labels": ["mine"],
            "tags": ["pin"],
            "add_reactions": ["+"],
            "is_autojoin": True,
            "is_disclose": True,
            "is_deleted": True,
            "can_post": False,
            "is_writing": True,
            "mk_alert_level": "never",
            "mk_direction": "ic_full",
            "mk_init_mode": "ic_full",
            "snooze_interval": 60,
            "pin_weight": 1,
            "index": 1,
            "hook_name": "mine",
            "contact_name": "mine",
            "search_str": "zq",
        }

    async def heads(self) -> list[int]:
        """Where the log is for the conversation, and for those whom it belongs to."""
        async with self.place.store.view() as view:
            zones = [self.conv, ZoneId(self.ann.account), ZoneId(self.bo.account)]
            return [zone.head for zone in await view.zones(zones)]


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    """A server with all of it."""
    place = Place(store, fleep={"send_rate": 0, "support": False, "call_url": "https://calls.example"})
    world = World(place)
    await world.begin()
    yield world
    await place.close()


def each(sent: Sent) -> Iterable[Sent]:
    """All of it, each alone, and nothing."""
    yield sent
    for name, value in sent.items():
        yield {name: value}
    yield {}


def given(world: World, path: str) -> Sent:
    """What a call takes, filled with what is others'."""
    known = world.theirs(path)
    return {name: known[name] for name in PARAMETERS.get(path, ()) if name in known}


def test_every_route_is_tried() -> None:
    """The parameters are listed for every call that is served: none is tried with nothing to try it with."""
    assert {spec.path for spec in CALLS} <= PARAMETERS.keys()
    assert {spec.path for spec in CALLS if spec.on_id} >= {"message/send", "conversation/sync"}


async def test_a_stranger_sees_and_changes_nothing(world: World) -> None:
    """With others' ids in the path: the same no as for what does not exist, whatever else is sent."""
    before = await world.heads()
    eve = await world.somebody()
    for spec in (one for one in CALLS if one.on_id):
        for sent in each(given(world, spec.path)):
            answer = await eve.send(f"{spec.path}/{world.id}", **sent)
            nowhere = await eve.send(f"{spec.path}/{world.nowhere}", **sent)
            assert answer.status_code in (400, 430), (spec.path, sent, answer.text)
            assert _said(answer) == _said(nowhere), (spec.path, sent)
            assert SECRET not in answer.text, (spec.path, sent)
            assert await world.heads() == before, (spec.path, sent)
    assert await world.ann.caught_up(world.horizon) == (world.horizon, []), "not even a signal"


async def test_others_ids_in_parameters_lead_nowhere(world: World) -> None:
    """In calls without an id in the path, and in calls on a conversation of one's own."""
    before = await world.heads()
    for spec in CALLS:
        if spec.path in SYSTEM:
            continue
        for sent in each(given(world, spec.path)):
            eve = await world.somebody()
            path = spec.path
            if spec.on_id:
                own = await eve.call("conversation/create", topic="own")
                path = f"{path}/{own['header']['conversation_id']}"
                await eve.call(f"message/send/{own['header']['conversation_id']}", message="own")
            answer = await eve.send(path, **sent)
            assert answer.status_code < 500, (path, sent, answer.text)
            assert SECRET not in answer.text, (path, sent)
            assert await world.heads() == before, (path, sent)
            if answer.status_code == 200:
                _, records = await _after(eve, spec.path)
                assert SECRET not in str(records), (path, sent)
    assert await world.ann.caught_up(world.horizon) == (world.horizon, [])


async def test_one_who_left_sees_and_changes_nothing_of_what_came_later(world: World) -> None:
    """He keeps what he saw; all that he does is his own."""
    acts, eve = world.place.services.conversations, await world.somebody()
    await acts.add(world.ann.account, world.conv, [eve.account])
    left = await acts.leave(eve.account, world.conv)
    for number in range(3):
        body = msgspec.json.encode({"text": f"{SECRET} later {number}"})
        later = (await acts.send(world.ann.account, world.conv, body)).value
    before = await world.heads()
    horizon, _ = await world.ann.caught_up(world.horizon)
    for spec in (one for one in CALLS if one.on_id):
        for sent in each(
            {**given(world, spec.path), "message_nr": later.nr, "from_message_nr": left.value.nr}
        ):
            answer = await eve.send(f"{spec.path}/{world.id}", **sent)
            assert answer.status_code in (200, 400, 430, 431), (spec.path, sent, answer.text)
            assert f"{SECRET} later" not in answer.text, (spec.path, sent)
            assert f"{SECRET} words" not in answer.text, (spec.path, sent)
            assert await world.heads() == before, (spec.path, sent)
    assert await world.ann.caught_up(horizon) == (horizon, [])
    _, records = await eve.caught_up()
    assert SECRET + " later" not in str(records)


@pytest.mark.parametrize("pair", ["none", "ticket", "cookie", "mixed"])
async def test_without_a_session_of_one_s_own_nothing_is_answered(world: World, pair: str) -> None:
    """401 for each call that is not open: without ticket, without cookie, with those of two sessions."""
    other = await world.place.client(world.ann.account, world.ann.email)
    other.ticket = {"none": "", "cookie": "", "ticket": world.ann.ticket, "mixed": world.bo.ticket}[pair]
    other.token = {"none": "", "ticket": "", "cookie": world.ann.token, "mixed": world.ann.token}[pair]
    before = await world.heads()
    paths = [f"{spec.path}/{world.id}" if spec.on_id else spec.path for spec in GUARDED]
    for path in (*paths, "account/poll", "account/listen"):
        if path in SYSTEM:
            continue
        answer = await other.send(path, **given(world, path.removesuffix(f"/{world.id}")))
        assert answer.status_code == 401, (path, answer.text)
        assert SECRET not in answer.text
    assert await world.heads() == before


async def test_the_polls_of_a_stranger_hold_nothing_of_others(world: World) -> None:
    """From horizons that were given to somebody else, to the end, with every flag."""
    for horizon in (0, 1, world.horizon, -world.horizon, -1):
        for flags in (None, ["skip_hidden"], ["skip_rest"]):
            eve = await world.somebody()
            said = await eve.call("account/poll", event_horizon=horizon, wait=False, poll_flags=flags)
            assert SECRET not in str(said)
            heard = await eve.call("account/listen", event_horizon=horizon, wait=False)
            assert SECRET not in str(heard)
            _, records = await eve.caught_up(said["event_horizon"])
            assert SECRET not in str(records)


def test_routes_outside_of_api_are_known_here() -> None:
    """A new way in from outside has to be thought of: hooks let in whoever has their key, and no one else."""
    assert {route.path for route in ROUTES if not route.path.startswith("/api/")} == {"/hook/{key}"}


async def _after(client: Client, path: str) -> tuple[int, list[dict[str, Any]]]:
    """All that an account is sent, unless the call ended it or its session."""
    answer = await client.send("account/sync")
    if answer.status_code == 401:
        assert path in ("account/logout", "account/close", "account/configure", "account/confirm_password")
        return 0, []
    return await client.caught_up()


def _said(answer: Any) -> tuple[int, Any]:
    said = answer.json()
    if isinstance(said, dict):
        said.pop("request_id", None)
    return answer.status_code, said
