"""Disclosing: members show other members a part of the history that these could not see."""

from collections.abc import Sequence

import msgspec

from syncline.core.entries import NewEntry
from syncline.core.errors import Forbidden, NotMember
from syncline.core.ids import Id, Nr, ZoneId
from syncline.core.kinds import EntryKind
from syncline.services.conversations.access import present
from syncline.services.conversations.answers import Answer, Request, once, origin
from syncline.services.conversations.grants import show_past
from syncline.services.conversations.members import few
from syncline.services.conversations.reading import follow
from syncline.services.conversations.visibility import sight, visible_entry
from syncline.store.contract import Tx


async def disclose(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    persons: Sequence[Id],
    *,
    since: int = 1,
    request: Request | None = None,
) -> Answer:
    """Let members read from an nr on; needs the level to invite.

    Nobody can show what he cannot see: the part given is what the account itself sees from there on.
    """

    async def act() -> Answer:
        zone, known = await present(tx, account, conv, *few(persons))
        if known.level(account) < known.needs.invite:
            raise Forbidden("You may not disclose the history of this conversation.")
        for person in persons:
            if not known.joined(person):
                raise NotMember("History can be disclosed to members only.", field="persons")
        seen = await sight(tx, account, zone.id)
        if since > 1:
            await visible_entry(tx, account, conv, nr=Nr(since))
        body = {"act": "disclose", "persons": list(persons), "since": since}
        entry = await tx.add(
            NewEntry(zone.id, EntryKind.MEMBER, account, msgspec.json.encode(body), **origin(request))
        )
        await show_past(tx, seen, persons, entry, since=since, actor=account)
        await follow(tx, account, entry, zone.alert_nr)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)
