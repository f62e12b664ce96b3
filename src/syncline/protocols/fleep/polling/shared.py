"""What the polls of a server share."""

from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.polling.activities import Activities
from syncline.protocols.fleep.polling.notifying import Listening
from syncline.protocols.fleep.polling.pages import Pages


class Polling:
    """The memory and the pages behind account/poll and account/listen."""

    def __init__(self, fleep: Fleep) -> None:
        """Made once, by the first route."""
        self.activities = Activities(fleep.needs.delivery)
        self.pages = Pages(fleep, self.activities)
        self.listening = Listening(fleep)


def polling_of(fleep: Fleep) -> Polling:
    """The one Polling of a server."""
    return fleep.needs.once("fleep polling", lambda: Polling(fleep))
