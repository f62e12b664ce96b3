"""Labels: making and changing them, their conversations, and giving them to conversations."""

from collections.abc import Sequence
from typing import Final

from syncline.core.errors import Missing, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.listing import (
    NO_LABEL,
    Position,
    cursor_text,
    label_by_id,
    label_by_name,
    page_of,
    place_of,
    seq_order,
)
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.records.label import Synced, label, label_id
from syncline.protocols.fleep.serving import Call, Reply, Spec, known_word
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.init import init
from syncline.protocols.fleep.writing import Wrote, conv_sync, opened
from syncline.services.labels import Label, label_named
from syncline.services.labels.giving import clean_name
from syncline.services.overviews.overview import chat_sight
from syncline.store.contract import View

MODES: Final = tuple(mode.value for mode in Init)
INDEX: Final = "index"


def mode_of(call: Call) -> Init:
    """`mk_init_mode` of a call: how much of each conversation is sent."""
    return Init(known_word(call.fields.text("mk_init_mode"), MODES, "mk_init_mode") or Init.TINY)


async def store(fleep: Fleep, call: Call) -> Reply:
    """label/store: make, rename, remove (index -1) or configure a label (reference 2.6)."""
    fields, account = call.fields, call.account
    given = fields.text("label_id")
    known = None
    if given:
        async with fleep.store.view() as view:
            known = await label_by_id(fleep.names, view, account, given)
    stored = await fleep.needs.labels.store(
        account,
        id=None if known is None or known.system is not None else known.id,
        system=None if known is None or known.system is None else known.system.number,
        name=fields.text("label"),
        index=fields.number(INDEX),
        left_pane=fields.flag("is_on_left_pane"),
        in_recent=fields.flag("is_in_recent"),
        in_muted=fields.flag("is_in_muted"),
    )
    return {"stream": [label(fleep.names, stored)]}


async def sync_conversations(fleep: Fleep, call: Call) -> Reply:
    """label/sync_conversations: a label, then a page of its conversations (reference 4.4).

    Moves no horizon and writes nothing.
    """
    text, mode = call.fields.need_text("label_id"), mode_of(call)
    async with fleep.store.view() as view:
        of = await label_by_id(fleep.names, view, call.account, text)
        id = label_id(fleep.names, of)
        after = place_of(fleep.names, id, call.fields.raw("sync_cursor"))
        if of.removed:
            return {"stream": [label(fleep.names, of, Synced())]}
        page = await page_of(fleep, view, call.account, of, after=after)
        stream = Stream(fleep, view, call.account, fleep.base(call.scope))
        for overview in page.convs:
            await init(stream, overview, mode)
    synced = Synced()
    if page.more and page.last is not None:
        synced = Synced(
            cursor_text(fleep.names, id, page.last, page.at),
            page.last.bumped_at // 1000,
            fleep.names.conv(page.last.conv),
        )
    return {"stream": [label(fleep.names, of, synced), *stream.records]}


async def conversations(fleep: Fleep, call: Call) -> Reply:
    """conversation/label: the conversations of a label by name, a page after `sync_horizon` (reference 2.4).

    The horizon is the seq by which the last one moved up: newer ones first, so it falls from page to page.
    """
    name, horizon = call.fields.need_text("label"), call.fields.number("sync_horizon", 0) or 0
    async with fleep.store.view() as view:
        of = await label_by_name(view, call.account, name)
        stream = Stream(fleep, view, call.account, fleep.base(call.scope))
        after = Position((horizon, 0), view.head) if horizon > 0 else None
        page = await page_of(fleep, view, call.account, of, after=after, key=seq_order)
        found = [await stream.state(overview, told=False) for overview in page.convs]
    return {"conversations": found, "sync_horizon": horizon if page.last is None else page.last.bumped}


async def update_labels(fleep: Fleep, call: Call) -> Reply:
    """conversation/update_labels: replace the labels of a conversation."""
    names = call.fields.need_texts("labels")
    of = await opened(fleep, call)
    made = await set_labels(fleep, call.account, of.conv, names=names)
    reply = await conv_sync(fleep, call, of.conv, Wrote(cleared={"labels": []}))
    reply["stream"][:0] = [label(fleep.names, one) for one in made]
    return reply


async def set_labels(
    fleep: Fleep,
    account: Id,
    conv: ZoneId,
    *,
    names: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
) -> list[Label]:
    """Replace the labels that an account gave a conversation, by names, by label_ids, or both together.

    Returns the labels that were made for it. Unknown names become labels of the account; an unknown or
    removed id is NotFound, and so is a conversation that its chat clients do not have.
    """
    async with fleep.store.view() as view:
        await chat_sight(view, account, conv)
        wanted = await label_names(fleep, view, account, names=names, ids=ids)
        before = await fleep.labels.of(view, account)
    if names is None and ids is None:
        raise Missing("labels are missing.", field="labels")
    private = await fleep.needs.labels.give(account, conv, wanted)
    fresh = [name for name in private.labels if name not in before]
    if not fresh:
        return []
    async with fleep.store.view() as view:
        return [one for name in fresh if (one := await _own(view, account, name)) is not None]


async def label_names(
    fleep: Fleep, view: View, account: Id, *, names: Sequence[str] | None, ids: Sequence[str] | None
) -> list[str]:
    """The names of the labels that a call gives by names, by label_ids, or both; raises NotFound, Invalid."""
    wanted = [clean_name(name) for name in names or ()]
    for text in ids or ():
        of = await label_by_id(fleep.names, view, account, text)
        if of.removed:
            raise NotFound(NO_LABEL, field="label_ids")
        wanted.append(of.name)
    return wanted


async def _own(view: View, account: Id, name: str) -> Label | None:
    found = await label_named(view, account, name)
    return None if found is None or found.system is not None or found.removed else found


CALLS: Final = (
    Spec("label/store", store),
    Spec("label/sync_conversations", sync_conversations, write=False),
    Spec("conversation/label", conversations, write=False),
    Spec("conversation/update_labels", update_labels, on_id=True),
)
