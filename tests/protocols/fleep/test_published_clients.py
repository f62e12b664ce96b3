"""A published client of this API, from the package index and unmodified, over a restart in the middle.

Fleepy 0.2.1 of the index knows nothing of this server but its address. It depends on `attrdict`, which takes
four names from where Python had them before 3.10: they are lent to it while it is imported.
"""

import asyncio
import collections
import collections.abc
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from tests.protocols.fleep.cache import Cache, equal
from tests.protocols.fleep.place import PASSWORD
from tests.protocols.fleep.running import Running

LENT: Final = ("Mapping", "MutableMapping", "MutableSequence", "Sequence")
MOST_POLLS: Final = 200


@pytest.fixture(scope="module")
def fleepy() -> Any:
    """The client's module."""
    with pytest.MonkeyPatch.context() as patch:
        for name in LENT:
            patch.setattr(collections, name, getattr(collections.abc, name), raising=False)
        return import_module("fleepy")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server with two people."""
    running = Running(tmp_path / "data")
    asyncio.run(running.people("ann", "bo"))
    running.start()
    yield running
    running.kill()


class Person:
    """Somebody at such a client, and what it was sent, merged."""

    def __init__(self, fleepy: Any, running: Running, name: str) -> None:
        self.client = fleepy.Fleepy(f"{running.url}/api/")
        self.email = f"{name}@example.org"
        self.cache = Cache()
        self.horizon = 0

    def sign_in(self) -> None:
        """With e-mail and password."""
        said = self.client.account.login(self.email, PASSWORD)
        assert said.status_code == 200
        assert self.client._server.account_id == said.data["account_id"]

    def poll(self) -> list[dict[str, Any]]:
        """Follow the horizon until it stays; the records on the way."""
        found: list[dict[str, Any]] = []
        for _ in range(MOST_POLLS):
            said = self.client.account.poll(self.horizon, wait=False)
            assert said.status_code == 200, said.data
            for record in said.data["stream"]:
                self.cache.take(record)
            found += said.data["stream"]
            if said.data["event_horizon"] == self.horizon:
                return found
            self.horizon = said.data["event_horizon"]
        raise AssertionError("the horizon never stays")

    def done(self, said: Any) -> Any:
        """A reply of a call that succeeded, taken in."""
        assert said.status_code == 200, said.data
        self.cache.take_reply(said.data)
        return said.data

    def walk(self) -> None:
        """Every conversation to both ends, as the API says."""
        sync: Callable[..., Any] = self.client.conversation.sync
        for id in sorted(self.cache.convs):
            known = self.cache.convs
            self.done(sync(id, known[id]["fw_message_nr"], "forward"))
            while known[id]["fw_message_nr"] < known[id]["last_message_nr"]:
                self.done(sync(id, known[id]["fw_message_nr"], "forward"))
            while known[id]["bw_message_nr"] > known[id]["join_message_nr"]:
                self.done(sync(id, known[id]["bw_message_nr"], "backward"))

    def texts(self, conv: str) -> list[str]:
        """What stands in a conversation, markup and all."""
        return [one["message"] for one in self.cache.messages(conv) if one["mk_message_type"] == "text"]


def test_fleepy_signs_in_converses_labels_pins_and_stays_in_sync_over_a_restart(
    fleepy: Any, running: Running
) -> None:
    """Two people at two clients; the server is killed between two of their messages."""
    ann, bo = Person(fleepy, running, "ann"), Person(fleepy, running, "bo")
    for person in (ann, bo):
        person.sign_in()
        person.poll()
    made = ann.done(ann.client.conversation.create("plans", [bo.email], "Hello *Bo*"))
    conv = made["header"]["conversation_id"]
    assert {one["mk_rec_type"] for one in bo.poll()} >= {"conv", "message", "contact"}
    assert bo.cache.convs[conv]["topic"] == "plans"
    assert bo.cache.convs[conv]["unread_count"] == 1
    bo.walk()
    answer = bo.done(bo.client.message.send(conv, "Hello Ann"))
    bo.done(bo.client.message.mark_read(conv, answer["result_message_nr"]))
    bo.done(bo.client.conversation.store(conv, labels=["later"]))
    bo.done(bo.client.message.store(conv, message_nr=answer["result_message_nr"], tags=["pin"]))
    ann.poll()

    running.kill()
    running.start()

    assert bo.client.account.sync(None, None, None, None, None).status_code == 200
    ann.done(ann.client.message.send(conv, "and on we go"))
    news = [one for one in bo.poll() if one["mk_rec_type"] == "message" and not one.get("flow_message_nr")]
    assert news[-1]["message"] == "<msg><p>and on we go</p></msg>"
    bo.done(bo.client.conversation.set_topic(conv, "other plans"))
    ann.done(ann.client.conversation.set_alerts(conv, "never"))
    for person in (ann, bo):
        person.poll()
        person.walk()
    assert ann.cache.convs[conv]["topic"] == bo.cache.convs[conv]["topic"] == "other plans"
    assert ann.texts(conv) == bo.texts(conv)
    assert ann.texts(conv)[0] == '<msg><p>Hello <b flp="*" fls="*">Bo</b></p></msg>'
    assert bo.cache.convs[conv]["labels"] == ["later"]
    assert "labels" not in ann.cache.convs[conv] or ann.cache.convs[conv]["labels"] == []
    assert [one["message_nr"] for one in ann.cache.messages(conv) if "pin" in one["tags"]] == [
        answer["result_message_nr"]
    ]

    for person in (ann, bo):
        new = Person(fleepy, running, person.email.partition("@")[0])
        new.sign_in()
        new.poll()
        new.walk()
        equal(person.cache, new.cache)
        assert person.client.account.logout().status_code == 200
        assert person.client.account.poll(person.horizon, wait=False).status_code == 401


def test_what_fleepy_asks_wrongly_is_refused_and_changes_nothing(fleepy: Any, running: Running) -> None:
    """Its own slips: an id left out, a call under another's name, a body that is not what it says."""
    ann = Person(fleepy, running, "ann")
    ann.sign_in()
    made = ann.done(ann.client.conversation.create("plans", ["bo@example.org"]))
    conv = made["header"]["conversation_id"]
    without_id = ann.client.conversation.add_members(["cy@example.org"])
    assert without_id.status_code in (400, 404, 430)
    assert without_id.data["error_message"]
    as_topic = ann.client.conversation.show_activity(conv, is_writing=True)
    assert as_topic.status_code == 400
    assert as_topic.data["error_id"] == "missing"
    assert ann.done(ann.client.conversation.sync(conv))["header"]["topic"] == "plans"
    with pytest.raises(KeyError):  # it looks for the session in any answer
        ann.client.account.login(ann.email, "wrong")
