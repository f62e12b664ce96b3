"""What other systems write through a hook: messages of its owner, marked with the hook."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry, NewEntry
from syncline.core.errors import Invalid, Missing, NotFound, NotMember, TooLarge
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind, Rel, Space
from syncline.core.rooms.forms import deleted, read_form
from syncline.core.rooms.permissions import check_send
from syncline.core.rooms.rules import Rules
from syncline.core.zones import Zone
from syncline.services.conversations.access import present
from syncline.services.conversations.amend import Target, amend
from syncline.services.conversations.answers import Answer
from syncline.services.conversations.mentions import mentioned, unindex
from syncline.services.conversations.reading import follow
from syncline.services.hooks.hook import Hook, hook_of
from syncline.store.contract import Tx

LONGEST_TEXT: Final = 307_200
"""Characters of a message, as much as Fleep's own clients send (Fleep reference 4.7)."""

LONGEST_SENDER: Final = 255
LONGEST_KEY: Final = 1000
MOST: Final = 1000
"""Messages that one request may bring in."""

AT_ONCE: Final = 20
"""Messages brought in by one work."""

LAST_TIME: Final = 32_503_680_000_000
"""The year 3000, in ms."""


class Posted(msgspec.Struct, frozen=True):
    """A message from outside. `sender` is whom it names as its writer.

    Imported ones may have their own time (`at`, ms), and a `key`: another message with the same key edits
    the first.
    """

    text: str
    sender: str | None = None
    key: str | None = None
    at: int | None = None


def checked(posted: Posted) -> Posted:
    """A message that can be taken; raises Missing, Invalid, TooLarge."""
    if not posted.text.strip():
        raise Missing("A message needs a text.", field="message")
    if len(posted.text) > LONGEST_TEXT:
        raise TooLarge(f"A message has at most {LONGEST_TEXT} characters.", field="message")
    if posted.sender is not None and len(posted.sender) > LONGEST_SENDER:
        raise Invalid(f"A sender's name has at most {LONGEST_SENDER} characters.", field="user")
    if posted.key is not None and len(posted.key) > LONGEST_KEY:
        raise Invalid(f"A message's key has at most {LONGEST_KEY} characters.", field="message_key")
    if posted.at is not None and not 0 <= posted.at < LAST_TIME:
        raise Invalid("That is no time at which a message was posted.", field="posted_time")
    return posted


def made_by(entry: Entry) -> Id | None:
    """The hook through which an entry was written (a message, or an edit of one)."""
    if entry.kind not in (EntryKind.MESSAGE, EntryKind.AMENDMENT):
        return None
    hook = read_form(entry.body).get("hook")
    return Id(hook) if type(hook) is int else None


async def post(tx: Tx, id: Id, posted: Posted) -> Answer:
    """Add a message through a hook, as its owner. It is unread for the owner too, who did not write it.

    Raises NotFound (no such hook), NotMember (its owner has left), Forbidden, and what `checked` raises.
    """
    hook = await hook_of(tx, id)
    zone, rules = await _standing(tx, hook)
    entry = await _add(tx, hook, zone, rules, checked(posted), read=False)
    return Answer(zone.id, entry.id, entry.nr)


async def bring_in(tx: Tx, id: Id, some: Sequence[Posted], *, read: bool = False) -> int:
    """Take in messages with their own times; returns how many were added or changed.

    A repeated key edits the message that it led to, unless that was deleted. `read`: the owner has read
    them, if he had read everything before. At most AT_ONCE messages; `Hooks.bring_in` chains more.
    """
    hook = await hook_of(tx, id)
    zone, rules = await _standing(tx, hook)
    done = 0
    for posted in some:
        key = None if posted.key is None else message_key(hook.id, posted.key)
        known = None if key is None else await tx.key(Space.HOOKED, key)
        if known is None:
            entry = await _add(tx, hook, zone, rules, checked(posted), read=read)
            if key is not None:
                await tx.bind(Space.HOOKED, key, entry.id)
            done += 1
            zone = await tx.zone(zone.id) or zone
        else:
            done += await _edit(tx, hook, zone, rules, known.object, checked(posted))
    return done


def message_key(hook: Id, key: str) -> bytes:
    """The value under Space.HOOKED that leads from a sender's own key to the message."""
    return hook.to_bytes(8, "big") + hashlib.sha256(key.encode("utf-8", "replace")).digest()


async def _standing(tx: Tx, hook: Hook) -> tuple[Zone, Rules]:
    try:
        zone, rules = await present(tx, hook.owner, hook.conv)
    except (NotFound, NotMember) as error:
        raise NotMember("Whoever made this hook has left the conversation.") from error
    check_send(rules, hook.owner)
    return zone, rules


async def _add(tx: Tx, hook: Hook, zone: Zone, rules: Rules, posted: Posted, *, read: bool) -> Entry:
    entry = await tx.add(
        NewEntry(
            zone.id,
            EntryKind.MESSAGE,
            hook.owner,
            msgspec.json.encode(_content(hook, posted)),
            at=posted.at,
            alerts=True,
            # an old message must not move the conversation's own time back
            bumps=posted.at is None or posted.at >= zone.bumped_at,
        )
    )
    if read:
        await follow(tx, hook.owner, entry, zone.alert_nr)
    return entry


async def _edit(tx: Tx, hook: Hook, zone: Zone, rules: Rules, id: Id, posted: Posted) -> bool:
    entry = await tx.entry(id)
    if entry is None or entry.conv != zone.id:
        return False
    to = Target(hook.owner, zone, rules, entry)
    if deleted(to.form) or to.form.get("text") == posted.text:
        return False
    unindex(tx, entry, mentioned(to.form))
    # the amendment names the hook as well: what a hook wrote is not posted back to it
    await amend(tx, to, Rel.EDIT, {"content": {"text": posted.text}, "hook": hook.id})
    return True


def _content(hook: Hook, posted: Posted) -> dict[str, Any]:
    content: dict[str, Any] = {"text": posted.text, "hook": hook.id}
    if posted.sender is not None:
        content["sender_name"] = posted.sender
    return content
