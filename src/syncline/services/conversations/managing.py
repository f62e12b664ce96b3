"""Who manages a conversation: its admins alone, or all members as peers (Fleep's `is_managed`, `admins`)."""

from collections.abc import Collection
from typing import Any

import msgspec

from syncline.core.errors import Forbidden, NotMember
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms import facts as names
from syncline.core.rooms.levels import ADMIN
from syncline.core.rooms.presets import governed
from syncline.services.conversations.access import present
from syncline.services.conversations.answers import Answer, Request
from syncline.services.conversations.facts import set_fact
from syncline.store.contract import Tx


async def manage(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    *,
    managed: bool | None = None,
    add: Collection[Id] = (),
    remove: Collection[Id] = (),
    request: Request | None = None,
) -> Answer:
    """Let admins alone change members and name, or everybody again; make members admins, or none any more.

    A silent entry, none where it is so already. Only who has the level to change levels may (Forbidden).
    """
    zone, rules = await present(tx, account, conv, *add)
    for person in add:
        if not rules.joined(person):
            raise NotMember("Only members can be admins.", field="admins")
    fact = await tx.fact(zone.id, names.POWER_LEVELS, "")
    if fact is None:
        raise Forbidden("This conversation has no admins.")
    before: dict[str, Any] = msgspec.json.decode(fact.content)
    after = before if managed is None else governed(before, managed=managed)
    users = dict(after.get("users", {}))
    users |= {names.person_name(person): ADMIN for person in add}
    for person in remove:
        users.pop(names.person_name(person), None)
    content = msgspec.json.encode({**after, "users": users})
    return await set_fact(tx, account, zone.id, names.POWER_LEVELS, content, request=request)
