"""The draft: what works write into and read their own writes from, whatever store is below.

A group has one draft over the store's view, and each of its works a draft over the group's. A work that
fails is a dropped draft; one that succeeds is absorbed. So works never interleave and savepoints are not
needed (savepoints are a stack: rolling back one work would undo another that began later).
"""

from syncline.store.draft.objects import ObjectDraft
from syncline.store.draft.readers import ReaderDraft
from syncline.store.draft.sealing import Sealing


class Draft(ObjectDraft, ReaderDraft, Sealing):
    """A transaction (see the contract's Tx): one work's writes, or a whole group's."""
