"""Every shape of every record type, by its name in the docs: for tests, the page and the ledger."""

from typing import Final

from syncline.protocols.fleep.records.activity import ACTIVITY
from syncline.protocols.fleep.records.contact import CONTACT, OWN_CONTACT, SHORT_CONTACT
from syncline.protocols.fleep.records.file import FILE
from syncline.protocols.fleep.records.hangout import HANGOUT_ACTIVITY
from syncline.protocols.fleep.records.hook import HOOK, HOOK_GONE, HOOK_OWNER
from syncline.protocols.fleep.records.keys import SHAPES as OF_CONVERSATIONS
from syncline.protocols.fleep.records.keys import Keys
from syncline.protocols.fleep.records.label import LABEL
from syncline.protocols.fleep.records.lastseen import LASTSEEN
from syncline.protocols.fleep.records.lock import LOCK
from syncline.protocols.fleep.records.poke import POKE
from syncline.protocols.fleep.records.preview import PREVIEW
from syncline.protocols.fleep.records.request import REQUEST, REQUEST_EVENT
from syncline.protocols.fleep.records.smtp import SMTP
from syncline.protocols.fleep.records.team import TEAM
from syncline.protocols.fleep.records.upload import UPLOAD

SHAPES: Final[dict[str, Keys]] = {
    **OF_CONVERSATIONS,
    "label": LABEL,
    "lock": LOCK,
    "contact": CONTACT,
    "contact own": OWN_CONTACT,
    "contact short": SHORT_CONTACT,
    "file": FILE,
    "preview": PREVIEW,
    "activity": ACTIVITY,
    "hangout_activity": HANGOUT_ACTIVITY,
    "hook": HOOK,
    "hook own": HOOK_OWNER,
    "hook gone": HOOK_GONE,
    "request": REQUEST,
    "request event": REQUEST_EVENT,
    "team": TEAM,
    "smtp": SMTP,
    "upload": UPLOAD,
    "lastseen": LASTSEEN,
    "poke": POKE,
}
