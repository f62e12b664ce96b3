"""The calls `sys/…` of test suites, behind a login of the configuration; off without one (reference 2.15)."""

import base64
import binascii
import hmac
from typing import Final

import msgspec

from syncline.protocols.fleep.account.preferences import change_preferences
from syncline.protocols.fleep.errors import Expired, NotAvailable, UnknownCall
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.persons import local_of
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.services.accounts import Role

WRONG: Final = "This login and password are not those of fleep.system_user."


async def register(fleep: Fleep, call: Call) -> Reply:
    """sys/account/register: an active account, without a mail."""
    _check(fleep, call)
    fields = call.fields
    given = fields.text("fleep_address")
    account = await fleep.needs.accounts.add(
        fields.need_text("email"),
        name=fields.text("display_name"),
        local=None if not given else local_of(fleep, given) or given,
        password=fields.need_text("password"),
        role=Role.NONE,
    )
    await change_preferences(
        fleep, account.id, lambda known: msgspec.structs.replace(known, email_interval="never")
    )
    return {"account_id": fleep.names.person(account.id)}


async def time_travel(fleep: Fleep, call: Call) -> Reply:
    """sys/shard/time_travel: lets an hour's limits be forgotten; other actions are not known here."""
    _check(fleep, call)
    action = call.fields.need_text("mk_time_action")
    if action == "clear_reset_velo":
        fleep.velocity.clear_resets()
    elif action == "clear_regcode_ip_velo":
        fleep.velocity.clear_codes()
    else:
        raise NotAvailable("This server cannot move its clock for that.", field="mk_time_action")
    return {}


def _check(fleep: Fleep, call: Call) -> None:
    """Raise UnknownCall where no login is configured, Expired for a wrong one; guesses are counted."""
    user, password = fleep.options.system_user, fleep.options.system_password
    if user is None or password is None:
        raise UnknownCall
    address = call.scope["address"]
    fleep.needs.limiter.guess(user, address)
    given = _given(call.scope["header"].get(b"authorization", b""))
    if not hmac.compare_digest(given, f"{user}:{password.reveal()}".encode()):
        raise Expired(WRONG)
    fleep.needs.limiter.guessed(user, address)


def _given(header: bytes) -> bytes:
    """`login:password` of HTTP Basic; empty for anything else."""
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        return b""


CALLS: Final = (
    Spec("sys/account/register", register, open=True),
    Spec("sys/shard/time_travel", time_travel, open=True),
)
