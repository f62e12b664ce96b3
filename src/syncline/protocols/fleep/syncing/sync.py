"""conversation/sync in all directions, and the older calls for one direction each (Fleep reference 4.5)."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from syncline.core.errors import Invalid
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.serving import Call, Reply, Spec, known_word
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.boards import pin_page, task_page
from syncline.protocols.fleep.syncing.init import begin, begin_around
from syncline.protocols.fleep.syncing.walking import PAGE, backward, forward, header, messages_on
from syncline.services.overviews import Overview

Way = Callable[[Stream, Overview, int | None], Awaitable[dict[str, Any]]]
"""Adds a page to a stream, and returns the header that goes with it."""


def place_in(call: Call) -> int | None:
    """`from_message_nr`: numbers begin with 1, and 0 is before all of them; raises Invalid for less."""
    number = call.fields.number("from_message_nr")
    if number is not None and number < 0:
        raise Invalid("from_message_nr is 0 or the number of a message.", field="from_message_nr")
    return number


async def sync(fleep: Fleep, call: Call) -> Reply:
    """conversation/sync/ID: a page in the direction of `mk_direction`."""
    word = known_word(call.fields.text("mk_direction") or None, tuple(WAYS), "mk_direction")
    return await page(fleep, call, WAYS[word or FORWARD])


async def page(fleep: Fleep, call: Call, way: Way) -> Reply:
    """The answer of one page: `header` and `stream`."""
    number, conv = place_in(call), call.conv(fleep)
    async with fleep.store.view() as view:
        stream = call.stream(fleep, view)
        of = await fleep.overviews.of(view, call.account, conv)
        header = await way(stream, of, number)
    return {"header": header, "stream": stream.records}


async def _forward(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    if nr is None:
        return await begin(stream, of, Init.FULL)
    place = await forward(stream, of, nr)
    return await header(stream, of, fw_message_nr=place)


async def _backward(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    return await header(stream, of, bw_message_nr=await backward(stream, of, nr))


async def _messages_on(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    return await header(stream, of, fw_message_nr=await messages_on(stream, of, nr or 0))


async def _around(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    return await begin_around(stream, of, of.read_nr if nr is None else nr)


async def _end(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    return await begin_around(stream, of, of.last_nr, deep=PAGE)


def _begin(mode: Init) -> Way:
    async def way(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
        return await begin(stream, of, mode)

    return way


async def _pins(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    return await header(stream, of, pin_horizon=await pin_page(stream, of, nr))


async def _files(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    """No message has a file yet. A missing key would keep the old horizon, and the client asking."""
    return await header(stream, of, file_horizon=0)


async def _tasks(stream: Stream, of: Overview, nr: int | None) -> dict[str, Any]:
    return await header(stream, of, task_horizon=await task_page(stream, of, nr))


async def sync_backward(fleep: Fleep, call: Call) -> Reply:
    """conversation/sync_backward/ID: the messages before `from_message_nr`."""
    return await page(fleep, call, _backward)


async def sync_files(fleep: Fleep, call: Call) -> Reply:
    """conversation/sync_files/ID: ends at once."""
    return await page(fleep, call, _files)


async def sync_pins(fleep: Fleep, call: Call) -> Reply:
    """conversation/sync_pins/ID: the pins below `from_message_nr`, the last `pin_horizon`; 0: the newest."""
    return await page(fleep, call, _pins)


async def sync_tasks(fleep: Fleep, call: Call) -> Reply:
    """task/sync/ID: the tasks below `from_message_nr`, the last `task_horizon`; 0: the newest."""
    return await page(fleep, call, _tasks)


FORWARD: Final = "forward"

WAYS: Final[dict[str, Way]] = {
    FORWARD: _forward,
    "backward": _backward,
    "ic_backward": _backward,
    "ic_forward": _messages_on,
    "ic_flow": _around,
    "ic_end": _end,
    "ic_files": _files,
    "ic_pinboard": _pins,
    "ic_tasks": _tasks,
    **{mode.value: _begin(mode) for mode in Init},
}
"""What `mk_direction` says."""

CALLS: Final = (
    Spec("conversation/sync", sync, on_id=True, write=False),
    Spec("conversation/sync_backward", sync_backward, on_id=True, write=False),
    Spec("conversation/sync_files", sync_files, on_id=True, write=False),
    Spec("conversation/sync_pins", sync_pins, on_id=True, write=False),
    Spec("conversation/sync_pinboard", sync_pins, on_id=True, write=False),
    Spec("task/sync", sync_tasks, on_id=True, write=False),
)
