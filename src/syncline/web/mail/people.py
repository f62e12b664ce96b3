"""Senders and recipients as pages show them."""

import re
from typing import Final

import msgspec

from syncline.core.mail import Address
from syncline.web.mail.links import search_path, sender_query
from syncline.web.mail.plain import tame

NOBODY: Final = "(nobody)"

_SHAPE: Final = re.compile(r"(?s)(?:(?P<name>.*) )?<(?P<mail>[^<]*)>")


class Person(msgspec.Struct, frozen=True):
    """Somebody, and where a click on the name leads."""

    name: str
    mail: str

    @property
    def shown(self) -> str:
        """The name, or else the address."""
        return tame(self.name) or tame(self.mail) or NOBODY

    @property
    def address(self) -> str:
        """The address."""
        return tame(self.mail)

    @property
    def whole(self) -> str:
        """Name and address."""
        return f"{tame(self.name)} <{tame(self.mail)}>" if self.name else tame(self.mail)

    @property
    def path(self) -> str | None:
        """The search for what this person has sent; None if nothing can be looked for."""
        query = sender_query(self.mail)
        return None if query is None else search_path(query)


def of_address(address: Address) -> Person:
    """A person from a mail's header."""
    return Person(address.name, address.mail)


def of_text(text: str) -> Person:
    """A person as answers of the search write it (`core.mail.Address.__str__`)."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return Person("", text)
    name = found["name"] or ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Person(name, found["mail"])
