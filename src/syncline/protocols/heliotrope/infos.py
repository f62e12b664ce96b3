"""A message in short, as bytes: what never changes is encoded once, the rest is put in for each answer."""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.mail import IMMUTABLE, MUTABLE, MailBody
from syncline.protocols.heliotrope.shapes import Messageinfo, with_extra
from syncline.services.conversations.subscriptions import Marks

REMEMBERED: Final = 8 << 20
"""bytes of encoded messages kept in memory: some 20,000"""

FOR_ITSELF: Final = 1 << 16
"""bytes of one message from which on it is not kept: mails to thousands of people"""

_SLOTS: Final = ("state", "labels", "thread_id")


class Infos:
    """Messages in short. What a mail says of itself is remembered by its entry, which never changes."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._known: OrderedDict[Id, bytes] = OrderedDict()
        self._size = 0

    def encoded(
        self, entry: Entry, body: MailBody, state: tuple[str, ...], labels: bytes, thread: int
    ) -> bytes:
        """The message; `labels` encoded already, because a thread's messages share them."""
        return b'%b,"state":%b,"labels":%b,"thread_id":%d}' % (
            self._fixed(entry, body),
            _names(state),
            labels,
            thread,
        )

    def _fixed(self, entry: Entry, body: MailBody) -> bytes:
        known = self._known.get(entry.id)
        if known is not None:
            self._known.move_to_end(entry.id)
            return known
        info = msgspec.to_builtins(messageinfo(entry, body, (), (), 0))
        for slot in _SLOTS:
            del info[slot]
        fixed = with_extra(msgspec.json.encode(info), body.extra)[:-1]
        if len(fixed) < FOR_ITSELF:
            self._known[entry.id] = fixed
            self._size += len(fixed)
            while self._size > REMEMBERED:
                self._size -= len(self._known.popitem(last=False)[1])
        return fixed


def messageinfo(
    entry: Entry, body: MailBody, state: tuple[str, ...], labels: tuple[str, ...], thread: int
) -> Messageinfo:
    """A message in short."""
    return Messageinfo(
        subject=body.subject,
        date=entry.at // 1000,
        sender=body.sender,
        to=addresses(map(str, body.to)),
        cc=addresses(map(str, (*body.cc, *body.bcc))),
        has_attachment="attachment" in body.states,
        loc=body.before,
        state=state,
        labels=labels,
        thread_id=thread,
        snippet=body.snippet,
        message_id=body.no,
    )


def addresses(given: Iterable[str]) -> tuple[str, ...]:
    """Addresses without repetitions, in order."""
    return tuple(dict.fromkeys(given))


def shown_labels(own: Collection[str], marks: Marks, bodies: Iterable[MailBody]) -> tuple[str, ...]:
    """A thread's labels: its own, and all states that any of its mails has."""
    states = {name for name in MUTABLE if getattr(marks, name)}
    for body in bodies:
        states.update(body.states)
    return (*own, *(name for name in MUTABLE + IMMUTABLE if name in states))


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> bytes:
    return msgspec.json.encode(names)
