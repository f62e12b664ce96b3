"""Posting to the address that somebody gave a hook, through the guarded client."""

from syncline.core.errors import Unavailable
from syncline.gateways.http.outgoing import Outgoing


class Refused(Unavailable):
    """The other server answered, but did not take what was posted."""

    code = "hook_refused"


class HookPosting:
    """Carries bodies to addresses; what is answered beside the status is not read."""

    def __init__(self, outgoing: Outgoing) -> None:
        """Ask through this client."""
        self._outgoing = outgoing

    async def post(self, url: str, content: bytes) -> None:
        """Post JSON; raises Invalid (no address), Blocked, TooLarge, Unreachable, Refused (no status 2xx)."""
        answer = await self._outgoing.client().fetch(
            url,
            method="POST",
            headers={"Content-Type": "application/json"},
            content=content,
            types=(),
        )
        if not 200 <= answer.status < 300:
            raise Refused(f"The address answered with status {answer.status}.")
