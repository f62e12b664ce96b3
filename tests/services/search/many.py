"""A large index without a store: mails put into it as the projection would."""

import random
from pathlib import Path

from tests.services.search.desk import ANA

from syncline.core.entries import Entry
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.mail import Address, MailBody, Words
from syncline.services.search.batch import Batch, Put
from syncline.services.search.cards import Leaf, Side
from syncline.services.search.files import Files

BATCH = 2000
A_THREAD = 3
"""mails of each thread"""


async def filled(directory: Path, mails: int) -> Files:
    """An index with this many mails of one account.

    Every mail says `every` and its number, two of five say `common`, one of 50 `seldom`; half of the
    threads are labelled `inbox`, one of 100 `few`.
    """
    files = Files(directory)
    dice = random.Random(1)
    for start in range(0, mails, BATCH):
        batch = Batch()
        batch.seq = start + BATCH
        for no in range(start + 1, min(start + BATCH, mails) + 1):
            conv = ZoneId(Id(10_000 + (no - 1) // A_THREAD))
            said = ["every", f"number{no}"]
            said += ["common"] * (dice.random() < 0.4) + ["seldom"] * (dice.random() < 0.02)
            body = MailBody(
                no,
                f"{no}@x",
                "",
                1,
                subject="subject",
                senders=(Address("", f"p{no % 99}@x"),),
                snippet="snippet",
            )
            entry = Entry(Id(1_000_000 + no), conv, Seq(no), Nr(no), EntryKind.MAIL, None, no * 60_000, b"{}")
            batch.put(Put(ANA, entry, body, Words(body=" ".join(said), ids=f"{no} x")))
            batch.leaves.setdefault(conv, {})[no] = Leaf(entry.at, body)
            if (no - 1) % A_THREAD == 0:
                number = (no - 1) // A_THREAD
                labels = ("inbox",) * (number % 2) + ("few",) * (number % 100 == 0)
                batch.side(ANA, conv, Side(labels, no))
        await files.write(batch)
    return files
