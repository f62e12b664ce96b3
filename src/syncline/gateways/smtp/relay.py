"""The one way by which mail leaves: the SMTP relay of the configuration."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiosmtplib import SMTPException

from syncline.config.sections import Relay as Section
from syncline.core.errors import Missing, RelayFailed, RelayMissing
from syncline.gateways.smtp.addresses import mailbox
from syncline.gateways.smtp.letters import letter
from syncline.gateways.smtp.session import Session
from syncline.gateways.smtp.wording import Refused, secrets_of, sentence

CONNECT: Final = 10.0
"""seconds until the relay must have greeted us"""
ALL: Final = 60.0
"""seconds until it must have taken the mail"""
NOTHING_SENT: Final = "Nothing was sent."
MAYBE_SENT: Final = "It had the whole mail by then, so the mail may have been sent all the same."


class Relay:
    """Sends mails through `[relay]` of the configuration, a connection for each.

    `sent` and `failed` count the mails since the start.
    """

    def __init__(
        self,
        config: Section,
        *,
        name: str = "localhost",
        connect_timeout: float = CONNECT,
        timeout: float = ALL,
    ) -> None:
        """Use this relay; `name` is how this machine calls itself (EHLO), both times are seconds.

        Certificates are checked against the authorities of the system; a relay with one of its own is
        trusted by SSL_CERT_FILE.
        """
        self.sent = 0
        self.failed = 0
        self._config = config
        self._name = name
        self._connect_timeout = connect_timeout
        self._timeout = timeout

    @property
    def configured(self) -> bool:
        """Whether there is a relay at all."""
        return self._config.host is not None

    async def send(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """Send a mail to all these recipients, or to none of them; when this returns, the relay has it.

        `relay.sender` goes before `sender`. The bytes go out as they are, less Bcc and Resent-Bcc, with
        lines ended by CRLF. If the relay refuses one recipient, nobody gets the mail: whoever sends it
        again after putting that right sends it to nobody twice. Raises RelayMissing; Missing without a
        recipient, Invalid for an address that is none; RelayFailed with what the relay said. Its message
        ends by saying that nothing was sent, or, where the connection was lost while the relay held the
        whole mail, that it may have been.
        """
        if self._config.host is None:
            raise RelayMissing("No relay for outgoing mail is configured (relay.host), so nothing was sent.")
        if not recipients:
            raise Missing("The mail names no recipient, so nothing was sent.", field="recipients")
        origin = mailbox(self._config.sender or sender, "sender")
        targets = list(dict.fromkeys(mailbox(recipient, "recipients") for recipient in recipients))
        ready = await asyncio.to_thread(letter, raw)
        session = Session(
            self._config, self._name, connect_timeout=self._connect_timeout, timeout=self._timeout
        )
        try:
            async with asyncio.timeout(self._timeout):
                await session.open()
                await session.send(ready, origin, targets)
        except (Refused, SMTPException, OSError, UnicodeError) as error:
            self.failed += 1
            said = sentence(error, self._config.host, secrets_of(self._config))
            raise RelayFailed(f"{said} {MAYBE_SENT if session.whole else NOTHING_SENT}") from error
        finally:
            await session.close()
        self.sent += 1
