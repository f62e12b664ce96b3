"""What an account wrote, wherever it lies: found by one walk of the log, and erased."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from syncline.core.entries import ERASED, Entry, NewEntry, NewFact
from syncline.core.ids import START, Id, Seq
from syncline.core.kinds import EntryKind, Kind, Rel, ZoneKind
from syncline.core.rooms.erasing import kept
from syncline.core.rooms.forms import RESERVED, amended, read_form, replayed
from syncline.services.accounts.correspondents import Correspondents
from syncline.services.mail.erasing import forget_mail
from syncline.store.contract import Lane, Store, Tx, View

PAGE: Final = 250
"""Changes of the log looked at between two pauses of the loop."""

CHUNK: Final = 16
"""Entries erased in one work: each costs about 0.2 ms, and a work holds the loop while it runs."""

AMENDMENTS: Final = 1000
"""Amendments of one entry that are looked at."""

_Erase: TypeAlias = Callable[[Tx, Id, Sequence[Id]], Awaitable[None]]

_WORDY: Final = frozenset({Rel.EDIT, Rel.REACTION, Rel.DELETE})
"""Amendments whose bodies hold words."""


async def erase_writings(store: Store, id: Id) -> Correspondents:
    """Erase what an account wrote, up to the moving head. What is erased already is left as it is.

    Returns whom the walk met: those who wrote its mails, and those who are seen elsewhere.
    """
    after = START
    met = Correspondents()
    while True:
        async with store.view() as view:
            changes = await view.changes(after, limit=PAGE)
            if not changes:
                return met
            after = changes[-1].seq
            listed = dict.fromkeys(each.object for each in changes if each.kind == Kind.ENTRY)
            entries = await view.entries_by_id(list(listed))
            mails = await _own_mails(view, id, entries)
            await met.meet(view, entries, mails)
            things = [each.id for each in entries if _is_own(each, id) or each.id in mails]
            put = (each for each in changes if each.kind == Kind.FILE and each.actor == id)
            files = list(dict.fromkeys(each.object for each in put))

        for start in range(0, len(things), CHUNK):
            await _write(store, id, _erase_entries, things[start : start + CHUNK])
        for start in range(0, len(files), CHUNK):
            await _write(store, id, _erase_files, files[start : start + CHUNK])


def _is_own(entry: Entry, id: Id) -> bool:
    """Whether an account wrote this here. The mails that others got from it are theirs, and stay."""
    return entry.author == id and entry.kind != EntryKind.MAIL


async def _write(store: Store, id: Id, erase: _Erase, things: Sequence[Id]) -> None:
    async def work(tx: Tx) -> None:
        await erase(tx, id, things)

    await store.write(work, lane=Lane.BULK)


async def _erase_entries(tx: Tx, id: Id, entries: Sequence[Id]) -> None:
    for entry in await tx.entries_by_id(entries):
        await _erase_entry(tx, id, entry)


async def _erase_files(tx: Tx, id: Id, files: Sequence[Id]) -> None:
    for file in await tx.get(files):
        if file.body != ERASED:
            await tx.erase(file.id, actor=id)


async def _own_mails(view: View, id: Id, entries: Sequence[Entry]) -> set[Id]:
    """The mails among these that lie in the account's own threads, whoever wrote them."""
    mails = [each for each in entries if each.kind == EntryKind.MAIL]
    zones = await view.zones(list(dict.fromkeys(each.conv for each in mails)))
    own = {zone.id for zone in zones if zone.kind == ZoneKind.CONVERSATION and zone.owner == id}
    return {each.id for each in mails if each.conv in own}


async def _erase_entry(tx: Tx, id: Id, entry: Entry) -> None:
    if entry.kind in (EntryKind.MESSAGE, EntryKind.MAIL):
        await _erase_message(tx, id, entry)
    elif entry.body == ERASED:
        return
    elif entry.kind == EntryKind.AMENDMENT:
        await _erase_amendment(tx, id, entry)
    else:
        await _erase_act(tx, id, entry)


async def _erase_message(tx: Tx, id: Id, entry: Entry) -> None:
    if entry.form is not None and "erased" in read_form(entry.form):
        return
    if entry.kind == EntryKind.MAIL:
        await forget_mail(tx, id, entry)
    amendment = await _amend(tx, id, entry, Rel.ERASE, {})
    await tx.erase(entry.id, actor=id)
    await tx.form(entry.id, msgspec.json.encode(amended({}, amendment)))


async def _erase_amendment(tx: Tx, id: Id, entry: Entry) -> None:
    """Erase an edit, a reaction or the reason of a deletion; on another's entry it is taken back as well.

    Other amendments hold no words: they stay, so that every reader's form can still be made again. Those of
    one's own entries went with their target, or go when the walk comes to that.
    """
    if entry.rel not in _WORDY:
        return
    target = None if entry.target is None else await tx.entry(entry.target)
    # whoever has its words hears that they are gone
    await _amend(tx, id, entry, Rel.ERASE, {})
    await tx.erase(entry.id, actor=id)
    if target is None or target.author == id or target.form is None:
        return
    form = read_form(target.form)
    if entry.rel == Rel.REACTION:
        amendment = await _amend(tx, id, target, Rel.UNREACT, {"redacts": entry.id})
    elif entry.rel == Rel.DELETE:
        amendment = await _amend(tx, id, target, Rel.DELETE, {})
    else:
        others = await tx.related(target, limit=AMENDMENTS)
        rest = [each for each in others if each.author != id or each.rel not in _WORDY]
        form = read_form(replayed(target, rest).current)
        content = {key: value for key, value in form.items() if key not in RESERVED}
        # By nobody: its words are another's, and this walk, which comes by, must leave them.
        amendment = await _amend(tx, None, target, Rel.EDIT, {"content": content, "redacts": entry.id})
    await tx.form(target.id, msgspec.json.encode(amended(form, amendment)))


async def _erase_act(tx: Tx, id: Id, entry: Entry) -> None:
    """Erase the words of an act on a conversation's state (name, topic, members' names); its rules stay.

    The amendment sets what stays of each fact anew, so that whoever has the words hears that they are gone.
    """
    facts = await tx.state_changes(entry.conv, Seq(entry.seq - 1), entry.seq)
    left = [
        NewFact(fact.type, fact.name, kept(fact.type, fact.content))
        for fact in facts
        if fact.until is None and kept(fact.type, fact.content) != fact.content
    ]
    await _amend(tx, id, entry, Rel.ERASE, {}, left)
    await tx.erase(entry.id, actor=id)


async def _amend(
    tx: Tx,
    author: Id | None,
    target: Entry,
    rel: Rel,
    body: dict[str, Any],
    facts: Sequence[NewFact] = (),
) -> Entry:
    amendment = NewEntry(
        conv=target.conv,
        kind=EntryKind.AMENDMENT,
        author=author,
        body=msgspec.json.encode(body),
        target=target.id,
        rel=rel,
        bumps=False,
    )
    return await tx.add(amendment, facts)
