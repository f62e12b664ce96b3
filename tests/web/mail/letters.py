"""Mails for tests, and a mailbox to put them in."""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec
from tests.web.conftest import Site

from syncline.services.mail import Added

DAY = "Fri, 20 Nov 2026 10:{minute:02}:00 +0000"

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A green PNG."""


class Part(msgspec.Struct, frozen=True):
    """A part of a mail: its header lines, and its bytes, which are sent as base64."""

    head: str
    data: bytes

    def lines(self) -> bytes:
        """The part as it stands in the mail."""
        return f"{self.head}\nContent-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(self.data)


def attached(name: str, type: str, data: bytes, *, cid: str | None = None) -> Part:
    """An attachment."""
    head = f'Content-Type: {type}; name="{name}"\nContent-Disposition: attachment; filename="{name}"'
    return Part(head + (f"\nContent-ID: <{cid}>" if cid else ""), data)


def letter(
    subject: str = "Hello",
    *,
    id: str = "one@example.org",
    sender: str = "Bo Ek <bo@example.org>",
    to: str = "Ann <ann@example.org>",
    refs: Sequence[str] = (),
    minute: int = 0,
    text: str | None = "Hello Ann",
    html: str | None = None,
    parts: Sequence[Part] = (),
    more: str = "",
) -> bytes:
    """A mail. With text and HTML they are alternatives."""
    head = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {DAY.format(minute=minute)}"]
    head += [f"Message-ID: <{id}>"] if id else []
    if refs:
        head.append("References: " + " ".join(f"<{one}>" for one in refs))
    top = "\n".join([*head, *([more] if more else []), "MIME-Version: 1.0", ""]).encode()
    bodies = []
    if text is not None:
        bodies.append(Part("Content-Type: text/plain; charset=utf-8", text.encode()))
    if html is not None:
        bodies.append(Part("Content-Type: text/html; charset=utf-8", html.encode()))
    if len(bodies) == 1 and not parts:
        return top + bodies[0].lines()
    inner = _joined("alternative", bodies) if len(bodies) > 1 else b"".join(one.lines() for one in bodies)
    if not parts:
        return top + inner
    return top + _mixed([inner, *(part.lines() for part in parts)])


def _joined(kind: str, parts: Sequence[Part]) -> bytes:
    inside = b"".join(b"--inner\n" + part.lines() for part in parts)
    return f"Content-Type: multipart/{kind}; boundary=inner\n\n".encode() + inside + b"--inner--\n"


def _mixed(parts: Sequence[bytes]) -> bytes:
    inside = b"".join(b"--outer\n" + part + b"\n" for part in parts if part)
    return b"Content-Type: multipart/mixed; boundary=outer\n\n" + inside + b"--outer--\n"


async def deliver(site: Site, raw: bytes, *labels: str, state: Sequence[str] = ("unread",)) -> Added:
    """Put a mail into Ann's mailbox: into the inbox, unless labels say otherwise."""
    return await deliver_to(site, site.account.id, raw, *labels, state=state)


async def deliver_to(
    site: Site, account: Any, raw: bytes, *labels: str, state: Sequence[str] = ("unread",)
) -> Added:
    """Put a mail into anybody's mailbox."""
    services = site.services
    mail = await services.parsing.read(raw)
    return await services.mails.add(account, mail, raw, labels=labels or ("inbox",), state=state)


async def conversation(site: Site, size: int, *, state: Sequence[str] = ("unread",)) -> Added:
    """A thread of this many mails, each an answer to the first."""
    first = await deliver(site, letter("Plans", id="m1@x", text="mail number 1"), state=state)
    for no in range(2, size + 1):
        raw = letter(
            "Re: Plans",
            id=f"m{no}@x",
            refs=["m1@x"],
            minute=no % 60,
            text=f"mail number {no}\n\n> quoted\n> quoted\n> quoted\n> quoted\n> quoted\n",
            sender=f"Person {no} <p{no}@example.org>",
        )
        await deliver(site, raw, state=state)
    return first
