"""Setting facts: name, topic, picture, levels, rules. What people see takes a nr, all else is silent."""

from typing import Any

import msgspec

from syncline.core.entries import NewEntry, NewFact
from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.nesting import parse_object
from syncline.core.rooms import facts as names
from syncline.core.rooms.levels import check_change, parse_levels
from syncline.core.rooms.permissions import check_set
from syncline.core.rooms.rules import Rules
from syncline.services.conversations.access import present
from syncline.services.conversations.answers import Answer, Request, once, origin
from syncline.services.conversations.reading import follow
from syncline.services.conversations.send import checked
from syncline.store.contract import Tx, View

LONGEST_NAME = 255


async def set_fact(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    type: str,
    content: bytes,
    *,
    name: str = "",
    own_name: str = "",
    request: Request | None = None,
) -> Answer:
    """Set a fact; the same content again writes nothing and answers with the entry that set it.

    The entry's body is `{"type", "name", "content"}`. Memberships, the beginning and the pins have acts of
    their own: Forbidden, Invalid. `own_name`: see `check_set`. Raises NotFound, NotMember, Forbidden too.
    """

    async def act() -> Answer:
        found = parse_object(checked(content), "The content of a fact is a JSON object.", field="content")
        if not type or max(len(type.encode()), len(name.encode())) > LONGEST_NAME:
            raise Invalid(f"Type and name of a fact have at most {LONGEST_NAME} bytes.", field="type")
        zone, rules = await present(tx, account, conv)
        check_set(rules, account, type, name, own_name=own_name)
        if type == names.PINNED:
            raise Invalid("Pins are set by pinning and unpinning entries.", field="type")
        if type == names.POWER_LEVELS and name == "":
            _check_levels(rules, account, found)
        if type in (names.JOIN_RULES, names.HISTORY_VISIBILITY) and name == "":
            _check_word(type, found)
        known = await tx.fact(zone.id, type, name)
        if known is not None and msgspec.json.decode(known.content) == found:
            before = await tx.entry(known.entry)
            return Answer(zone.id, known.entry, None if before is None else before.nr)
        silent = type not in names.SHOWN or name != ""
        body = {"type": type, "name": name, "content": found}
        entry = await tx.add(
            NewEntry(
                zone.id,
                EntryKind.STATE,
                account,
                msgspec.json.encode(body),
                silent=silent,
                bumps=not silent,
                **origin(request),
            ),
            [NewFact(type, name, content)],
        )
        await follow(tx, account, entry, zone.alert_nr)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def set_name(tx: Tx, account: Id, conv: ZoneId, name: str, *, request: Request | None = None) -> Answer:
    """Name a conversation (Fleep's topic)."""
    content = msgspec.json.encode({"name": name})
    return await set_fact(tx, account, conv, names.NAME, content, request=request)


async def name_of(view: View, conv: ZoneId) -> str:
    """The name of a conversation, "" without one."""
    fact = await view.fact(conv, names.NAME, "")
    name = None if fact is None else msgspec.json.decode(fact.content).get("name")
    return name if isinstance(name, str) else ""


def _check_levels(rules: Rules, account: Id, content: dict[str, Any]) -> None:
    creators = rules.creators if rules.above else ()
    new = parse_levels(content)
    check_change(rules.needs, new, actor=account, level=rules.level(account), creators=creators)


def _check_word(type: str, content: dict[str, Any]) -> None:
    key = "join_rule" if type == names.JOIN_RULES else "history_visibility"
    if not isinstance(content.get(key), str):
        raise Invalid(f"{key} is a word.", field=key)
