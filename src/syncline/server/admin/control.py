"""What the admin routes need beside the services: the directory, the addresses, and the way to stop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from syncline.server.stopping import Stopping


def _nothing() -> None:
    """Stopping a command that works alone is its own end."""


class Control(msgspec.Struct, frozen=True):
    """The process around the services. `services` is the assembly's Services."""

    services: Any
    directory: Path
    public_url: str
    """without a slash at its end"""
    stopping: Stopping = msgspec.field(default_factory=Stopping)
    stop: Callable[[], None] = _nothing
