"""The list of all conversations, what moved last first."""

from typing import Final
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from syncline.core.entries import ERASED, Entry
from syncline.core.errors import NotFound
from syncline.core.ids import Nr, Seq
from syncline.core.kinds import EntryKind
from syncline.core.mail import read_body
from syncline.core.rooms.forms import deleted, read_form
from syncline.services.accounts import Auth
from syncline.services.conversations import as_seen
from syncline.services.overviews import Listed, Overview, listed, shown_sight
from syncline.services.sync.pace import Pace
from syncline.store.contract import View
from syncline.web.chat.keys import KEYS
from syncline.web.chat.lines import author_of, text_of, words_of
from syncline.web.chat.links import LIST, NEW, chat_path, cid_of
from syncline.web.chat.naming import title_of
from syncline.web.chat.needs import ChatNeeds
from syncline.web.mail.links import thread_path
from syncline.web.mail.plain import tame
from syncline.web.mail.showing import show
from syncline.web.naming import Naming
from syncline.web.wording import said, short

PAGE: Final = 50
"""Conversations of a page."""

FARTHEST: Final = 10**9


class Row(msgspec.Struct, frozen=True):
    """One conversation of the list. `at` is ms, 0 where nothing is.

    `who` and `text`: its newest entry; `told`: the text is what he did, not what he wrote.
    """

    cid: str
    path: str
    title: str
    unread: int
    mentioned: bool
    members: int
    marks: tuple[str, ...]
    who: str
    text: str
    told: bool
    at: int


async def list_page(needs: ChatNeeds, auth: Auth, *, start: int = 0, at: int | None = None) -> Response:
    """A page of the list, from a place in it; `at`: the list as it was then, so that pages fit together."""
    account = auth.account
    pace = Pace()
    async with needs.store.view() as view:
        until = view.head if at is None else Seq(min(at, view.head))
        every = await listed(view, account, at=until)
        naming = Naming(view, account)
        rows: list[Row] = []
        place = min(start, FARTHEST)
        while place < len(every) and len(rows) < PAGE:
            await pace.rest()
            row = await _row(needs, view, naming, auth, every[place])
            place += 1
            if row is not None:
                rows.append(row)
    return await show(
        needs,
        auth,
        "chat/list.html",
        keys=KEYS,
        rows=rows,
        start=start,
        newest=LIST if start else None,
        newer=_path(max(0, start - PAGE), until) if start else None,
        older=_path(place, until) if place < len(every) else None,
    )


def _path(start: int, until: Seq) -> str:
    return f"{LIST}?{urlencode({'start': start, 'at': until})}" if start else LIST


async def _row(needs: ChatNeeds, view: View, naming: Naming, auth: Auth, one: Listed) -> Row | None:
    """A conversation as the list shows it; None for one that its account took off its list."""
    try:
        of = await needs.overviews.of(view, auth.account, one.conv)
    except NotFound:  # it left the inbox since the list was begun
        return None
    if of.deleted:
        return None
    seen = await shown_sight(view, of)
    newest = await view.entry_by_nr(of.conv, Nr(of.show_nr)) if of.show_nr else None
    shown = None if newest is None else await as_seen(view, seen, newest)
    told = shown is not None and shown.kind not in (EntryKind.MESSAGE, EntryKind.MAIL)
    who, text = ("", "")
    if shown is not None and shown.kind is EntryKind.MAIL:
        words = said(shown, None, naming.known)
        who, text = tame(words.who or ""), tame(words.text)
    elif shown is not None:
        form = read_form(shown.current)
        who = await author_of(shown, form, seen, naming)
        if told:
            text = await words_of(shown, seen, naming)
        else:
            text = "(deleted)" if deleted(form) else short(tame(text_of(form)))
    cid = cid_of(needs.handles, of.conv)
    return Row(
        cid=cid,
        path=_leads_to(of, shown, cid),
        title=await title_of(of, seen, naming),
        unread=of.unread,
        mentioned=of.mention_nr > 0,
        members=len(of.common.members),
        marks=tuple(_marks(of)),
        who=who,
        text=text,
        told=told,
        at=one.bumped_at,
    )


def _leads_to(of: Overview, newest: Entry | None, cid: str) -> str:
    """The page of a conversation; of a thread of mails that of its newest mail."""
    if of.common.mail and newest is not None and newest.kind is EntryKind.MAIL and newest.body != ERASED:
        return thread_path(read_body(newest.body).no)
    return chat_path(cid) + NEW


def _marks(of: Overview) -> list[str]:
    marks = ["mail"] if of.common.mail else []
    marks += [] if of.present else ["left"]
    return marks + (["hidden"] if of.hidden else [])
