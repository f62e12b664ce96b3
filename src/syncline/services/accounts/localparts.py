"""Local names: what an account is called in Matrix ids, unique on the server."""

import re
import unicodedata
from typing import Final

from syncline.core.errors import Invalid, Taken
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.services.people import localpart_key
from syncline.store.contract import Tx

LONGEST: Final = 128
"""Characters; with `@`, `:` and the server's name a Matrix id has at most 255."""

TRIES: Final = 100
"""Numbers tried after a name that is taken, before the person's id is used: that one is free."""

_ALLOWED: Final = re.compile(r"[a-z0-9._=/+-]+")


def valid_localpart(local: str) -> str:
    """The lower-case form of a local name; raises Invalid for what Matrix's grammar does not allow.

    A leading underscore is refused too: such names are of bridges, by convention.
    """
    name = local.strip().casefold()
    if not _ALLOWED.fullmatch(name) or len(name) > LONGEST or name.startswith("_"):
        raise Invalid("A local name has letters a–z, digits and . _ = - / + only.", field="local")
    return name


async def take_localpart(tx: Tx, account: Id, local: str) -> str:
    """Bind just this local name; raises Invalid, Taken."""
    name = valid_localpart(local)
    if await tx.key(Space.LOCALPART, localpart_key(name)) is not None:
        raise Taken("This local name is in use.", field="local")
    await tx.bind(Space.LOCALPART, localpart_key(name), account)
    return name


async def derive_localpart(tx: Tx, account: Id, email: str) -> str:
    """Bind a free local name that is like the one in the address: `ann`, else `ann2`, `ann3` …"""
    plain = unicodedata.normalize("NFKD", email.rpartition("@")[0]).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9._=/+-]+", "-", plain.casefold())[: LONGEST - 24].strip("_-.") or "user"
    names = [stem, *(f"{stem}{number}" for number in range(2, TRIES)), f"{stem}-{account}"]
    for name in names:
        if await tx.key(Space.LOCALPART, localpart_key(name)) is None:
            await tx.bind(Space.LOCALPART, localpart_key(name), account)
            return name
    raise Taken("No local name could be found; give one.", field="local")
