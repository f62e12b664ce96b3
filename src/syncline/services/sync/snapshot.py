"""The snapshot: all that an account may see at one moment, read without any cursor."""

from collections.abc import Collection

from syncline.core.deltas import Snapshot, ZoneDelta
from syncline.core.errors import NotFound
from syncline.core.ids import START, Id, ZoneId
from syncline.core.kinds import VISIBLE_OBJECT_KINDS, Kind
from syncline.core.zones import Zone
from syncline.services.sync.kinds import shown_kinds
from syncline.services.sync.profiles import profiles_of
from syncline.services.sync.sights import have
from syncline.services.sync.wholes import part_of
from syncline.store.contract import View


async def snapshot(view: View, account: Id, *, kinds: Collection[Kind] | None = None) -> Snapshot:
    """What a new reader comes to. Raises NotFound for somebody without an account zone.

    For tests and exports: it reads all that exists, while a delta costs what changed.
    """
    wanted = shown_kinds(kinds)
    own = await own_zone(view, account)
    alive = {grant.zone for grant in await view.grants(account) if grant.alive}
    zones = []
    for one in await have(view, account, await view.zones(sorted(alive))):
        part, _ = await part_of(view, one, wanted, after=START, until=view.head, limit=None)
        zones.append(part)
    of_objects = [kind for kind in VISIBLE_OBJECT_KINDS if kind in wanted]
    return Snapshot(
        head=view.head,
        own=ZoneDelta(own, objects=tuple(await view.objects(own.id, of_objects))),
        subscriptions=tuple(await view.subscriptions(account)) if Kind.SUBSCRIPTION in wanted else (),
        profiles=tuple(await profiles_of(view, account)) if Kind.PROFILE in wanted else (),
        zones=tuple(zones),
    )


async def own_zone(view: View, account: Id) -> Zone:
    """An account's own zone; raises NotFound if there is no such account."""
    zone = await view.zone(ZoneId(account))
    if zone is None:
        raise NotFound("There is no such account.")
    return zone
