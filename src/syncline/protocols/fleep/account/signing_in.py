"""account/login and logout: ticket and cookie (Fleep reference 1.2)."""

from typing import Any, Final

from starlette.types import Scope

from syncline.core.errors import NotFound
from syncline.core.ids import Id
from syncline.gateways.http.cookies import is_secure
from syncline.protocols.fleep.contacting import own_record
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.persons import local_of
from syncline.protocols.fleep.serving import Call, Cookie, Reply, Spec
from syncline.services.accounts.making import account_by_email

REMEMBERED: Final = 90 * 24 * 3600
"""Seconds that a session lives with `remember_me`, and its cookie with it."""

FORGOTTEN: Final = 30 * 24 * 3600
"""Seconds that one lives without: its cookie ends with the program, of which the server does not hear."""


async def login(fleep: Fleep, call: Call) -> Reply:
    """account/login: a session of its own for each client."""
    given, password = call.fields.need_text("email"), call.fields.need_text("password")
    remember = bool(call.fields.flag("remember_me", False))
    name = await _login_name(fleep, given)
    address = call.scope["address"]
    fleep.needs.limiter.guess(name, address)
    account = await fleep.needs.accounts.sign_in(name, password)
    fleep.needs.limiter.guessed(name, address)
    return await begin_session(fleep, call.scope, account.id, remember=remember)


async def logout(fleep: Fleep, call: Call) -> Reply:
    """account/logout: the pair is worthless from now on; its cookie is left as it is (reference 1.2)."""
    if call.auth is not None:
        try:
            await fleep.needs.sessions.end(call.auth.session)
        except NotFound:
            return {}  # a personal token has no session; it is revoked where it was made
    return {}


async def begin_session(fleep: Fleep, scope: Scope, account: Id, *, remember: bool = False) -> Cookie:
    """Sign an account in and welcome it: the reply of login and confirm, with its one cookie."""
    lasts = REMEMBERED if remember else FORGOTTEN
    await fleep.needs.welcome.greet(account)
    pair = await fleep.needs.sessions.create_pair(account, lasts * 1000)
    scope["account"] = account
    fleep.needs.last_seen.touch(account)
    async with fleep.store.view() as view:
        own = await own_record(fleep, view, account)
    reply: dict[str, Any] = {
        "account_id": own["account_id"],
        "display_name": own["display_name"],
        "profiles": [own],
        "ticket": pair.ticket,
    }
    cookie = f"token_id={pair.token}; Path=/; HttpOnly"
    if remember:
        cookie += f"; Max-Age={lasts}"
    if is_secure(scope["scheme"], fleep.needs.public_url):
        cookie += "; Secure"
    return Cookie(reply, cookie)


async def _login_name(fleep: Fleep, text: str) -> str:
    """The e-mail address or local name that is meant: `name@HOST` is a Fleep address, unless it is an
    account's e-mail address."""
    local = local_of(fleep, text)
    if local is None or "@" not in text:
        return text.strip()
    async with fleep.store.view() as view:
        known = await account_by_email(view, text)
    return local if known is None else text.strip()


CALLS: Final = (Spec("account/login", login, open=True), Spec("account/logout", logout))
