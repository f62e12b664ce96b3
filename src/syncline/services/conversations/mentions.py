"""Mentions: the only thing that an entry writes for single members, and only for those mentioned."""

import re
from collections.abc import Iterable
from typing import Any, Final

from syncline.core.entries import Entry
from syncline.core.errors import Invalid, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Space
from syncline.core.rooms.rules import Membership
from syncline.services.conversations.access import membership
from syncline.services.people import localpart_key
from syncline.store.contract import Tx, View

MOST: Final = 100
"""Persons that one entry may mention."""

LOOKED_AT: Final = 200
"""Newest mentions that are looked at to find the unread ones."""

_AT: Final = re.compile(r"(?<![\w.=/+@-])@([a-z0-9._=/+-]{1,128}+)", re.IGNORECASE | re.ASCII)
"""An `@` that begins a word, and the longest run of what a local name may have (services/accounts)."""

_ENDINGS: Final = ".-/=+_"


def mentioned_names(text: str) -> tuple[str, ...]:
    """The local names that a text may mention by `@name`, in lower case, each once.

    Where a run ends in a sign that may belong to the sentence, it is given with and without: `@bob.` may
    be Bob, or the one called `bob.`.
    """
    found: dict[str, None] = {}
    for run in _AT.findall(text):
        name = run.lower()
        found[name] = None
        if bare := name.rstrip(_ENDINGS):
            found[bare] = None
    return tuple(found)


def mentioned(body: dict[str, Any]) -> frozenset[Id]:
    """The persons in the `mentions` of a core body: a list of person ids; raises Invalid, TooLarge."""
    listed = body.get("mentions", [])
    if isinstance(listed, list) and len(listed) > MOST:
        raise TooLarge(f"A message mentions at most {MOST} persons.", field="mentions")
    # what is no id of 63 bits cannot be indexed, and so could never be taken off the index again
    if not isinstance(listed, list) or any(type(one) is not int or not 0 < one < 1 << 63 for one in listed):
        raise Invalid("Mentions are a list of person ids.", field="mentions")
    return frozenset(Id(one) for one in listed)


async def named(view: View, local: Iterable[str]) -> list[Id]:
    """The accounts of these local names (a text's `@name`), in the order of the names; at most MOST."""
    keys = [localpart_key(name) for name in dict.fromkeys(local)][:MOST]
    if not keys:
        return []
    found = await view.look_up([(Space.LOCALPART, key) for key in keys])
    known = {bound.value: bound.object for bound in found}
    return list(dict.fromkeys(known[key] for key in keys if key in known))


def term(account: Id, conv: ZoneId) -> bytes:
    """The value under Space.MENTION that lists what mentions an account in a conversation."""
    return account.to_bytes(8, "big") + conv.to_bytes(8, "big")


async def index(tx: Tx, entry: Entry, persons: Iterable[Id]) -> None:
    """List an entry for those mentioned who are members; its author is not told of himself."""
    for person in sorted(persons):
        if person != entry.author and await membership(tx, entry.conv, person) is Membership.JOIN:
            tx.index(Space.MENTION, term(person, entry.conv), entry.id)


def unindex(tx: Tx, entry: Entry, persons: Iterable[Id]) -> None:
    """Take an entry off the lists: edited out, or deleted."""
    for person in sorted(persons):
        tx.unindex(Space.MENTION, term(person, entry.conv), entry.id)


async def unread_mentions(view: View, account: Id, conv: ZoneId, read_nr: int) -> list[Entry]:
    """The entries after a read position that mention an account, oldest first."""
    ids = await view.find(Space.MENTION, term(account, conv), limit=LOOKED_AT, descending=True)
    entries = await view.entries_by_id(ids)
    return sorted((entry for entry in entries if (entry.nr or 0) > read_nr), key=lambda entry: entry.seq)
