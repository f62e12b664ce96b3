"""Options of a conversation as a whole: who may come by its link, what new members see, and the like."""

from typing import Final

import msgspec

from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms import facts as names
from syncline.services.conversations.answers import Answer, Request
from syncline.services.conversations.facts import set_fact
from syncline.store.contract import Tx, View

OPTIONS: Final = ("autojoin", "disclose", "previews_off", "list", "done_off")


async def options_of(view: View, conv: ZoneId) -> dict[str, bool]:
    """The options that were set once; others are off."""
    fact = await view.fact(conv, names.OPTIONS, "")
    found = {} if fact is None else msgspec.json.decode(fact.content)
    return {name: found[name] for name in OPTIONS if isinstance(found.get(name), bool)}


async def set_options(
    tx: Tx, account: Id, conv: ZoneId, changes: dict[str, bool], *, request: Request | None = None
) -> Answer:
    """Switch what is given and leave the rest: a silent entry, none where it is so already.

    Raises what setting a fact raises, Invalid for an unknown option.
    """
    unknown = changes.keys() - set(OPTIONS)
    if unknown:
        raise Invalid(f"{sorted(unknown)[0]} is not an option.", field=sorted(unknown)[0])
    after = {**await options_of(tx, conv), **changes}
    content = msgspec.json.encode(dict(sorted(after.items())))
    return await set_fact(tx, account, conv, names.OPTIONS, content, request=request)
