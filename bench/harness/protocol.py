"""What a script needs of a protocol: requests as text, and what the answers say.

A script that asks the same question of several protocols takes them from `protocols`, and names them in its
rows. Requests are ready text, so that the load and the waiting clients send them without a library.
"""

import abc
from typing import ClassVar

from bench.harness.process import Server
from bench.harness.seed import WORDS, Member, Seeded
from bench.harness.wire import SLOT, answered


class Protocol(abc.ABC):
    """One protocol, spoken with a server on a seeded store. Places are text as they stand in an answer."""

    name: ClassVar[str]
    """as rows and the option --protocol say it"""
    beginning: ClassVar[str] = "0"
    """the place of a client that has nothing"""

    def __init__(self, found: Seeded) -> None:
        """Speak about what this seed holds."""
        self.found = found

    @abc.abstractmethod
    def poll(self, member: Member, place: str) -> str:
        """A request for what came after a place, that does not wait."""

    @abc.abstractmethod
    def waiting_poll(self, member: Member) -> str:
        """One that waits; its place is filled in by the waiting client."""

    @abc.abstractmethod
    def send(self, member: Member, conversation: int, name: str) -> str:
        """A request that sends one message of WORDS and `mark(name)`, repeat-safe by a slot in its id."""

    @abc.abstractmethod
    def place(self, answer: bytes) -> str:
        """The place that an answer leads to."""

    @abc.abstractmethod
    def news(self, answer: bytes) -> int:
        """How many new messages an answer tells."""

    def walk(self, member: Member, place: str) -> str:
        """As `poll`, for who walks through everything and wants it in few answers."""
        return self.poll(member, place)

    def caught_up(self, server: Server, member: Member) -> str:
        """Walk a client from nothing to now; returns its place."""
        place = self.beginning
        while True:
            then = self.place(answered(server.port, self.walk(member, place)))
            if then == place:
                return place
            place = then

    def post(self, server: Server, member: Member, conversation: int, name: str, number: int) -> bytes:
        """Send one message, outside the measurement; the answer's body."""
        text = self.send(member, conversation, name)
        return answered(server.port, text.replace(SLOT, f"{number:010d}"))


def mark(name: str) -> str:
    """What tells one message from all others, slot included."""
    return f"mark-{name}-{SLOT}"


def words(name: str) -> str:
    """The text of a message."""
    return f"{WORDS}{mark(name)}"
