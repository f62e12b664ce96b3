"""Mails made for these tests: their raw bytes are JSON, so that no test here depends on reading MIME."""

import hashlib
from collections.abc import Iterable

import msgspec

from syncline.core.ids import Hash
from syncline.core.mail import Address, ReadMail, Words
from syncline.core.words import GAP, words

DAY = 86_400_000


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One mail as its writer sees it. People are `name mail` with a blank between, `at` is in ms."""

    id: str
    subject: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    text: str = ""
    files: str = ""
    lists: str = ""
    refs: tuple[str, ...] = ()
    at: int = 1_700_000_000_000
    states: tuple[str, ...] = ()
    automatic: bool = False
    whole: str | None = None
    """what is found without a field, where it is not all of the above"""

    @property
    def raw(self) -> bytes:
        """Its raw bytes."""
        return msgspec.json.encode(self)


def person(text: str) -> Address:
    """`Ana Ruiz ana@north.example` as name and address."""
    name, _, mail = text.rpartition(" ")
    return Address(name, mail)


def texts_of(raw: bytes) -> Words:
    """The texts of a letter as they stand."""
    letter = msgspec.json.decode(raw, type=Letter)
    people = [letter.sender, *letter.to, *letter.cc, *letter.bcc]
    return Words(
        sender=_spelled(letter.sender),
        recipients=_joined(map(_spelled, (*letter.to, *letter.cc, *letter.bcc))),
        cc=_joined(map(_spelled, letter.cc)),
        bcc=_joined(map(_spelled, letter.bcc)),
        subject=letter.subject,
        body=letter.whole
        if letter.whole is not None
        else _joined((*map(_spelled, people), letter.subject, letter.text, letter.files)),
        files=letter.files,
        lists=letter.lists,
        ids=letter.id,
    )


def read(raw: bytes) -> ReadMail:
    """A letter as a mail that was read."""
    letter = msgspec.json.decode(raw, type=Letter)
    texts = texts_of(raw)
    cut = {
        name: f" {GAP} ".join(map(words, text.split(GAP)))
        for name, text in msgspec.structs.asdict(texts).items()
    }
    return ReadMail(
        message_id=letter.id,
        hash=Hash(hashlib.sha256(raw).digest()),
        size=len(raw),
        words=Words(**cut),
        subject=letter.subject,
        date=letter.at,
        senders=(person(letter.sender),) if letter.sender else (),
        to=tuple(map(person, letter.to)),
        cc=tuple(map(person, letter.cc)),
        bcc=tuple(map(person, letter.bcc)),
        refs=letter.refs,
        snippet=letter.text[:100],
        states=letter.states,
        automatic=letter.automatic,
    )


def _spelled(text: str) -> str:
    """Name, address and local part, as the original indexes them."""
    if not text:
        return ""
    one = person(text)
    return f"{one.name} {one.mail} {one.mail.partition('@')[0]}"


def _cut(text: str) -> str:
    return f" {GAP} ".join(map(words, text.split(GAP)))


def _joined(texts: Iterable[str]) -> str:
    return f" {GAP} ".join(text for text in texts if text)
