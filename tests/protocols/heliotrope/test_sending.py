"""Sending and bouncing through a relay, against a real server that keeps what it is sent."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
from tests.gateways.smtp.sink import Sink, serving
from tests.protocols.heliotrope.place import Client, Place, letter, refused

from syncline.config import Config
from syncline.config.sections import Relay, Server
from syncline.store.contract import Store

MAIL = letter(
    "out@x",
    "Plan",
    sender="Ann <ann@example.org>",
    to="Bob <bob@b.com>",
    Cc="carol@c.com",
    Bcc="dave@d.com",
)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    """What the relay took; its port is `sink.port`."""
    sink = Sink()
    async with serving(sink) as port:
        sink.port = port  # type: ignore[attr-defined]
        yield sink


@pytest.fixture
async def place(store: Store, sink: Sink) -> AsyncIterator[Place]:
    """A server with a relay."""
    relay = Relay(host="127.0.0.1", port=sink.port, tls="none")  # type: ignore[attr-defined]
    place = Place(store, Config(server=Server(rate_limits=False), relay=relay))
    yield place
    await place.close()


async def test_a_sent_mail_reaches_the_relay_and_is_kept_as_sent(ann: Client, sink: Sink) -> None:
    """To, Cc and Bcc get it, without the Bcc; what is kept says who had it, too (reference 11.10)."""
    told = await ann.post("/message/send.json", message=MAIL, labels=["inbox"], state=["starred"])
    assert told == {"status": "unseen", "doc_id": 1, "thread_id": 1}
    taken = sink.only()
    assert taken.sender == "ann@example.org"
    assert sorted(taken.recipients) == ["bob@b.com", "carol@c.com", "dave@d.com"]
    assert b"dave@d.com" not in taken.raw
    message = await ann.get("/message/1.json")
    assert set(message["state"]) == {"sent", "starred"}
    assert set(message["labels"]) == {"inbox", "sent", "starred"}
    assert message["bcc"] == ["<dave@d.com>"]
    assert await ann.found("~sent") == [1]
    assert (await ann.http.get("/message/1/raw")).content == MAIL


async def test_a_known_mail_is_not_sent_again(ann: Client, sink: Sink) -> None:
    """`seen`, and no ids, as in the original; an impatient second click sends nothing either."""
    twice = [ann.post("/message/send.json", message=MAIL) for _ in range(2)]
    first, second = sorted(await asyncio.gather(*twice), key=len)
    assert (first, second["status"]) == ({"status": "seen"}, "unseen")
    assert await ann.post("/message/send.json", message=MAIL) == {"status": "seen"}
    sink.only()


async def test_people_written_to_are_contacts(ann: Client, sink: Sink) -> None:
    """Everybody, the hidden ones too, whom the original missed (reference 2.7)."""
    await ann.post("/message/send.json", message=MAIL)
    for prefix in ("bob@", "carol@", "dave@"):
        found = (await ann.get("/contacts.json", prefix=prefix))["contacts"]
        assert [one["email"].partition("@")[0] + "@" for one in found] == [prefix]


async def test_a_mail_that_the_relay_refuses_is_not_kept(ann: Client, sink: Sink) -> None:
    """Told with status 200 and what the relay said; nothing is added, nothing is lost."""
    sink.answers["bob@b.com"] = "550 5.1.1 No such user"
    told = refused(await ann.form("/message/send.json", message=MAIL))
    assert told["code"] == "relay_failed"
    assert "No such user" in told["message"]
    assert sink.mails == []
    assert await ann.get("/size.json") == {"size": 0}
    sink.answers.clear()
    assert (await ann.post("/message/send.json", message=MAIL))["status"] == "unseen"


@pytest.mark.parametrize("path", ["/message/send.json", "/message/bounce.json"])
async def test_without_a_relay_that_is_said(store: Store, sink: Sink, path: str) -> None:
    """And nothing is stored: the client still has the mail."""
    place = Place(store)
    ann = await place.client("bo")
    told = refused(await ann.form(path, message=MAIL))
    assert told["code"] == "relay_missing"
    assert await ann.get("/size.json") == {"size": 0}
    await place.close()


async def test_a_mail_to_nobody_is_not_sent(ann: Client, sink: Sink) -> None:
    """Nor is one whose only recipient is no address."""
    for to in ("", "undisclosed-recipients:;"):
        told = refused(await ann.form("/message/send.json", message=letter("a@x", to=to)))
        assert told["code"] == "unfit"
    assert await ann.get("/size.json") == {"size": 0}


async def test_labels_are_looked_at_before_a_mail_is_sent(ann: Client, sink: Sink) -> None:
    """A mail that could not be kept afterwards does not go out."""
    refused(await ann.form("/message/send.json", message=MAIL, labels=["a:b"]))
    refused(await ann.form("/message/send.json", message=MAIL, labels=[f"l{n}" for n in range(101)]), 413)
    assert sink.mails == []


async def test_a_bounced_mail_goes_where_it_is_forced_to_and_is_not_kept(ann: Client, sink: Sink) -> None:
    """Recipients in its headers are ignored then (reference 1.5)."""
    forced = ["new@n.org", "old@o.org"]
    assert await ann.post("/message/bounce.json", message=MAIL, force_recipients=forced) == {}
    assert sink.only().recipients == forced
    assert await ann.get("/size.json") == {"size": 0}


async def test_a_bounced_mail_goes_to_those_it_names(ann: Client, sink: Sink) -> None:
    """And a known mail may be bounced."""
    await ann.add(MAIL)
    assert await ann.post("/message/bounce.json", message=MAIL) == {}
    assert sorted(sink.only().recipients) == ["bob@b.com", "carol@c.com", "dave@d.com"]


async def test_a_forced_recipient_is_an_address(ann: Client, sink: Sink) -> None:
    """Nobody adds commands to the conversation with the relay."""
    for forced in (["x"], ["a@b.c>\r\nRCPT TO:<d@e.f"]):
        refused(await ann.form("/message/bounce.json", message=MAIL, force_recipients=forced))
    assert sink.mails == []


async def test_a_mail_without_a_sender_goes_out_as_the_accounts(ann: Client, sink: Sink) -> None:
    """Any other sender is the relay's to judge: it knows whose addresses are whose."""
    await ann.post("/message/bounce.json", message=b"To: bob@b.com\nSubject: x\n\nx\n")
    assert sink.only().sender == "ann@example.org"


async def test_the_relays_own_sender_goes_before(store: Store, sink: Sink) -> None:
    """`relay.sender` of the configuration."""
    port: int = sink.port  # type: ignore[attr-defined]
    relay = Relay(host="127.0.0.1", port=port, tls="none", sender="office@example.org")
    place = Place(store, msgspec.structs.replace(Config(), relay=relay))
    bo = await place.client("bo")
    await bo.post("/message/send.json", message=MAIL)
    assert sink.only().sender == "office@example.org"
    await place.close()
