"""What lies in a conversation or an account besides entries, as records."""

from syncline.core.kinds import Kind
from syncline.core.objects import Departure, Object
from syncline.protocols.fleep.previews import told_preview
from syncline.protocols.fleep.records.hook import hook, hook_gone
from syncline.protocols.fleep.records.label import label
from syncline.protocols.fleep.streams import Stream
from syncline.services.hooks import Hook, hooks_of, read_hook, sending_of
from syncline.services.labels import read_label
from syncline.services.overviews import Overview
from syncline.services.previews import read_preview


async def tell_own(stream: Stream, object: Object) -> None:
    """Add the record of what lies in the account's own zone, where clients know such a thing."""
    if object.kind == Kind.LABEL:
        stream.records.append(label(stream.names, read_label(object)))


async def tell_object(stream: Stream, of: Overview, object: Object) -> None:
    """Add the records of what lies in a conversation."""
    if object.kind == Kind.HOOK:
        await _hook(stream, of, read_hook(object))
    elif object.kind == Kind.PREVIEW:
        found = read_preview(object)
        entry = await stream.view.entry(found.entry)
        if entry is not None and entry.author is not None:
            stream.records += told_preview(stream.names, entry, entry.author, found)


def tell_gone(stream: Stream, of: Overview, departed: Departure) -> None:
    """Add the record of what is not in a conversation any more."""
    if departed.kind == Kind.HOOK:
        stream.records.append(hook_gone(stream.names, of.conv, departed.object))


async def tell_hooks(stream: Stream, of: Overview) -> None:
    """Add all hooks of a conversation that the account got just now; who has left it has none to see."""
    if not of.present:
        return
    for found in await hooks_of(stream.view, of.conv):
        await _hook(stream, of, found)


async def _hook(stream: Stream, of: Overview, found: Hook) -> None:
    own = found.owner == stream.account
    stream.records.append(
        hook(
            stream.names,
            found,
            base=stream.base,
            sending=await sending_of(stream.view, found) if own else None,
        )
    )
