"""E-mail addresses as names of persons: one normal form, so that one address is one person."""

import hashlib
import unicodedata
from typing import Final

from syncline.core.errors import Invalid

LONGEST: Final = 254
"""Characters of the longest address that can be delivered to (RFC 5321 4.5.3.1.3, less the brackets)."""


def normal_address(email: str) -> str:
    """The form in which addresses are compared: stripped, NFC, casefolded, without a trailing dot.

    The part before the `@` is casefolded too. By RFC 5321 a host may tell `Ann@` from `ann@`; none that
    people use does, and two persons for one mailbox is the worse mistake. Never fails: what is not an
    address at all gets a form of its own (mails carry such senders). Lone surrogates of broken mails
    become `?`.
    """
    text = email.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", text.strip()).casefold().rstrip(".")


def valid_address(email: str) -> str:
    """The normal form of an address that can receive mail; raises Invalid for anything else.

    The domain may be a bare name (`ann@localhost`), as small networks have them.
    """
    address = normal_address(email)
    local, at, domain = address.rpartition("@")
    fits = 0 < len(local) <= 64 and bool(domain) and len(address) <= LONGEST
    plain = address.isprintable() and not any(letter in ' \t,;<>()[]"\\' for letter in address)
    if not (at and fits and plain and "@" not in local and ".." not in domain and domain[0] not in ".-"):
        raise Invalid("This is not an e-mail address.", field="email")
    return address


def mail_domain(place: str) -> str:
    """The domain of addresses at a server of this name (`chat.example.org:8080`), for mail has no ports."""
    host, colon, port = place.rpartition(":")
    domain = host if colon and port.isdigit() else place
    return "localhost" if domain.startswith("[") else domain


def address_key(email: str) -> bytes:
    """The value under Space.EMAIL that leads from an address to its person.

    Longer ones than can be delivered to are hashed, so that a mail cannot make keys of any size.
    """
    value = normal_address(email).encode()
    return value if len(value) <= 4 * LONGEST else b"\0" + hashlib.sha256(value).digest()


def localpart_key(local: str) -> bytes:
    """The value under Space.LOCALPART that leads from a local name to its account."""
    return local.strip().casefold().encode("utf-8", "replace")
