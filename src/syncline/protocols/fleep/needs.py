"""What this protocol needs of the services."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from syncline.config import Config
from syncline.core.handles import Handles
from syncline.core.ids import Id
from syncline.gateways.http.outgoing import Outgoing
from syncline.gateways.mime.parsing import Parsing
from syncline.gateways.smtp.relay import Relay
from syncline.services.accounts import Accounts, Sessions, Tokens
from syncline.services.accounts.confirmations import Confirmations
from syncline.services.conversations import Conversations
from syncline.services.delivery import Delivery
from syncline.services.devices import Devices
from syncline.services.hooks import Hooks
from syncline.services.labels.known import KnownLabels
from syncline.services.labels.service import Labels
from syncline.services.mail import Mails
from syncline.services.overviews import Overviews
from syncline.services.people import KnownProfiles, LastSeen, People
from syncline.services.readers import Readers
from syncline.services.settings import Settings
from syncline.services.timers import Timers
from syncline.services.welcome import Welcome
from syncline.store.contract import Store

T = TypeVar("T")


class Limits(Protocol):
    """The server's limiter, as far as a protocol calls it."""

    def account(self, account: Id, cost: float = 1.0) -> None:
        """Count a request of an account; raises TooMany."""

    def guess(self, login: str, address: str) -> None:
        """Count a try of a password; raises TooMany."""

    def guessed(self, login: str, address: str) -> None:
        """The password was right: give the try back."""


class Needs(Protocol):
    """The services behind these routes."""

    @property
    def store(self) -> Store:
        """The log."""

    @property
    def config(self) -> Config:
        """What the operator set."""

    @property
    def handles(self) -> Handles:
        """Names for ids."""

    @property
    def accounts(self) -> Accounts:
        """All accounts."""

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""

    @property
    def tokens(self) -> Tokens:
        """Personal tokens."""

    @property
    def conversations(self) -> Conversations:
        """All acts on conversations."""

    @property
    def overviews(self) -> Overviews:
        """What lists show."""

    @property
    def delivery(self) -> Delivery:
        """Waiting and waking."""

    @property
    def people(self) -> People:
        """Persons."""

    @property
    def profiles(self) -> KnownProfiles:
        """Their profiles, in memory."""

    @property
    def last_seen(self) -> LastSeen:
        """When accounts were active."""

    @property
    def confirmations(self) -> Confirmations:
        """Accounts and passwords that wait for a proof."""

    @property
    def welcome(self) -> Welcome:
        """The first conversation of an account."""

    @property
    def labels(self) -> Labels:
        """All acts on labels."""

    @property
    def known_labels(self) -> KnownLabels:
        """Labels, in memory."""

    @property
    def hooks(self) -> Hooks:
        """Hooks of conversations."""

    @property
    def mails(self) -> Mails:
        """All accounts' mails."""

    @property
    def parsing(self) -> Parsing:
        """Reading of raw mails, off the loop."""

    @property
    def relay(self) -> Relay:
        """The way out for mail."""

    @property
    def settings(self) -> Settings:
        """Documents of accounts."""

    @property
    def devices(self) -> Devices:
        """Installations of accounts."""

    @property
    def readers(self) -> Readers:
        """What follows the log."""

    @property
    def timers(self) -> Timers:
        """What is due."""

    @property
    def outgoing(self) -> Outgoing:
        """The guarded client."""

    @property
    def limiter(self) -> Limits:
        """How much an account may ask."""

    @property
    def public_url(self) -> str | None:
        """The address by which people reach the server, without a path."""

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What a protocol makes once for all its routes."""
