"""Fleep's names for things: UUIDs and keys made of ids, and the addresses outside `/api`."""

import base64
import uuid
from typing import Final

import msgspec

from syncline.core.errors import NotFound
from syncline.core.handles import Handle, Handles, long_of
from syncline.core.ids import Id, ZoneId

SYSTEM_LABELS: Final = 16
"""Numbers of system labels that fit beside an account's id in one handle."""


LARGE: Final = 100
"""Members from which on a list of them is kept as JSON: each of 5,000 members is told all 5,000."""

REMEMBERED: Final = 100
"""Such lists kept: 200 KB each with 5,000 members."""


class Names:
    """Ids as clients know them, both ways. What leads nowhere raises NotFound."""

    def __init__(self, handles: Handles) -> None:
        """Use these handles."""
        self._handles = handles
        self._many: dict[tuple[Id, ...], msgspec.Raw] = {}

    def person(self, id: Id) -> str:
        """account_id, profile_id, creator_id … of a person."""
        return self._handles.uuid(Handle.PERSON, id)

    def person_of(self, text: str) -> Id:
        """The person of an account_id."""
        return self._handles.id_of_uuid(Handle.PERSON, text)

    def persons(self, ids: "tuple[Id, ...] | list[Id]") -> list[str]:
        """Several account_ids."""
        return [self.person(id) for id in ids]

    def many(self, ids: tuple[Id, ...]) -> "list[str] | msgspec.Raw":
        """The members of a conversation; of a large one ready as JSON, made once for all who are told."""
        if len(ids) < LARGE:
            return self.persons(ids)
        known = self._many.get(ids)
        if known is None:
            if len(self._many) >= REMEMBERED:
                del self._many[next(iter(self._many))]
            known = self._many[ids] = msgspec.Raw(msgspec.json.encode(self.persons(ids)))
        return known

    def conv(self, id: ZoneId) -> str:
        """conversation_id."""
        return self._handles.uuid(Handle.CONVERSATION, id)

    def conv_of(self, text: str) -> ZoneId:
        """The conversation of a conversation_id, or of its 22 characters in a link."""
        text = text.strip()
        if len(text) == 22:
            text = long_of(text)
        try:
            return ZoneId(self._handles.id_of_uuid(Handle.CONVERSATION, text))
        except NotFound:
            raise NotFound("There is no such conversation.") from None

    def label(self, id: Id) -> str:
        """label_id of a stored label."""
        return self._handles.uuid(Handle.LABEL, id)

    def label_of(self, text: str) -> Id:
        """The stored label of a label_id."""
        return self._handles.id_of_uuid(Handle.LABEL, text)

    def system_label(self, account: Id, number: int) -> str:
        """label_id of an account's n-th system label, which is not stored."""
        return self._handles.uuid(Handle.SYSTEM_LABEL, Id(account * SYSTEM_LABELS + number))

    def system_label_of(self, account: Id, text: str) -> int:
        """The number of an account's system label."""
        id = self._handles.id_of_uuid(Handle.SYSTEM_LABEL, text)
        if id // SYSTEM_LABELS != account:
            raise NotFound("There is no such label.")
        return id % SYSTEM_LABELS

    def hook(self, id: Id) -> str:
        """hook_id."""
        return self._handles.uuid(Handle.HOOK, id)

    def hook_key(self, id: Id) -> str:
        """hook_key: how members name a hook. The first eight digits of its id; no secret."""
        return self.hook(id)[:8]

    def hook_secret(self, id: Id) -> str:
        """KEY of `/hook/KEY`: whoever has it may post."""
        return self._handles.key(Handle.HOOK, id)

    def hook_of_secret(self, key: str) -> Id:
        """The hook of such a KEY."""
        return self._handles.id_of_key(Handle.HOOK, key)

    def hangout(self, conv: ZoneId) -> str:
        """hangout_id of a conversation's calls."""
        return self._handles.uuid(Handle.HANGOUT, conv)

    def hangout_of(self, text: str) -> ZoneId:
        """The conversation whose calls have this hangout_id."""
        return ZoneId(self._handles.id_of_uuid(Handle.HANGOUT, text))

    def autojoin(self, conv: ZoneId) -> str:
        """KEY of `/chat/KEY`: whoever has it may join, once the members allow it."""
        return self._handles.key(Handle.AUTOJOIN, conv)

    def autojoin_of(self, key: str) -> ZoneId:
        """The conversation of such a KEY."""
        return ZoneId(self._handles.id_of_key(Handle.AUTOJOIN, key))

    def cmail(self, conv: ZoneId) -> str:
        """The part before the @ of a conversation's address: letters and digits, as mail wants it."""
        raw = uuid.UUID(self._handles.uuid(Handle.AUTOJOIN, conv)).bytes
        return "conv." + base64.b32encode(raw).decode().rstrip("=").lower()
