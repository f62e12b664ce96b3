"""account/sync_conversations: conversations by their ids, or all of an account a page at a time."""

from collections.abc import Sequence
from typing import Final

from syncline.core.errors import NotFound, TooLarge
from syncline.core.ids import Id
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.labels import mode_of
from syncline.protocols.fleep.listing import cursor_text, label_by_id, label_by_name, page_of, place_of
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.records.label import label_id
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.init import init
from syncline.services.labels import Label
from syncline.services.sync.pace import Pace
from syncline.store.contract import View

MOST: Final = 1000
"""Conversations that one call may ask for by their ids."""


async def sync_conversations(fleep: Fleep, call: Call) -> Reply:
    """account/sync_conversations (reference 4.4): moves no horizon and writes nothing.

    With ids: those of them that the account has, others are left out. Without: a page, newest first, with
    `sync_cursor` while there is more; `label` or `label_id` (older clients) take those of a label only.
    """
    fields, account = call.fields, call.account
    mode, ids = mode_of(call), fields.texts("conversation_ids")
    async with fleep.store.view() as view:
        stream = Stream(fleep, view, account, fleep.base(call.scope))
        if ids is not None:
            await _by_ids(fleep, view, stream, ids, mode)
            return {"stream": stream.records}
        of = await _label(fleep, view, call)
        list_id = fleep.names.person(account) if of is None else label_id(fleep.names, of)
        after = place_of(fleep.names, list_id, fields.raw("sync_cursor"))
        page = await page_of(fleep, view, account, of, after=after)
        for overview in page.convs:
            await init(stream, overview, mode)
    reply: dict[str, object] = {"stream": stream.records}
    if page.more and page.last is not None:
        reply["sync_cursor"] = cursor_text(fleep.names, list_id, page.last, page.at)
    return reply


async def _by_ids(fleep: Fleep, view: View, stream: Stream, ids: Sequence[str], mode: Init) -> None:
    if len(ids) > MOST:
        raise TooLarge(f"One call takes at most {MOST} conversation_ids.", field="conversation_ids")
    pace = Pace()
    seen: set[Id] = set()
    for text in ids:
        try:
            overview = await fleep.overviews.of(view, stream.account, fleep.names.conv_of(text))
        except NotFound:
            continue
        # an old id of a merged thread leads to the one that it became: sent once
        if overview.conv not in seen:
            seen.add(overview.conv)
            await init(stream, overview, mode)
        await pace.rest()


async def _label(fleep: Fleep, view: View, call: Call) -> Label | None:
    id, name = call.fields.text("label_id"), call.fields.text("label")
    if id:
        return await label_by_id(fleep.names, view, call.account, id)
    return await label_by_name(view, call.account, name) if name else None


CALLS: Final = (Spec("account/sync_conversations", sync_conversations, write=False),)
