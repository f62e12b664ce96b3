"""What the pages for conversations need of the server."""

from typing import Protocol

from syncline.core.handles import Handles
from syncline.services.mail import Mails
from syncline.services.overviews import Overviews
from syncline.services.people import KnownProfiles
from syncline.web.guarded import AccountNeeds


class ChatNeeds(AccountNeeds, Protocol):
    """The services behind the pages for conversations."""

    @property
    def handles(self) -> Handles:
        """Names of things for the outside."""

    @property
    def overviews(self) -> Overviews:
        """What lists show of conversations."""

    @property
    def profiles(self) -> KnownProfiles:
        """Profiles in memory."""

    @property
    def mails(self) -> Mails:
        """All accounts' mails: a thread in the inbox is a conversation, and has a page of its own."""
