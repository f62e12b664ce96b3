"""Which zones an account has, and since when as it has them now."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from syncline.core.entries import Entry, Fact
from syncline.core.ids import Id, Seq
from syncline.core.kinds import EntryKind
from syncline.core.zones import Grant, Zone, ranges
from syncline.services.conversations.visibility import Sight, as_seen
from syncline.store.contract import View

_PLAIN = frozenset({EntryKind.MESSAGE, EntryKind.MAIL})


class Had(NamedTuple):
    """A zone that an account has.

    `entered` is the seq at which its readers are told: the newest `given` of its alive grants, or a floor
    raised later. A cursor before it gets the zone whole, so granting a zone again, or wider, shows it anew.
    """

    sight: Sight
    entered: Seq

    @property
    def zone(self) -> Zone:
        """The zone."""
        return self.sight.zone

    @property
    def open(self) -> bool:
        """Whether what is added now is shown: entries, objects, state."""
        return self.sight.present


def had(zone: Zone, grants: Sequence[Grant]) -> Had | None:
    """A zone as one account's grants show it; None if none of them is alive."""
    given = max((grant.given for grant in grants if grant.alive), default=None)
    if given is None:
        return None
    return Had(Sight(zone, tuple(grants)), max(given, zone.floor))


async def have(view: View, account: Id, zones: Iterable[Zone]) -> list[Had]:
    """Those of these zones that an account has."""
    found = []
    for zone in zones:
        one = had(zone, await view.grants(account, zone=zone.id))
        if one is not None:
            found.append(one)
    return found


async def shown(view: View, one: Had, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries as the account may know them; those outside its ranges are left out."""
    seen = [await as_seen(view, one.sight, entry) for entry in entries]
    return tuple(entry for entry in seen if entry is not None)


async def targets(view: View, one: Had, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The visible targets of the amendments among these (shown) entries, as the account may know them."""
    known = {entry.id: entry for entry in entries}
    wanted = {entry.target: None for entry in entries if entry.target is not None}
    missing = [id for id in wanted if id not in known]
    found = await shown(view, one, await view.entries_by_id(missing)) if missing else ()
    known.update((entry.id, entry) for entry in found)
    return tuple(known[id] for id in wanted if id in known)


async def facts_between(
    view: View, one: Had, entries: Sequence[Entry], after: Seq, until: Seq
) -> tuple[Fact, ...]:
    """The facts that these entries set between two seqs and that are still current."""
    # plain messages set no facts, and they are nearly all that there is
    if not one.open or all(entry.kind in _PLAIN for entry in entries):
        return ()
    changes = await view.state_changes(one.zone.id, after, until)
    return tuple(fact for fact in changes if fact.until is None)


async def state_of(view: View, one: Had) -> tuple[Fact, ...]:
    """The state that an account sees: of now, or where its grants ended; none for an empty range."""
    if one.open:
        return tuple(await view.state(one.zone.id))
    # not clipped by the floor: what was forgotten are entries, what they had set still holds
    newest = max((last for _, last in ranges(one.sight.grants) if last is not None), default=None)
    return () if newest is None else tuple(await view.state(one.zone.id, at=newest))
