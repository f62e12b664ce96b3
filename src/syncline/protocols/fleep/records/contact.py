"""ContactInfo: a person as one account knows it, and the account's own (Fleep reference 3.5)."""

from typing import Any, Final

import msgspec

from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys
from syncline.services.people import Contact, Profile, Rank

IDENTITY: Final = ("account_id",)

_ALWAYS: Final = frozenset(
    {
        "mk_rec_type",
        "account_id",
        "email",
        "display_name",
        "mk_account_status",
        "dialog_id",
        "organisation_id",
        "is_hidden_for_add",
    }
)

CONTACT: Final = Keys(
    "contact",
    _ALWAYS | {"sort_rank"},
    frozenset({"activity_time", "contact_name", "fleep_address", "is_dialog_listed", "phone_nr"}),
    IDENTITY,
)

OWN_CONTACT: Final = Keys(
    "contact",
    _ALWAYS
    | {
        "activated_time",
        "alias_account_ids",
        "client_flags",
        "client_settings",
        "connected_email",
        "export_files",
        "export_progress",
        "fleep_address",
        "fleep_autogen",
        "has_password",
        "is_automute_enabled",
        "is_premium",
        "mk_email_interval",
        "sleep_interval",
        "storage_quota_bytes",
        "storage_used_bytes",
    },
    frozenset({"is_full_privacy", "is_newsletter_disabled", "phone_nr"}),
    IDENTITY,
)

SHORT_CONTACT: Final = Keys(
    "contact",
    frozenset(
        {"mk_rec_type", "account_id", "display_name", "is_in_org", "mk_account_status", "organisation_id"}
    ),
    frozenset({"email", "fleep_address"}),
    IDENTITY,
)

QUOTA: Final = 10737418240
"""What clients show as the storage of an account."""

FLAGS: Final = ("emoticons_old", "send_email_on_enter", "show_onboarding")
"""client_flags of a new account (reference 5)."""

PHONE: Final = "phone"
"""Where a profile's `extra` holds a phone number."""

INTERVALS: Final = ("hourly", "daily", "never", "default")


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an account set for Fleep's clients. `client_settings` is the clients' own.

    None for what was never set: then the record does not speak of it.
    """

    client_flags: tuple[str, ...] = FLAGS
    client_settings: dict[str, Any] = {}
    email_interval: str = "hourly"
    is_automute_enabled: bool = False
    is_full_privacy: bool | None = None
    is_newsletter_disabled: bool | None = None


def contact(
    names: Names, profile: Profile, known: Contact | None, *, seen_at: int | None = None
) -> dict[str, Any]:
    """Somebody else. `known`: what the reader says of him, None for who is no contact of its.

    `seen_at`: his last activity, ms, if it may be shown. His phone number is for those who know him: an id
    is had for any Fleep address that somebody tries.
    """
    mine = known or Contact(profile.person)
    rank = Rank.MET if profile.service and not mine.hidden else mine.rank
    record = _person(names, profile)
    record["display_name"] = mine.name or record["display_name"]
    record["dialog_id"] = None if mine.dialog is None else names.conv(mine.dialog)
    record["is_hidden_for_add"] = mine.hidden or profile.service
    record["sort_rank"] = int(rank)
    if mine.name is not None:
        record["contact_name"] = mine.name
    phone = mine.phone or (None if known is None else phone_of(profile))
    if phone is None:
        phone = mine.phone
    if phone is not None:
        record["phone_nr"] = phone
    if mine.dialog is not None:
        record["is_dialog_listed"] = not mine.unlisted
    if seen_at is not None:
        record["activity_time"] = seen_at // 1000
    return record


def own_contact(
    names: Names, profile: Profile, preferences: Preferences, *, activated: int, has_password: bool
) -> dict[str, Any]:
    """The account itself. `activated`: when it was made, ms."""
    record = _person(names, profile)
    record |= {
        "is_hidden_for_add": True,
        "fleep_autogen": profile.local or "",
        "activated_time": activated // 1000,
        "alias_account_ids": [],
        "client_flags": list(preferences.client_flags),
        "client_settings": msgspec.json.encode(preferences.client_settings).decode(),
        "connected_email": "",
        "export_files": [],
        "export_progress": "1",
        "has_password": has_password,
        "is_automute_enabled": preferences.is_automute_enabled,
        "is_premium": False,
        "mk_email_interval": preferences.email_interval,
        "sleep_interval": 1,
        "storage_quota_bytes": QUOTA,
        "storage_used_bytes": 0,
    }
    record.setdefault("fleep_address", "")
    said = {
        "is_full_privacy": preferences.is_full_privacy,
        "is_newsletter_disabled": preferences.is_newsletter_disabled,
        "phone_nr": phone_of(profile),
    }
    record |= {name: value for name, value in said.items() if value is not None}
    return record


def short_contact(names: Names, profile: Profile, *, email: bool) -> dict[str, Any]:
    """Somebody that was looked up; `email`: by his e-mail address."""
    address = _address(profile)
    unnamed = profile.email if email else address
    record: dict[str, Any] = {
        "mk_rec_type": "contact",
        "account_id": names.person(profile.person),
        "display_name": profile.name or unnamed or "",
        "is_in_org": False,
        "mk_account_status": status_of(profile),
        "organisation_id": None,
    }
    if email:
        record["email"] = profile.email or ""
    if address:
        record["fleep_address"] = address
    return record


def status_of(profile: Profile) -> str:
    """mk_account_status."""
    if profile.closed or profile.erased:
        return "closed"
    return "active" if profile.account else "new"


def phone_of(profile: Profile) -> str | None:
    """The phone number that an account shows to all who know it; empty once it was taken away."""
    phone = profile.extra.get(PHONE)
    return phone if isinstance(phone, str) else None


def _person(names: Names, profile: Profile) -> dict[str, Any]:
    record: dict[str, Any] = {
        "mk_rec_type": "contact",
        "account_id": names.person(profile.person),
        "email": profile.email or "",
        "display_name": profile.name or profile.email or "",
        "mk_account_status": status_of(profile),
        "dialog_id": None,
        "organisation_id": None,
        "is_hidden_for_add": False,
    }
    if address := _address(profile):
        record["fleep_address"] = address
    return record


def _address(profile: Profile) -> str | None:
    return profile.alias or profile.local
