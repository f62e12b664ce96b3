"""Sending means that the relay has the mail; everything else is said, and nobody gets half of it."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gateways.smtp.sink import MAIL, Sink, certificate, relay, scripted, server_context, serving
from tests.gateways.smtp.test_letters import normal

from syncline.config.sections import Relay as Section
from syncline.core.errors import Invalid, Missing, RelayFailed, RelayMissing
from syncline.gateways.smtp.letters import without_bcc
from syncline.gateways.smtp.relay import Relay


async def failure(by: Relay, raw: bytes = MAIL, to: tuple[str, ...] = ("bob@example.net",)) -> str:
    """What is said when a mail cannot be sent."""
    with pytest.raises(RelayFailed) as failed:
        await by.send(raw, sender="ann@example.org", recipients=to)
    assert failed.value.message.endswith((" Nothing was sent.", " may have been sent all the same."))
    assert by.failed == 1
    return failed.value.message


async def test_without_a_relay_nothing_is_sent_and_that_is_said() -> None:
    """It names the option to set."""
    by = Relay(Section())
    assert not by.configured
    with pytest.raises(RelayMissing, match=r"relay\.host"):
        await by.send(MAIL, sender="ann@example.org", recipients=["bob@example.net"])


async def test_a_mail_reaches_the_relay_with_its_sender_and_each_recipient_once() -> None:
    """The envelope is the caller's; the head is only text."""
    sink = Sink()
    async with serving(sink) as port:
        by = relay(port)
        assert by.configured
        await by.send(
            MAIL,
            sender="ann@example.org",
            recipients=["bob@example.net", "cid@example.net", "bob@example.net"],
        )
    assert sink.only()[:3] == ("ann@example.org", ["bob@example.net", "cid@example.net"], MAIL)
    assert (by.sent, by.failed) == (1, 0)
    assert sink.greeted == ["localhost"]


async def test_the_senders_address_can_be_set_for_all() -> None:
    """relay.sender, for relays that let nobody write in another's name."""
    sink = Sink()
    async with serving(sink) as port:
        await relay(port, sender="team@example.org").send(
            MAIL, sender="ann@example.org", recipients=["bob@example.net"]
        )
    assert sink.only().sender == "team@example.org"


@pytest.mark.parametrize("name", ["chat.example.org", "chat.example.org:8443", "[::1]:8080"])
async def test_the_relay_is_greeted_with_a_name_that_it_can_read(name: str) -> None:
    """EHLO takes no port."""
    sink = Sink()
    async with serving(sink) as port:
        by = Relay(Section(host="127.0.0.1", port=port, tls="none"), name=name)
        await by.send(MAIL, sender="ann@example.org", recipients=["bob@example.net"])
    assert sink.greeted == ["chat.example.org" if name.startswith("chat") else "localhost"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    raw=st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"Bcc: x@y.z", b"\xff", b"A: b", b"\0"]),
            max_size=30,
        ).map(b"".join),
    )
)
def test_any_bytes_arrive_at_a_real_server(raw: bytes) -> None:
    """Only line ends and Bcc differ: a signature stays good, and no body ends the mail early."""

    async def send() -> bytes:
        sink = Sink()
        async with serving(sink) as port:
            await relay(port).send(raw, sender="ann@example.org", recipients=["bob@example.net"])
        return sink.only().raw

    assert asyncio.run(send()) == normal(without_bcc(raw))


async def test_a_large_mail_arrives_and_holds_nobody_up() -> None:
    """12 MB go out in parts; between them everybody else is served."""
    raw = b"Subject: large\r\n\r\n" + (b"." * 71 + b"\r\n") * (12 << 20 >> 6)
    sink = Sink()
    gaps = [0.0]

    async def tick() -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(0)
            gaps.append(loop.time() - began)

    async with serving(sink, data_size_limit=None) as port:
        await relay(port).send(raw, sender="ann@example.org", recipients=["bob@example.net"])
    assert sink.only().raw == raw
    async with scripted() as port:
        ticking = asyncio.create_task(tick())
        await relay(port).send(raw, sender="ann@example.org", recipients=["bob@example.net"])
        ticking.cancel()
    assert sorted(gaps)[-5] < 0.05, "seconds that the loop was held"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_the_connection_is_secured_before_the_login(
    tls: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither mail nor password goes over the wire in the clear."""
    chain = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    sink = Sink()
    context = server_context(chain)
    secured: dict[str, Any] = (
        {"starttls": context, "auth_required": True} if tls == "starttls" else {"tls": context}
    )
    async with serving(sink, **secured, auth_require_tls=tls == "starttls") as port:
        await relay(port, tls=tls, password="hunter2").send(
            MAIL, sender="ann@example.org", recipients=["bob@example.net"]
        )
    assert sink.only().raw == MAIL
    assert sink.logins == [(b"ann", b"hunter2")]
    assert sink.secured == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(tls: str, tmp_path: Path) -> None:
    """Whoever sits between us and the relay must not get password and mails."""
    sink = Sink()
    context = server_context(certificate(tmp_path))
    async with serving(sink, **{tls: context}) as port:
        said = await failure(relay(port, tls=tls, password="hunter2"))
    assert "certificate of the relay localhost cannot be trusted: self-signed certificate" in said
    assert (sink.mails, sink.logins) == ([], [])


async def test_a_certificate_for_another_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is good, but not for the relay that was asked for."""
    chain = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    async with serving(Sink(), starttls=server_context(chain)) as port:
        said = await failure(relay(port, tls="starttls", host="127.0.0.1"))
    assert "IP address mismatch" in said


async def test_starttls_is_never_left_out() -> None:
    """Somebody in between can take the offer away: then nothing is sent, least of all the password."""
    sink = Sink()
    async with serving(sink, auth_require_tls=False) as port:
        said = await failure(relay(port, tls="starttls", password="hunter2"))
    assert "STARTTLS" in said
    assert (sink.mails, sink.logins) == ([], [])


async def test_tls_with_a_relay_that_speaks_none_is_told_as_that() -> None:
    """relay.tls is what has to be changed."""
    async with serving(Sink()) as port:
        assert "relay.tls" in await failure(relay(port, tls="tls"))


async def test_a_wrong_password_is_said_and_never_shown() -> None:
    """The relay's word on it, without the password in any form."""
    sink = Sink()
    async with serving(sink, auth_require_tls=False) as port:
        said = await failure(relay(port, password="wrong-Secret-7"))
    assert "refused the login: 535 5.7.8" in said
    assert "wrong-Secret" not in said
    assert sink.logins
    assert sink.mails == []


@pytest.mark.parametrize(
    ("place", "answer", "told"),
    [
        (
            "MAIL",
            "550 5.7.1 Not your address",
            "refused the sender ann@example.org: 550 5.7.1 Not your address.",
        ),
        ("MAIL", "451 4.3.0 Try later", "refused the sender ann@example.org: 451 4.3.0 Try later."),
        ("bob@example.net", "550 5.1.1 No such user.", "refused bob@example.net (550 5.1.1 No such user)."),
        ("bob@example.net", "450 4.2.1 Greylisted", "refused bob@example.net (450 4.2.1 Greylisted)."),
        ("DATA", "554 5.7.1 Spam", "refused the mail: 554 5.7.1 Spam."),
        ("DATA", "452 4.3.1 Disk full", "refused the mail: 452 4.3.1 Disk full."),
        ("DATA", "554 " + "long " * 90 + "\x1b[31m\u202e", "refused the mail: 554 long long"),
    ],
)
async def test_what_the_relay_refuses_is_told_in_its_own_words(place: str, answer: str, told: str) -> None:
    """4xx and 5xx: the person who wrote the mail knows what to do about it."""
    sink = Sink()
    sink.answers[place] = answer
    async with serving(sink) as port:
        said = await failure(relay(port))
    assert told in said
    assert said.endswith(" Nothing was sent.")
    assert said.isprintable()
    assert len(said) < 500
    assert sink.mails == []


async def test_if_one_recipient_is_refused_nobody_gets_the_mail() -> None:
    """Sent again without him, it reaches each of the others once; all that were refused are named."""
    sink = Sink()
    sink.answers |= {"cid@example.net": "550 Unknown", "dee@example.net": "450 Full"}
    async with serving(sink) as port:
        by = relay(port)
        said = await failure(by, to=("bob@example.net", "cid@example.net", "dee@example.net"))
        assert "refused cid@example.net (550 Unknown), dee@example.net (450 Full)." in said
        assert sink.mails == []
        await by.send(MAIL, sender="ann@example.org", recipients=["bob@example.net"])
    assert sink.only().recipients == ["bob@example.net"]


@pytest.mark.parametrize(
    "address",
    [
        "bob@example.net>\r\nRCPT TO:<eve@example.net",
        "bob@example.net\nDATA",
        "bob@example.net> SIZE=1",
        "<bob@example.net>",
        "bob@example.net\0",
        "bob@exam\u2028ple.net",
        '"a\r\nb"@example.net',
        "bob",
        "@example.net",
        "bob@",
        "a@b@c",
        "Bob <bob@example.net>",
        "bob@example.net,eve@example.net",
        "b\ud800@example.net",
        "b" * 400 + "@example.net",
        "",
    ],
)
async def test_no_address_becomes_a_command(address: str) -> None:
    """Addresses come out of mails that strangers wrote; what is none is refused before anybody is called."""
    by = relay(1)
    with pytest.raises(Invalid, match="is no e-mail address") as refused:
        await by.send(MAIL, sender="ann@example.org", recipients=["bob@example.net", address])
    assert refused.value.field == "recipients"
    assert refused.value.message.isprintable()
    with pytest.raises(Invalid) as refused:
        await by.send(MAIL, sender=address, recipients=["bob@example.net"])
    assert refused.value.field == "sender"


async def test_a_mail_to_nobody_is_not_sent() -> None:
    """Or a relay would say something less clear."""
    with pytest.raises(Missing):
        await relay(1).send(MAIL, sender="ann@example.org", recipients=[])


@pytest.mark.parametrize(
    "address",
    [
        '"ann lee"@example.net',
        "ann+tag@example.net",
        "o'neil@example.net",
        "a@[192.0.2.1]",
        "jörg@exämple.net",
    ],
)
async def test_odd_addresses_that_are_right_arrive_as_they_are(address: str) -> None:
    """Quoted names, address literals, letters beyond ASCII."""
    sink = Sink()
    async with serving(sink) as port:
        await relay(port).send(MAIL, sender="ann@example.org", recipients=[address])
    assert sink.only().recipients == [address]
    assert ("SMTPUTF8" in sink.only().options) == (not address.isascii())


@pytest.mark.parametrize(
    ("raw", "announced", "lacking"),
    [
        (MAIL, [], []),
        (MAIL + "é\r\n".encode(), ["BODY=8BITMIME"], ["8BITMIME"]),
        ("Subject: é\r\n\r\nx".encode(), ["BODY=8BITMIME", "SMTPUTF8"], ["8BITMIME", "SMTPUTF8"]),
        (b"Subject: \xe9\r\n\r\nx", ["BODY=8BITMIME"], ["8BITMIME"]),
    ],
)
async def test_what_a_mail_needs_is_announced_and_refused_where_the_relay_lacks_it(
    raw: bytes, announced: list[str], lacking: list[str]
) -> None:
    """Sent anyhow it would arrive broken, or not at all."""
    sink = Sink()
    async with serving(sink) as port:
        await relay(port).send(raw, sender="ann@example.org", recipients=["bob@example.net"])
        assert [one for one in sink.only().options if not one.startswith("SIZE=")] == announced
        for extension in lacking:
            sink.lacks = (extension,)
            said = await failure(relay(port), raw)
            assert extension in said
        sink.lacks = ("SIZE", *lacking)
        if not lacking:
            await relay(port).send(raw, sender="ann@example.org", recipients=["bob@example.net"])


async def test_a_mail_that_is_too_large_for_the_relay_is_not_sent() -> None:
    """It says so to SIZE, before the first byte goes out."""
    sink = Sink()
    async with serving(sink, data_size_limit=1000) as port:
        assert "552" in await failure(relay(port), MAIL + b"x" * 2000)


async def test_a_relay_that_is_not_there_is_told_as_that() -> None:
    """Nobody listens, and there is no such name."""
    async with scripted() as port:
        pass
    assert "cannot be reached" in await failure(relay(port))
    assert "cannot be reached" in await failure(relay(port, host="relay.invalid"))
    assert "cannot be reached" in await failure(relay(port, host="a..b"))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"hello": "421 4.3.2 Too busy"}, "takes no mail now: 421 4.3.2 Too busy."),
        ({"hello": "HTTP/1.1 400 Bad Request"}, "Malformed SMTP response line"),
        ({"hello": None}, "broke the connection off."),
        ({"EHLO": "500 What", "HELO": "500 What"}, "takes no mail now: 500 What."),
        ({"EHLO": None}, "broke the connection off."),
        ({"MAIL": None}, "broke the connection off."),
        ({"RCPT": None}, "broke the connection off."),
        ({"RCPT": "421 Closing"}, "421 Closing"),
        ({"DATA": None}, "broke the connection off."),
        ({"DATA": "554 No"}, "refused the mail: 554 No."),
        ({"DATA": "250 Well"}, "refused the mail: 250 Well."),
    ],
)
async def test_a_conversation_that_breaks_off_leaves_nothing_sent(
    answers: dict[str, str | None], told: str
) -> None:
    """The connection can end at every step."""
    async with scripted(answers) as port:
        said = await failure(relay(port))
    assert told in said
    assert said.endswith(" Nothing was sent.")


async def test_a_relay_may_refuse_a_mail_before_it_has_seen_all_of_it() -> None:
    """It stops reading then: what it said is told, not that the connection broke off."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in ("220 x", "250 x", "250 OK", "250 OK", "354 go on", "552 5.3.4 Too large"):
            writer.write(answer.encode() + b"\r\n")
            await (reader.read(1 << 16) if answer.startswith("354") else reader.readline())
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    said = await failure(relay(port), MAIL + b"x" * (20 << 20))
    assert "refused the mail: 552 5.3.4 Too large. Nothing was sent." in said
    listener.close()
    await listener.wait_closed()


@pytest.mark.parametrize("verb", ["hello", "EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_a_relay_that_says_nothing_is_not_waited_for_without_end(verb: str) -> None:
    """Ten seconds to greet us, a minute for all: the person is still there to be told."""
    times = (0.2, 60.0) if verb == "hello" else (10.0, 0.3)
    async with scripted({verb: ""}) as port, asyncio.timeout(5):
        said = await failure(relay(port, times=times))
    assert "did not answer in time." in said


@pytest.mark.parametrize("answer", ["", None])
async def test_nobody_is_told_that_nothing_was_sent_when_the_relay_held_the_mail(answer: str | None) -> None:
    """Sent once more, it could arrive twice: so it is said that it may have arrived."""
    async with scripted({".": answer}) as port:
        said = await failure(relay(port, times=(5, 0.5)))
    assert said.endswith("It had the whole mail by then, so the mail may have been sent all the same.")
    async with scripted({".": "554 5.6.0 No"}) as port:
        assert (await failure(relay(port))).endswith("Nothing was sent.")


@pytest.mark.parametrize("answer", ["", None, "500 What"])
async def test_a_mail_is_sent_however_the_relay_says_goodbye(
    answer: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has said that it has it."""
    monkeypatch.setattr("syncline.gateways.smtp.session.FAREWELL", 0.2)
    async with scripted({"QUIT": answer}) as port, asyncio.timeout(5):
        by = relay(port)
        await by.send(MAIL, sender="ann@example.org", recipients=["bob@example.net"])
    assert (by.sent, by.failed) == (1, 0)


async def test_a_relay_of_old_that_knows_no_ehlo_gets_plain_mails() -> None:
    """RFC 821 is enough for ASCII."""
    async with scripted({"EHLO": "502 What"}) as port:
        await relay(port).send(MAIL, sender="ann@example.org", recipients=["bob@example.net"])
        assert "8BITMIME" in await failure(relay(port), MAIL + b"\xff")


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2",
        base64.b64encode(b"\0ann\0hunter2").decode(),
        base64.b64encode(b"\0ann\0hunter2").decode()[:12],
        base64.b64encode(b"hunter2").decode(),
    ],
)
async def test_a_relay_that_repeats_the_login_does_not_make_us_repeat_it(secret: str) -> None:
    """Errors are shown to people, and logged."""
    answers = {"EHLO": "250-x\r\n250 AUTH PLAIN LOGIN", "AUTH": f"500 what is <AUTH PLAIN {secret}>?"}
    async with scripted(answers) as port:
        said = await failure(relay(port, password="hunter2"))
    assert "500 what is <AUTH PLAIN" in said
    assert secret not in said


async def test_a_cancelled_sending_closes_its_connection() -> None:
    """The client that asked for it has gone; nothing stays open behind it."""
    async with scripted({"MAIL": ""}) as port:
        sending = asyncio.create_task(
            relay(port).send(MAIL, sender="ann@example.org", recipients=["bob@example.net"])
        )
        await asyncio.sleep(0.2)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
