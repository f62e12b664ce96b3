"""What stands in a MessageInfo for an entry: its type, state, tags and text (Fleep reference 4.6, 4.7).

Texts and mails become XML; what the system tells becomes JSON as text, without blanks, its keys in the
reference's order. Everything here is a function of the entry and its form; only mails need their raw bytes.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind
from syncline.core.rooms import facts
from syncline.core.rooms.forms import Form, deleted, read_form
from syncline.protocols.fleep.mail_texts import MailTexts, is_long, text_of
from syncline.protocols.fleep.markup import EMPTY, clean, to_xml
from syncline.services.hooks import FACT as HOOK_FACT

STATE: Final = "urn:fleep:message:mk_message_state:"

DELETED: Final = ("is_deleted", "is_deleted")
"""Doubled, as the published tests compare it."""

ORGANISATION: Final = {"org_name": None, "organisation_id": None}


class Naming(Protocol):
    """How persons and hooks are called."""

    def person(self, id: Id) -> str:
        """The account_id of a person."""

    def hook_key(self, id: Id) -> str:
        """The hook_key of a hook."""


class Told(NamedTuple):
    """The four fields of a MessageInfo that say what an entry is."""

    message: str
    type: str
    state: str
    tags: tuple[str, ...] = ()


def told(entry: Entry, names: Naming, *, mail_text: str | None = None) -> Told:
    """What clients are shown of an entry in its newest form.

    `mail_text` is what `MailTexts.text` gave, for entries that are `is_long`; a mail without it says
    nothing. Files are added to the text by `markup.with_files`. Never raises, whatever stands in the form.
    """
    form = read_form(entry.current)
    if deleted(form):
        return Told("", _message_type(entry, form), STATE + "deleted", DELETED)
    if entry.kind == EntryKind.MAIL:
        return Told(mail_text or EMPTY, "email", STATE + state_of(form), tags_of(form))
    if entry.kind == EntryKind.MESSAGE:
        text = mail_text or to_xml(text_of(form))
        return Told(text, "text", STATE + state_of(form), tags_of(form))
    type, said = _SYSTEM.get(entry.kind, _silent)(form, names)
    return Told("" if said is None else _json(said), type, STATE + "system")


def state_of(form: Form) -> str:
    """The state of a message that is not deleted, without its prefix."""
    if "task" in form:
        return _task_state(form)
    if "pin" in form:
        return "pinned"
    archived = form.get("archived")
    if archived is None:
        return "plain"
    return "unpinned" if archived == "pin" else _task_state(form)


def tags_of(form: Form) -> tuple[str, ...]:
    """The tags of a message, in the order in which the service stores them. A pinned task is a task."""
    if "task" in form:
        return ("is_shared", "is_task", f"is_{_task_state(form)}")
    if "pin" in form:
        return ("is_shared", "pin")
    archived = form.get("archived")
    if archived is None:
        return ()
    if archived == "pin":
        return ("is_archived", "is_shared", "unpin")
    return ("is_shared", "is_task", f"is_{_task_state(form)}", "is_archived")


def _task_state(form: Form) -> str:
    """Of a task, or of what was one when it was archived."""
    task, before = form.get("task"), form.get("stood")
    if isinstance(task, dict):
        last = task.get("state")
    else:
        last = before.get("task") if isinstance(before, dict) else None
    return "done" if last == "done" else "todo"


def _message_type(entry: Entry, form: Form) -> str:
    if entry.kind == EntryKind.MESSAGE:
        return "text"
    if entry.kind == EntryKind.MAIL:
        return "email"
    return _SYSTEM.get(entry.kind, _silent)(form, _NOBODY)[0]


System: TypeAlias = tuple[str, dict[str, Any] | None]
"""The type of a system message, and what its JSON says; None: an empty text."""


def _created(form: Form, names: Naming) -> System:
    members = [*_list(form.get("members")), *_list(form.get("invited"))]
    told = {"topic": _text(form.get("name")), "members": _persons(members, names), **ORGANISATION}
    return "create", told


def _moved(form: Form, names: Naming) -> System:
    act = form.get("act")
    members = {"members": _persons(_list(form.get("persons")), names)}
    if act in ("add", "kick", "disclose"):
        return act, members
    if act == "leave":
        return "leave", None
    if act == "join":
        return "joinV1", {**ORGANISATION, "sysmsg_text": "{author} joined the conversation."}
    if act == "ban":
        banned = "{author} removed {members} from the conversation for good."
        return "kickV2", {**members, **ORGANISATION, "sysmsg_text": banned}
    sentence = _SENTENCES.get(act if isinstance(act, str) else "", "{author} changed the members.")
    return "sysmsg", {**members, "sysmsg_text": sentence}


_SENTENCES: Final = {
    "invite": "{author} invited {members}.",
    "knock": "{author} asked to join the conversation.",
    "unban": "{author} lets {members} be invited again.",
}
"""Acts that Fleep's clients have no type for."""


def _stated(form: Form, names: Naming) -> System:
    content = form.get("content")
    content = content if isinstance(content, dict) else {}
    type = form.get("type")
    if type == facts.NAME:
        return "topic", {"topic": _text(content.get("name"))}
    if type == facts.TOPIC:
        said = _text(content.get("topic"))
        described = f"{{author}} described the conversation: {said}" if said else ""
        return "sysmsg", {"sysmsg_text": described or "{author} took the description away."}
    if type == HOOK_FACT:
        hooks = _ids([content.get("hook")])
        key = names.hook_key(hooks[0]) if hooks else ""
        act = "unhook" if content.get("act") == "unhook" else "hook"
        return act, {"hook_name": _text(content.get("hook_name")), "hook_key": key}
    return _silent(form, names)


def _silent(form: Form, names: Naming) -> System:
    """What has no nr, and so is shown to nobody."""
    return "sysmsg", {"sysmsg_text": "{author} changed the conversation."}


_SYSTEM: Final[dict[EntryKind, Callable[[Form, Naming], System]]] = {
    EntryKind.CREATE: _created,
    EntryKind.MEMBER: _moved,
    EntryKind.STATE: _stated,
}


class _Nobody:
    """Names where only the type of a message is asked for."""

    def person(self, id: Id) -> str:
        return ""

    def hook_key(self, id: Id) -> str:
        return ""


_NOBODY: Final = _Nobody()


def _persons(ids: list[Any], names: Naming) -> list[str]:
    return [names.person(id) for id in _ids(ids)]


def _ids(values: list[Any]) -> list[Id]:
    """Those that can be ids, each once."""
    return list(dict.fromkeys(Id(one) for one in values if type(one) is int and 0 < one < 1 << 63))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """A text that clients put together with others: never null."""
    return clean(value) if isinstance(value, str) else ""


def _json(said: dict[str, Any]) -> str:
    return msgspec.json.encode(said).decode()


__all__ = [
    "DELETED",
    "STATE",
    "MailTexts",
    "Naming",
    "Told",
    "is_long",
    "state_of",
    "tags_of",
    "text_of",
    "told",
]
