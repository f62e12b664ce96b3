"""The search on paper: every mail looked at, word by word, with nothing remembered."""

from collections.abc import Sequence

from tests.services.search.letters import Letter, texts_of

from syncline.core.ids import Id, ZoneId
from syncline.core.mail import MUTABLE, Words
from syncline.core.ranges import holds
from syncline.core.words import GAP, asked, cut
from syncline.services.mail import Mails, Thread
from syncline.services.search.days import days
from syncline.services.search.language import And, Every, Label, Not, Nothing, Or, Query, Term
from syncline.services.search.shapes import Order, ThreadInfo

COLUMNS = {
    "from": "sender",
    "to": "recipients",
    "cc": "cc",
    "bcc": "bcc",
    "subject": "subject",
    "body": "body",
    "filename": "files",
    "list": "lists",
    "id": "ids",
}


class Paper:
    """All mails of one account, looked up anew from the mailbox."""

    def __init__(self, mails: dict[int, tuple[Letter, ZoneId]], threads: dict[ZoneId, Thread]) -> None:
        """Mails by number with their threads."""
        self.mails = mails
        self.threads = threads
        self.infos = {conv: info_of(thread) for conv, thread in threads.items()}

    @classmethod
    async def of(cls, mails: Mails, account: Id, letters: Sequence[Letter], erased: set[int]) -> "Paper":
        """What the mailbox itself says; the n-th letter has number n."""
        known: dict[int, tuple[Letter, ZoneId]] = {}
        threads: dict[ZoneId, Thread] = {}
        for no, letter in enumerate(letters, 1):
            if no not in erased:
                thread = await mails.thread(account, no)
                threads[thread.conv] = thread
                known[no] = (letter, thread.conv)
        return cls(known, threads)

    def found(self, query: Query, order: Order = Order.ARRIVAL) -> list[ThreadInfo]:
        """What a query finds, in order."""
        hits = [no for no in sorted(self.mails, reverse=True) if self.fits(query, no) is True]
        infos = [self.infos[conv] for conv in dict.fromkeys(self.mails[no][1] for no in hits)]
        if order is Order.DATE:
            infos.sort(key=lambda info: (info.date, info.conv), reverse=True)
        return infos

    def fits(self, query: Query, no: int) -> bool | None:
        """Whether a mail fits; None: nothing in the query can be searched."""
        match query:
            case Term(field, words, _):
                return self._term(field, " ".join(words), no)
            case Label(name):
                return name in self.infos[self.mails[no][1]].labels
            case Every():
                return True
            case Nothing():
                return False
            case Not(of):
                inner = self.fits(of, no)
                return None if inner is None else not inner
            case And(of) | Or(of):
                found = [one for each in of if (one := self.fits(each, no)) is not None]
                if not found:
                    return None
                return all(found) if isinstance(query, And) else any(found)

    def _term(self, field: str, text: str, no: int) -> bool | None:
        letter, conv = self.mails[no]
        if field in COLUMNS:
            return stands(texts_of(letter.raw), COLUMNS[field], text)
        if field in ("is", "in"):
            return text in self.infos[conv].labels
        if field == "has":
            return text in letter.states
        span = days(text)
        if field not in ("date", "before", "after") or span is None:
            return False
        first, last = {"date": span, "before": (None, span[0]), "after": (span[0], None)}[field]
        return (first is None or letter.at >= first) and (last is None or letter.at < last)


def stands(texts: Words, column: str, text: str) -> bool | None:
    """Whether words stand in a row in one of the parts of a column."""
    wanted, prefix = asked(text, prefix=text.endswith("*"))
    if not wanted:
        return None
    for part in getattr(texts, column).split(GAP):
        known = cut(part)
        for at in range(len(known) - len(wanted) + 1):
            row = known[at : at + len(wanted)]
            if row[:-1] == list(wanted[:-1]) and (
                row[-1].startswith(wanted[-1]) if prefix else row[-1] == wanted[-1]
            ):
                return True
    return False


def info_of(thread: Thread) -> ThreadInfo:
    """What a list shows of a thread (Heliotrope reference 2.3), from the whole thread."""
    bodies = [thread.mails[node.no].body for node in thread.nodes if node.no is not None]
    marks = thread.marks
    unread = [body for body in bodies if holds(marks.unread, body.no)]
    states = [
        *(name for name in MUTABLE if any(holds(getattr(marks, name), body.no) for body in bodies)),
        *(
            name
            for name in ("attachment", "signed", "encrypted", "draft", "sent")
            if any(name in b.states for b in bodies)
        ),
    ]
    return ThreadInfo(
        conv=thread.conv,
        thread_id=thread.id,
        subject=bodies[0].subject,
        date=max(thread.mails[body.no].entry.at for body in bodies),
        participants=tuple(dict.fromkeys(body.sender for body in bodies if body.sender)),
        direct_recipients=tuple(dict.fromkeys(str(one) for body in bodies for one in body.to)),
        indirect_recipients=tuple(
            dict.fromkeys(str(one) for body in bodies for one in (*body.cc, *body.bcc))
        ),
        size=len(bodies),
        state=tuple(states),
        labels=(*thread.labels, *states),
        snippet=(unread or bodies)[0].snippet,
        unread_participants=tuple(dict.fromkeys(body.sender for body in unread if body.sender)),
    )
