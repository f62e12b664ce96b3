"""Which addresses may stand in MAIL FROM and RCPT TO."""

import re
from typing import Final

from syncline.core.errors import Invalid

MOST: Final = 320
"""bytes: 64 before the @ and 255 after it (RFC 5321, 4.5.3.1)"""

_PLAIN: Final = r"[^\s\x00-\x1f\x7f-\x9f<>()\[\],;:\\\"@]+"
_QUOTED: Final = r'"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[ -~])*"'
_LITERAL: Final = r"\[[0-9A-Za-z.:-]+\]"
_ADDRESS: Final = re.compile(rf"(?:{_PLAIN}|{_QUOTED})@(?:{_PLAIN}|{_LITERAL})\Z")


def mailbox(address: str, field: str) -> bytes:
    """The address as bytes for a command; raises Invalid, naming `field`, for what is none.

    What an address can hold is what ends up between < and > on a line of the relay: with a line break or
    a closing bracket in it, a sender could add commands or options of his own.
    """
    if _ADDRESS.match(address):
        try:
            found = address.encode()
        except UnicodeEncodeError:
            found = b""
        if 0 < len(found) <= MOST:
            return found
    shown = "".join(sign if sign.isprintable() else "·" for sign in address[:80])
    raise Invalid(f"“{shown}” is no e-mail address, so nothing was sent.", field=field)
