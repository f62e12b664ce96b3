"""Reading in slices: nothing that reads a lot holds the event loop for longer than a blink."""

import asyncio
import time
from typing import Final

SLICE: Final = 0.0015
"""seconds of reading before others get the loop; with the statement that runs over it, below 2 ms"""


class Pace:
    """Gives the loop to others whenever a slice is used up."""

    __slots__ = ("_since",)

    def __init__(self) -> None:
        """Begin the first slice now."""
        self._since = time.perf_counter()

    async def rest(self) -> None:
        """Let others run if the slice is used up; to be called between statements."""
        if time.perf_counter() - self._since > SLICE:
            await asyncio.sleep(0)
            self._since = time.perf_counter()
