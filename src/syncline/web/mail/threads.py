"""A whole thread: its mails in order, those to be read open, the others folded until somebody opens them."""

import asyncio
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncline.core.threads import Node
from syncline.services.accounts import Auth
from syncline.services.mail import MailEntry, Thread, states_of
from syncline.web.guarded import needs_account
from syncline.web.mail.links import INBOX_QUERY, number, search_path, thread_path
from syncline.web.mail.marking import newest_of
from syncline.web.mail.messages import Opened, came_from, open_mail
from syncline.web.mail.needs import MailNeeds
from syncline.web.mail.people import NOBODY, of_address
from syncline.web.mail.plain import NO_SUBJECT, subject_line, tame
from syncline.web.mail.reading import reading_of
from syncline.web.mail.rows import Flag, flags_of
from syncline.web.mail.showing import show
from syncline.web.mail.words import NO_THREAD
from syncline.web.pages import redirect

DEEPEST: Final = 6
"""Steps to the right; deeper answers stand below each other. On 320 px more would leave no room for words."""

AT_ONCE: Final = 8
"""Open mails whose text comes with the page; others fetch theirs as they come into view."""

LARGE: Final = 200_000
"""Bytes from which on a mail's text never comes with the page: one of them must not delay the others."""

SLICE: Final = 200
"""Mails between two turns of the loop: 1.2 ms."""

SUBJECT: Final = 200


class Line(msgspec.Struct, frozen=True):
    """One mail of a thread. `no` None: others refer to it, but it never came. `opened` None: not read yet."""

    no: int | None
    depth: int
    sender: str = ""
    subject: str | None = None
    """where it is another one than the thread's"""
    snippet: str = ""
    at: int = 0
    unread: bool = False
    starred: bool = False
    deleted: bool = False
    flags: tuple[Flag, ...] = ()
    open: bool = False
    opened: Opened | None = None


@needs_account
async def thread(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /thread/ID: a whole thread; an old id of it, or the number of any of its mails, leads there."""
    asked = number(request.path_params["id"], NO_THREAD)
    q, start = came_from(request)
    known = await needs.mails.thread(auth.account, asked)
    if known.id != asked:
        mail = f"#m{asked}" if asked in known.mails else ""
        return redirect(thread_path(known.id, q=q, start=start) + mail)
    subject = _subject(known)
    lines = await _with_bodies(needs, auth, known, await _lines(known, subject))
    return await show(
        needs,
        auth,
        "mail/thread.html",
        frames=True,
        q=q,
        subject=subject,
        reading=reading_of(known),
        thread=known.id,
        lines=lines,
        here=thread_path(known.id, q=q, start=start),
        more=thread_path(known.id, q=q, start=start).removeprefix(f"/thread/{known.id}"),
        back=search_path(q or INBOX_QUERY, start=start),
    )


def _subject(known: Thread) -> str:
    for node in known.nodes:
        if node.no in known.mails:
            return subject_line(known.mails[node.no].body.subject, SUBJECT)
    return NO_SUBJECT


async def _lines(known: Thread, subject: str) -> list[Line]:
    opened = 0 if known.marks.unread else newest_of(known)
    lines = []
    for at, node in enumerate(known.nodes):
        if at % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        lines.append(_line(known, node, subject, opened))
    return lines


def _line(known: Thread, node: Node, subject: str, opened: int) -> Line:
    depth = min(node.depth, DEEPEST)
    found = None if node.no is None else known.mails.get(node.no)
    if found is None:
        return Line(None, depth)
    body, state = found.body, states_of(found.body, known.marks)
    own = subject_line(body.subject, SUBJECT)
    return Line(
        no=body.no,
        depth=depth,
        sender=of_address(body.senders[0]).shown if body.senders else NOBODY,
        subject=None if _same(own, subject) else own,
        snippet=tame(body.snippet),
        at=found.entry.at,
        unread="unread" in state,
        starred="starred" in state,
        deleted="deleted" in state,
        flags=flags_of(state),
        open="unread" in state or body.no == opened,
    )


def _same(one: str, other: str) -> bool:
    """Whether two subjects differ in `Re:` and the like only."""
    return one.rpartition(": ")[2].casefold() == other.rpartition(": ")[2].casefold()


async def _with_bodies(needs: MailNeeds, auth: Auth, known: Thread, lines: list[Line]) -> list[Line]:
    left = AT_ONCE
    found = []
    for line in lines:
        if line.open and left and line.no is not None and _small(known.mails[line.no]):
            left -= 1
            mail = known.mails[line.no].body
            opened = await open_mail(needs, auth.account, mail, states_of(mail, known.marks))
            line = msgspec.structs.replace(line, opened=opened)
        found.append(line)
    return found


def _small(mail: MailEntry) -> bool:
    return mail.body.size <= LARGE
