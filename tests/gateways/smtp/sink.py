"""A relay on a free port of this machine that keeps what it is sent, and can be made to refuse."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from syncline.config.sections import Relay as Section
from syncline.config.values import Secret
from syncline.gateways.smtp.relay import Relay

MAIL = b"From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: Plan\r\n\r\nHello\r\n"


class Taken(NamedTuple):
    """A mail that the sink took."""

    sender: str
    recipients: list[str]
    raw: bytes
    options: list[str]


class Sink:
    """Takes everything; `answers` holds what it says instead, by command or by recipient."""

    def __init__(self) -> None:
        self.mails: list[Taken] = []
        self.answers: dict[str, str] = {}
        self.logins: list[tuple[bytes, bytes]] = []
        self.secured = 0
        self.greeted: list[str] = []
        self.lacks: tuple[str, ...] = ()

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted.append(hostname)
        assert server.transport is not None
        self.secured += server.transport.get_extra_info("ssl_object") is not None
        return [one for one in responses if not one[4:].startswith(self.lacks or ("?",))]

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            assert envelope.mail_from is not None
            assert isinstance(envelope.original_content, bytes)
            self.mails.append(
                Taken(envelope.mail_from, envelope.rcpt_tos, envelope.original_content, envelope.mail_options)
            )
        return answer

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        """The authenticator of the server."""
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"hunter2", handled=False)

    def only(self) -> Taken:
        """The one mail that came."""
        (mail,) = self.mails
        return mail


class LongLines(SMTP):
    """A server that takes lines of any length."""

    line_length_limit = 1 << 26


@asynccontextmanager
async def serving(
    sink: Sink, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """The sink on a free port, which is given."""
    options.setdefault("enable_SMTPUTF8", True)

    def server() -> SMTP:
        return LongLines(
            sink,
            hostname="relay.example",
            loop=asyncio.get_running_loop(),
            tls_context=starttls,
            authenticator=sink.login,
            **options,
        )

    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0, ssl=tls)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await listener.wait_closed()


def relay(
    port: int, *, times: tuple[float, float] = (5, 20), password: str | None = None, **options: Any
) -> Relay:
    """The relay as an operator would set it; without TLS if nothing else is said."""
    options.setdefault("host", "localhost" if options.get("tls") else "127.0.0.1")
    options.setdefault("tls", "none")
    if password is not None:
        options.update(username="ann", password=Secret(password))
    connect, everything = times
    return Relay(Section(port=port, **options), connect_timeout=connect, timeout=everything)


def certificate(folder: Path) -> Path:
    """A certificate for localhost and its key in one file, made by openssl."""
    made, chain = folder / "relay.pem", folder / "chain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    try:
        subprocess.run([*command, *names, "-keyout", made, "-out", chain], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not here to make a certificate")
    made.write_bytes(made.read_bytes() + chain.read_bytes())
    return made


def server_context(chain: Path) -> ssl.SSLContext:
    """TLS for the server's side."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


@asynccontextmanager
async def scripted(answers: Mapping[str, str | None] | None = None) -> AsyncIterator[int]:
    """A relay that answers by the book: to each verb, to `hello` (when called), to `.` (the end of a mail).

    "" says nothing at all, None breaks the connection off; what is not in the book is granted. Mails are
    thrown away as they come.
    """
    book = {"hello": "220 x", "DATA": "354 go on", "QUIT": "221 bye", **(answers or {})}
    running: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running[writer] = asyncio.current_task()
        verb = "hello"
        while True:
            answer = book.get(verb, "250 OK")
            if answer is None:
                break
            if answer:
                writer.write(answer.encode() + b"\r\n")
            if verb == "DATA" and answer.startswith("354"):
                seen = b""
                while not seen.endswith(b"\r\n.\r\n") and not reader.at_eof():
                    seen = seen[-5:] + await reader.read(1 << 16)
                verb = "."
                continue
            line = await reader.readline()
            if not line:
                break
            verb = line.split()[0].decode()
        writer.close()
        del running[writer]

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for writer, task in list(running.items()):
            writer.close()
            assert task is not None
            await task
        await listener.wait_closed()
