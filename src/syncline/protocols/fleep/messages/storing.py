"""message/store: a new message, or whatever is to become of one that is there (reference 2.5, 4.6)."""

from collections.abc import Sequence
from typing import Any, Final

from syncline.core.errors import Invalid, Missing
from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.errors import NotAvailable
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.later import SECTIONS
from syncline.protocols.fleep.messages.changing import delete, revised
from syncline.protocols.fleep.messages.copying import forwarded
from syncline.protocols.fleep.messages.finding import refuse_files
from syncline.protocols.fleep.messages.sending import posting
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import conv_sync, mentions_in, opened, text_in, wrote
from syncline.services.conversations import Answer, Request, once
from syncline.services.conversations import amend as amending
from syncline.services.conversations.answers import part_of
from syncline.services.conversations.revising import Board, Revision, place
from syncline.store.contract import Tx, Work

LONGEST_SUBJECT: Final = 1_000
MOST_REACTIONS: Final = 20
"""Reactions that one call may add, or take back."""

DELETED: Final = "is_deleted"

BOARDS: Final = {"pin": Board.PINNED, "is_todo": Board.TODO, "is_done": Board.DONE}
OFF: Final = frozenset({"unpin", "is_archived"})
PASSED: Final = frozenset(
    {
        "add_guests",
        "is_edited_by_others",
        "is_hidden",
        "is_new_sheet",
        "is_separator",
        "is_shared",
        "is_task",
        "unlock",
    }
)
"""Tags that follow from others, or that say nothing here; clients send back what they were told."""


async def store(fleep: Fleep, call: Call) -> Reply:
    """Without `message_nr` a new message, else a change of that one: all that is given, as one act."""
    nr = call.fields.number("message_nr")
    refuse_files(call)
    _refuse_sections(call)
    tags = call.fields.texts("tags")
    if nr is None:
        return await _new(fleep, call, tags or [])
    if tags is not None and DELETED in tags:
        return await delete(fleep, call)
    text = text_in(call)
    content = _content(call, text)
    wanted = Revision(
        content=content or None,
        named=await mentions_in(text),
        board=None if tags is None else _board(tags),
        weight=_weight(call),
        assignees=_assignees(fleep, call),
        react=_reactions(call, "add_reactions"),
        unreact=_reactions(call, "del_reactions"),
    )
    return await revised(fleep, call, nr, wanted)


async def _new(fleep: Fleep, call: Call, tags: Sequence[str]) -> Reply:
    text = text_in(call)
    of = await opened(fleep, call)
    copied = await forwarded(fleep, call)
    if copied is not None:
        text = f"{text}\n\n{copied}" if text else copied
    if not text:
        raise Missing("message is missing.", field="message")
    board, weight, assignees = _board(tags), _weight(call), _assignees(fleep, call)
    if assignees and board is Board.PLAIN:
        board = Board.TODO
    fleep.velocity.send(call.account)
    work = _posting(
        call.account,
        of.conv,
        {key: value for key, value in _content(call, text).items() if value not in ("", False)},
        Revision(board=board, weight=weight, assignees=assignees, named=await mentions_in(text)),
        call.request(),
    )
    answer = (await fleep.store.write(work)).value
    return await conv_sync(fleep, call, of.conv, wrote(answer))


def _posting(
    account: Id, conv: ZoneId, content: dict[str, Any], placed: Revision, request: Request | None
) -> Work[Answer]:
    """The work that adds a message and puts it on its board at once: one nr for both."""
    if placed.board in (None, Board.PLAIN):
        plain = posting(account, conv, content, placed.named, request)

        async def send(tx: Tx) -> Answer:
            return (await plain(tx))[0]

        return send
    inner = posting(account, conv, content, placed.named, part_of(request, "new"))

    async def work(tx: Tx) -> Answer:
        async def act() -> Answer:
            answer, entry = await inner(tx)
            if entry is not None:
                await place(tx, account, conv, entry.id, placed)
            return answer

        return await once(tx, account, request, act)

    return work


def _content(call: Call, text: str | None) -> dict[str, Any]:
    """The keys of a message's body that a call changes."""
    subject, off = subject_in(call), call.fields.flag("is_url_preview_disabled")
    given = {"text": text, "subject": subject, "previews_off": off}
    return {key: value for key, value in given.items() if value is not None}


def subject_in(call: Call) -> str | None:
    """The subject of a message; raises Invalid."""
    subject = call.fields.text("subject")
    if subject is not None and len(subject) > LONGEST_SUBJECT:
        raise Invalid(f"A subject has at most {LONGEST_SUBJECT:,} characters.", field="subject")
    return subject


def _board(tags: Sequence[str]) -> Board:
    """Where these tags put a message; raises Invalid for unknown ones, and for two places."""
    for tag in tags:
        if tag not in BOARDS and tag not in OFF and tag not in PASSED:
            raise Invalid(f"{tag[:40]} is not a tag that can be given.", field="tags")
    if OFF & set(tags):
        return Board.PLAIN
    places = {BOARDS[tag] for tag in tags if tag in BOARDS}
    if len(places) > 1:
        raise Invalid("A message is pinned, to be done, or done.", field="tags")
    return places.pop() if places else Board.PLAIN


def _weight(call: Call) -> float | None:
    weight = call.fields.weight("pin_weight")
    return call.fields.weight("task_weight") if weight is None else weight


def _assignees(fleep: Fleep, call: Call) -> list[Id] | None:
    given = call.fields.texts("assignee_ids")
    return None if given is None else list(dict.fromkeys(fleep.names.person_of(text) for text in given))


def _reactions(call: Call, name: str) -> Sequence[str]:
    """Reactions by their names: a list, or a single one."""
    value = call.fields.raw(name)
    given = [value] if isinstance(value, str) else call.fields.texts(name) or []
    if len(given) > MOST_REACTIONS:
        raise Invalid(f"One call changes at most {MOST_REACTIONS} reactions.", field=name)
    for key in given:
        if not key or len(key) > amending.LONGEST_REACTION:
            raise Invalid(f"A reaction has 1 to {amending.LONGEST_REACTION} characters.", field=name)
    return given


def _refuse_sections(call: Call) -> None:
    if call.fields.has("section_id"):
        raise NotAvailable(SECTIONS)


CALLS: Final = (Spec("message/store", store, on_id=True),)
