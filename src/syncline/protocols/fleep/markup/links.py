"""Links: where an address ends, and what it leads to."""

from typing import Final

import msgspec

OPENING: Final = "([{<"
CLOSING: Final = ")]}>"
PUNCTUATION: Final = ".!?;,-"
"""Signs that end a sentence, not an address."""


class Link(msgspec.Struct, frozen=True):
    """A link of a message: where it leads, and the name that its writer gave it."""

    href: str
    name: str | None = None


def shortened(address: str) -> str:
    """An address without what ends the sentence around it: punctuation, brackets that it does not pair."""
    spare = {
        closing: address.count(closing) - address.count(opening)
        for opening, closing in zip(OPENING, CLOSING, strict=True)
    }
    end = len(address)
    while end:
        last = address[end - 1]
        if last in CLOSING:
            if spare[last] <= 0:
                break
            spare[last] -= 1
        elif last in OPENING:
            spare[CLOSING[OPENING.index(last)]] += 1
        elif last not in PUNCTUATION:
            break
        end -= 1
    return address[:end]


def href(address: str) -> str | None:
    """What an address as it was written leads to; None where nothing is left of it but its scheme."""
    if address[:4].lower() == "www.":
        return f"http://{address}" if "." in address[4:] else None
    scheme, _, rest = address.partition("://")
    return f"{scheme.lower()}://{rest}" if rest.strip("/") else None
