"""The newest seq that an account may see."""

from typing import Final

from syncline.core.ids import Id, Seq
from syncline.services.sync.pace import Pace
from syncline.services.sync.profiles import known_profiles
from syncline.services.sync.sights import have
from syncline.services.sync.snapshot import own_zone
from syncline.store.contract import View

FIRST: Final = 16
"""Zones looked at first, those with the newest heads: nearly always the first of them is the answer."""


async def newest_visible(view: View, account: Id) -> Seq:
    """The newest seq that an account may see, or one of its own zone's hidden changes if that is newer.

    Looks at its zones from the newest head on, as long as one may tell something newer. Asked once, when an
    account appears, and then kept by delivery.
    """
    own = found = (await own_zone(view, account)).head
    pace = Pace()
    looked, limit = 0, FIRST
    while True:
        zones = await view.changed_zones(account, own, limit=limit, newest=True)
        for zone in zones[looked:]:
            if zone.head <= found:
                break
            # of a closed range others may go on writing behind it
            for one in await have(view, account, [zone]):
                found = max(found, one.zone.head if one.open else one.entered)
            await pace.rest()
        if len(zones) < limit or zones[-1].head <= found:
            break
        looked, limit = limit, limit * 4
    # profiles lie in the directory, which is no zone of its own
    profiles, _ = await known_profiles(view, account, found, None, None, pace)
    return profiles[-1].seq if profiles else found
