"""Several changes of one message as one act: clients that store a message whole tell all of it at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from syncline.core.ids import Id, ZoneId
from syncline.core.rooms.forms import RESERVED, Form, shared
from syncline.core.rooms.permissions import check_edit
from syncline.services.conversations import amend, board
from syncline.services.conversations.amend import Target, target
from syncline.services.conversations.answers import Answer, Request, once, part_of
from syncline.services.conversations.mentions import named
from syncline.store.contract import Tx


class Board(StrEnum):
    """Where a message stands: on no board (any more), pinned, or a task."""

    PLAIN = "plain"
    PINNED = "pinned"
    TODO = "todo"
    DONE = "done"


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What a message is to become; what is None, or empty, stays as it is.

    `content`: keys of its body that change, None as a value takes one away; `named`: the local names that
    its new text mentions. `weight` is that of its pin or task. `react`, `unreact`: the account's own.
    """

    content: Mapping[str, Any] | None = None
    named: Sequence[str] = ()
    board: Board | None = None
    weight: float | None = None
    assignees: Sequence[Id] | None = None
    react: Sequence[str] = ()
    unreact: Sequence[str] = ()


Step = Callable[..., Awaitable[Answer]]


async def revise(
    tx: Tx, account: Id, conv: ZoneId, entry: Id, wanted: Revision, *, request: Request | None = None
) -> Answer:
    """Make a message what is wanted. Takes one nr for all of it; none where it is so already.

    Each change is an amendment under its own rules (see `amend` and `board`), and all but the last are
    silent. Raises what they raise, and then nothing was changed.
    """

    async def act() -> Answer:
        to = await target(tx, account, conv, entry)
        to.require_message()
        steps = await _steps(tx, to, wanted)
        if not steps:
            return Answer(to.zone.id, target=entry)
        for step in steps[:-1]:
            await step(silent=True, request=None)
        return await steps[-1](silent=False, request=part_of(request, "revised"))

    return await once(tx, account, request, act)


async def place(tx: Tx, account: Id, conv: ZoneId, entry: Id, wanted: Revision) -> None:
    """Put a message on its board in the work that adds it: silently, for its own nr tells of it."""
    to = await target(tx, account, conv, entry)
    for step in _boarded(tx, to, wanted):
        await step(silent=True, request=None)


async def _steps(tx: Tx, to: Target, wanted: Revision) -> list[Step]:
    steps = await _edited(tx, to, wanted)
    steps += _boarded(tx, to, wanted)
    account, conv, entry = to.account, to.zone.id, to.entry.id
    own = {key for key, people in to.form.get("reactions", {}).items() if str(account) in people}

    def about(act: Callable[..., Awaitable[Answer]], key: str) -> Step:
        return lambda **how: act(tx, account, conv, entry, key, **how)

    steps += [about(amend.unreact, key) for key in dict.fromkeys(wanted.unreact) if key in own]
    steps += [about(amend.react, key) for key in dict.fromkeys(wanted.react) if key not in own]
    return steps


async def _edited(tx: Tx, to: Target, wanted: Revision) -> list[Step]:
    if wanted.content is None:
        return []
    before = {key: value for key, value in to.form.items() if key not in RESERVED}
    after: Form = {**before, **wanted.content}
    if "text" in wanted.content:
        after["mentions"] = await named(tx, wanted.named)
    after = {key: value for key, value in after.items() if value is not None and value != []}
    if after == before:
        # who may not edit is told so, also where nothing would change
        check_edit(to.rules, to.account, to.entry.author, shared=shared(to.form))
        return []
    body = msgspec.json.encode(after)
    return [lambda **how: amend.edit(tx, to.account, to.zone.id, to.entry.id, body, **how)]


def _boarded(tx: Tx, to: Target, wanted: Revision) -> list[Step]:
    account, conv, entry, form = to.account, to.zone.id, to.entry.id, to.form
    pinned, task = "pin" in form, form.get("task")
    place = wanted.board
    if place is None:
        place = Board.PINNED if pinned else Board(task["state"]) if task else None
        if place is None and wanted.assignees is not None:
            place = Board.TODO
    steps: list[Step] = []
    if pinned and place is not Board.PINNED:
        steps.append(lambda **how: board.unpin(tx, account, conv, entry, **how))
    if task and place in (Board.PLAIN, Board.PINNED):
        steps.append(lambda **how: board.task(tx, account, conv, entry, None, **how))
    if place is Board.PINNED and (not pinned or _moves(form["pin"], wanted.weight)):
        steps.append(lambda **how: board.pin(tx, account, conv, entry, weight=wanted.weight, **how))
    if place in (Board.TODO, Board.DONE) and _changes(task, place, wanted):
        steps.append(
            lambda **how: board.task(
                tx, account, conv, entry, place, assignees=wanted.assignees, weight=wanted.weight, **how
            )
        )
    return steps


def _moves(known: Mapping[str, Any], weight: float | None) -> bool:
    return weight is not None and weight != known.get("weight")


def _changes(task: Mapping[str, Any] | None, place: Board, wanted: Revision) -> bool:
    if task is None or task.get("state") != place.value or _moves(task, wanted.weight):
        return True
    return wanted.assignees is not None and list(wanted.assignees) != task.get("assignees", [])
