"""A mail opened for reading: its parts, decoded when asked for, and the headers that a reader is shown."""

from functools import cached_property
from typing import Final, NamedTuple

from syncline.core.mail import Address
from syncline.gateways.mime import texts
from syncline.gateways.mime.addresses import addresses
from syncline.gateways.mime.headers import Headers
from syncline.gateways.mime.structure import Part, tree

HTML: Final = "text/html"
"""The preference by which parts are numbered (Heliotrope reference 1.5)."""

RECIPIENT: Final = ("envelope-to", "x-original-to", "delivered-to")


class Leaf:
    """One part of a mail that is shown or given away; everything is decoded on first use."""

    def __init__(self, part: Part) -> None:
        """Show this leaf of the tree."""
        self._part = part

    @property
    def type(self) -> str:
        """The whole Content-Type, squeezed and in lower case, parameters included."""
        return self._part.type

    @property
    def kind(self) -> str:
        """The type alone, such as "text/plain"."""
        return self._part.kind

    @property
    def filename(self) -> str | None:
        """The name that the sender gave: not safe as a path, may hold anything but control characters."""
        return self._part.filename

    @property
    def cid(self) -> str | None:
        """The Content-ID without brackets, by which HTML names pictures."""
        found = (self._part.headers.get("content-id") or "").strip("<> \t")
        return found or None

    @property
    def is_text(self) -> bool:
        """Whether it is a text of any kind."""
        return self._part.kind.startswith("text/")

    @property
    def is_attached(self) -> bool:
        """Whether the sender meant it to be kept rather than read on."""
        return not texts.is_main(self._part)

    @cached_property
    def text(self) -> str:
        """What it says, in Unicode, lines ending in LF."""
        return texts.text(self._part)

    @property
    def data(self) -> bytes:
        """The decoded bytes."""
        return self._part.data

    @property
    def size(self) -> int:
        """The number of decoded bytes."""
        return len(self._part.data)


class OpenMail:
    """A mail's headers and parts. Reading it never raises."""

    def __init__(self, root: Part) -> None:
        """Show the mail of this tree."""
        self._root = root

    @property
    def headers(self) -> Headers:
        """All header fields, decoded by `get` and `all`; names in lower case."""
        return self._root.headers

    def leaves(self, prefer: str = HTML) -> tuple[Leaf, ...]:
        """The leaves in document order; of alternatives the preferred type's branch, else the first."""
        return tuple(Leaf(part) for part in texts.chosen(self._root, prefer))

    def people(self, name: str) -> tuple[Address, ...]:
        """The addresses of one header: "from", "to", "cc", "bcc", "reply-to", "resent-to" …"""
        return addresses(self.headers.raws(name), self.headers.hint)

    @property
    def reply_to(self) -> str:
        """Where answers should go, `Name <mail>`; "" where the mail does not say."""
        found = self.people("reply-to")
        return str(found[0]) if found else ""

    @property
    def recipient_email(self) -> str | None:
        """To whom the mail was handed over: Envelope-To, else X-Original-To, else Delivered-To."""
        return next((found for name in RECIPIENT if (found := self.headers.get(name)) is not None), None)

    @property
    def list_post(self) -> str | None:
        """List-Post as it stands, such as `<mailto:list@example.org>`."""
        return self.headers.get("list-post")

    @property
    def list_subscribe(self) -> str | None:
        """List-Subscribe as it stands."""
        return self.headers.get("list-subscribe")

    @property
    def list_unsubscribe(self) -> str | None:
        """List-Unsubscribe as it stands."""
        return self.headers.get("list-unsubscribe")


class Content(NamedTuple):
    """One leaf, decoded: what a worker process sends back."""

    kind: str
    filename: str | None
    data: bytes


def open_mail(raw: bytes) -> OpenMail:
    """Open a mail; never raises. One without a single header field is one leaf of text: all its bytes."""
    return OpenMail(tree(raw))


def content(raw: bytes, number: int, prefer: str = HTML) -> Content | None:
    """Leaf `number` (from 0) of a mail, or None where there is none; for `Parsing.run`."""
    leaves = open_mail(raw).leaves(prefer)
    if not 0 <= number < len(leaves):
        return None
    return Content(leaves[number].kind, leaves[number].filename, leaves[number].data)
