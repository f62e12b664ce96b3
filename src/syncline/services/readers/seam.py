"""The seam: what a projection and an automation must be, to follow the log."""

from typing import Protocol

from syncline.store.commit import Commit
from syncline.store.contract import Tx


class Projection(Protocol):
    """Makes something out of the log that can be thrown away and made again, with the same answers.

    A commit may come twice (after a crash, the last ones do): taking it again must change nothing. Commits
    from before a restart carry their changes only; whatever else it needs it looks up in the store.
    """

    async def clear(self) -> None:
        """Throw all of it away: the log comes again from its beginning."""

    async def take(self, commit: Commit) -> None:
        """Take in one commit, in log order. An exception: the same commit comes again later."""

    async def settle(self) -> None:
        """Make durable what was taken; the reader's cursor is saved after this."""


class Automation(Protocol):
    """Reads the log and writes back. Its cursor moves in the commit of its effect: nothing happens twice."""

    def wants(self, commit: Commit) -> bool:
        """Whether `react` would do anything; must be quick. What nobody wants costs no write."""

    async def react(self, tx: Tx, commit: Commit) -> None:
        """Do what follows from one commit: a pure work. An exception: the same commit comes again later."""
