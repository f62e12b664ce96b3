"""A server in a process of its own, for clients that know but its address; killed and started again."""

import os
import signal
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Final

from tests.protocols.fleep.place import PASSWORD, Place

from syncline.store.sqlite import open_store

SETTINGS: Final = {"SYNCLINE_SERVER_RATE_LIMITS": "false", "SYNCLINE_FLEEP_SEND_RATE": "0"}


class Running:
    """One data directory, served at one address over any number of lives."""

    def __init__(self, directory: Path) -> None:
        """Serve this directory; nothing runs yet."""
        self.directory = directory
        self.port = 0
        self._process: Popen[bytes] | None = None

    async def people(self, *names: str) -> None:
        """Accounts with the password of `place`, made before the server runs."""
        place = Place(await open_store(self.directory))
        for name in names:
            await place.user(name, password=PASSWORD)
        await place.close()
        await place.store.close()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, at the same port as before, and wait until it answers."""
        command = [sys.executable, "-m", "syncline", "serve", "--port", str(self.port)]
        ours = {name: value for name, value in os.environ.items() if not name.startswith("SYNCLINE_")}
        self._process = Popen(
            [*command, "--data", str(self.directory)], stdout=PIPE, stderr=DEVNULL, env={**ours, **SETTINGS}
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        address = next(word for word in line.split() if word.startswith("http"))
        self.port = int(address.rstrip("/").rpartition(":")[2])

    def kill(self) -> None:
        """Let it die without a chance to say anything."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None
