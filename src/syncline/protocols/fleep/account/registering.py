"""account/register, prepare and confirm: an account for oneself, by the setting `accounts.registration`."""

from typing import Final

import msgspec

from syncline.core.errors import Taken
from syncline.protocols.fleep.account.configuring import phone_nr
from syncline.protocols.fleep.account.preferences import change_preferences
from syncline.protocols.fleep.account.signing_in import begin_session
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.persons import local_of
from syncline.protocols.fleep.records.contact import PHONE
from syncline.protocols.fleep.serving import Call, Reply, Spec


async def register(fleep: Fleep, call: Call) -> Reply:
    """account/register: with name and password, which wait for the code that is sent.

    Without a relay there is no mail to click at. Then, unless the client asks for a code, the account is
    made at once by the same rules as on the web page; only where the address needs a proof (somebody is
    known by it) its code goes to the log.
    """
    email, password = call.fields.need_text("email"), call.fields.need_text("password")
    name = call.fields.text("display_name") or None
    invite = _invite(fleep, call)
    fleep.velocity.code(email, call.scope["address"])
    needs = fleep.needs
    if not call.fields.flag("use_code", False) and not needs.relay.configured:
        try:
            await needs.accounts.register(email, password, name or "", invite=invite)
        except Taken:
            pass
        else:
            return {}
    await needs.confirmations.register(email, name=name, password=password, invite=invite)
    return {}


async def register_by_code(fleep: Fleep, call: Call) -> Reply:
    """account/register/v2: (re)sends a code; name and password come with the confirmation."""
    email = call.fields.need_text("email")
    fleep.velocity.code(email, call.scope["address"])
    await fleep.needs.confirmations.register(email, invite=_invite(fleep, call))
    return {}


async def prepare(fleep: Fleep, call: Call) -> Reply:
    """account/prepare/v2: the notification_id for confirm, by itself or for address and code."""
    link = call.fields.text("notification_id")
    if link:
        await fleep.needs.confirmations.check(link)
        return {"notification_id": link}
    email = call.fields.need_text("registration_mail")
    code = call.fields.need_text("registration_code")
    fleep.needs.limiter.guess(email, call.scope["address"])
    link = await fleep.needs.confirmations.prove(email, code)
    fleep.needs.limiter.guessed(email, call.scope["address"])
    return {"notification_id": link}


async def confirm(fleep: Fleep, call: Call) -> Reply:
    """account/confirm and confirm/v2: makes the account, and signs it in."""
    fields = call.fields
    link = fields.need_text("notification_id")
    given = fields.text("fleep_address")
    local = None if not given else local_of(fleep, given) or given
    phone, quiet = phone_nr(fields), fields.flag("is_newsletter_disabled")
    account = await fleep.needs.confirmations.confirm(
        link, name=fields.text("display_name"), password=fields.text("password"), local=local
    )
    if phone:
        await fleep.needs.people.update(account.id, extra={PHONE: phone})
    if quiet is not None:
        await change_preferences(
            fleep,
            account.id,
            lambda known: msgspec.structs.replace(known, is_newsletter_disabled=quiet),
        )
    return await begin_session(fleep, call.scope, account.id)


def _invite(fleep: Fleep, call: Call) -> str | None:
    """The code of an invite. Clients know no field for it, so where one is needed `referer` is taken, too."""
    given = call.fields.text("invite")
    if not given and fleep.needs.config.accounts.registration != "open":
        given = call.fields.text("referer")
    return given or None


CALLS: Final = (
    Spec("account/register", register, open=True),
    Spec("account/register/v2", register_by_code, open=True),
    Spec("account/prepare/v2", prepare, open=True),
    Spec("account/confirm", confirm, open=True),
    Spec("account/confirm/v2", confirm, open=True),
)
