"""Whom a call names: e-mail addresses as on a To: line, Fleep addresses, account ids.

Nobody is made before the call's own work, and then in it: a call that is refused leaves nothing behind.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from syncline.core.errors import Gone, Invalid, NotFound, TooLarge
from syncline.core.ids import Id
from syncline.gateways.mime.addresses import addresses
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.persons import find_person
from syncline.protocols.fleep.serving import Call
from syncline.services.people import person_of, valid_address
from syncline.services.sync import Pace
from syncline.store.contract import Tx, View

MOST: Final = 1_000
"""Persons that one call may name."""

LONGEST_LINE: Final = 100_000
"""Characters of a list of addresses."""

LONG_LINE: Final = 2_000
"""Characters of one that is read off the loop."""


class Named(NamedTuple):
    """Somebody who was named: a person that is known, or the address and name of one to be made."""

    person: Id | None
    address: str = ""
    name: str = ""


async def named_in(
    fleep: Fleep, view: View, call: Call, emails: Iterable[str], ids: Iterable[str], *, known: bool = False
) -> list[Named]:
    """The persons in these fields of a call: lists of addresses, and lists of account ids.

    `known`: only those who are here already; else an unknown e-mail address is somebody new. Raises Invalid
    for what is no address, NotFound for an id or Fleep address of nobody, TooLarge.
    """
    found: list[Named] = []
    pace = Pace()
    for field in emails:
        for name, address in await _listed(call, field):
            await pace.rest()
            person = await find_person(fleep, view, address)
            if person is None and (known or "@" not in address):
                raise NotFound(f"Nobody here has the address {address[:80]}.", field=field)
            try:
                found.append(
                    Named(person) if person is not None else Named(None, valid_address(address), name)
                )
            except Invalid as error:
                raise Invalid(f"{address[:80]} is not an e-mail address.", field=field) from error
    for field in ids:
        for text in call.fields.texts(field) or []:
            await pace.rest()
            person = fleep.names.person_of(text)
            if not known:
                await _require_open(fleep, view, person, field)
            found.append(Named(person))
    if len(found) > MOST:
        raise TooLarge(f"One call names at most {MOST:,} persons.")
    return list(dict.fromkeys(found))


async def made(tx: Tx, account: Id, named: Sequence[Named]) -> list[Id]:
    """The persons who were named, each once; those nobody knows are made."""
    found = [
        one.person if one.person is not None else await person_of(tx, one.address, one.name, actor=account)
        for one in named
    ]
    return list(dict.fromkeys(found))


async def _require_open(fleep: Fleep, view: View, person: Id, field: str) -> None:
    """Raises Gone for somebody who closed his account: he could not read what is said to him."""
    if (await fleep.profiles.of(view, person)).closed:
        raise Gone("Somebody who is named here closed his account.", field=field)


async def _listed(call: Call, field: str) -> list[tuple[str, str]]:
    """Names and addresses of a list: `,` and `;` between, `"A B" <x>` allowed; raises Invalid, TooLarge."""
    line = call.fields.text(field)
    if line is None or not line.strip():
        return []
    if len(line) > LONGEST_LINE:
        raise TooLarge("This list of addresses is too long.", field=field)
    raw = [line.encode("utf-8", "replace")]
    long = len(line) > LONG_LINE
    found = await asyncio.to_thread(addresses, raw, "utf-8") if long else addresses(raw, "utf-8")
    for one in found:
        if not one.mail:
            raise Invalid(f"{one.name[:80]} is not an e-mail address.", field=field)
    if not found:
        raise Invalid("There is no e-mail address in this list.", field=field)
    return [(one.name, one.mail) for one in found]
