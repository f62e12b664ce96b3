"""Accounts, passwords, tokens, sessions, sign-in links and invites."""

from syncline.services.accounts.account import ALL_ACCOUNTS, Account, Registration, Role, account_key
from syncline.services.accounts.accounts import Accounts
from syncline.services.accounts.auth import SCOPES, SECRET_LENGTH, Auth
from syncline.services.accounts.logins import Guesses, Logins
from syncline.services.accounts.passwords import Passwords
from syncline.services.accounts.sessions import Sessions
from syncline.services.accounts.tokens import Token, Tokens

__all__ = [
    "ALL_ACCOUNTS",
    "SCOPES",
    "SECRET_LENGTH",
    "Account",
    "Accounts",
    "Auth",
    "Guesses",
    "Logins",
    "Passwords",
    "Registration",
    "Role",
    "Sessions",
    "Token",
    "Tokens",
    "account_key",
]
