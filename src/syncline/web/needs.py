"""What the pages need of the server."""

from typing import Protocol

from syncline.config import Config
from syncline.core.ids import Id
from syncline.services.accounts import Accounts, Sessions, Tokens
from syncline.store.contract import Store


class Guesses(Protocol):
    """The limiter, as far as signing in is concerned."""

    def guess(self, login: str, address: str) -> None:
        """Count a try of a password; raises TooMany."""

    def guessed(self, login: str, address: str) -> None:
        """The password was right."""


class Needs(Protocol):
    """The services behind the pages."""

    @property
    def store(self) -> Store:
        """The log."""

    @property
    def accounts(self) -> Accounts:
        """All accounts."""

    @property
    def tokens(self) -> Tokens:
        """Their tokens."""

    @property
    def sessions(self) -> Sessions:
        """Their browser sessions."""

    @property
    def limiter(self) -> Guesses:
        """The one limiter."""

    @property
    def config(self) -> Config:
        """How the server was set up."""

    @property
    def public_url(self) -> str | None:
        """The address by which people reach the server, without a path."""

    @property
    def single_user(self) -> Id | None:
        """Who is signed in without signing in."""
