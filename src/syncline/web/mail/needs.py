"""What the pages for mail need of the server."""

from typing import Protocol

from syncline.gateways.mime.parsing import Parsing
from syncline.services.mail import Mails
from syncline.services.search import Search
from syncline.web.guarded import AccountNeeds


class MailNeeds(AccountNeeds, Protocol):
    """The services behind the pages for mail."""

    @property
    def mails(self) -> Mails:
        """All accounts' mails."""

    @property
    def search(self) -> Search:
        """What they are found by."""

    @property
    def parsing(self) -> Parsing:
        """Reading of raw mails, off the loop."""
