"""Reading a raw mail: what its entry says of it, and the words that it is found by."""

import hashlib
from collections.abc import Callable
from typing import Final

from syncline.core.ids import Hash
from syncline.core.mail import Address, ReadMail, Words
from syncline.core.words import GAP, words
from syncline.gateways.mime import addresses, ids, snippet, states, texts
from syncline.gateways.mime.dates import date
from syncline.gateways.mime.headers import Headers
from syncline.gateways.mime.structure import Part, tree

BETWEEN: Final = f" {GAP} "


def read_mail(raw: bytes) -> ReadMail:
    """Read a mail; never raises: what cannot be understood is empty, and all of it `kept_raw`."""
    digest = hashlib.sha256(raw).digest()
    root = tree(raw)
    headers = root.headers
    own = ids.message_id(headers, digest)
    known = _People(headers)
    main = texts.main_text(root)
    return ReadMail(
        message_id=own,
        hash=Hash(digest),
        size=len(raw),
        words=_columns(root, own, known, main, words),
        subject=headers.get("subject") or "",
        date=date(headers),
        senders=known.senders,
        to=known.to,
        cc=known.cc,
        bcc=known.bcc,
        refs=ids.references(headers, own),
        snippet=next((short for text in main if (short := snippet.snippet(text))), ""),
        states=states.states(root, main),
        automatic=states.automatic(headers, known.senders),
        kept_raw=not len(headers),
    )


def texts_of(raw: bytes) -> Words:
    """The texts of a mail by column, uncut, for a search that compares letter by letter."""
    root = tree(raw)
    own = ids.message_id(root.headers, hashlib.sha256(raw).digest())
    return _columns(root, own, _People(root.headers), texts.main_text(root), _uncut)


def _uncut(text: str) -> str:
    """The text itself; GAP stays ours."""
    return text.replace(GAP, " ")


class _People:
    """Senders and recipients of a mail. Without From, Sender stands for it."""

    def __init__(self, headers: Headers) -> None:
        def named(name: str) -> tuple[Address, ...]:
            return addresses.addresses(headers.raws(name), headers.hint)

        self.senders = named("from") or named("sender")
        self.to = named("to")
        self.cc = named("cc")
        self.bcc = named("bcc")


def _columns(root: Part, own: str, known: _People, main: list[str], cut: Callable[[str], str]) -> Words:
    """The columns of Words, each text cut once; texts that no phrase may join have GAP between."""

    def people(some: tuple[Address, ...]) -> str:
        return BETWEEN.join(cut(f"{one.name} {one.mail}" if one.name else one.mail) for one in some)

    def joined(some: list[str]) -> str:
        return BETWEEN.join(made for text in some if (made := cut(text)))

    sender = people(known.senders)
    cc, bcc = people(known.cc), people(known.bcc)
    recipients = BETWEEN.join(column for column in (people(known.to), cc, bcc) if column)
    subject = cut(root.headers.get("subject") or "")
    files = joined([name for part in texts.every(root) if (name := part.filename)])
    lists = joined(root.headers.all("list-id") + root.headers.all("list-post"))
    said = joined(main)
    attached = joined(texts.attached_text(root))
    body = BETWEEN.join(column for column in (sender, recipients, subject, said, files, attached) if column)
    return Words(
        sender=sender,
        recipients=recipients,
        cc=cc,
        bcc=bcc,
        subject=subject,
        body=body,
        files=files,
        lists=lists,
        ids=cut(own),
    )
