"""Texts that take a while: those of mails and very long messages, made off the loop and kept."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from syncline.core.entries import Entry
from syncline.core.errors import Damaged, NotFound, Unavailable
from syncline.core.ids import Hash, Id
from syncline.core.kinds import EntryKind
from syncline.core.mail import read_body
from syncline.core.rooms.forms import Form, read_form
from syncline.gateways.mime.html_text import html_text
from syncline.gateways.mime.opening import HTML, open_mail
from syncline.gateways.mime.parsing import SMALL, Parsing
from syncline.protocols.fleep.markup import EMPTY, to_xml
from syncline.store.contract import Store

log = logging.getLogger(__name__)

LONGEST: Final = 20_000
"""Characters of a mail that chat clients are shown; they draw each message as a whole."""

KEPT: Final = 8 << 20
"""Characters kept of all mails together."""

UNREADABLE: Final = "This mail cannot be shown here: its text could not be read."

PLAIN: Final = "text/plain"

LONG: Final = 4_000
"""Bytes of a message whose markup may take more than a few ms of the loop."""

Key: TypeAlias = Hash | tuple[Id, bytes]
"""A mail's raw bytes, or a message in one of its forms."""


def is_long(entry: Entry) -> bool:
    """Whether its text is to be asked of `MailTexts`: a mail, or a very long message."""
    if entry.kind == EntryKind.MESSAGE:
        return len(entry.current) > LONG
    return entry.kind == EntryKind.MAIL


def text_of(form: Form) -> str:
    """What the writer of a message typed: `text`, in entries of protocols that have none `body`, else ""."""
    return next((found for key in ("text", "body") if isinstance(found := form.get(key), str)), "")


class MailTexts:
    """The texts of long entries. One for all readers: they depend on what was written alone."""

    def __init__(self, store: Store, parsing: Parsing, *, kept: int = KEPT) -> None:
        """Read mails of this store; keep about `kept` characters."""
        self._store = store
        self._parsing = parsing
        self._kept = kept
        self._size = 0
        self._texts: OrderedDict[Key, str] = OrderedDict()
        self._reading: dict[Key, asyncio.Future[str]] = {}

    async def text(self, entry: Entry) -> str:
        """The XML of a mail's or message's text; of a mail LONGEST characters, and a line that says so.

        An erased mail says nothing; one that cannot be read says so. Never raises for what stands in it.
        """
        if entry.kind == EntryKind.MESSAGE:
            said = text_of(read_form(entry.current))
            return await self._kept_or((entry.id, entry.current), asyncio.to_thread, to_xml, said)
        try:
            hash = Hash(bytes.fromhex(read_body(entry.body).hash))
        except ValueError:  # erased: its body names no mail (msgspec's errors are ValueErrors)
            return EMPTY
        return await self._kept_or(hash, self._mail, hash)

    async def _kept_or(self, key: Key, make: Callable[..., Awaitable[str | None]], *args: object) -> str:
        """The text that is kept under a key, or that is made now: once, however many ask."""
        known = self._texts.get(key)
        if known is not None:
            self._texts.move_to_end(key)
            return known
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.ensure_future(self._make(key, make, args))
            reading.add_done_callback(lambda _: self._reading.pop(key, None))
        # who waits may go away: the others, and the next who asks, still want it
        return await asyncio.shield(reading)

    async def _make(
        self, key: Key, make: Callable[..., Awaitable[str | None]], args: tuple[object, ...]
    ) -> str:
        text = await make(*args)
        if text is None:
            return to_xml(UNREADABLE)  # not kept: the next time it may go well
        self._texts[key] = text
        self._size += len(text)
        while self._size > self._kept and len(self._texts) > 1:
            _, oldest = self._texts.popitem(last=False)
            self._size -= len(oldest)
        return text

    async def _mail(self, hash: Hash) -> str | None:
        """The XML of a raw mail; None where it cannot be read."""
        try:
            raw = await self._store.blobs.get(hash)
            if len(raw) <= SMALL:
                return await asyncio.to_thread(mail_xml, raw)
            return await self._parsing.run(mail_xml, raw)
        except (NotFound, Damaged, Unavailable) as error:
            log.warning("the text of a mail cannot be shown: %s", error)
            return None


def mail_xml(raw: bytes) -> str:
    """The XML of what a mail itself says."""
    return to_xml(mail_text(raw), email=True)


def mail_text(raw: bytes, most: int = LONGEST) -> str:
    """What a mail itself says: its plain text, else its HTML as text, attachments left out.

    A longer one is cut, with a last line that says how much is missing. For threads and `Parsing.run`.
    """
    texts = []
    for leaf in open_mail(raw).leaves(PLAIN):
        if leaf.is_text and not leaf.is_attached:
            texts.append(html_text(leaf.text) if leaf.kind == HTML else leaf.text)
    text = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    if len(text) <= most:
        return text
    return f"{text[:most]}\n\n[{len(text) - most} more characters of this mail are not shown here.]"
