"""Sending: one entry, one read position (the author's), and a row for each who is mentioned."""

from typing import Final

from syncline.core.entries import NewEntry
from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.rooms import facts as names
from syncline.core.rooms.forms import deleted, parse_body, read_form
from syncline.core.rooms.permissions import check_send
from syncline.services.conversations.access import present
from syncline.services.conversations.answers import Answer, Request, once, origin
from syncline.services.conversations.mentions import index, mentioned
from syncline.services.conversations.reading import follow
from syncline.services.conversations.visibility import visible_entry
from syncline.store.contract import Tx

LARGEST_BODY: Final = 1 << 20
"""Bytes of a body. Fleep's web clients send up to 307,200 characters; Matrix has its own, smaller limit."""


async def send(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    body: bytes,
    *,
    kind: EntryKind = EntryKind.MESSAGE,
    type: str = names.MESSAGE,
    root: Id | None = None,
    alerts: bool = True,
    silent: bool = False,
    at: int | None = None,
    request: Request | None = None,
) -> Answer:
    """Add a message or mail; `body` is a JSON object in core form (core/rooms/forms.py).

    `type` is the Matrix type whose level counts, `root` the entry whose thread it belongs to. `silent` is
    for what people do not see: it takes no nr and does not alert. Raises NotFound, NotMember, Forbidden,
    Invalid, TooLarge.
    """

    async def act() -> Answer:
        if kind not in (EntryKind.MESSAGE, EntryKind.MAIL):
            raise Invalid("Only messages and mails are sent.", field="kind")
        content = parse_body(checked(body))
        persons = mentioned(content)
        zone, rules = await present(tx, account, conv)
        check_send(rules, account, type)
        if root is not None:
            await _check_root(tx, account, zone.id, root)
        entry = await tx.add(
            NewEntry(
                zone.id,
                kind,
                account,
                body,
                at=at,
                root=root,
                silent=silent,
                alerts=alerts and not silent,
                bumps=not silent,
                **origin(request),
            )
        )
        await index(tx, entry, persons)
        await follow(tx, account, entry, zone.alert_nr)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


def checked(body: bytes) -> bytes:
    """A body of a bearable size; raises TooLarge."""
    if len(body) > LARGEST_BODY:
        raise TooLarge(f"A message has at most {LARGEST_BODY} bytes.", field="body")
    return body


async def _check_root(tx: Tx, account: Id, conv: ZoneId, root: Id) -> None:
    entry = await visible_entry(tx, account, conv, id=root)
    if entry.kind == EntryKind.AMENDMENT or entry.root is not None:
        raise Invalid("A thread begins with an entry that is itself in no thread.", field="root")
    if deleted(read_form(entry.current)):
        raise NotFound("The entry that this thread begins with was deleted.", field="root")
