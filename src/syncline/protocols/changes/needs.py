"""What this protocol needs of the services."""

from typing import Protocol

from syncline.core.ids import Id
from syncline.services.accounts import Auth
from syncline.services.conversations import Conversations
from syncline.services.delivery import Delivery
from syncline.store.contract import Store


class Limits(Protocol):
    """The server's limiter, as far as a protocol calls it."""

    def account(self, account: Id, cost: float = 1.0) -> None:
        """Count a request of an account; raises TooMany."""


class Bearers(Protocol):
    """Who asks, as far as a protocol calls it: `services.accounts.Tokens`, or the operator's own way in."""

    def known(self, secret: str) -> Auth | None:
        """Whose secret it is, if that is in memory."""

    async def authenticate(self, secret: str) -> Auth:
        """Whose secret it is; raises Unauthorized, Deactivated."""


class Needs(Protocol):
    """The services behind these routes."""

    @property
    def store(self) -> Store:
        """The log."""

    @property
    def tokens(self) -> Bearers:
        """Who asks."""

    @property
    def conversations(self) -> Conversations:
        """All acts on conversations."""

    @property
    def delivery(self) -> Delivery:
        """Waiting and waking."""

    @property
    def limiter(self) -> Limits:
        """How much an account may ask."""
