"""The keys of the pages for conversations; `web/mail/keys.py` says how they work."""

from typing import Final

from syncline.web.mail.keys import Key

KEYS: Final = (
    Key("j", "next"),
    Key("k", "previous"),
    Key("o", "open (also Enter)"),
    Key("w", "write"),
    Key("e", "earlier messages"),
    Key("n", "what is new"),
    Key("u", "back to the list"),
    Key("?", "this help"),
)
"""Works where no field has the focus. In the field, Ctrl+Enter sends."""
