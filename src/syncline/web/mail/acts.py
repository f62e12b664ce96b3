"""What the buttons of the pages do: label, star, archive, mark as read, delete.

Each is a form that works by itself and leads back to where it was pressed (`next`). Asked by htmx, a list
gets the changed row instead (`row`), and a thread the changed row of its own buttons (`seen`). The fields are
`give` and `take`: one named `remove` would hide the form's own method of that name from scripts.
"""

from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.services.accounts import Auth
from syncline.services.mail import valid_label
from syncline.web.forms import first, form
from syncline.web.guarded import needs_account
from syncline.web.mail.links import number, thread_path
from syncline.web.mail.marking import mark_message, mark_thread
from syncline.web.mail.needs import MailNeeds
from syncline.web.mail.reading import reading_of
from syncline.web.mail.rows import row
from syncline.web.mail.showing import by_htmx, fragment
from syncline.web.mail.words import NO_MESSAGE, NO_THREAD
from syncline.web.pages import own_path, redirect


@needs_account
async def label_thread(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """POST /thread/ID/labels: give a thread labels (`give`) or take them (`take`)."""
    thread = number(request.path_params["id"], NO_THREAD)
    fields = await form(request)
    add = [label for given in fields.get("give", []) if (label := " ".join(given.split()))]
    for label in add:
        if not valid_label(label):
            raise Invalid(
                f'“{label[:60]}” cannot be a label: no ( ) " : in it, and no - ~ * at its start.',
                field="labels",
            )
    conv = await needs.mails.label(auth.account, thread, add=add, remove=fields.get("take", []))
    return await _after(needs, request, auth.account, conv, fields, thread_path(thread))


@needs_account
async def set_thread_state(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """POST /thread/ID/state: star, mark as read or unread, delete (`give`, `take`)."""
    thread = number(request.path_params["id"], NO_THREAD)
    fields = await form(request)
    upto = first(fields, "upto")
    conv = await mark_thread(
        needs.mails,
        auth.account,
        thread,
        add=fields.get("give", []),
        remove=fields.get("take", []),
        upto=number(upto, NO_THREAD) if upto else None,
    )
    return await _after(needs, request, auth.account, conv, fields, thread_path(thread))


@needs_account
async def set_message_state(needs: MailNeeds, request: Request, auth: Auth) -> Response:
    """POST /message/ID/state: star one mail, mark it as read or unread, delete it (`give`, `take`)."""
    no = number(request.path_params["id"], NO_MESSAGE)
    fields = await form(request)
    thread = await mark_message(
        needs.mails, auth.account, no, add=fields.get("give", []), remove=fields.get("take", [])
    )
    wanted = own_path(first(fields, "next"), f"{thread_path(thread)}#m{no}")
    if by_htmx(request) and "seen" in fields:
        state = (await needs.mails.message(auth.account, no)).state
        return await fragment("mail/unread.html", no=no, state=state, here=wanted)
    return redirect(wanted)


async def _after(
    needs: MailNeeds,
    request: Request,
    account: Id,
    conv: ZoneId,
    fields: dict[str, list[str]],
    default: str,
) -> Response:
    wanted = own_path(first(fields, "next"), default)
    if by_htmx(request) and "row" in fields:
        start = first(fields, "start")
        info = await needs.search.info(account, conv)
        shown = row(info, q=first(fields, "q"), start=int(start) if start.isdecimal() else 0)
        return await fragment("mail/row.html", row=shown, here=wanted, q=first(fields, "q"), start=start)
    if by_htmx(request) and "seen" in fields:
        thread = await needs.mails.thread_id(account, conv)
        reading = reading_of(await needs.mails.thread(account, thread))
        return await fragment("mail/reading.html", reading=reading, thread=thread, here=wanted)
    return redirect(wanted)
