"""Messages by their numbers, and what calls must not bring as long as there are no files."""

from syncline.core.entries import Entry
from syncline.core.errors import Missing, NotFound
from syncline.core.ids import Id, Nr, ZoneId
from syncline.core.kinds import EntryKind
from syncline.protocols.fleep.errors import NotAvailable
from syncline.protocols.fleep.later import FILES
from syncline.protocols.fleep.serving import Call
from syncline.services.conversations import visible_entry
from syncline.services.conversations.access import present
from syncline.store.contract import View

NO_MESSAGE = "Message not found."
"""Clients and their tests know this sentence (reference 1.3)."""


async def message_at(view: View, account: Id, conv: ZoneId, nr: int) -> Entry:
    """The message with a number, for a member; raises NotFound, NotMember for one who left."""
    await present(view, account, conv)
    try:
        entry = await visible_entry(view, account, conv, nr=Nr(nr), board=True) if nr > 0 else None
    except NotFound:
        entry = None
    if entry is None or entry.kind == EntryKind.AMENDMENT:
        raise NotFound(NO_MESSAGE, field="message_nr")
    return entry


def number_in(call: Call, *names: str) -> int:
    """A message's number, by the first of these names that is given; raises Missing."""
    for name in names:
        number = call.fields.number(name)
        if number is not None:
            return number
    raise Missing(f"{names[0]} is missing.", field=names[0])


def refuse_files(call: Call) -> None:
    """Raises NotAvailable where a call brings files, Invalid where it brings none in a wrong way."""
    if call.fields.texts("attachments"):
        raise NotAvailable(FILES)
    if call.fields.text("attachment_id"):
        raise NotAvailable(FILES)
