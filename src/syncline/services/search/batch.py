"""What the index is told at once: many commits, put together."""

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, ZoneId
from syncline.core.mail import IMMUTABLE, MailBody, Words
from syncline.services.search.cards import Leaf, Side
from syncline.services.search.schema import COLUMNS, MARKER


class Heard(msgspec.Struct, frozen=True, gc=False):
    """Somebody whom a mail named, for the address book. `stamp` in ms."""

    mail: str
    name: str
    stamp: int


class Put(msgspec.Struct, frozen=True, gc=False):
    """A mail as the index is to know it. `words` None: it knows them, only the thread is another one."""

    account: Id
    entry: Entry
    body: MailBody
    words: Words | None
    heard: tuple[Heard, ...] = ()

    @property
    def flags(self) -> int:
        """Its immutable states, a bit each."""
        return sum(1 << place for place, state in enumerate(IMMUTABLE) if state in self.body.states)

    @property
    def columns(self) -> tuple[str, ...]:
        """The texts of its row, without the marker."""
        return () if self.words is None else msgspec.structs.astuple(self.words)


class Batch:
    """What commits up to `seq` changed, the last state of each thing."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.seq = 0
        self.size = 0
        """characters of words in it"""
        self.mails: dict[tuple[Id, int], Put] = {}
        self.sides: dict[ZoneId, Side] = {}
        self.owners: dict[ZoneId, Id] = {}
        """the account of each thread that has news"""
        self.touched: set[ZoneId] = set()
        """threads whose mails changed"""
        self.ended: set[ZoneId] = set()
        """threads whose mails went to another"""
        self.dead: set[Id] = set()
        """erased entries"""
        self.came: dict[ZoneId, dict[int, tuple[Id, Leaf]]] = {}
        """the mails that came into each thread, with their entries: also those that are on their way to
        another, by a chain of works that may have been broken off"""
        self.leaves: dict[ZoneId, dict[int, Leaf]] = {}
        """all mails of each touched thread, filled in before it is written"""

    def __bool__(self) -> bool:
        """Whether there is anything to write (but for the progress)."""
        return bool(self.mails or self.sides or self.ended or self.dead)

    def put(self, put: Put) -> None:
        """A mail that came, or that another thread took over."""
        known = self.mails.get((put.account, put.body.no))
        if known is not None and known.words is not None:
            put = msgspec.structs.replace(put, words=known.words, heard=known.heard)
        elif put.words is not None:
            self.size += len(put.words.body)
        self.mails[put.account, put.body.no] = put
        leaf = Leaf(put.entry.at, put.body)
        self.came.setdefault(put.entry.conv, {})[put.body.no] = (put.entry.id, leaf)
        self.touched.add(put.entry.conv)
        self.owners[put.entry.conv] = put.account

    def side(self, account: Id, conv: ZoneId, side: Side) -> None:
        """Labels and marks of a thread."""
        self.sides[conv] = side
        self.owners[conv] = account

    def end(self, conv: ZoneId) -> None:
        """A thread that was merged into another."""
        self.ended.add(conv)

    def erase(self, account: Id, conv: ZoneId, entry: Id) -> None:
        """An entry of a mail thread that was erased: a mail, or something about one."""
        self.dead.add(entry)
        self.touched.add(conv)
        self.owners[conv] = account
        for key in [key for key, put in self.mails.items() if put.entry.id == entry]:
            del self.mails[key]
        came = self.came.get(conv, {})
        for no in [no for no, (id, _) in came.items() if id == entry]:
            del came[no]


def row_of(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of a mail's row in the order of the table, with the marker that all have."""
    found = list(columns)
    place = COLUMNS.index("ids")
    found[place] = f"{MARKER} {found[place]}"
    return tuple(found)
