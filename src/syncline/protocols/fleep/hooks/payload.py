"""What an outgoing hook posts: full records, as the hook's owner sees them (Fleep reference 2.8)."""

from collections.abc import Sequence
from typing import Any

import msgspec

from syncline.core.errors import NotFound
from syncline.core.ids import Id
from syncline.protocols.fleep.contacting import contact_record, own_record
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.records.hook import hook, hook_url
from syncline.protocols.fleep.records.keys import CONV_FULL, MESSAGE, Keys
from syncline.protocols.fleep.streams import Stream
from syncline.services.hooks import Hook, sending_of
from syncline.store.contract import View


class Payloads:
    """Renders what is to be posted; `Payload` of services/hooks/sending.py."""

    def __init__(self, fleep: Fleep) -> None:
        """Use this protocol's names and memory."""
        self._fleep = fleep

    async def render(self, of: Hook, entries: Sequence[Id]) -> bytes | None:
        """One body for these entries, None if the owner sees none of them (any more)."""
        async with self._fleep.store.view() as view:
            try:
                return await self._render(view, of, entries)
            except NotFound:
                return None

    async def _render(self, view: View, of: Hook, ids: Sequence[Id]) -> bytes | None:
        fleep, base = self._fleep, self.base
        overview = await fleep.overviews.of(view, of.owner, of.conv)
        stream = Stream(fleep, view, of.owner, base)
        seen = await stream.sight(overview)
        entries = await view.entries_by_id(ids)
        messages = await stream.told(seen, entries)
        if not messages:
            return None
        authors = dict.fromkeys(entry.author for entry in entries if entry.author is not None)
        contacts = [
            await own_record(fleep, view, of.owner)
            if author == of.owner
            else await contact_record(fleep, view, of.owner, author)
            for author in authors
        ]
        conv = await stream.init(
            Init.FULL, overview, forward=overview.last_nr, backward=overview.private.joined_nr
        )
        sending = await sending_of(view, of)
        return msgspec.json.encode(
            {
                "reply_url": hook_url(fleep.names, base, of.id),
                "contacts": contacts,
                "conversations": [_filled(conv, CONV_FULL)],
                "hooks": [hook(fleep.names, of, base=base, sending=sending)],
                "messages": [_message(message) for message in messages],
            }
        )

    @property
    def base(self) -> str:
        """The server's address: nobody asks here, so it is the public one, or the one that it listens on."""
        server = self._fleep.needs.config.server
        return self._fleep.needs.public_url or f"http://{server.host}:{server.port}"


def _message(record: dict[str, Any]) -> dict[str, Any]:
    # bots of the time call a method on is_edit, so it has to be there
    return {**_filled(record, MESSAGE), "is_edit": "flow_message_nr" in record, "attachments": []}


def _filled(record: dict[str, Any], keys: Keys) -> dict[str, Any]:
    """A record with null for all that it has nothing to say of."""
    return {**dict.fromkeys(sorted(keys.may)), **record}
