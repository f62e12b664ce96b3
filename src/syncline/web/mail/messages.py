"""One mail: its page, its body as a thread shows it, and the frame of its HTML."""

import asyncio
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncline.core.ids import Id
from syncline.core.mail import MailBody
from syncline.gateways.mime.parsing import WorkerDied
from syncline.services.accounts import Auth
from syncline.services.mail import Thread
from syncline.web.guarded import needs_account
from syncline.web.mail.bodies import Body, Prefer, body_of, raw_body
from syncline.web.mail.links import INBOX_QUERY, number, raw_path, search_path, thread_path
from syncline.web.mail.needs import MailNeeds
from syncline.web.mail.off_loop import off_loop
from syncline.web.mail.people import Person, of_address
from syncline.web.mail.plain import subject_line
from syncline.web.mail.rows import chips_of, flags_of
from syncline.web.mail.showing import fragment, on_request, show
from syncline.web.mail.words import NO_MESSAGE, size_words

MOST_COPIES: Final = 100


class Opened(msgspec.Struct, frozen=True):
    """One mail as it stands open in its thread."""

    no: int
    senders: tuple[Person, ...]
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    state: tuple[str, ...]
    kept_raw: bool
    body: Body


class Kept(msgspec.Struct, frozen=True):
    """One copy of a mail's bytes."""

    copy: int
    size: str
    at: int
    raw: str


class Beside(msgspec.Struct, frozen=True):
    """The mails before and after one in its thread, and its place."""

    place: int
    size: int
    previous: int | None
    next: int | None


@needs_account
async def message(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /message/ID: one mail with its headers, parts and attachments (`copy`, `show`, `remote`)."""
    no = number(request.path_params["id"], NO_MESSAGE)
    query = request.query_params
    copy = _copy(query.get("copy"))
    remote = on_request(request)
    prefer = Prefer.TEXT if query.get("show") == "text" else Prefer.HTML
    known = await needs.mails.message(auth.account, no)
    copies = await needs.mails.copies(auth.account, no)
    body = await body_for(needs, auth.account, known.body, copy=copy, prefer=prefer, remote=remote)
    thread = await needs.mails.thread(auth.account, known.thread)
    return await show(
        needs,
        auth,
        "mail/message.html",
        frames=True,
        no=no,
        subject=subject_line(known.body.subject, 500),
        headers=_people(known.body),
        at=known.entry.at,
        state=known.state,
        state_flags=flags_of(known.state),
        label_chips=chips_of(known.labels),
        kept_raw=known.body.kept_raw,
        body=body,
        prefer=prefer,
        remote=remote,
        copy=copy,
        copies=_copies(no, copies_of=[(one.size, one.at) for one in copies]),
        raw=raw_path(no, copy),
        beside=_beside(thread, no),
        thread=thread_path(known.thread),
        here=f"/message/{no}",
        back=search_path(INBOX_QUERY),
    )


@needs_account
async def message_body(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /message/ID/body: the inside of a mail in its thread; fetched by htmx when it comes into view."""
    no = number(request.path_params["id"], NO_MESSAGE)
    q, start = came_from(request)
    known = await needs.mails.message(auth.account, no)
    opened = await open_mail(needs, auth.account, known.body, known.state)
    here = thread_path(known.thread, q=q, start=start)
    return await fragment("mail/opened.html", frames=True, opened=opened, here=here)


def came_from(request: Request) -> tuple[str, int]:
    """The search that a thread was opened from, and its place there."""
    start = request.query_params.get("start", "")
    place = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    return request.query_params.get("q", "")[:400], place


async def open_mail(needs: MailNeeds, account: Id, mail: MailBody, state: tuple[str, ...]) -> Opened:
    """A mail as it stands open in its thread."""
    return Opened(
        mail.no,
        tuple(of_address(one) for one in mail.senders),
        tuple(of_address(one) for one in mail.to),
        tuple(of_address(one) for one in (*mail.cc, *mail.bcc)),
        state,
        mail.kept_raw,
        await body_for(needs, account, mail),
    )


async def body_for(
    needs: MailNeeds,
    account: Id,
    mail: MailBody,
    *,
    copy: int = 1,
    prefer: Prefer = Prefer.TEXT,
    remote: bool = False,
) -> Body:
    """A mail's body, read and made ready off the loop."""
    raw = await needs.mails.raw(account, mail.no, copy)
    if mail.kept_raw:
        return await asyncio.to_thread(raw_body, raw)
    try:
        return await off_loop(needs, body_of, raw, prefer, remote)
    except WorkerDied:
        body = await asyncio.to_thread(raw_body, raw)
        return msgspec.structs.replace(body, failed=True)


def _copy(given: str | None) -> int:
    return number(given, NO_MESSAGE) if given else 1


def _people(body: MailBody) -> list[tuple[str, tuple[Person, ...]]]:
    """From, To, Cc and Bcc as far as they name somebody."""
    given = (("From", body.senders), ("To", body.to), ("Cc", body.cc), ("Bcc", body.bcc))
    return [(name, tuple(of_address(one) for one in people)) for name, people in given if people]


def _copies(no: int, copies_of: list[tuple[int, int]]) -> list[Kept]:
    """All copies, if there is more than one."""
    if len(copies_of) < 2:
        return []
    return [
        Kept(at, size_words(size), came, raw_path(no, at))
        for at, (size, came) in enumerate(copies_of[:MOST_COPIES], 1)
    ]


def _beside(thread: Thread, no: int) -> Beside:
    order = [node.no for node in thread.nodes if node.no is not None and node.no in thread.mails]
    at = order.index(no)
    return Beside(
        at + 1,
        len(order),
        order[at - 1] if at else None,
        order[at + 1] if at + 1 < len(order) else None,
    )
