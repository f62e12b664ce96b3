"""Names and pictures of members: when a profile changes, its conversations' facts follow, silently."""

import asyncio
from typing import Any, Final

import msgspec

from syncline.core.entries import NewEntry
from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Why
from syncline.core.rooms import facts as names
from syncline.core.rooms.rules import Membership
from syncline.services.people import Profile, profile_object, read_profile
from syncline.services.timers import set_timer
from syncline.store.contract import Store, Tx, Work

SLICE: Final = 16
"""Grants looked at in one work, which holds the loop while it runs."""

RENAME: Final = "conversations.rename"
"""The timer that goes on with what a crash cut off."""

AFTER: Final = 60_000
"""Milliseconds until somebody looks whether a chain of works came to its end."""


async def rename(store: Store, person: Id) -> None:
    """Bring a person's name and picture to the conversations that it is a member of: a chain of works.

    Ended by a crash, a timer goes on with it. Costs the number of its grants.
    """

    async def begin(tx: Tx) -> Seq | None:
        after = await rename_some(tx, person, START)
        if after is not None:
            _later(tx, person, after)
        return after

    after = (await store.write(begin)).value
    while after is not None:
        await asyncio.sleep(0)
        after = (await store.write(_slice(person, after))).value


async def rename_some(tx: Tx, person: Id, after: Seq) -> Seq | None:
    """Rename in the next conversations; returns where to go on, None at the end."""
    found = await profile_object(tx, person)
    if found is None:
        return None
    profile = read_profile(found)
    grants = await tx.grants(person, after=after, limit=SLICE)
    for conv in dict.fromkeys(one.zone for one in grants if one.alive and one.why == Why.MEMBER):
        await _rename_in(tx, conv, profile)
    return grants[-1].given if len(grants) == SLICE else None


async def rename_due(tx: Tx, body: bytes) -> None:
    """Go on with a chain (the timer's act): what was renamed already costs a look only."""
    due = msgspec.json.decode(body, type=dict[str, int])
    person = Id(due["person"])
    after = await rename_some(tx, person, Seq(due["after"]))
    if after is not None:
        _later(tx, person, after, tx.now)


async def _rename_in(tx: Tx, conv: ZoneId, profile: Profile) -> None:
    fact = await tx.fact(conv, names.MEMBER, names.person_name(profile.person))
    known: dict[str, Any] = {} if fact is None else msgspec.json.decode(fact.content)
    if known.get("membership") != Membership.JOIN:
        return
    after = {**known, "displayname": profile.name}
    after.pop("avatar", None)
    if profile.avatar:
        after["avatar"] = profile.avatar
    if after == known:
        return
    body = {"act": "rename", "persons": [profile.person]}
    entry = NewEntry(
        conv, EntryKind.MEMBER, profile.person, msgspec.json.encode(body), silent=True, bumps=False
    )
    await tx.add(entry, [names.fact(names.MEMBER, after, names.person_name(profile.person))])


def _slice(person: Id, after: Seq) -> Work[Seq | None]:
    return lambda tx: rename_some(tx, person, after)


def _later(tx: Tx, person: Id, after: Seq, due: int | None = None) -> None:
    when = tx.now + AFTER if due is None else due
    set_timer(tx, when, RENAME, {"person": person, "after": after}, account=person)
