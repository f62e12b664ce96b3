"""What an entry says that somebody did, in words: `wrote in`, and the name of the conversation follows."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind, Rel
from syncline.core.rooms import facts
from syncline.core.rooms.forms import Form, deleted, read_form

LONGEST: Final = 200
"""Characters shown of a text."""

NAMED: Final = 3
"""Persons named in one line; more are counted."""

SOMEBODY: Final = "Somebody"


class Said(msgspec.Struct, frozen=True):
    """What an entry says. `who` is given only where its author is no person here (a mail's sender)."""

    did: str
    text: str = ""
    who: str | None = None


Name = Callable[[Id], str]
"""How the reader calls a person."""


def persons_of(entry: Entry) -> list[Id]:
    """Everybody whom the words about an entry name."""
    return ([] if entry.author is None else [entry.author]) + _named(read_form(entry.body))[:NAMED]


def said(entry: Entry, target: Entry | None, name: Name) -> Said:
    """The words about an entry, both in the form that the reader may know.

    `target` is an amendment's target, None where the reader may not see it: then only the act is told.
    """
    if entry.kind is EntryKind.AMENDMENT:
        return _amended(entry, target, name)
    form = read_form(entry.current)
    match entry.kind:
        case EntryKind.MESSAGE:
            return Said("deleted a message in" if deleted(form) else "wrote in", text_of(form))
        case EntryKind.MAIL:
            return _mailed(form)
        case EntryKind.CREATE:
            return Said("began")
        case EntryKind.MEMBER:
            return Said(_moved(form, name))
        case _:
            return _set(form)


def text_of(form: Form) -> str:
    """The text of a message as it is shown in a list, on one line."""
    return short(next((form[key] for key in ("text", "subject") if isinstance(form.get(key), str)), ""))


def short(text: str, most: int = LONGEST) -> str:
    """A text on one line, cut at so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def listed(names: Sequence[str], more: int = 0) -> str:
    """Names in a row: `Bo`, `Bo and Cleo`, `Bo, Cleo and 4 others`."""
    shown = list(names)
    if more:
        shown.append(f"{more} other{'' if more == 1 else 's'}")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _mailed(form: Form) -> Said:
    """A mail by its first sender, whose name the mail gives; who has none is named by the address."""
    senders = form.get("from")
    first = senders[0] if isinstance(senders, list) and senders else None
    names = [each for each in first if isinstance(each, str) and each] if isinstance(first, list) else []
    text = " – ".join(
        part for part in (form.get("subject"), form.get("snippet")) if isinstance(part, str) and part
    )
    return Said("sent a mail to", short(text), who=short(names[0], 60) or None if names else None)


_MOVES: Final = {
    "add": ("added", "to"),
    "invite": ("invited", "to"),
    "kick": ("removed", "from"),
    "ban": ("banned", "from"),
    "unban": ("lifted the ban of", "from"),
    "disclose": ("let", "read earlier messages of"),
}
_OWN_MOVES: Final = {"join": "joined", "leave": "left", "knock": "asked to join"}


def _moved(form: Form, name: Name) -> str:
    act = form.get("act")
    if isinstance(act, str) and act in _OWN_MOVES:
        return _OWN_MOVES[act]
    if not isinstance(act, str) or act not in _MOVES:
        return "changed the members of"
    verb, preposition = _MOVES[act]
    return f"{verb} {_persons(form, name)} {preposition}"


def _named(form: Form) -> list[Id]:
    persons = form.get("persons")
    return [Id(one) for one in persons if type(one) is int] if isinstance(persons, list) else []


def _persons(form: Form, name: Name) -> str:
    persons = _named(form)
    shown = [name(person) for person in persons[:NAMED]]
    return listed(["you" if one == "You" else one for one in shown], len(persons) - len(shown)) or "somebody"


def _set(form: Form) -> Said:
    content = form.get("content")
    known: dict[str, Any] = content if isinstance(content, dict) else {}
    if form.get("type") == facts.NAME:
        return Said("renamed", _str(known.get("name")))
    if form.get("type") == facts.TOPIC:
        return Said("changed the topic of", _str(known.get("topic")))
    return Said("changed the settings of")


def _str(value: Any) -> str:
    return short(value) if isinstance(value, str) else ""


_AMENDED: Final = {
    Rel.EDIT: "edited a message in",
    Rel.DELETE: "deleted a message in",
    Rel.ERASE: "erased a message in",
    Rel.PIN: "pinned a message in",
    Rel.UNPIN: "unpinned a message in",
    Rel.REACTION: "reacted in",
    Rel.UNREACT: "took a reaction back in",
    Rel.TASK: "changed a task in",
    Rel.MEMBERS: "added people to",
}
_TASKS: Final = {"todo": "made a task in", "done": "finished a task in"}


def _amended(entry: Entry, target: Entry | None, name: Name) -> Said:
    did = "changed a message in" if entry.rel is None else _AMENDED.get(entry.rel, "changed a message in")
    if target is None:
        return Said(did)
    form = read_form(entry.body)
    if entry.rel is Rel.MEMBERS:
        return Said(f"added {_persons(form, name)} to")
    if entry.rel is Rel.REACTION and isinstance(form.get("key"), str):
        did = f"reacted with {short(form['key'], 20)} in"
    if entry.rel is Rel.TASK and isinstance(form.get("state"), str):
        did = _TASKS.get(form["state"], did)
    return Said(did, text_of(read_form(target.current)))
