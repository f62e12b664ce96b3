"""What all calls of this protocol share: the services, names, and what is kept in memory."""

from typing import Final

from starlette.types import Scope

from syncline.config.sections import Fleep as Options
from syncline.core.handles import short_of
from syncline.core.ids import ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.needs import Needs
from syncline.protocols.fleep.texts import MailTexts
from syncline.protocols.fleep.velocity import Velocity

BUILD: Final = "syncline-1"
"""`static_version`: web clients reload when it changes."""


class Fleep:
    """The protocol over one server's services."""

    def __init__(self, needs: Needs) -> None:
        """Made once, by the first route."""
        self.needs = needs
        self.store = needs.store
        self.options: Options = needs.config.fleep
        self.names = Names(needs.handles)
        self.overviews = needs.overviews
        self.profiles = needs.profiles
        self.labels = needs.known_labels
        self.mail_texts = MailTexts(needs.store, needs.parsing)
        self.velocity = Velocity(self.options)
        self.host = needs.config.server.name
        """what stands after the @ of Fleep addresses"""

    def base(self, scope: Scope) -> str:
        """The address by which this client reaches the server, without a path."""
        return self.needs.public_url or f"{scope['scheme']}://{scope['host'] or 'localhost'}"

    def conv_url(self, base: str, conv: ZoneId) -> str:
        """The link that opens a conversation (reference 1.6)."""
        return f"{base}/chat?cid={short_of(self.names.conv(conv))}"

    def address(self, local: str) -> str:
        """The e-mail address of a Fleep address."""
        return f"{local}@{self.host}"


def fleep_of(needs: Needs) -> Fleep:
    """The one Fleep of these services."""
    return needs.once("fleep", lambda: Fleep(needs))
