"""What a thread's page says of the thread itself: its labels and states, and the acts that these allow."""

import msgspec

from syncline.core.mail import INBOX
from syncline.core.ranges import count
from syncline.services.mail import Thread
from syncline.web.mail.rows import Chip, chips_of


class Reading(msgspec.Struct, frozen=True):
    """The thread as a whole."""

    thread: int
    size: int
    unread: int
    starred: bool
    deleted: bool
    inbox: bool
    chips: tuple[Chip, ...]
    upto: int
    """the highest number of its mails: what is read now"""


def reading_of(thread: Thread) -> Reading:
    """The thread as its buttons need it."""
    marks = thread.marks
    return Reading(
        thread.id,
        len(thread.mails),
        count(marks.unread),
        bool(marks.starred),
        count(marks.deleted) >= len(thread.mails) > 0,
        INBOX in thread.labels,
        chips_of(thread.labels),
        max(thread.mails, default=0),
    )
