"""The states that a mail shows by itself, and whether a program wrote it."""

import re
from typing import Final

from syncline.core.mail import Address
from syncline.gateways.mime.headers import Headers
from syncline.gateways.mime.structure import Part

SIGNATURES: Final = (
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
)
SEALED: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")

INLINE_SIGNED: Final = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----", re.MULTILINE)
INLINE_ENCRYPTED: Final = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)

LISTS: Final = ("list-post", "x-mailing-list", "list-id")
MACHINES: Final = ("=", "reply", "postmaster", "bounce")


def states(root: Part, main: list[str]) -> tuple[str, ...]:
    """Those of attachment, signed and encrypted that fit. `main`: the mail's own texts.

    An attachment is a leaf with a file name that is no signature and no picture of an HTML text
    (Heliotrope reference 2.4, 7); S/MIME and PGP within the text count, which the original missed.
    """
    found: dict[str, None] = {}
    waiting = [(root, False)]
    while waiting:
        part, related = waiting.pop()
        if part.kind == "multipart/signed":
            found["signed"] = None
        elif part.kind == "multipart/encrypted":
            found["encrypted"] = None
        elif part.kind in SEALED:
            found["signed" if part.content.get("smime-type", "").startswith("signed") else "encrypted"] = None
        elif not part.children and part.filename is not None and part.kind not in SIGNATURES:
            embedded = related and part.kind.startswith("image/") and "content-id" in part.headers
            if not embedded:
                found["attachment"] = None
        waiting += [(child, part.kind == "multipart/related" or related) for child in part.children]
    for text in main:
        if "-----BEGIN PGP" in text:
            if INLINE_SIGNED.search(text):
                found["signed"] = None
            if INLINE_ENCRYPTED.search(text):
                found["encrypted"] = None
    return tuple(state for state in ("attachment", "signed", "encrypted") if state in found)


def automatic(headers: Headers, senders: tuple[Address, ...]) -> bool:
    """Whether the sender is no person to write to (Heliotrope reference 2.7)."""
    if any(name in headers for name in LISTS):
        return True
    mail = senders[0].mail.casefold() if senders else ""
    return any(part in mail for part in MACHINES)
