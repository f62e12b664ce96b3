"""Message-IDs: a mail's own, and those that it answers to (Heliotrope reference 2.1 and 2.5)."""

import hashlib
import re
from typing import Final

from syncline.core.threads import MOST_REFS
from syncline.gateways.mime import encoded
from syncline.gateways.mime.headers import Headers

BRACKETED: Final = re.compile(rb"<([^<>]+)>")
BETWEEN: Final = re.compile(rb"[\s,;()\"]+")
LONGEST_ID: Final = 1000
"""Characters of an id; a longer one is cut, with a hash of it all at the end."""
LONGEST: Final = 1_000_000


def message_id(headers: Headers, digest: bytes) -> str:
    """The first id in brackets, else the bare text; a mail without any gets one made of its bytes."""
    value = headers.raw("message-id") or b""
    found = BRACKETED.search(value[:LONGEST])
    text = _id(found[1] if found else value.strip(b"<> \t"))
    return text or f"{digest.hex()}@no-message-id.invalid"


def references(headers: Headers, own: str) -> tuple[str, ...]:
    """The ids that a mail answers to, oldest first: References, then In-Reply-To unless its first is known.

    So the id of a new In-Reply-To is the last, which makes it the parent. No own id, none twice (the last
    place counts: it is nearest); of more than MOST_REFS the first and the nearest.
    """
    listed = _ids(headers.raws("references"))
    answered = _ids(headers.raws("in-reply-to"))
    if answered and answered[0] not in listed:
        listed = listed + answered
    nearest = dict.fromkeys(reversed(listed))
    nearest.pop(own, None)
    refs = tuple(reversed(nearest))
    return refs if len(refs) <= MOST_REFS else refs[:1] + refs[-(MOST_REFS - 1) :]


def _ids(values: list[bytes]) -> list[str]:
    """The ids in brackets; where there are no brackets at all, what looks like an id."""
    value = b" ".join(values)[:LONGEST]
    found = BRACKETED.findall(value)
    if not found and b"<" not in value:
        found = [one for one in BETWEEN.split(value) if b"@" in one[1:-1]]
    return [text for one in found if (text := _id(one))]


def _id(value: bytes) -> str:
    """Ids broken by folding are put together again."""
    text = "".join(encoded.raw(value).replace("\0", "").split())
    text = "".join(letter for letter in text if letter.isprintable()) if not text.isprintable() else text
    if len(text) > LONGEST_ID:
        return text[: LONGEST_ID - 64] + hashlib.sha256(text.encode()).hexdigest()
    return text
