"""Codes and links that prove an address: as mails through the relay or, without one, as a line of the log."""

import logging
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from syncline.gateways.smtp.relay import Relay
from syncline.services.accounts.confirmations import Notice
from syncline.services.accounts.pending import Purpose
from syncline.services.people import mail_domain

log: Final = logging.getLogger("syncline.server")

REGISTER: Final = """\
Somebody, most likely you, wants to register at {place} with this address.

Your confirmation code: {code}

A program that asks for a confirmation id instead takes this one:
{link}

Both are good for one day. If it was not you, do nothing: no account is made.
"""

RESET: Final = """\
Somebody, most likely you, wants to set a new password for the account with this address at {place}.

The confirmation id that allows it: {link}

It is good for one day, and once. If it was not you, do nothing: the password stays as it is.
"""


class Notices:
    """The messenger of the accounts."""

    def __init__(self, relay: Relay, *, place: str) -> None:
        """Send through this relay; `place` is the server's name (a host, perhaps with a port)."""
        self._relay = relay
        self._place = place
        self._host = mail_domain(place)

    async def bring(self, notice: Notice) -> None:
        """Mail a notice; without a relay, tell the operator what it says. Raises RelayFailed."""
        if self._relay.configured:
            mail = self._mail(notice)
            await self._relay.send(mail, sender=f"syncline@{self._host}", recipients=[notice.email])
        elif notice.purpose == Purpose.REGISTER:
            log.warning(
                "No relay is configured: the registration code of %s is %s, its confirmation id %s",
                notice.email,
                notice.proof.code,
                notice.proof.link,
            )
        else:
            log.warning(
                "No relay is configured: the confirmation id for a new password of %s is %s",
                notice.email,
                notice.proof.link,
            )

    def _mail(self, notice: Notice) -> bytes:
        mail = EmailMessage()
        mail["From"] = f"Syncline <syncline@{self._host}>"
        mail["To"] = notice.email
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain=self._host)
        mail["Auto-Submitted"] = "auto-generated"
        values = {"place": self._place, "code": notice.proof.code, "link": notice.proof.link}
        if notice.purpose == Purpose.REGISTER:
            # programs that register by themselves look for these words (Fleep reference 2.2)
            mail["Subject"] = f"Fleep confirmation code: {notice.proof.code}"
            mail.set_content(REGISTER.format(**values))
        else:
            mail["Subject"] = "A new password"
            mail.set_content(RESET.format(**values))
        return mail.as_bytes()
