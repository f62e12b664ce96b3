"""The newest seq that an account may see."""

from syncline.core.ids import START, Id, Seq
from syncline.services.sync.sights import have
from syncline.services.sync.snapshot import own_zone
from syncline.store.contract import View


async def newest_visible(view: View, account: Id) -> Seq:
    """The newest seq that an account may see, or one of its own zone's hidden changes if that is newer.

    Reads the heads of all its zones: asked once, when an account appears, and then kept by delivery.
    """
    newest = (await own_zone(view, account)).head
    zones = sorted(await view.changed_zones(account, START), key=lambda zone: zone.head, reverse=True)
    for zone in zones:
        if zone.head <= newest:
            break
        for one in await have(view, account, (zone,)):
            newest = Seq(max(newest, zone.head if one.open else one.entered))
    return newest
