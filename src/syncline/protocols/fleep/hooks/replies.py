"""What the hooks' calls answer: the conversation as it is now, and the system message that was made."""

from typing import Any

from syncline.core.ids import Nr, ZoneId
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call


async def written(fleep: Fleep, call: Call, conv: ZoneId, nr: Nr | None) -> dict[str, Any]:
    """`{"header", "stream", "result_message_nr"?}`; `nr` of the message that the call made."""
    async with fleep.store.view() as view:
        stream = call.stream(fleep, view)
        of = await fleep.overviews.of(view, call.account, conv)
        reply: dict[str, Any] = {"header": await stream.flow(of, told=False), "stream": stream.records}
        entry = None if nr is None else await view.entry_by_nr(of.conv, nr)
        if entry is not None:
            stream.records += await stream.told(await stream.sight(of), [entry])
            reply["result_message_nr"] = nr
    return reply
