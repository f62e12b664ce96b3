"""An account's mails: taken in, put into threads, labelled, found again by number."""

from syncline.services.mail.forms import Added, Copy, Incoming, MailEntry, Message, Status, Thread
from syncline.services.mail.handover import Handover
from syncline.services.mail.keys import message_key
from syncline.services.mail.marking import states_of, valid_label
from syncline.services.mail.service import Mails

__all__ = [
    "Added",
    "Copy",
    "Handover",
    "Incoming",
    "MailEntry",
    "Mails",
    "Message",
    "Status",
    "Thread",
    "message_key",
    "states_of",
    "valid_label",
]
