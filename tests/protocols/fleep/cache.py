"""What a naive client keeps: one merged record for each type and key fields; and when two have the same.

It throws where real clients throw. Like the cache of the API's own testers it refuses unknown types and
missing keys. Like the vendor's Python cache it counts the flow of each conversation (`fw_message_nr`), which
moves by one when the next number comes. What lies in a conversation that it does not have is an error.
"""

import copy
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from tests.protocols.fleep.keys_twice import IDENTITY, MESSAGE, check

Record = dict[str, Any]

SIGNALS: Final = frozenset({"activity", "hangout_activity", "poke", "lastseen", "request"})
"""What nobody keeps."""

IN_A_CONVERSATION: Final = frozenset({"message", "file", "preview", "hook"})
"""What is dropped with a conversation."""

PLACES: Final = frozenset(
    {
        "fw_message_nr",
        "bw_message_nr",
        "file_horizon",
        "pin_horizon",
        "task_horizon",
        "pin_cursor",
        "pin_sync_state",
        "mk_init_mode",
        "is_init",
        "is_tiny",
        "is_full",
        "client_req_id",
    }
)
"""Keys of a conversation that say how it was sent."""

EMPTY: Final[dict[str, Any]] = {
    "default_topic": "",
    "labels": [],
    "hide_message_nr": 0,
    "delete_message_nr": 0,
    "disclose_message_nr": 0,
    "my_message_nr": 0,
    "is_mark_unread": False,
    "is_autojoin": False,
    "is_disclose": False,
    "is_url_preview_disabled": False,
}
"""What a missing key of a conversation means."""

STAYS: Final = MESSAGE | {"revision_message_nr", "edit_account_id", "edited_time"}
"""Keys of a message that mean something once it is deleted; what else a client still has is not shown."""

CURSORS: Final = frozenset({"sync_cursor", "sync_inbox_time", "sync_conversation_id"})


class Cache:
    """The records of one account, merged key by key in the order in which they come."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.records: dict[str, dict[tuple[Any, ...], Record]] = {}
        self.walked: set[str] = set()
        """conversations whose flow was followed to its end"""

    def take_reply(self, reply: Any) -> None:
        """The header first, then the stream in its order."""
        if reply.get("header"):
            self.take(reply["header"])
        for record in reply["stream"]:
            self.take(record)

    def take(self, record: Record) -> None:
        """One record."""
        check(record)
        kind = record["mk_rec_type"]
        if kind == "conv":
            self._take_conv(record)
            return
        conv = record.get("conversation_id")
        if kind in IN_A_CONVERSATION or kind == "lock":
            assert conv in self.convs, f"a {kind} before its conversation: {record}"
        if kind == "lock":
            known = self.of("message").get((conv, record["message_nr"]))
            if known is not None:
                known["lock_account_id"] = record.get("lock_account_id")
        elif kind == "message":
            self._take_message(record)
        elif kind == "label" and record["mk_label_status"] == "removed":
            self.of(kind).pop((record["label_id"],), None)
        elif kind not in SIGNALS:
            self._merge(kind, record)

    def _take_conv(self, record: Record) -> None:
        id = record["conversation_id"]
        if record.get("is_deleted"):
            self._drop(id)
            self.convs.pop(id, None)
            return
        if record.get("is_init"):
            self._drop(id)
            self.convs.pop(id, None)
        elif "fw_message_nr" in record and "bw_message_nr" in record:
            raise AssertionError(f"both ends in a record that is no beginning: {record}")
        assert record.get("is_init") or id in self.convs, f"a conversation begins in part: {record}"
        self._merge("conv", record)

    def _take_message(self, record: Record) -> None:
        self._merge("message", record)
        conv = self.convs[record["conversation_id"]]
        assert "fw_message_nr" in conv, f"a message of a conversation without a place in its flow: {record}"
        number = record.get("flow_message_nr") or record["message_nr"]
        if number == conv["fw_message_nr"] + 1:
            conv["fw_message_nr"] = number

    def _merge(self, kind: str, record: Record) -> Record:
        key = tuple(record[field] for field in IDENTITY[kind])
        known = self.of(kind)
        known[key] = {**known.get(key, {}), **record}
        return known[key]

    def _drop(self, conv: str) -> None:
        for kind in IN_A_CONVERSATION:
            kept = self.of(kind)
            for key in [key for key in kept if key[0] == conv]:
                del kept[key]
        self.walked.discard(conv)

    def of(self, kind: str) -> dict[tuple[Any, ...], Record]:
        """Its records of one type."""
        return self.records.setdefault(kind, {})

    @property
    def convs(self) -> "Convs":
        """Its conversations by their id."""
        return Convs(self.of("conv"))

    def messages(self, conv: str) -> list[Record]:
        """The messages that it has of a conversation, in order."""
        kept = self.of("message")
        return [kept[key] for key in sorted(key for key in kept if key[0] == conv)]

    def lagging(self) -> dict[str, tuple[int, int]]:
        """Walked conversations whose flow stopped short: (how far it came, where the conversation is)."""
        found = {}
        for id in self.walked & self.convs.keys():
            conv = self.convs[id]
            if conv["fw_message_nr"] != conv["last_message_nr"]:
                found[id] = (conv["fw_message_nr"], conv["last_message_nr"])
        return found

    def keep_like(self, other: "Cache") -> None:
        """Hold what another has, to go on from there."""
        self.records = copy.deepcopy(other.records)
        self.walked = set(other.walked)


class Convs:
    """Conversations by id, over records by key fields."""

    def __init__(self, kept: dict[tuple[Any, ...], Record]) -> None:
        self._kept = kept

    def __getitem__(self, id: str) -> Record:
        return self._kept[id,]

    def __contains__(self, id: object) -> bool:
        return (id,) in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter([id for (id,) in self._kept])

    def __len__(self) -> int:
        return len(self._kept)

    def keys(self) -> set[str]:
        """All ids."""
        return {id for (id,) in self._kept}

    def pop(self, id: str, default: None) -> None:
        """Forget one."""
        self._kept.pop((id,), default)


def equal(ours: Cache, theirs: Cache) -> None:
    """Assert that two caught-up clients, each walked to both ends, have the same; `theirs` began at 0.

    Left out: signals, places in walks, cursors of labels, who was active when, by which number a revision
    came, and contacts that a client knows from earlier and a new one has no reason to be told.
    """
    found = differences(content(ours, among=theirs), content(theirs))
    assert not found, "\n".join(found)


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """What two have otherwise, in words that lead to the fault."""
    found = []
    for kind in ours:
        for key in sorted(ours[kind].keys() | theirs[kind].keys()):
            one, other = ours[kind].get(key), theirs[kind].get(key)
            if one is None or other is None:
                found.append(f"{kind} {key}: only {'theirs' if one is None else 'ours'}: {other or one}")
            elif one != other:
                names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
                said = [f"{name} {one.get(name, '-')!r} and {other.get(name, '-')!r}" for name in names]
                found.append(f"{kind} {key}: {', '.join(said)}")
    return found


def content(client: Cache, among: Cache | None = None) -> dict[str, Any]:
    """All that a client would show, a missing key being what it means."""
    contacts = client.of("contact")
    if among is not None:
        contacts = {key: contacts[key] for key in among.of("contact") if key in contacts}
    deleted = {key for key, one in client.of("message").items() if "is_deleted" in one["tags"]}
    return {
        "conv": {
            key: {**EMPTY, **{name: _plain(value) for name, value in one.items() if name not in PLACES}}
            for key, one in client.of("conv").items()
        },
        "message": {
            key: without(one, "flow_message_nr", *(one.keys() - STAYS if key in deleted else ()))
            for key, one in client.of("message").items()
        },
        "label": {key: without(one, *CURSORS) for key, one in client.of("label").items()},
        "contact": {key: without(one, "activity_time") for key, one in contacts.items()},
        "hook": {key: one for key, one in client.of("hook").items() if one["is_active"]},
        "preview": {key: one for key, one in client.of("preview").items() if _shown(client, one)},
        "file": client.of("file"),
        "team": client.of("team"),
    }


def _shown(client: Cache, preview: Record) -> bool:
    """Whether a preview's link stands in its message, and previews are wanted there."""
    conv, number = preview["conversation_id"], preview["message_nr"]
    message = client.of("message").get((conv, number), {})
    off = any(one.get("is_url_preview_disabled") for one in (message, client.convs[conv]))
    link = f'href="{escape(preview["attached_url"])}"'
    return not preview["is_deleted"] and not off and link in message.get("message", "")


def without(record: Record, *names: str) -> Record:
    """A record but for some keys."""
    return {name: _plain(value) for name, value in record.items() if name not in names}


def _plain(value: Any) -> Any:
    """Lists of ids are sets: no client minds their order."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return sorted(value)
    return value
