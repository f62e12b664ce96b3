"""Mails that are taken in: added, or sent and kept."""

import asyncio
from typing import Final
from weakref import WeakValueDictionary

from starlette.types import ASGIApp, Scope

from syncline.core.errors import Unfit
from syncline.core.ids import Id
from syncline.core.mail import MUTABLE, ReadMail
from syncline.protocols.heliotrope.bodies import Fields
from syncline.protocols.heliotrope.errors import fitting
from syncline.protocols.heliotrope.needs import Needs
from syncline.protocols.heliotrope.serving import Told, writing
from syncline.protocols.heliotrope.shapes import Added, Done, Seen, answer
from syncline.services.accounts import Auth
from syncline.services.mail import Status
from syncline.services.mail.marking import own_labels
from syncline.services.people import normal_address

EMPTY: Final = "There is no mail in the field message: it is empty."
UNREAD: Final = "This cannot be read as a mail, so it was not sent."
NOBODY: Final = "This mail names no recipient, so it was not sent."


def add(needs: Needs) -> ASGIApp:
    """POST /message.json: take a mail in; with `merge` a known one gets these labels and states, too."""

    async def act(auth: Auth, scope: Scope, fields: Fields) -> Told:
        raw = fields.mail()
        labels, state, extra = fields.names("labels", ()), fields.names("state", ()), fields.extra()
        mail = await _read(needs, raw)
        with fitting():
            added = await needs.mails.add(auth.account, mail, raw, labels=labels, state=state, extra=extra)
            if added.status == Status.NEW:
                return answer(Added("unseen", added.no, added.thread))
            if fields.wish("merge"):
                only = (added.no, added.no)
                await needs.mails.label(auth.account, added.no, add=labels)
                given = {name: only for name in state if name in MUTABLE}
                await needs.mails.mark(auth.account, added.no, add=given)
        return answer(Added("seen", added.no, added.thread))

    return writing(needs, act)


def send(needs: Needs) -> ASGIApp:
    """POST /message/send.json: send a mail through the relay, and keep it."""
    under_way: WeakValueDictionary[tuple[Id, str], asyncio.Lock] = WeakValueDictionary()

    async def act(auth: Auth, scope: Scope, fields: Fields) -> Told:
        raw = fields.mail()
        labels, state, extra = fields.names("labels", ()), fields.names("state", ()), fields.extra()
        mail = await _read(needs, raw)
        with fitting():
            own_labels(labels)  # before the mail is sent
        # the same mail sent twice at once (an impatient click) is sent once
        lock = under_way.setdefault((auth.account, mail.message_id), asyncio.Lock())
        async with lock:
            if await needs.mails.has(auth.account, mail.message_id):
                return answer(Seen())
            await _relay(needs, auth.account, mail, raw, ())
            added = await needs.mails.add(
                auth.account, mail, raw, labels=labels, state=state, extra=extra, sent=True
            )
        return answer(Added("unseen", added.no, added.thread))

    return writing(needs, act)


def bounce(needs: Needs) -> ASGIApp:
    """POST /message/bounce.json: send a mail through the relay, to others than it names if given."""

    async def act(auth: Auth, scope: Scope, fields: Fields) -> Told:
        raw, forced = fields.mail(), fields.names("force_recipients", ())
        await _relay(needs, auth.account, await _read(needs, raw), raw, forced)
        return answer(Done())

    return writing(needs, act)


async def _read(needs: Needs, raw: bytes) -> ReadMail:
    if not raw or raw.isspace():
        raise Unfit(EMPTY, field="message")
    return await needs.parsing.read(raw)


async def _relay(needs: Needs, account: Id, mail: ReadMail, raw: bytes, forced: tuple[str, ...]) -> None:
    """Send a mail to its recipients, or to others; raises Unfit, RelayMissing, RelayFailed.

    Who may write as whom is the relay's to say, as in the original: it knows the account's addresses better
    than we do.
    """
    if mail.kept_raw:
        raise Unfit(UNREAD, field="message")
    named = (one.mail for one in (*mail.to, *mail.cc, *mail.bcc) if normal_address(one.mail))
    recipients = forced or tuple(dict.fromkeys(named))
    if not recipients and needs.relay.configured:
        raise Unfit(NOBODY, field="message")
    sender = next((one.mail for one in mail.senders if normal_address(one.mail)), None)
    if sender is None:
        sender = (await needs.accounts.get(account)).email
    with fitting():
        await needs.relay.send(raw, sender=sender, recipients=recipients)
