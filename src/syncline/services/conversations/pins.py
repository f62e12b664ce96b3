"""The pinboard as one account sees it."""

from collections.abc import Sequence

import msgspec

from syncline.core.entries import Entry, Fact
from syncline.core.ids import Id
from syncline.core.rooms import facts as names
from syncline.services.conversations.visibility import Sight, as_seen
from syncline.store.contract import View


async def pinned_ids(view: View, seen: Sight) -> Sequence[Id]:
    """The entries pinned now, or when the account left, the newest entry first."""
    fact: Fact | None
    if seen.present:
        fact = await view.fact(seen.zone.id, names.PINNED, "")
    else:
        until = max((last for _, last in seen.ranges() if last is not None), default=None)
        known = await view.state(seen.zone.id, at=until, types=(names.PINNED,))
        fact = next((one for one in known if not one.name), None)
    if fact is None:
        return ()
    pinned = msgspec.json.decode(fact.content).get("pinned", ())
    return sorted((Id(one) for one in pinned), reverse=True)  # ids rise with time


async def pins(view: View, seen: Sight, *, limit: int) -> list[Entry]:
    """The newest pins that the account sees, newest first, as it may know them; `limit` are looked at."""
    found = []
    for id in (await pinned_ids(view, seen))[:limit]:
        entry = await view.entry(id)
        shown = None if entry is None else await on_board(view, seen, entry)
        if shown is not None and shown.nr is not None:
            found.append(shown)
    return found


async def on_board(view: View, seen: Sight, entry: Entry) -> Entry | None:
    """A pin or task as the account sees it; None where it does not, or took it off its list."""
    return await as_seen(view, seen, entry, board=entry.seq >= seen.zone.floor)
