"""The small pages: labels, contacts, and one figure or another."""

import re
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import BadQuery
from syncline.core.mail import STATES
from syncline.services.accounts import Auth
from syncline.web.guarded import needs_account
from syncline.web.mail.links import number, search_path, thread_path
from syncline.web.mail.needs import MailNeeds
from syncline.web.mail.people import Person, of_text
from syncline.web.mail.plain import subject_line, tame
from syncline.web.mail.rows import label_path
from syncline.web.mail.showing import show
from syncline.web.mail.words import NO_THREAD
from syncline.web.pages import redirect, when

CONTACTS: Final = 20
"""Contacts shown, unless `num` says otherwise."""

MOST: Final = 2500

_COUNT: Final = re.compile(r"[1-9][0-9]{0,5}")


@needs_account
async def labels(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /labels: all labels and states in use, with how many threads they have, unread and in all."""
    counts = await needs.search.label_counts(auth.account)
    lines = [(one, label_path(one.label)) for one in sorted(counts, key=lambda one: one.label.casefold())]
    return await show(
        needs,
        auth,
        "mail/labels.html",
        labels=[line for line in lines if line[0].label not in STATES],
        states=[line for line in lines if line[0].label in STATES],
    )


@needs_account
async def prune_labels(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """POST /labels/prune: drop labels that no thread has. Labels come from the threads: none is ever left."""
    return redirect("/labels")


@needs_account
async def contacts(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /contacts?prefix=…&num=…: people one had mail with, the latest first."""
    prefix = request.query_params.get("prefix", "").strip()
    given = request.query_params.get("num", "")
    num = min(int(given), MOST) if _COUNT.fullmatch(given) else CONTACTS
    found = await needs.search.contacts(auth.account, prefix, num + 1)
    people = [Person(one.name or "", one.mail) for one in found[:num]]
    more = "/contacts?" + urlencode({"prefix": prefix, "num": num * 5}) if MOST > num < len(found) else None
    return await show(needs, auth, "mail/contacts.html", prefix=prefix, people=people, more=more, num=num)


@needs_account
async def info(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /info: that the server is up, and which version of the interface it speaks."""
    return await _facts(needs, auth, "Server", [("Status", "up"), ("API version", "0.1")])


@needs_account
async def size(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /size: how many mails there are."""
    return await _facts(needs, auth, "Size", [("Mails", str(await needs.mails.size(auth.account)))])


@needs_account
async def count(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /count?q=…: how many threads a query finds."""
    q = request.query_params.get("q", "")
    try:
        found = await needs.search.count(auth.account, q)
    except BadQuery as error:
        return await _facts(needs, auth, "Count", [("Query", q), ("Problem", error.message)], q=q, status=400)
    path = search_path(q)
    return await _facts(needs, auth, "Count", [("Query", q), ("Threads", str(found))], q=q, path=path)


@needs_account
async def thread_info(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """GET /thread/ID/info: what is known of a thread."""
    thread = number(request.path_params["id"], NO_THREAD)
    known = await needs.search.info(auth.account, await needs.mails.find(auth.account, thread))
    facts = [
        ("Subject", subject_line(known.subject, 500)),
        ("Date", when(known.date)),
        ("Mails", str(known.size)),
        ("Participants", _names(known.participants)),
        ("Unread from", _names(known.unread_participants)),
        ("To", _names(known.direct_recipients)),
        ("Copies to", _names(known.indirect_recipients)),
        ("Labels", ", ".join(known.labels)),
        ("States", ", ".join(known.state)),
        ("Snippet", tame(known.snippet)),
        ("Thread id", str(known.thread_id)),
    ]
    return await _facts(needs, auth, "Thread", facts, path=thread_path(known.thread_id))


def _names(people: tuple[str, ...]) -> str:
    return ", ".join(of_text(one).whole for one in people)


async def _facts(
    needs: MailNeeds,
    auth: Auth,
    title: str,
    facts: list[tuple[str, str]],
    *,
    q: str = "",
    path: str | None = None,
    status: int = 200,
) -> Response:
    given = [(name, value) for name, value in facts if value]
    return await show(needs, auth, "mail/facts.html", status=status, title=title, facts=given, path=path, q=q)
