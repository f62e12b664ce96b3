"""The copies of a mail: same Message-ID, other bytes (a list's footer, another way through the net)."""

from typing import Final

import msgspec

from syncline.core.entries import ERASED, Entry
from syncline.core.ids import START, Hash
from syncline.core.kinds import Rel
from syncline.core.mail import CopyBody, MailBody
from syncline.services.mail.forms import Copy
from syncline.store.contract import View

PAGE: Final = 100


async def copies_of(view: View, entry: Entry, body: MailBody) -> list[Copy]:
    """The mail itself, then its other copies in the order in which they came."""
    found = [Copy(Hash(bytes.fromhex(body.hash)), body.size, entry.at)]
    after = START
    while page := await view.related(entry, Rel.COPY, after=after, limit=PAGE):
        after = page[-1].seq
        for each in page:
            if each.body != ERASED:
                copy = msgspec.json.decode(each.body, type=CopyBody)
                found.append(Copy(Hash(bytes.fromhex(copy.hash)), copy.size, each.at))
        if len(page) < PAGE:
            break
    return found
