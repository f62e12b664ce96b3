"""Amendments: edit, delete, erase, react. Each is an entry with a target, which gets its new form with it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry, NewEntry, NewFact
from syncline.core.errors import Conflict, Gone, Invalid, NotFound, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind, Rel, Space
from syncline.core.rooms import facts as names
from syncline.core.rooms import permissions as allow
from syncline.core.rooms.forms import Form, amended, deleted, parse_body, read_form, shared
from syncline.core.rooms.rules import Rules
from syncline.core.zones import Zone
from syncline.services.conversations.access import present
from syncline.services.conversations.answers import Answer, Request, once, origin
from syncline.services.conversations.mentions import index, mentioned, unindex
from syncline.services.conversations.send import checked
from syncline.services.conversations.visibility import visible_entry
from syncline.store.contract import Tx

MOST_REACTIONS: Final = 1000
"""Reactions that one entry's form names; each of them is in every later form."""

LONGEST_REACTION: Final = 255
EDITS_READ: Final = 1000


class Target:
    """An entry that a member is about to amend, with what decides whether he may."""

    __slots__ = ("account", "entry", "form", "rules", "zone")

    def __init__(self, account: Id, zone: Zone, rules: Rules, entry: Entry) -> None:
        """Hold what was read."""
        self.account = account
        self.zone = zone
        self.rules = rules
        self.entry = entry
        self.form: Form = read_form(entry.current)

    def require_message(self) -> None:
        """Raise Invalid for what is no message, Gone if it was deleted."""
        if self.entry.kind not in (EntryKind.MESSAGE, EntryKind.MAIL):
            raise Invalid("Only messages can be changed.", field="entry")
        if deleted(self.form):
            raise Gone("This message was deleted.")

    def require_unlocked(self, now: int) -> None:
        """Raise Conflict while somebody else edits it."""
        lock = self.form.get("lock")
        if lock and lock["by"] != self.account and lock["until"] > now:
            raise Conflict("Somebody else is editing this message.")


async def target(tx: Tx, account: Id, conv: ZoneId, entry: Id) -> Target:
    """The entry to amend; raises NotFound where the account may not see it, NotMember."""
    zone, rules = await present(tx, account, conv)
    return Target(account, zone, rules, await visible_entry(tx, account, zone.id, id=entry, board=True))


async def amend(
    tx: Tx,
    to: Target,
    rel: Rel,
    body: Form,
    *,
    facts: Sequence[NewFact] = (),
    silent: bool = False,
    request: Request | None = None,
) -> Answer:
    """Add an amendment and give its target the form that follows. Permissions are the caller's."""
    if rel is Rel.ERASE:
        # before the amendment is added: with its target, all that amendments say of it is overwritten
        await tx.erase(to.entry.id, actor=to.account)
    added = await tx.add(
        NewEntry(
            to.zone.id,
            EntryKind.AMENDMENT,
            to.account,
            msgspec.json.encode(body),
            target=to.entry.id,
            rel=rel,
            root=to.entry.root,
            silent=silent,
            bumps=False,
            **origin(request),
        ),
        facts,
    )
    to.form = amended(to.form, added)
    await tx.form(to.entry.id, msgspec.json.encode(to.form))
    return Answer(to.zone.id, added.id, added.nr, to.entry.id)


async def edit(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    entry: Id,
    body: bytes,
    *,
    silent: bool = False,
    request: Request | None = None,
) -> Answer:
    """Give a message new content: by its author, or by anybody once it is shared. Ends a lock.

    `silent`, here and below: takes no nr, for another amendment of the same work tells of it.
    """

    async def act() -> Answer:
        content = parse_body(checked(body))
        persons = mentioned(content)
        to = await target(tx, account, conv, entry)
        to.require_message()
        if to.entry.kind is EntryKind.MAIL:
            raise Invalid("A mail cannot be edited: others have it as it was sent.", field="entry")
        allow.check_edit(to.rules, account, to.entry.author, shared=shared(to.form))
        to.require_unlocked(tx.now)
        before = mentioned(to.form)
        unindex(tx, to.entry, before - persons)
        await index(tx, to.entry, persons - before)
        return await amend(tx, to, Rel.EDIT, {"content": content}, silent=silent, request=request)

    return await once(tx, account, request, act)


async def delete(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    entry: Id,
    *,
    reason: str | None = None,
    request: Request | None = None,
) -> Answer:
    """Delete a message; a reaction or an edit is taken back (its target is amended).

    By its author, or whoever has the level to redact (Fleep: everybody). Deleting twice raises Gone.
    """

    async def act() -> Answer:
        to = await target(tx, account, conv, entry)
        if to.entry.kind is EntryKind.AMENDMENT:
            return await _withdraw(tx, to, reason, request)
        to.require_message()
        allow.check_delete(to.rules, account, to.entry.author)
        unindex(tx, to.entry, mentioned(to.form))
        body = {} if reason is None else {"reason": reason}
        facts = await unpinned(tx, to)
        tx.unindex(Space.BOARD, board_term(to.zone.id), to.entry.id)
        return await amend(tx, to, Rel.DELETE, body, facts=facts, request=request)

    return await once(tx, account, request, act)


async def erase(tx: Tx, account: Id, conv: ZoneId, entry: Id, *, request: Request | None = None) -> Answer:
    """Overwrite all that is kept of a message, deleted ones too: content, edits, form. Numbers stay.

    Call `store.scrub()` afterwards, so that no byte of it is left in a file.
    """

    async def act() -> Answer:
        to = await target(tx, account, conv, entry)
        if to.entry.kind not in (EntryKind.MESSAGE, EntryKind.MAIL):
            raise Invalid("Only messages can be erased.", field="entry")
        allow.check_erase(to.rules, account, to.entry.author)
        unindex(tx, to.entry, mentioned(to.form))
        pins = await pinned(tx, to.zone.id)
        tx.unindex(Space.BOARD, board_term(to.zone.id), to.entry.id)
        # set again in any case: an erased amendment may be the one that set the list that holds now
        rest = [id for id in pins if id != to.entry.id]
        facts = [names.fact(names.PINNED, {"pinned": rest})] if pins else []
        return await amend(tx, to, Rel.ERASE, {}, facts=facts, request=request)

    return await once(tx, account, request, act)


async def react(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    entry: Id,
    key: str,
    *,
    silent: bool = False,
    request: Request | None = None,
) -> Answer:
    """React to a message; the same reaction of the same person twice raises Conflict."""

    async def act() -> Answer:
        if not key or len(key) > LONGEST_REACTION:
            raise Invalid(f"A reaction has 1 to {LONGEST_REACTION} characters.", field="key")
        to = await target(tx, account, conv, entry)
        to.require_message()
        allow.check_send(to.rules, account, allow.REACTION)
        known = to.form.get("reactions", {})
        if str(account) in known.get(key, {}):
            raise Conflict("You reacted so already.")
        if sum(len(people) for people in known.values()) >= MOST_REACTIONS:
            raise TooLarge(f"A message takes at most {MOST_REACTIONS} reactions.")
        return await amend(tx, to, Rel.REACTION, {"key": key}, silent=silent, request=request)

    return await once(tx, account, request, act)


async def unreact(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    entry: Id,
    key: str,
    *,
    silent: bool = False,
    request: Request | None = None,
) -> Answer:
    """Take back one's own reaction to a message; raises NotFound if there is none."""

    async def act() -> Answer:
        to = await target(tx, account, conv, entry)
        own = to.form.get("reactions", {}).get(key, {}).get(str(account))
        if own is None:
            raise NotFound("You did not react so.")
        body = {"key": key, "redacts": own}
        return await amend(tx, to, Rel.UNREACT, body, silent=silent, request=request)

    return await once(tx, account, request, act)


def board_term(conv: ZoneId) -> bytes:
    """The value under Space.BOARD that lists what is, or was, pinned or a task in a conversation."""
    return conv.to_bytes(8, "big")


async def unpinned(tx: Tx, to: Target) -> list[NewFact]:
    """The list of pins without this entry, if it is on it."""
    pins = await pinned(tx, to.zone.id)
    if to.entry.id not in pins:
        return []
    return [names.fact(names.PINNED, {"pinned": [id for id in pins if id != to.entry.id]})]


async def pinned(tx: Tx, conv: ZoneId) -> list[Id]:
    """The ids of the pinned entries, in the order in which they were pinned."""
    fact = await tx.fact(conv, names.PINNED, "")
    return [] if fact is None else [Id(one) for one in msgspec.json.decode(fact.content).get("pinned", ())]


async def _withdraw(tx: Tx, to: Target, reason: str | None, request: Request | None) -> Answer:
    """Take back a reaction or an edit: the message that it was about gets the form that it had without."""
    allow.check_delete(to.rules, to.account, to.entry.author)
    amendment = to.entry
    message = None if amendment.target is None else await tx.entry(amendment.target)
    if message is None or amendment.rel not in _WITHDRAWN:
        raise Invalid("Only messages, reactions and edits can be deleted.", field="entry")
    about = Target(to.account, to.zone, to.rules, message)
    rel, body = await _WITHDRAWN[amendment.rel](tx, about, amendment)
    if reason is not None:
        body["reason"] = reason
    return await amend(tx, about, rel, body, request=request)


async def _without_reaction(tx: Tx, about: Target, reaction: Entry) -> tuple[Rel, dict[str, Any]]:
    for key, people in about.form.get("reactions", {}).items():
        if reaction.id in people.values():
            return Rel.UNREACT, {"key": key, "redacts": reaction.id}
    raise Gone("This reaction was taken back.")


async def _without_edit(tx: Tx, about: Target, undone: Entry) -> tuple[Rel, dict[str, Any]]:
    about.require_message()
    gone = {*about.form.get("withdrawn", ()), undone.id}
    if undone.id in about.form.get("withdrawn", ()):
        raise Gone("This edit was taken back.")
    content = read_form(about.entry.body)
    for edit in await tx.related(about.entry, Rel.EDIT, limit=EDITS_READ):
        found = read_form(edit.body)
        if edit.id not in gone and "redacts" not in found:
            content = found["content"]
    before, after = mentioned(about.form), mentioned(content)
    unindex(tx, about.entry, before - after)
    await index(tx, about.entry, after - before)
    return Rel.EDIT, {"content": content, "redacts": undone.id}


_WITHDRAWN: Final[dict[Rel, Callable[..., Any]]] = {
    Rel.REACTION: _without_reaction,
    Rel.EDIT: _without_edit,
}
