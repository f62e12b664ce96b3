"""account/listen: the long poll of notifiers (reference 4.4)."""

from typing import Any

import msgspec
from starlette.types import ASGIApp, Receive, Scope

from syncline.protocols.fleep.fleep import fleep_of
from syncline.protocols.fleep.needs import Needs
from syncline.protocols.fleep.polling.asking import Ask
from syncline.protocols.fleep.polling.holding import held, waiting
from syncline.protocols.fleep.polling.notifying import Heard
from syncline.protocols.fleep.polling.shared import polling_of
from syncline.services.accounts import Auth


def listen(needs: Needs) -> ASGIApp:
    """POST /api/account/listen."""
    fleep = fleep_of(needs)
    listening = polling_of(fleep).listening
    options = fleep.options

    async def answer(ask: Ask, auth: Auth, scope: Scope, receive: Receive) -> bytes | None:
        base, horizon = fleep.base(scope), ask.horizon

        async def look() -> Heard:
            return await listening.look(auth, horizon, base)

        found: Heard | None
        if ask.waits and horizon > 0:
            found = await held(fleep, "listen", ask, auth, scope, receive, look, _said)
        else:
            found = await look()
        if found is None:
            return None
        said: dict[str, Any] = {"event_horizon": found.horizon, "messages": found.messages}
        if found.counted:
            said["conv_count"] = found.unread
            listening.remember(auth.session, found.unread)
        version = ask.version
        if options.upgrade_url and version is not None and version < options.min_api_version:
            said["download_url"] = options.upgrade_url
        return msgspec.json.encode(said)

    return waiting(fleep, answer)


def _said(heard: Heard) -> bool:
    return bool(heard.messages) or heard.counted
