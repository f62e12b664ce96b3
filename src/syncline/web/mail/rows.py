"""Threads as lists show them."""

from typing import Final

import msgspec

from syncline.core.mail import INBOX, STATES
from syncline.services.search import ThreadInfo, typed
from syncline.services.search.language import Label
from syncline.web.mail.links import INBOXES, search_path, thread_path
from syncline.web.mail.people import Person, of_text
from syncline.web.mail.plain import subject_line, tame

PARTICIPANTS: Final = 3
"""Named in a row (Heliotrope reference 1.6)."""

FLAGS: Final = (
    ("attachment", "has an attachment", "clip"),
    ("signed", "signed", "seal"),
    ("encrypted", "encrypted", "lock"),
    ("draft", "draft", "pen"),
    ("sent", "sent", "plane"),
    ("deleted", "deleted", "bin"),
)
"""State, words, icon. Unread and starred are shown in ways of their own."""


class Flag(msgspec.Struct, frozen=True):
    """A state with its words and its icon."""

    words: str
    icon: str


class Chip(msgspec.Struct, frozen=True):
    """A label, and the search for it."""

    name: str
    path: str


class Participant(msgspec.Struct, frozen=True):
    """Somebody who wrote in a thread."""

    person: Person
    unread: bool


class Row(msgspec.Struct, frozen=True):
    """One thread in a list."""

    thread: int
    path: str
    subject: str
    participants: tuple[Participant, ...]
    others: int
    """participants that are not named"""
    size: int
    unread: bool
    starred: bool
    inbox: bool
    flags: tuple[Flag, ...]
    chips: tuple[Chip, ...]
    snippet: str
    at: int


def flags_of(state: tuple[str, ...]) -> tuple[Flag, ...]:
    """The states that are shown as icons."""
    return tuple(Flag(words, icon) for name, words, icon in FLAGS if name in state)


def chips_of(labels: tuple[str, ...], *, without: str | None = None) -> tuple[Chip, ...]:
    """The labels that somebody gave, sorted; `without` one that all threads of a list have."""
    own = (label for label in sorted(labels) if label not in STATES and label != without)
    return tuple(Chip(label, label_path(label)) for label in own)


def label_path(label: str) -> str:
    """The search for a label."""
    return search_path(typed(Label(label)))


def row(info: ThreadInfo, *, q: str, start: int) -> Row:
    """One thread as a list shows it that was asked for by `q`."""
    unread = set(info.unread_participants)
    named = info.participants[:PARTICIPANTS]
    return Row(
        thread=info.thread_id,
        path=thread_path(info.thread_id, q=q, start=start),
        subject=subject_line(info.subject),
        participants=tuple(Participant(of_text(one), one in unread) for one in named),
        others=len(info.participants) - len(named),
        size=info.size,
        unread="unread" in info.state,
        starred="starred" in info.state,
        inbox=INBOX in info.labels,
        flags=flags_of(info.state),
        chips=chips_of(info.labels, without=INBOX if q.strip() in INBOXES else None),
        snippet=tame(info.snippet),
        at=info.date,
    )
