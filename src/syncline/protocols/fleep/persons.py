"""Persons by what clients name them with: e-mail addresses, Fleep addresses, account ids."""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Final

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id
from syncline.protocols.fleep.fleep import Fleep
from syncline.services.accounts.making import account_by_local
from syncline.services.people import mail_domain, person_by_email, person_of, valid_address
from syncline.services.sync import Pace
from syncline.store.contract import Tx, View

TOGETHER: Final = 32
"""Persons made in one work."""

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def local_of(fleep: Fleep, text: str) -> str | None:
    """The local name in a Fleep address, `name` or `name@HOST`; None for an address elsewhere."""
    name, at, domain = text.strip().rpartition("@")
    if not at:
        return text.strip()
    return name if domain.casefold() in (fleep.host.casefold(), mail_domain(fleep.host).casefold()) else None


async def find_person(fleep: Fleep, view: View, text: str) -> Id | None:
    """Who is meant by an e-mail address, a Fleep address or an account id; None: nobody so far.

    An e-mail address that somebody has goes before a Fleep address of the same spelling.
    """
    if _UUID.fullmatch(text.strip()):
        try:
            return fleep.names.person_of(text.strip().lower())
        except NotFound:
            return None
    person = await person_by_email(view, text) if "@" in text else None
    if person is not None:
        return person
    local = local_of(fleep, text)
    held = None if not local else await account_by_local(view, local)
    return None if held is None else held.account


async def persons_of(fleep: Fleep, account: Id, texts: Sequence[str]) -> list[Id]:
    """The persons that an account names, in this order; who has an unknown e-mail address is made.

    `"Ann B" <ann@example.org>` is taken as well: the name fills in for one without. Raises Invalid for what
    is no address, NotFound for an account id or Fleep address of nobody.
    """
    named = [_named(text) for text in texts]
    found: list[Id] = []
    pace = Pace()
    for start in range(0, len(named), TOGETHER):
        await pace.rest()
        some = named[start : start + TOGETHER]
        async with fleep.store.view() as view:
            known = [await find_person(fleep, view, address) for _, address in some]
        if None in known:
            missing = [
                (name, _mailable(address))
                for (name, address), person in zip(some, known, strict=True)
                if person is None
            ]

            async def work(tx: Tx, missing: Sequence[tuple[str, str]] = missing) -> list[Id]:
                return [await person_of(tx, address, name, actor=account) for name, address in missing]

            made = iter((await fleep.store.write(work)).value)
            known = [next(made) if person is None else person for person in known]
        found += [person for person in known if person is not None]
    return found


def _named(text: str) -> tuple[str, str]:
    name, address = parseaddr(text) if "<" in text else ("", text.strip())
    if not address:
        raise Invalid("This is not an e-mail address.", field="email")
    return name, address


def _mailable(address: str) -> str:
    """The address of a person that is to be made; raises Invalid, NotFound.

    `name@HOST` that is nobody's Fleep address is taken for an e-mail address: HOST may have mail, too.
    """
    if "@" not in address:
        raise NotFound("Nobody here has this address.", field="email")
    return valid_address(address)
