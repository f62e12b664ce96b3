"""Lists of what this server has none of, and checks of a client's version."""

from typing import Final

from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call, Reply, Spec


async def nothing(fleep: Fleep, call: Call) -> Reply:
    """A list with nothing in it."""
    return {"stream": []}


async def check(fleep: Fleep, call: Call) -> Reply:
    """client/check and upgrade: where to get a newer version, for a client that is told to."""
    options, version = fleep.options, call.fields.number("api_version", 0) or 0
    if options.upgrade_url is not None and version < options.min_api_version:
        return {"download_url": options.upgrade_url}
    return {}


CALLS: Final = (
    Spec("account/sync_teams", nothing, write=False),
    Spec("account/sync_reminders", nothing, write=False),
    Spec("account/smtp/list", nothing, write=False),
    Spec("client/check", check, open=True),
    Spec("client/upgrade", check, open=True),
)
