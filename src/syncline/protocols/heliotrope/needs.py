"""What this protocol needs of the services."""

from typing import Protocol

from syncline.gateways.http.access import AccessNeeds
from syncline.gateways.mime.parsing import Parsing
from syncline.gateways.smtp.relay import Relay
from syncline.services.mail import Mails
from syncline.services.search import Search
from syncline.store.contract import Store


class Needs(AccessNeeds, Protocol):
    """The services behind these routes, who asks included."""

    @property
    def store(self) -> Store:
        """The log."""

    @property
    def mails(self) -> Mails:
        """All accounts' mails."""

    @property
    def search(self) -> Search:
        """What they are found by."""

    @property
    def parsing(self) -> Parsing:
        """Reading of raw mails, off the loop."""

    @property
    def relay(self) -> Relay:
        """The way out."""
