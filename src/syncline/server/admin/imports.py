"""Admin routes that take mails from an import, batch by batch."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syncline.core.errors import Invalid, Missing
from syncline.core.ids import Id, ZoneId
from syncline.gateways.mbox.importing import import_mails, mailbox
from syncline.gateways.mbox.mail import ReadMail
from syncline.server.admin.answers import account_named, answer, body, control
from syncline.server.admin.shapes import Imported, LinkFor, Mailbox


async def open_mailbox(request: Request) -> Response:
    """POST /mailbox: the conversation for an account's imported mails."""
    wanted = await body(request, LinkFor)
    if wanted.account is None:
        raise Missing("Say whose mails they are.", field="account")
    account = await account_named(request, wanted.account)
    conv = await mailbox(control(request).services.store, account.id)
    return answer(Mailbox(account=account.id, conversation=conv))


async def take_mails(request: Request) -> Response:
    """POST /import?account=&conversation=: a batch of read mails as msgpack."""
    try:
        mails = msgspec.msgpack.decode(await request.body(), type=list[ReadMail])
        account = Id(int(request.query_params["account"]))
        conv = ZoneId(Id(int(request.query_params["conversation"])))
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise Invalid(f"The batch is not what this version expects: {error}.") from error
    added = await import_mails(control(request).services.store, account, conv, mails)
    return answer(Imported(added=added, known=len(mails) - added))


ROUTES = (
    Route("/mailbox", open_mailbox, methods=["POST"]),
    Route("/import", take_mails, methods=["POST"]),
)
