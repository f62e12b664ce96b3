"""All small numbers that stand in the store, each with its meaning. They never change once released."""

from enum import IntEnum
from typing import Final


class ZoneKind(IntEnum):
    """The unit of who may see."""

    ACCOUNT = 1
    """seen by its owner"""
    CONVERSATION = 2
    """seen by its members"""
    TEAM = 3
    BOOK = 4
    """the CRM records of one owner, or of the whole workspace"""
    DIRECTORY = 5
    """profiles; each reader sees those of the people it knows"""
    SITE = 6
    """the public"""


class Kind(IntEnum):
    """What a change is about. From 100 on: records of the CRM, which keep their versions."""

    ENTRY = 1
    GRANT = 2
    """a zone given to the account in whose zone the change lies, or taken from it"""
    SUBSCRIPTION = 3
    ZONE = 4
    """the zone itself: merged into another, or its floor raised"""

    PROFILE = 10
    CONTACT = 11
    """an account knows a person"""
    LABEL = 12
    SETTING = 13
    DEVICE = 14
    RECEIPT = 15
    HOOK = 16
    TEAM = 17
    FILE = 18
    PREVIEW = 19
    """the title of a page that a message leads to"""

    TOKEN = 30
    SESSION = 31
    CREDENTIAL = 32
    INVITE = 33
    QUEUED = 34
    PENDING = 35
    """an account to be made, or a password to be set, once somebody proves that an address is his"""

    STREAM = 50
    PUBLICATION = 51
    FRAME = 52

    RECORD = 100
    """the first kind of CRM records; Base's kinds are numbered from here"""


HIDDEN: Final = frozenset({Kind.TOKEN, Kind.SESSION, Kind.CREDENTIAL, Kind.INVITE, Kind.QUEUED, Kind.PENDING})
"""Kinds that no protocol shows: they hold secrets, or are a server's own bookkeeping."""

OBJECT_KINDS: Final = tuple(kind for kind in Kind if kind > Kind.ZONE)
"""Kinds whose things are objects: newest version only, in one zone, with departures."""

VISIBLE_OBJECT_KINDS: Final = tuple(kind for kind in OBJECT_KINDS if kind not in HIDDEN)


def keeps_versions(kind: int) -> bool:
    """Whether each version of such an object is kept for ever (records and publications)."""
    return kind >= Kind.RECORD or kind == Kind.PUBLICATION


class Act(IntEnum):
    """What a change did."""

    ADD = 1
    """an entry was added"""
    PUT = 2
    """an object was made or has a newer version"""
    DROP = 3
    """an object was deleted; a departure stays"""
    MOVE = 4
    """an object left this zone for another; a departure stays"""
    UNSHARE = 5
    """an object's second place here ended; a departure stays"""
    GIVE = 6
    """a grant began"""
    END = 7
    """a grant ended"""
    MERGE = 8
    ERASE = 9
    """kept bodies of an object were overwritten"""
    FLOOR = 10


DEPARTING: Final = frozenset({Act.DROP, Act.MOVE, Act.UNSHARE})


class EntryKind(IntEnum):
    """What an entry tells."""

    MESSAGE = 1
    MAIL = 2
    CREATE = 3
    """the conversation's beginning, with all the state it starts with"""
    MEMBER = 4
    """one or more memberships changed"""
    STATE = 5
    """any other fact changed (topic, rules …)"""
    AMENDMENT = 6
    """says something about its target; see Rel"""


class Rel(IntEnum):
    """How an amendment relates to its target."""

    EDIT = 1
    DELETE = 2
    PIN = 3
    UNPIN = 4
    REACTION = 5
    TASK = 6
    MEMBERS = 7
    """members added to a conversation that holds nothing but its beginning"""
    ERASE = 8
    LOCK = 9
    UNREACT = 10
    COPY = 11
    """another copy of a mail: same Message-ID, other bytes"""


class Why(IntEnum):
    """Why a grant was given."""

    OWNER = 1
    MEMBER = 2
    INVITED = 3
    DISCLOSED = 4
    ROLE = 5
    LABEL = 6
    """a mail thread labelled `inbox` is shown in the chat protocols"""
    TEAM = 7
    KNOCKED = 8
    """asked to be let in: an empty range, as for an invitation"""


class Space(IntEnum):
    """Spaces of keys (unique) and terms (not unique)."""

    EMAIL = 1
    LOCALPART = 2
    TOKEN = 3
    INVITE = 4
    REQUEST = 5
    """request and transaction ids: (account, session, route, id) → first answer"""
    MESSAGE_ID = 6
    """Message-ID per account"""
    EXTERNAL = 7
    THREAD = 8
    """thread ids, old ones included"""
    SETTING = 9
    """(account, name) → the setting"""
    CONTACT = 10
    """(account, person) → the contact"""
    SESSION = 11
    CREDENTIAL = 12
    DEVICE = 13
    """(account, kind, name) → the device"""
    RECEIPT = 14
    """(conversation, account, thread) → the receipt"""
    PROFILE = 15
    ROLE = 16
    LINK = 17
    """one-time sign-in links"""
    REFERENCE = 18
    """(account, Message-ID), of a mail that came or is only referred to → its thread"""
    MAIL = 19
    """(account, the mail's number) → its entry"""
    RAW = 20
    """(account, hash of the raw bytes) → the mail's entry, or its copy's"""
    PENDING = 21
    """a link's hash, or (purpose, address) → what waits to be confirmed"""
    SERVED = 22
    """what the server made for an account or for itself, once → it"""
    HOOKED = 23
    """(hook, hash of the key that its sender gave a message) → the message's entry"""
    LABEL = 24
    """(account, name) → the label, also while it is removed"""

    MENTION = 100
    """account → entry"""
    OWNED = 101
    """account → the hooks that it made"""
    ACCOUNT = 102
    """all accounts, by the time they were made"""
    LABELLED = 103
    OUTGOING = 104
    """all hooks that post what is said to an address"""
    PREVIEW = 105
    """entry → the previews of its links"""
    LINKING = 106
    """messages whose links are still to be looked at"""
    BOARD = 107
    """conversation → what is or was pinned or a task"""


class ReaderKind(IntEnum):
    """Who follows the log with a cursor that the server keeps."""

    DEVICE = 1
    PROJECTION = 2
    AUTOMATION = 3
    CONNECTION = 4
