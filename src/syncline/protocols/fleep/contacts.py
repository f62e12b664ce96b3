"""The calls `contact/…` (Fleep reference 2.3)."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any, Final

from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import Id
from syncline.protocols.fleep.contacting import contact_record
from syncline.protocols.fleep.fields import Fields
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.persons import find_person, local_of
from syncline.protocols.fleep.records.lastseen import lastseen
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.services.people import Card, knows, person_by_email, profile_of
from syncline.services.sync import Pace

TOGETHER: Final = 50
"""Contacts read at one moment of the store."""

MOST: Final = 1000
"""Contacts named in one call."""


async def sync(fleep: Fleep, call: Call) -> Reply:
    """contact/sync: the ContactInfo itself."""
    person = fleep.names.person_of(call.fields.need_text("contact_id"))
    async with fleep.store.view() as view:
        await profile_of(view, person)
        return await contact_record(fleep, view, call.account, person)


async def sync_all(fleep: Fleep, call: Call) -> Reply:
    """contact/sync/all: everybody whom the account knows, without itself."""
    ignored = set(call.fields.texts("ignore") or ())
    wanted = (call.fields.text("search_str") or "").strip().casefold()
    known = await fleep.needs.people.contacts(call.account)
    persons = [each.person for each in known if each.person != call.account]
    records = await _records(
        fleep, call.account, [one for one in persons if fleep.names.person(one) not in ignored]
    )
    return {"contacts": [one for one in records if not wanted or _matches(one, wanted)]}


async def sync_list(fleep: Fleep, call: Call) -> Reply:
    """contact/sync/list: those that are asked for; who is not there is left out."""
    return {"contacts": await _records(fleep, call.account, _persons(fleep, call))}


async def sync_activity(fleep: Fleep, call: Call) -> Reply:
    """contact/sync/activity: when contacts were active, as far as they show it."""
    stream = []
    persons, profiles, pace = _persons(fleep, call), [], Pace()
    async with fleep.store.view() as view:
        for person in persons:
            if await knows(view, call.account, person):
                profiles.append(await fleep.profiles.of(view, person))
            await pace.rest()
        seen = await fleep.needs.last_seen.shown(view, profiles)
    for person in persons:
        if person in seen:
            stream.append(lastseen(fleep.names, person, seen[person]))
    return {"stream": stream}


async def describe(fleep: Fleep, call: Call) -> Reply:
    """contact/describe: a private name and number; an empty one is taken away."""
    person = fleep.names.person_of(call.fields.need_text("contact_id"))
    name, phone = call.fields.text("contact_name"), call.fields.text("phone_nr")
    await fleep.needs.people.describe(call.account, person, name=name, phone=phone)
    return {"stream": await _records(fleep, call.account, [person])}


async def hide(fleep: Fleep, call: Call) -> Reply:
    """contact/hide: the ids of those that were not hidden yet."""
    hidden = await fleep.needs.people.hide(call.account, _persons(fleep, call))
    return {"contacts": fleep.names.persons(hidden)}


async def bring(fleep: Fleep, call: Call) -> Reply:
    """contact/import: people by their addresses, made where nobody has them."""
    given = call.fields.objects("contact_list")
    if given is None:
        raise Invalid("contact_list is a list of objects.", field="contact_list")
    if len(given) > MOST:
        raise TooLarge(f"At most {MOST} contacts are imported at once.", field="contact_list")
    cards, pace = [], Pace()
    for each in given:
        cards.append(await _card(fleep, each))
        await pace.rest()
    persons = await fleep.needs.people.bring(call.account, cards)
    return {"stream": await _records(fleep, call.account, list(dict.fromkeys(persons)))}


async def unlist(fleep: Fleep, call: Call) -> Reply:
    """contact/unlist: takes a contact's dialog off the list."""
    person = fleep.names.person_of(call.fields.need_text("contact_id"))
    await fleep.needs.people.unlist(call.account, person)
    return {"stream": await _records(fleep, call.account, [person])}


async def _records(fleep: Fleep, account: Id, persons: Sequence[Id]) -> list[dict[str, Any]]:
    records, pace = [], Pace()
    for start in range(0, len(persons), TOGETHER):
        async with fleep.store.view() as view:
            for person in persons[start : start + TOGETHER]:
                records.append(await contact_record(fleep, view, account, person))
                await pace.rest()
    return records


def _persons(fleep: Fleep, call: Call) -> list[Id]:
    """The persons named in `contacts`, each once; what names nobody is passed over."""
    given = call.fields.need_texts("contacts")
    if len(given) > MOST:
        raise TooLarge(f"At most {MOST} contacts are named at once.", field="contacts")
    found = []
    for text in dict.fromkeys(given):
        try:
            found.append(fleep.names.person_of(text))
        except NotFound:
            continue
    return found


def _matches(record: dict[str, Any], wanted: str) -> bool:
    names = ("display_name", "email", "fleep_address", "contact_name")
    return any(wanted in str(record.get(name, "")).casefold() for name in names)


async def _card(fleep: Fleep, given: Fields) -> Card:
    """One entry of an import: `addr_full` may hold a name, and may be a Fleep address."""
    full, named, phone = (
        (given.text(name) or "").strip() for name in ("addr_full", "addr_descr", "phone_nr")
    )
    shown, address = parseaddr(full) if "<" in full else ("", full)
    async with fleep.store.view() as view:
        if local_of(fleep, address) is not None and await person_by_email(view, address) is None:
            person = await find_person(fleep, view, address)
            address = address if person is None else (await profile_of(view, person)).email or address
    return Card(address, name=named or shown or None, phone=phone or None)


CALLS: Final = (
    Spec("contact/sync", sync, write=False),
    Spec("contact/sync/all", sync_all, write=False),
    Spec("contact/sync/list", sync_list, write=False),
    Spec("contact/sync/activity", sync_activity, write=False),
    Spec("contact/describe", describe),
    Spec("contact/hide", hide),
    Spec("contact/import", bring),
    Spec("contact/unlist", unlist),
)
