"""The labels of accounts in memory, kept true by the commits: each list record names its labels' ids."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from syncline.core.ids import Id
from syncline.core.kinds import Kind
from syncline.services.labels.labels import Label, labels_of
from syncline.services.labels.membership import by_name
from syncline.store.commit import Commit
from syncline.store.contract import Store, View

ACCOUNTS: Final = 10_000
"""Accounts whose labels are remembered: about 0.3 KB a label."""


class KnownLabels:
    """The labels of the accounts that ask lately, by name."""

    def __init__(self, store: Store, accounts: int = ACCOUNTS) -> None:
        """Listen to this store until `close`."""
        self._labels: OrderedDict[Id, Mapping[str, Label]] = OrderedDict()
        self._most = accounts
        self._changed = store.head
        """the newest commit that changed any label: what was read before it is not kept"""
        self._head = store.head
        self._end = store.watch(self._heard)

    def close(self) -> None:
        """Stop listening."""
        self._end()

    def known(self, account: Id) -> Mapping[str, Label] | None:
        """An account's own labels by name, if they are in memory: no SQL."""
        return self._labels.get(account)

    async def of(self, view: View, account: Id) -> Mapping[str, Label]:
        """An account's own labels by name, at least as new as the view."""
        if view.head <= self._head and (found := self._labels.get(account)) is not None:
            return found
        labels = by_name(await labels_of(view, account))
        if view.head >= self._changed:
            self._labels[account] = labels
            if len(self._labels) > self._most:
                self._labels.popitem(last=False)
        return labels

    def _heard(self, commit: Commit) -> None:
        self._head = commit.seq
        for change in commit.changes:
            if change.kind == Kind.LABEL:
                self._changed = commit.seq
                self._labels.pop(Id(change.zone), None)
