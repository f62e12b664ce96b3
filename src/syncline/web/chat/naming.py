"""How a conversation is called on its page and in lists."""

from typing import Final

from syncline.core.ids import Id
from syncline.services.conversations import Sight
from syncline.services.overviews import Overview
from syncline.web.mail.plain import tame
from syncline.web.naming import Naming
from syncline.web.wording import listed, short

TITLE: Final = 200
"""Characters of a name on the conversation's own page."""

NAMED: Final = 4
"""Members who stand for a missing name; more are counted."""

ALONE: Final = "A conversation of your own"


async def title_of(of: Overview, seen: Sight, naming: Naming) -> str:
    """A conversation's name, or else who is in it."""
    name = short(tame(of.common.name), TITLE)
    if name:
        return name
    others = of.others
    if not others:
        return ALONE
    return listed(await names_of(others[:NAMED], seen, naming), max(0, len(others) - NAMED))


async def names_of(persons: tuple[Id, ...], seen: Sight, naming: Naming) -> list[str]:
    """What the account calls these persons."""
    return [tame(await naming.person(person, seen)) for person in persons]
