"""account/lookup: who is behind addresses and ids."""

from typing import Final

from syncline.core.errors import Invalid, TooLarge
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.persons import find_person, persons_of
from syncline.protocols.fleep.records.contact import short_contact
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.services.people import normal_address, valid_address
from syncline.services.sync import Pace

MOST: Final = 1000
"""Names in one call."""


async def lookup(fleep: Fleep, call: Call) -> Reply:
    """account/lookup: short contacts; an unknown e-mail address becomes a person, all else is left out."""
    texts = list(dict.fromkeys(call.fields.need_texts("lookup_list")))
    ignored = set(call.fields.texts("ignore_list") or ())
    if len(texts) > MOST:
        raise TooLarge(f"At most {MOST} are looked up at once.", field="lookup_list")
    pace, wanted = Pace(), []
    async with fleep.store.view() as view:
        for text in texts:
            if await find_person(fleep, view, text) is not None or _is_address(text):
                wanted.append(text)
            await pace.rest()
    persons = await persons_of(fleep, call.account, wanted)
    stream, told = [], set()
    async with fleep.store.view() as view:
        for text, person in zip(wanted, persons, strict=True):
            id = fleep.names.person(person)
            if id not in ignored and person not in told:
                told.add(person)
                profile = await fleep.profiles.of(view, person)
                by_email = profile.email is not None and normal_address(text) == profile.email
                stream.append(short_contact(fleep.names, profile, email=by_email))
            await pace.rest()
    return {"stream": stream}


def _is_address(text: str) -> bool:
    """Whether a text is an e-mail address."""
    try:
        valid_address(text)
    except Invalid:
        return False
    return True


CALLS: Final = (Spec("account/lookup", lookup),)
