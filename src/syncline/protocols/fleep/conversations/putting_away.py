"""Taking a conversation off one's list until more is said; and whether one may write in it."""

from typing import Final

from syncline.core.errors import NotMember
from syncline.protocols.fleep.conversations.changing import Change, change
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import Wrote, conv_sync, opened


async def hide(fleep: Fleep, call: Call) -> Reply:
    """Off the list until its next message."""
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(hide=of.last_nr))


async def unhide(fleep: Fleep, call: Call) -> Reply:
    """On the list again."""
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(hide=0))


async def delete(fleep: Fleep, call: Call) -> Reply:
    """Off the list with all that was said; it comes back with the next message, but not to who left."""
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(deleted=True))


async def check_permissions(fleep: Fleep, call: Call) -> Reply:
    """Whether the caller is a member: 430 for a conversation he does not have, 431 for one he left."""
    of = await opened(fleep, call)
    if not of.present:
        raise NotMember("You have left the conversation.")
    return await conv_sync(fleep, call, of.conv, Wrote())


CALLS: Final = (
    Spec("conversation/hide", hide, on_id=True),
    Spec("conversation/unhide", unhide, on_id=True),
    Spec("conversation/delete", delete, on_id=True),
    Spec("conversation/check_permissions", check_permissions, on_id=True, write=False),
)
