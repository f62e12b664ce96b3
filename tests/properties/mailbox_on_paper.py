"""A mailbox on paper, to hold the product to: sets of ids united one by one, and dictionaries."""

from collections.abc import Collection
from typing import NamedTuple

from syncline.core.mail import INBOX, MUTABLE, STATES
from syncline.services.mail import Incoming, Status


class PaperThread(NamedTuple):
    """A thread: the numbers of its mails, and the labels that its owner gave it."""

    mails: tuple[int, ...]
    labels: tuple[str, ...]


class Paper:
    """One account's mails: which there are, which are one thread, and what is noted about them."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.came: list[Incoming] = []
        """all mails by their numbers, the first is 1"""
        self.copies: dict[int, list[bytes]] = {}
        """the hashes of the bytes kept of each, the first came first"""
        self.states: dict[int, set[str]] = {}
        """mutable ones only"""
        self._groups: list[tuple[set[str], set[str]]] = []
        """ids that hang together, and labels"""

    def add(self, one: Incoming) -> tuple[Status, int]:
        """What must become of a mail: same bytes, a known id, or new."""
        hash = bytes(one.mail.hash)
        for no, hashes in self.copies.items():
            if hash in hashes:
                return Status.SAME, no
        for no, other in enumerate(self.came, start=1):
            if other.mail.message_id == one.mail.message_id:
                self.copies[no].append(hash)
                return Status.COPY, no
        named, labels = {one.mail.message_id, *one.mail.refs}, set(one.labels) - STATES
        touched = [group for group in self._groups if group[0] & named]
        self._groups = [group for group in self._groups if not group[0] & named]
        ids, united = (set().union(*parts) for parts in zip((named, labels), *touched, strict=True))
        self._groups.append((ids, united))
        self.came.append(one)
        no = len(self.came)
        self.copies[no] = [hash]
        self.states[no] = set(one.state).intersection(MUTABLE)
        return Status.NEW, no

    def of(self, no: int) -> Incoming:
        """The mail with a number."""
        return self.came[no - 1]

    def threads(self) -> list[PaperThread]:
        """All threads with a mail, by their first number."""
        return sorted(
            PaperThread(mails, tuple(sorted(labels)))
            for ids, labels in self._groups
            if (mails := self._numbers(ids))
        )

    def shown(self) -> list[list[bytes]]:
        """What chat protocols see: of each thread in the inbox, the hashes of all that is kept of it."""
        return sorted(
            sorted(hash for no in thread.mails for hash in self.copies[no])
            for thread in self.threads()
            if INBOX in thread.labels
        )

    def marked(self, thread: PaperThread, state: str) -> list[int]:
        """The mails of a thread with a mutable state."""
        return [no for no in thread.mails if state in self.states[no]]

    def known(self) -> set[str]:
        """The addresses of those who wrote, machines left out."""
        return {sender.mail for one in self.came if not one.mail.automatic for sender in one.mail.senders[:1]}

    def relabel(self, no: int, labels: Collection[str]) -> None:
        """Give the thread of a mail these labels and no others."""
        group = next(group for group in self._groups if no in self._numbers(group[0]))
        group[1].clear()
        group[1].update(set(labels) - STATES)

    def note(self, numbers: Collection[int], state: Collection[str]) -> None:
        """Give mails exactly these mutable states."""
        for no in numbers:
            self.states[no] = set(state).intersection(MUTABLE)

    def thread(self, no: int) -> PaperThread:
        """The thread of a mail."""
        return next(thread for thread in self.threads() if no in thread.mails)

    def _numbers(self, ids: set[str]) -> tuple[int, ...]:
        return tuple(no for no, one in enumerate(self.came, start=1) if one.mail.message_id in ids)
