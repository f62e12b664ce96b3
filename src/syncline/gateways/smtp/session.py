"""One conversation with the relay, for one mail."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, cast

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponse, SMTPServerDisconnected

from syncline.config.sections import Relay as Section
from syncline.gateways.smtp.letters import Letter
from syncline.gateways.smtp.wording import Refused, quoted

WAITING: Final = 1 << 18
"""bytes that may wait for the relay before we wait for it"""
LOOK_AGAIN: Final = 0.005
"""seconds between looks at how much still waits: 50 MB/s, more than a relay takes"""
FAREWELL: Final = 2.0
"""seconds for QUIT: the mail is taken by then"""
GO_ON: Final = 354


class Session:
    """Holds one connection.

    `whole` is True from when the relay may have the whole mail until it refuses it; `taken` from when it
    said that it took it.
    """

    def __init__(self, config: Section, name: str, *, connect_timeout: float, timeout: float) -> None:
        """Prepare; `name` is this machine's in EHLO, both times are seconds."""
        self.whole = False
        self.taken = False
        self._config = config
        self._connect_timeout = connect_timeout
        self._client = SMTP(
            hostname=config.host,
            port=config.port,
            username=config.username,
            password=config.password.reveal() if config.password is not None else None,
            local_hostname=_own_name(name),
            timeout=timeout,
            use_tls=config.tls == "tls",
            # True, never None: with None the client would go on in the clear where STARTTLS is not offered
            start_tls=config.tls == "starttls",
        )

    async def open(self) -> None:
        """Connect, secure the connection, log in, and learn what the relay can do."""
        await self._client.connect(timeout=self._connect_timeout)
        if self._client.is_ehlo_or_helo_needed:
            try:
                await self._client.ehlo()
            except SMTPHeloError:
                await self._client.helo()

    async def send(self, letter: Letter, sender: bytes, recipients: Sequence[bytes]) -> None:
        """Hand the mail over, to all recipients or to none."""
        options = self._options(letter, [sender, *recipients])
        answer = await self._client.execute_command(b"MAIL", b"FROM:<%b>" % sender, *options)
        if answer.code != 250:
            said = quoted(answer.code, answer.message)
            raise Refused(f"The relay {self._config.host} refused the sender {sender.decode()}: {said}.")
        refused = []
        for recipient in recipients:
            answer = await self._client.execute_command(b"RCPT", b"TO:<%b>" % recipient)
            if answer.code not in (250, 251):
                refused.append(f"{recipient.decode()} ({quoted(answer.code, answer.message)})")
        if refused:
            raise Refused(f"The relay {self._config.host} refused {', '.join(refused)}.")
        await self._data(letter)

    def _options(self, letter: Letter, addresses: Sequence[bytes]) -> list[bytes]:
        """What MAIL FROM must announce; raises Refused where the relay lacks what the mail needs."""
        can = self._client.supports_extension
        options = []
        if can("size"):
            options.append(b"SIZE=%d" % letter.size)
        wide = next((one for one in addresses if not one.isascii()), None)
        lacks = f"The relay {self._config.host} takes no mail"
        if letter.eight_bit:
            if not can("8bitmime"):
                raise Refused(f"{lacks} with 8-bit text (8BITMIME); it must be encoded (quoted-printable).")
            options.append(b"BODY=8BITMIME")
        if wide is not None or letter.wide_head:
            if not can("smtputf8"):
                what = "in headers" if wide is None else f"in addresses such as {wide.decode()}"
                raise Refused(f"{lacks} with letters beyond ASCII {what} (SMTPUTF8).")
            options.append(b"SMTPUTF8")
        return options

    async def _data(self, letter: Letter) -> None:
        """Write the mail part by part; the client's own way would write 25 MB in one go, on the loop."""
        begun = await self._client.execute_command(b"DATA")
        if begun.code != GO_ON:
            raise self._refused(begun)
        protocol, transport = self._client.protocol, self._client.transport
        if protocol is None or transport is None:
            raise SMTPServerDisconnected("Connection lost")
        transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one by its methods only
        # begun first, because a relay may refuse before it has seen the end
        answer = asyncio.ensure_future(protocol.read_response())
        try:
            for part in letter.parts:
                # The client's protocol, which is told when the transport is empty, passes that on to nobody.
                while transport.get_write_buffer_size() > WAITING and not answer.done():  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_AGAIN)
                if answer.done() or transport.is_closing():
                    break
                transport.write(part)
            else:
                self.whole = True
                transport.write(b".\r\n")
            said = await answer
        finally:
            answer.cancel()
        if said.code != 250 or not self.whole:
            self.whole = False
            raise self._refused(said)
        self.taken = True

    def _refused(self, answer: SMTPResponse) -> Refused:
        said = quoted(answer.code, answer.message)
        return Refused(f"The relay {self._config.host} refused the mail: {said}.")

    async def close(self) -> None:
        """Say goodbye if all went well, and close. How the relay answers that is of no weight any more."""
        try:
            if self.taken and self._client.is_connected:
                with suppress(SMTPException, OSError):
                    await self._client.quit(timeout=FAREWELL)
        finally:
            self._client.close()


def _own_name(name: str) -> str:
    """A name for EHLO, which takes no port; IPv6 addresses are written in another way there."""
    return "localhost" if name.startswith("[") else name.partition(":")[0]
