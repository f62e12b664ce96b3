"""What an import came to, in numbers and in a sentence."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from syncline.server.admin.shapes import Imported


class Glanced(msgspec.Struct, frozen=True):
    """What counting needs of a ReadMail."""

    message_id: str
    hash: bytes
    kept_raw: bool = False


class Glance(msgspec.Struct, frozen=True, array_like=True):
    """What counting needs of a Prepared."""

    mail: Glanced


read_glances: Final = msgspec.msgpack.Decoder(list[Glance]).decode
"""A worker's answer, as far as counting needs it."""


class Counts(msgspec.Struct):
    """What became of the mails: the four after `read` add up to it."""

    read: int = 0
    messages: int = 0
    copies: int = 0
    kept_raw: int = 0
    known: int = 0
    threads: int | None = None

    def add(self, took: "Imported") -> None:
        """Count what became of a batch."""
        self.messages += took.messages
        self.copies += took.copies
        self.kept_raw += took.kept_raw
        self.known += took.known

    def glance(self, glances: Sequence[Glance], known: Sequence[bool], seen: set[int]) -> None:
        """Count a batch that nobody takes in; `seen` remembers the Message-IDs."""
        for one, there in zip(glances, known, strict=True):
            name = hash(one.mail.message_id)
            if there:
                self.known += 1
            elif name in seen:
                self.copies += 1
            elif one.mail.kept_raw:
                self.kept_raw += 1
            else:
                self.messages += 1
            seen.add(name)

    def sentence(self, *, dry_run: bool) -> str:
        """The summary; what there is none of is left out, but for messages and copies."""
        parts = [some(self.messages, "message"), some(self.copies, "copy", "copies")]
        if self.kept_raw:
            parts.append(f"{self.kept_raw:,} kept raw, as they cannot be understood")
        if self.known:
            parts.append(f"{self.known:,} there already")
        text = f"{some(self.read, 'mail')} read: {', '.join(parts)}"
        if dry_run:
            return f"{text}. Nothing was written."
        return f"{text}; {some(self.threads, 'thread')}." if self.threads else f"{text}."


def some(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
