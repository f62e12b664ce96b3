"""The page of one conversation: who is in it, what is pinned, what was written, and a form to answer."""

import secrets
from typing import Final

import msgspec
from starlette.responses import Response

from syncline.core.ids import Id, ZoneId
from syncline.services.accounts import Auth
from syncline.services.conversations import Sight, sight
from syncline.services.overviews import shown_sight
from syncline.services.sync.pace import Pace
from syncline.web.chat.heading import members_of, pins_of
from syncline.web.chat.keys import KEYS
from syncline.web.chat.lines import Line, line_of
from syncline.web.chat.links import LIST, chat_path, cid_of
from syncline.web.chat.naming import title_of
from syncline.web.chat.needs import ChatNeeds
from syncline.web.chat.stretches import Stretch, stretch
from syncline.web.chat.unread import unread_of
from syncline.web.mail.links import thread_path
from syncline.web.mail.showing import show
from syncline.web.naming import Naming
from syncline.web.pages import redirect

LONGEST: Final = 50_000
"""Characters of a message that is written here."""


class Draft(msgspec.Struct, frozen=True):
    """What stands in the form: nothing, or what could not be sent, and why."""

    text: str = ""
    problem: str | None = None
    status: int = 200


async def talk_page(
    needs: ChatNeeds,
    auth: Auth,
    conv: ZoneId,
    draft: Draft,
    *,
    before: int | None = None,
    after: int | None = None,
) -> Response:
    """A conversation from its end, or before or after a number; a mail thread's page is that of mails.

    Raises NotFound for a stranger.
    """
    account = auth.account
    async with needs.store.view() as view:
        seen = await sight(view, account, conv)
        mail = seen.zone.owner == account
        if not mail:
            of = await needs.overviews.of(view, account, seen.zone.id)
            seen = await shown_sight(view, of)
            naming, cid = Naming(view, account), cid_of(needs.handles, of.conv)
            # the overview may be newer than the view: what is not shown here is not read by looking here
            last = min(of.last_nr, seen.zone.nr)
            part = await stretch(view, seen, last=last, before=before, after=after)
            lines = await _lines(part, seen, naming, account, cid)
            title = await title_of(of, seen, naming)
            members = await members_of(of, seen, naming)
            pins = await pins_of(view, of, seen, naming, cid)
    if mail:
        return redirect(thread_path(await needs.mails.thread_id(account, seen.zone.id)), status=302)
    shown = range(lines[0].nr, lines[-1].nr + 1) if lines else range(0)
    return await show(
        needs,
        auth,
        "chat/talk.html",
        status=draft.status,
        keys=KEYS,
        title=title,
        cid=cid,
        members=members,
        pins=pins,
        lines=lines,
        earlier=None if part.earlier is None else chat_path(cid, before=part.earlier),
        later=None if part.later is None else chat_path(cid, after=part.later),
        newest=chat_path(cid),
        unread=unread_of(of, cid, part.upto, shown),
        present=of.present,
        gone=of.deleted,
        draft=draft,
        longest=LONGEST,
        once=secrets.token_urlsafe(12),
        back=LIST,
    )


async def _lines(part: Stretch, seen: Sight, naming: Naming, account: Id, cid: str) -> list[Line]:
    pace = Pace()
    found = []
    for entry in part.entries:
        await pace.rest()
        found.append(await line_of(entry, seen, naming, account=account, cid=cid))
    return found
