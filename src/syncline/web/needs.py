"""What the pages need of the server."""

from typing import Protocol

from syncline.config import Config
from syncline.gateways.http.access import BrowserNeeds
from syncline.services.accounts import Tokens
from syncline.store.contract import Store


class Guesses(Protocol):
    """The limiter, as far as signing in is concerned."""

    def guess(self, login: str, address: str) -> None:
        """Count a try of a password; raises TooMany."""

    def guessed(self, login: str, address: str) -> None:
        """The password was right."""


class Needs(BrowserNeeds, Protocol):
    """The services behind the pages."""

    @property
    def store(self) -> Store:
        """The log."""

    @property
    def tokens(self) -> Tokens:
        """All accounts' tokens."""

    @property
    def limiter(self) -> Guesses:
        """The one limiter."""

    @property
    def config(self) -> Config:
        """How the server was set up."""
