"""account/configure and what is like it: the account's own side."""

from typing import Any, Final

import msgspec

from syncline.core.errors import Invalid
from syncline.core.nesting import parse_object
from syncline.protocols.fleep.account.preferences import change_preferences
from syncline.protocols.fleep.contacting import own_record
from syncline.protocols.fleep.errors import Refusal
from syncline.protocols.fleep.fields import Fields
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.persons import local_of
from syncline.protocols.fleep.records.contact import INTERVALS, PHONE, Preferences
from syncline.protocols.fleep.serving import Call, Reply, Spec, known_word
from syncline.services.people import normal_address

LONGEST_PHONE: Final = 64
LONGEST_FLAG: Final = 64
MOST_FLAGS: Final = 64


async def configure(fleep: Fleep, call: Call) -> Reply:
    """account/configure: changes what is given; answers the own ContactInfo itself (reference 2.2)."""
    fields, account, needs = call.fields, call.account, fleep.needs
    changes = _preferences(fields)
    settings = _client_settings(fields)
    name, phone = fields.text("display_name"), phone_nr(fields)
    if name is not None and not name.strip():
        raise Invalid("A name is not empty.", field="display_name")
    await _check_email(fleep, call)
    address = fields.text("fleep_address")
    new = fields.text("password")
    old = fields.need_text("old_password") if new else ""
    # What may be refused goes before all that is written, so that a refusal leaves everything as it was.
    if new:
        await needs.accounts.check_change(account, old, new)
    if address:
        await needs.accounts.set_alias(account, local_of(fleep, address) or address)
    private = changes.get("is_full_privacy")
    if name is not None or phone is not None or private is not None:
        extra = None if phone is None else {PHONE: phone}
        await needs.people.update(account, name=name, private=private, extra=extra)
        if name is not None:
            await needs.conversations.renamed(account)

    def change(known: Preferences) -> Preferences:
        merged = {**known.client_settings, **settings}
        kept = {key: value for key, value in merged.items() if value is not None}
        return msgspec.structs.replace(known, **changes, client_settings=kept)

    if changes or settings:
        await change_preferences(fleep, account, change)
    if new:
        keep = None if call.auth is None else call.auth.session
        await needs.accounts.set_password(account, new, keep=keep)
    return await _own(fleep, call)


async def configure_primary_email(fleep: Fleep, call: Call) -> Reply:
    """account/configure_primary_email: there is one address, so only that can be chosen."""
    call.fields.need_text("primary_email")
    await _check_email(fleep, call)
    return await _own(fleep, call)


async def set_flag(fleep: Fleep, call: Call) -> Reply:
    """account/set_flag: sets a client flag, or takes it away."""
    flag, on = call.fields.need_text("client_flag"), call.fields.flag("bool_value", True)
    if len(flag) > LONGEST_FLAG:
        raise Invalid(f"A flag has at most {LONGEST_FLAG} characters.", field="client_flag")

    def change(known: Preferences) -> Preferences:
        flags = {each for each in known.client_flags if each != flag} | ({flag} if on else set())
        if len(flags) > MOST_FLAGS:
            raise Invalid(f"There are at most {MOST_FLAGS} flags.", field="client_flag")
        return msgspec.structs.replace(known, client_flags=tuple(sorted(flags)))

    changed = await change_preferences(fleep, call.account, change)
    return {"client_flags": list(changed.client_flags)}


def phone_nr(fields: Fields) -> str | None:
    """The phone number that is given, empty to take it away; raises Invalid."""
    phone = fields.text("phone_nr")
    if phone is not None and len(phone) > LONGEST_PHONE:
        raise Invalid(f"A phone number has at most {LONGEST_PHONE} characters.", field="phone_nr")
    return None if phone is None else phone.strip()


async def _own(fleep: Fleep, call: Call) -> dict[str, Any]:
    async with fleep.store.view() as view:
        return await own_record(fleep, view, call.account)


async def _check_email(fleep: Fleep, call: Call) -> None:
    """Raise Refusal for a primary address that is not the account's: aliases come later."""
    email = call.fields.text("primary_email")
    if email:
        async with fleep.store.view() as view:
            profile = await fleep.profiles.of(view, call.account)
        if normal_address(email) != profile.email:
            raise Refusal("This is not an address of yours.", field="primary_email")


def _preferences(fields: Fields) -> dict[str, Any]:
    flags = ("is_full_privacy", "is_newsletter_disabled", "is_automute_enabled")
    changes: dict[str, Any] = {name: value for name in flags if (value := fields.flag(name)) is not None}
    interval = known_word(fields.text("email_interval") or None, INTERVALS, "email_interval")
    if interval is not None:
        changes["email_interval"] = interval
    return changes


def _client_settings(fields: Fields) -> dict[str, Any]:
    """What the client gives to be merged with what it gave; null takes a key away."""
    text = fields.text("client_settings")
    if not text:
        return {}
    return parse_object(text.encode(), "client_settings is a JSON object.", field="client_settings")


CALLS: Final = (
    Spec("account/configure", configure),
    Spec("account/configure_primary_email", configure_primary_email),
    Spec("account/set_flag", set_flag),
)
