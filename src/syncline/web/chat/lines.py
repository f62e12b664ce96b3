"""What a page says of one entry of a conversation."""

import asyncio
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind
from syncline.core.rooms.forms import Form, deleted, read_form
from syncline.services.conversations import Sight
from syncline.web.chat.links import message_path
from syncline.web.mail.plain import Piece, clean, linked, tame
from syncline.web.naming import Naming
from syncline.web.wording import SOMEBODY, persons_of, said, short

LONG: Final = 20_000
"""Characters from which on a text is made ready in a thread."""

REACTIONS: Final = 20
"""Different reactions shown with one message."""

NAME: Final = 60
HERE: Final = "this conversation"


class Reaction(msgspec.Struct, frozen=True):
    """A reaction, and how many gave it."""

    key: str
    count: int


class Line(msgspec.Struct, frozen=True):
    """One entry. `told`: what happened, in words, where nobody wrote anything.

    `marks`: that it is pinned, edited and the like, in words. `at` is ms, `path` leads to this very line.
    """

    nr: int
    who: str
    at: int
    path: str
    own: bool = False
    told: str = ""
    pieces: tuple[Piece, ...] = ()
    deleted: bool = False
    marks: tuple[str, ...] = ()
    reactions: tuple[Reaction, ...] = ()

    @property
    def face(self) -> str:
        """The letter that stands for a picture."""
        return self.who[:1].upper()


def text_of(form: Form) -> str:
    """What somebody wrote, whichever protocol it came by; "" where there is no text."""
    return next((form[key] for key in ("text", "body", "subject") if isinstance(form.get(key), str)), "")


def size_of(entry: Entry) -> int:
    """About how many characters an entry puts on a page."""
    return len(entry.current) if entry.kind is EntryKind.MESSAGE else 0


async def line_of(entry: Entry, seen: Sight, naming: Naming, *, account: Id, cid: str) -> Line:
    """An entry in the form that the account may know."""
    form = read_form(entry.current)
    who = await author_of(entry, form, seen, naming)
    nr = entry.nr or 0
    line = Line(nr, who, entry.at, message_path(cid, nr), own=entry.author == account and "hook" not in form)
    if entry.kind is not EntryKind.MESSAGE:
        return msgspec.structs.replace(line, told=await words_of(entry, seen, naming))
    if deleted(form):
        return msgspec.structs.replace(line, deleted=True)
    text = text_of(form)
    pieces = await asyncio.to_thread(_pieces, text) if len(text) > LONG else _pieces(text)
    return msgspec.structs.replace(
        line, pieces=pieces, marks=tuple(_marks(form)), reactions=tuple(_reactions(form))
    )


async def author_of(entry: Entry, form: Form, seen: Sight, naming: Naming) -> str:
    """Who wrote an entry; of what came through a hook, whom the other system names as its writer."""
    sender = form.get("sender_name")
    if "hook" in form and isinstance(sender, str) and tame(sender):
        return short(tame(sender), NAME)
    return SOMEBODY if entry.author is None else tame(await naming.person(entry.author, seen))


async def words_of(entry: Entry, seen: Sight, naming: Naming) -> str:
    """What an entry says that its author did here: `renamed this conversation: Lunch`."""
    for person in persons_of(entry):
        await naming.person(person, seen)
    words = said(entry, None, naming.known)
    return tame(f"{words.did} {HERE}{': ' if words.text else ''}{words.text}")


def _pieces(text: str) -> tuple[Piece, ...]:
    return linked(clean(text.replace("\r\n", "\n")).strip("\n"))


def _marks(form: Form) -> list[str]:
    task = form.get("task")
    marks = ["by a hook"] if "hook" in form else []
    marks += ["pinned"] if "pin" in form else []
    if isinstance(task, dict):
        marks.append("done" if task.get("state") == "done" else "to do")
    return marks + (["edited"] if "edited" in form else [])


def _reactions(form: Form) -> list[Reaction]:
    given: dict[str, Any] = form.get("reactions", {})
    return [Reaction(short(tame(key), 20), len(people)) for key, people in list(given.items())[:REACTIONS]]
