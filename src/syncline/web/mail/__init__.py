"""Pages for mail: inbox and search, threads, messages, labels, contacts.

Every address of Heliotrope's interface without `.json` is a page here, apart from a message's parts and raw
bytes, which are data.
"""

from typing import Final

from syncline.web.mail.acts import label_thread, set_message_state, set_thread_state
from syncline.web.mail.figures import contacts, count, info, labels, prune_labels, size, thread_info
from syncline.web.mail.frames import message_frame
from syncline.web.mail.listing import root, search
from syncline.web.mail.messages import message, message_body
from syncline.web.mail.threads import thread

VIEWS: Final = (
    ("GET", "/", root),
    ("GET", "/search", search),
    ("GET", "/thread/{id}", thread),
    ("GET", "/thread/{id}/info", thread_info),
    ("POST", "/thread/{id}/labels", label_thread),
    ("POST", "/thread/{id}/state", set_thread_state),
    ("GET", "/message/{id}", message),
    ("GET", "/message/{id}/body", message_body),
    ("GET", "/message/{id}/html", message_frame),
    ("POST", "/message/{id}/state", set_message_state),
    ("GET", "/labels", labels),
    ("POST", "/labels/prune", prune_labels),
    ("GET", "/contacts", contacts),
    ("GET", "/info", info),
    ("GET", "/size", size),
    ("GET", "/count", count),
)
"""Method, path, view."""

__all__ = ["VIEWS"]
