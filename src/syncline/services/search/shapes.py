"""What a search answers."""

from enum import StrEnum

import msgspec

from syncline.core.ids import ZoneId


class Order(StrEnum):
    """In which order threads are listed."""

    ARRIVAL = "arrival"
    """a thread stands where the newest added of its matching mails stands, newest first (Heliotrope)"""
    DATE = "date"
    """by the date of its newest mail, newest first"""


class ThreadInfo(msgspec.Struct, frozen=True, array_like=True):
    """A thread as it stands in a list of results (Heliotrope reference 2.3).

    `date` in ms. People are written `Name <mail>`, those of `participants` in the order of the thread, each
    once. `labels` are the owner's labels and the states; `snippet` is that of the first unread mail.
    """

    conv: ZoneId
    thread_id: int
    subject: str
    date: int
    participants: tuple[str, ...]
    direct_recipients: tuple[str, ...]
    indirect_recipients: tuple[str, ...]
    size: int
    state: tuple[str, ...]
    labels: tuple[str, ...]
    snippet: str
    unread_participants: tuple[str, ...]


class LabelCount(msgspec.Struct, frozen=True):
    """A label in use: how many threads have it, and how many of them have something unread."""

    label: str
    threads: int
    unread: int


class ContactFound(msgspec.Struct, frozen=True):
    """Somebody in the address book. `name` is "" where no mail told one."""

    name: str
    mail: str
