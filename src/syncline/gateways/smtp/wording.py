"""What people are told when a relay does not take a mail: what it said, and never a secret."""

import base64
import re
import ssl
from collections.abc import Iterable
from typing import Final

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from syncline.config.sections import Relay as Section

MOST_SAID: Final = 300
"""characters of an answer that are passed on"""
_RUNS: Final = re.compile(r"[A-Za-z0-9+/=]{4,}")
"""What base64 is written in: an answer that repeats half of a login tells half of a password."""


class Refused(Exception):
    """The relay said no to a command; the sentence says to which, and what it answered."""


def quoted(code: int, text: str, secrets: Iterable[str] = ()) -> str:
    """An answer of the relay in one line: `550 5.1.1 No such user`, without what is like a secret."""
    return f"{code} {_clean(text, secrets)}".strip()


def _clean(text: str, secrets: Iterable[str]) -> str:
    """Some servers repeat the command that they did not understand, and that can be the login."""
    words = [word for word in text.split() if not any(_tells(word, secret) for secret in secrets)]
    line = "".join(sign if sign.isprintable() else "·" for sign in " ".join(words))
    return line[:MOST_SAID].rstrip(".")


def _tells(word: str, secret: str) -> bool:
    return secret in word or any(run in secret for run in _RUNS.findall(word))


def secrets_of(section: Section) -> tuple[str, ...]:
    """The forms in which the password goes over the wire (PLAIN, LOGIN), and itself."""
    if section.password is None:
        return ()
    password = section.password.reveal()
    plain = f"\0{section.username}\0{password}"
    encoded = [base64.b64encode(text.encode()).decode() for text in (plain, password)]
    return (password, *encoded)


def sentence(error: Exception, name: str, secrets: tuple[str, ...]) -> str:
    """What an error means, `name` being the relay's; says nothing on whether the mail was sent."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"The certificate of the relay {name} cannot be trusted: {cause.verify_message}."
    if isinstance(cause, ssl.SSLError):
        return f"The relay {name} does not speak TLS as relay.tls wants it ({cause.reason})."
    match error:
        case Refused():
            return str(error)
        case SMTPAuthenticationError():
            return f"The relay {name} refused the login: {quoted(error.code, error.message, secrets)}."
        case SMTPConnectResponseError() | SMTPHeloError():
            return f"The relay {name} takes no mail now: {quoted(error.code, error.message)}."
        case SMTPResponseException():
            return f"The relay {name} answered {quoted(error.code, error.message, secrets)}."
        case TimeoutError():
            return f"The relay {name} did not answer in time."
    if isinstance(cause, SMTPServerDisconnected | ConnectionResetError):
        return f"The relay {name} broke the connection off."
    if isinstance(cause, SMTPException):
        return f"The relay {name} cannot be used: {_clean(cause.message, secrets)}."
    reason = (isinstance(cause, OSError) and cause.strerror) or str(cause)
    return f"The relay {name} cannot be reached: {reason}."
