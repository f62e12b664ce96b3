"""Mails as the log keeps them: what one says of itself, its states, and the words it is found by."""

from typing import Any, Final

import msgspec

from syncline.core.ids import Hash

MUTABLE: Final = ("starred", "unread", "deleted")
"""States of a mail that its owner changes (Heliotrope reference 2.4)."""

IMMUTABLE: Final = ("attachment", "signed", "encrypted", "draft", "sent")
"""States that a mail has from the start and keeps."""

STATES: Final = frozenset(MUTABLE + IMMUTABLE)
"""No label may have one of these names: as labels they are derived from the mails of a thread."""

INBOX: Final = "inbox"
"""The label by which a thread is shown in the chat protocols, too."""


class Address(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One sender or recipient. `name` is "" where the mail gives none; `mail` may be no address at all."""

    name: str
    mail: str

    def __str__(self) -> str:
        """`Name <mail>`, without a name `<mail>`; a name with quotes is quoted, one with a comma is not
        (Heliotrope reference 1.1)."""
        if not self.name:
            return f"<{self.mail}>"
        if '"' in self.name:
            escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}" <{self.mail}>'
        return f"{self.name} <{self.mail}>"


class Words(msgspec.Struct, frozen=True, gc=False):
    """The texts of a mail by search column: cut into words and joined by blanks, or (strict) as they stand.

    `body` is what a word without a field is looked for in: sender, recipients, subject, text, file names
    and the text of attachments, with `core.words.GAP` between, which no phrase reaches over.
    """

    sender: str = ""
    recipients: str = ""
    """To, Cc and Bcc: what `to:` looks in"""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    body: str = ""
    files: str = ""
    lists: str = ""
    """List-Id and List-Post"""
    ids: str = ""
    """the Message-ID"""


class ReadMail(msgspec.Struct, frozen=True, omit_defaults=True):
    """A raw mail after it was read: everything that its entry will say, and its words.

    `message_id` has no brackets; a mail without one gets one made of its bytes. `refs` are the ids that it
    answers to as Heliotrope's reference 2.5 orders them (References, then new ones of In-Reply-To), at
    most `core.threads.MOST_REFS`. `date` in ms, None where no header has a readable one. `states` are those
    of IMMUTABLE that the mail shows by itself. `automatic`: its sender is no person to write to
    (reference 2.7). `kept_raw`: nothing in it could be understood as a mail; its bytes are shown as text.
    """

    message_id: str
    hash: Hash
    size: int
    words: Words
    subject: str = ""
    date: int | None = None
    senders: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    refs: tuple[str, ...] = ()
    snippet: str = ""
    states: tuple[str, ...] = ()
    automatic: bool = False
    kept_raw: bool = False


class MailBody(msgspec.Struct, frozen=True, omit_defaults=True, rename={"senders": "from"}):
    """The body of a mail's entry.

    `no` is the mail's number in its account (1, 2, 3 … in order of arrival): Heliotrope's message id.
    `hash` names the raw mail in hex. `before` counts the raw bytes of all mails that came before it
    (Heliotrope's `loc`). `extra` is what a client stored with it.
    """

    no: int
    message_id: str
    hash: str
    size: int
    before: int = 0
    subject: str = ""
    senders: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    refs: tuple[str, ...] = ()
    snippet: str = ""
    states: tuple[str, ...] = ()
    automatic: bool = False
    kept_raw: bool = False
    extra: dict[str, Any] = {}

    @property
    def sender(self) -> str:
        """The first sender as it is shown, "" where the mail names none."""
        return str(self.senders[0]) if self.senders else ""


read_body: Final = msgspec.json.Decoder(MailBody).decode
"""The mail that an entry of EntryKind.MAIL says."""


class CopyBody(msgspec.Struct, frozen=True):
    """The body of an amendment by which another copy of a mail is kept: same Message-ID, other bytes."""

    hash: str
    size: int
