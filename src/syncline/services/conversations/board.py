"""The pinboard and the taskboard: pin, unpin, task, and the lock while somebody edits what all may edit."""

from collections.abc import Sequence
from typing import Any, Final

from syncline.core.entries import Entry, NewFact
from syncline.core.errors import Conflict, Forbidden, Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel, Space
from syncline.core.rooms import facts as names
from syncline.core.rooms.forms import read_form, shared
from syncline.core.rooms.permissions import check_edit, check_pin
from syncline.core.rooms.rules import Rules
from syncline.services.conversations.amend import Target, amend, board_term, pinned, target, unpinned
from syncline.services.conversations.answers import Answer, Request, once
from syncline.services.timers import set_timer
from syncline.store.contract import Tx

LOCKED: Final = 3600 * 1000
"""Milliseconds after which a lock ends by itself (Fleep: an hour)."""

UNLOCK: Final = "conversations.unlock"
"""The name of the timer's act."""

STATES: Final = ("todo", "done")
MOST_PINS: Final = 1000

FIRST: Final = 1 << 32
STEP: Final = 1 << 16
"""The weight of the first pin or task, and how far above the others a new one stands (Fleep)."""

LOOKED_AT: Final = 64
"""The newest pins or tasks among which the highest weight is looked for."""


async def pin(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    entry: Id,
    *,
    weight: float | None = None,
    silent: bool = False,
    request: Request | None = None,
) -> Answer:
    """Pin a message, or move a pin by its `weight`; from then on anybody may edit the message.

    Without a weight a new pin stands above all others. `silent`, here and below: takes no nr, for another
    entry of the same work tells of it.
    """

    async def act() -> Answer:
        to = await _shareable(tx, account, conv, entry)
        pins = await pinned(tx, to.zone.id)
        facts = []
        heavy = weight
        if heavy is None and "pin" not in to.form:
            heavy = await _above(tx, pins[-LOOKED_AT:], "pin")
        if entry not in pins:
            if len(pins) >= MOST_PINS:
                raise Conflict(f"A conversation has at most {MOST_PINS} pins.")
            facts = [names.fact(names.PINNED, {"pinned": [*pins, entry]})]
        body = {} if heavy is None else {"weight": _weight(heavy)}
        tx.index(Space.BOARD, board_term(to.zone.id), entry)
        return await amend(tx, to, Rel.PIN, body, facts=facts, silent=silent, request=request)

    return await once(tx, account, request, act)


async def unpin(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    entry: Id,
    *,
    silent: bool = False,
    request: Request | None = None,
) -> Answer:
    """Take a pin off the board; the message stays shared. Raises Forbidden while somebody edits it."""

    async def act() -> Answer:
        to = await _shareable(tx, account, conv, entry)
        if "pin" not in to.form:
            raise Conflict("This message is not pinned.")
        lock = to.form.get("lock")
        if lock and lock["until"] > tx.now:
            raise Forbidden("This message is being edited.")
        facts = await unpinned(tx, to)
        return await amend(tx, to, Rel.UNPIN, {}, facts=facts, silent=silent, request=request)

    return await once(tx, account, request, act)


async def task(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    entry: Id,
    state: str | None,
    *,
    assignees: Sequence[Id] | None = None,
    weight: float | None = None,
    silent: bool = False,
    request: Request | None = None,
) -> Answer:
    """Make a message a task (`todo`), tick it off (`done`), or take it off the board (None).

    What is not given stays as it was; a new task stands above all others.
    """

    async def act() -> Answer:
        if state is not None and state not in STATES:
            raise Invalid("A task is todo or done.", field="state")
        to = await _shareable(tx, account, conv, entry)
        if state is None and "task" not in to.form:
            raise Conflict("This message is not a task.")
        body: dict[str, Any] = {"state": state}
        if assignees is not None:
            body["assignees"] = _persons(assignees)
        heavy = weight
        if heavy is None and state is not None and "task" not in to.form:
            term = board_term(to.zone.id)
            near = await tx.find(Space.BOARD, term, limit=LOOKED_AT, descending=True)
            heavy = await _above(tx, near, "task")
        if heavy is not None:
            body["weight"] = _weight(heavy)
        tx.index(Space.BOARD, board_term(to.zone.id), entry)
        facts = await _boards(tx, to.zone.id, archive=state is None)
        return await amend(tx, to, Rel.TASK, body, facts=facts, silent=silent, request=request)

    return await once(tx, account, request, act)


async def lock(tx: Tx, account: Id, conv: ZoneId, entry: Id, *, request: Request | None = None) -> Answer:
    """Say that one edits a shared message: others cannot for an hour, or until the edit. A silent entry."""

    async def act() -> Answer:
        to = await target(tx, account, conv, entry)
        to.require_message()
        check_edit(to.rules, account, to.entry.author, shared=shared(to.form))
        to.require_unlocked(tx.now)
        until = tx.now + LOCKED
        set_timer(tx, until, UNLOCK, {"entry": entry, "until": until})
        return await amend(tx, to, Rel.LOCK, {"until": until}, silent=True, request=request)

    return await once(tx, account, request, act)


async def unlock(tx: Tx, account: Id, conv: ZoneId, entry: Id, *, request: Request | None = None) -> Answer:
    """Let others edit again; without a lock of one's own there is nothing to do."""

    async def act() -> Answer:
        to = await target(tx, account, conv, entry)
        if to.form.get("lock", {}).get("by") != account:
            return Answer(to.zone.id, target=entry)
        return await amend(tx, to, Rel.LOCK, {"until": 0}, silent=True, request=request)

    return await once(tx, account, request, act)


async def unlock_due(tx: Tx, entry: Id, until: int) -> None:
    """End a lock whose hour is over, unless it ended before or was taken anew (the timer's act)."""
    found: Entry | None = await tx.entry(entry)
    if found is None or found.form is None:
        return
    held = read_form(found.form).get("lock")
    zone = await tx.zone(found.conv)
    if zone is None or not held or held["until"] != until:
        return
    holder = Target(held["by"], zone, Rules(), found)
    await amend(tx, holder, Rel.LOCK, {"until": 0}, silent=True)


async def _above(tx: Tx, board: Sequence[Id], key: str) -> float:
    """The weight that stands above these entries' weights as pins or tasks (Fleep reference 3.3)."""
    forms = [read_form(entry.current) for entry in await tx.entries_by_id(board)]
    weights = [form[key].get("weight", FIRST) for form in forms if key in form]
    return max(weights) + STEP if weights else FIRST


async def _boards(tx: Tx, conv: ZoneId, *, archive: bool) -> list[NewFact]:
    """The fact of what a conversation's boards hold or held, where it is not known yet."""
    known = await tx.fact(conv, names.BOARD, "")
    before = {} if known is None else read_form(known.content)
    after = {**before, "tasks": True, **({"archive": True} if archive else {})}
    return [] if after == before else [names.fact(names.BOARD, after)]


def _weight(weight: float) -> float:
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise Invalid("A weight is a number.", field="weight")
    return weight


def _persons(persons: Sequence[Id]) -> list[Id]:
    if not isinstance(persons, list | tuple) or any(
        type(one) is not int or not 0 < one < 1 << 63 for one in persons
    ):
        raise Invalid("Assignees are a list of person ids.", field="assignees")
    return list(dict.fromkeys(persons))


async def _shareable(tx: Tx, account: Id, conv: ZoneId, entry: Id) -> Target:
    to = await target(tx, account, conv, entry)
    to.require_message()
    check_pin(to.rules, account)
    return to
