"""account/listen: the long poll of notifiers (reference 4.4)."""

from collections.abc import Awaitable, Coroutine
from typing import Any

import msgspec
from starlette.types import ASGIApp, Receive, Scope

from syncline.config.sections import Fleep as Options
from syncline.core.errors import Missing
from syncline.protocols.fleep.fleep import fleep_of
from syncline.protocols.fleep.needs import Needs
from syncline.protocols.fleep.polling.asking import Ask
from syncline.protocols.fleep.polling.holding import at_once, held, waiting
from syncline.protocols.fleep.polling.notifying import Heard, Listening
from syncline.protocols.fleep.polling.shared import polling_of
from syncline.services.accounts import Auth


def listen(needs: Needs) -> ASGIApp:
    """POST /api/account/listen."""
    fleep = fleep_of(needs)
    listening = polling_of(fleep).listening

    def answer(ask: Ask, auth: Auth, scope: Scope, receive: Receive) -> Awaitable[bytes | None]:
        if ask.event_horizon is None:  # unlike that of a poll it has no default (seed)
            raise Missing("event_horizon is missing.", field="event_horizon")
        reading = Listen(listening, fleep.options, ask, auth, fleep.base(scope))
        if not ask.waits or ask.horizon <= 0:
            return at_once(reading)
        return held(fleep, "listen", reading, ask, auth, scope, receive)

    return waiting(fleep, answer)


class Listen:
    """What one account/listen reads."""

    __slots__ = ("_ask", "_auth", "_base", "_listening", "_options")

    def __init__(self, listening: Listening, options: Options, ask: Ask, auth: Auth, base: str) -> None:
        """Read what is asked, for a client that reaches the server at `base`."""
        self._listening = listening
        self._options = options
        self._ask = ask
        self._auth = auth
        self._base = base

    def look(self) -> Coroutine[Any, Any, Heard]:
        """What there is to hear."""
        return self._listening.look(self._auth, self._ask.horizon, self._base)

    def said(self, heard: Heard) -> bool:
        """Whether a notifier has something to show."""
        return bool(heard.messages) or heard.counted

    def more(self, heard: Heard) -> bool:
        """Whether there is more behind it."""
        return heard.more

    def write(self, heard: Heard) -> bytes:
        """The answer's body; what this session is told now is remembered."""
        said: dict[str, Any] = {"event_horizon": heard.horizon, "messages": heard.messages}
        if heard.counted:
            said["conv_count"] = heard.unread
        self._listening.remember(self._auth.session, heard)
        version = self._ask.version
        if self._options.upgrade_url and version is not None and version < self._options.min_api_version:
            said["download_url"] = self._options.upgrade_url
        return msgspec.json.encode(said)
