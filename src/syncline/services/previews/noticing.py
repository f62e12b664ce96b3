"""Noticing: which messages may have links, and which have none any more. An automation.

Nothing is asked for here: a work awaits nothing but the store. It only lists what `Looking` will look at.
"""

from collections.abc import Mapping
from typing import Final

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.kinds import Act, EntryKind, Kind, Rel, Space
from syncline.services.previews.preview import drop_previews
from syncline.store.commit import Commit
from syncline.store.contract import Tx

AUTOMATION: Final = "previews"
"""Its name among the readers."""

TERM: Final = b""
"""The one term under Space.LINKING."""

GONE: Final = frozenset({Rel.DELETE, Rel.ERASE})


class Noticing:
    """Lists messages that were written or edited, and takes the previews of deleted ones away."""

    def __init__(self, *, listing: bool = True) -> None:
        """Without `listing` (nobody looks any more) only deleted messages count."""
        self._listing = listing

    def wants(self, commit: Commit) -> bool:
        """Whether a commit has such a message. Of one from before a restart only the changes are known."""
        if not any(change.kind == Kind.ENTRY and change.act == Act.ADD for change in commit.changes):
            return False
        return not commit.complete or any(self._concerns(entry) for entry in commit.entries.values())

    async def react(self, tx: Tx, commit: Commit) -> None:
        """List what may have links; drop what was shown of links that nobody sees any more."""
        for entry in (await self._entries(tx, commit)).values():
            if not self._concerns(entry):
                continue
            if entry.rel in GONE and entry.target is not None:
                await drop_previews(tx, entry.target)
                tx.unindex(Space.LINKING, TERM, entry.target)
            else:
                tx.index(Space.LINKING, TERM, entry.id if entry.target is None else entry.target)

    async def _entries(self, tx: Tx, commit: Commit) -> Mapping[Id, Entry]:
        if commit.complete:
            return commit.entries
        ids = [change.object for change in commit.changes if change.kind == Kind.ENTRY]
        return {entry.id: entry for entry in await tx.entries_by_id(ids)}

    def _concerns(self, entry: Entry) -> bool:
        """Whether an entry is a message with an address in it, an edit, or the end of a message."""
        if entry.rel in GONE:
            return True
        if not self._listing:
            return False
        if entry.kind == EntryKind.MESSAGE:
            return entry.form is None and (b"://" in entry.body or b"www." in entry.body.lower())
        return entry.rel == Rel.EDIT
