"""Every route with ids filled in: what is tried on all of them cannot forget a new one."""

from collections.abc import Iterator
from typing import NamedTuple

from syncline.protocols.heliotrope.plugged import ROUTES


class Call(NamedTuple):
    """A method and a path."""

    method: str
    path: str

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method == "POST"


def calls(thread: object = 1, message: object = 1) -> Iterator[Call]:
    """All calls, about this thread and this message."""
    for route in ROUTES:
        id = thread if route.path.startswith("/thread/") else message
        path = route.path.replace("{id}", str(id)).replace("{part}", "0")
        yield from (Call(method, path) for method in route.methods)


CALLS = tuple(calls())
