"""Overviews in memory: kept true by the commits, so that a poll or a send asks the store for nothing.

Bounded; whatever is not here is read from a view. What a commit changes in a way that cannot be followed
by its own rows is forgotten, and read again.
"""

from collections import OrderedDict
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, Rel
from syncline.core.objects import Subscription
from syncline.services.conversations.mentions import unread_mentions
from syncline.services.conversations.subscriptions import Private, private_of, subscription_of
from syncline.services.overviews.common import Common, read_common
from syncline.services.overviews.overview import Overview, chat_sight, overview_seen
from syncline.store.commit import Commit
from syncline.store.contract import Store, View

CONVERSATIONS: Final = 5_000
"""Conversations remembered: about 2 KB each with 20 members."""

SIDES: Final = 50_000
"""Private sides remembered: about 0.5 KB each."""

TOUCHED: Final = 10_000
"""Conversations of which it is remembered when they last changed."""

RECENT: Final = 64
"""Alerting entries of a conversation whose nrs are remembered: the first unread is nearly always there."""


class _Conversation:
    """What is remembered of one conversation."""

    __slots__ = ("alerts", "common", "placed", "words")

    def __init__(self, common: Common, read_at: Seq) -> None:
        self.common = common
        self.alerts: dict[int, int] = {common.zone.alert_nr: common.alerting_nr}
        """alert number → nr"""
        self.placed: dict[int, tuple[int, int]] = {}
        """nr → nr of the entry that people see before it, alerts before it"""
        self.words = read_at
        """the newest seq at which somebody's mentions may have changed"""


class _Side:
    """What is remembered of one account's side of a conversation."""

    __slots__ = ("early", "first", "mention", "mention_at", "private", "subscription")

    def __init__(self, subscription: Subscription, private: Private) -> None:
        self.subscription = subscription
        self.private = private
        self.first: tuple[int, int] | None = None
        """read alerts, nr of the first unread alerting entry"""
        self.early: tuple[int, int] | None = None
        """an alerting entry of before the present membership, and what a list shows: it, or the beginning"""
        self.mention = 0
        self.mention_at: tuple[int, Seq] | None = None
        """read nr, and the conversation's `words`, for which `mention` was found"""


class Overviews:
    """Overviews of what is read lately, over one store."""

    def __init__(self, store: Store, *, conversations: int = CONVERSATIONS, sides: int = SIDES) -> None:
        """Listen to this store until `close`."""
        self._conversations: OrderedDict[ZoneId, _Conversation] = OrderedDict()
        self._sides: OrderedDict[tuple[Id, ZoneId], _Side] = OrderedDict()
        self._touched: OrderedDict[ZoneId, Seq] = OrderedDict()
        self._forgot = store.head
        """what changed up to here may be missing in `touched`"""
        self._most_conversations, self._most_sides = conversations, sides
        self._head = store.head
        self._end = store.watch(self._heard)

    def close(self) -> None:
        """Stop listening."""
        self._end()

    def known(self, account: Id, conv: ZoneId) -> Overview | None:
        """A present member's overview of now, if all of it is in memory: no SQL."""
        of = self._conversations.get(conv)
        side = self._sides.get((account, conv))
        if of is None or side is None:
            return None
        common, subscription = of.common, side.subscription
        zone = common.zone
        unread = max(0, zone.alert_nr - subscription.read_alert)
        inbox = common.alerting_nr
        if unread:
            first = self._first(of, side)
            if first is None:
                return None
            inbox = first
        if not _mention_known(of, side):
            return None
        if 0 < inbox < side.private.begin_nr:
            if side.early is None or side.early[0] != inbox:
                return None
            inbox = side.early[1]
        return Overview(
            account=account,
            common=common,
            private=side.private,
            present=True,
            read_nr=subscription.read_nr,
            read_alert=subscription.read_alert,
            last_nr=zone.nr,
            last_alert=zone.alert_nr,
            show_nr=common.show_nr,
            unread=unread,
            inbox_nr=inbox or min(zone.nr, 1),
            mention_nr=side.mention,
        )

    def common(self, conv: ZoneId) -> Common | None:
        """What all see of a conversation now, if it is in memory."""
        of = self._conversations.get(conv)
        return None if of is None else of.common

    def place_of(self, entry: Entry) -> tuple[int, int] | None:
        """The nr of the entry that people see before one, and the alerts before it, if it is recent."""
        of = self._conversations.get(entry.conv)
        return None if of is None or entry.nr is None else of.placed.get(entry.nr)

    async def of(self, view: View, account: Id, conv: ZoneId) -> Overview:
        """An account's overview, at least as new as the view; raises NotFound for who has no such one.

        Remembered for present members.
        """
        if view.head <= self._head:
            found = self.known(account, conv)
            if found is not None:
                return found
        seen = await chat_sight(view, account, conv)
        if not seen.present or view.head > self._head:
            return await overview_seen(view, account, seen)
        zone = seen.zone
        of = self._conversations.get(zone.id)
        if of is None:
            of = _Conversation(await read_common(view, zone), view.head)
        side = self._sides.get((account, zone.id))
        if side is None:
            subscription = await subscription_of(view, account, zone.id)
            side = _Side(subscription, private_of(subscription))
        read = side.subscription
        if of.common.zone.alert_nr > read.read_alert and self._first(of, side) is None:
            first = await view.entry_by_alert(zone.id, read.read_alert + 1)
            side.first = (read.read_alert, 0 if first is None else first.nr or 0)
        inbox = of.common.alerting_nr
        if of.common.zone.alert_nr > read.read_alert:
            inbox = self._first(of, side) or 0
        if 0 < inbox < side.private.begin_nr:
            entry = await view.entry_by_nr(zone.id, Nr(inbox))
            shown = entry is not None and seen.covers(entry.seq)
            side.early = (inbox, inbox if shown else side.private.begin_nr)
        if not _mention_known(of, side):
            mentions = await unread_mentions(view, account, zone.id, read.read_nr)
            seen_ones = [entry for entry in mentions if seen.covers(entry.seq)]
            side.mention = (seen_ones[0].nr or 0) if seen_ones else 0
            side.mention_at = (read.read_nr, of.words)
        if self._fresh(zone.id, view.head):
            self._remember(account, zone.id, of, side)
            found = self.known(account, zone.id)
            if found is not None:
                return found
        return await overview_seen(view, account, seen)

    def _first(self, of: _Conversation, side: _Side) -> int | None:
        read = side.subscription.read_alert
        if side.first is not None and side.first[0] == read:
            return side.first[1]
        return of.alerts.get(read + 1)

    def _fresh(self, conv: ZoneId, head: Seq) -> bool:
        """Whether what a view with this head said of a conversation is still so."""
        return self._forgot <= head and self._touched.get(conv, self._forgot) <= head

    def _remember(self, account: Id, conv: ZoneId, of: _Conversation, side: _Side) -> None:
        self._conversations[conv] = of
        self._conversations.move_to_end(conv)
        if len(self._conversations) > self._most_conversations:
            self._conversations.popitem(last=False)
        self._sides[account, conv] = side
        self._sides.move_to_end((account, conv))
        if len(self._sides) > self._most_sides:
            self._sides.popitem(last=False)

    def _heard(self, commit: Commit) -> None:
        self._head = commit.seq
        for zone in {change.zone for change in commit.changes}:
            self._touch(zone, commit.seq)
        if not commit.complete:
            self._forget(commit)
            return
        for key, subscription in commit.subscriptions.items():
            self._touch(key[1], commit.seq)
            side = self._sides.get(key)
            if side is not None:
                if subscription.body != side.subscription.body:
                    side.private = private_of(subscription)
                side.subscription = subscription
        for grant in commit.grants:
            self._touch(grant.zone, commit.seq)
            self._sides.pop((grant.account, grant.zone), None)
        if not self._conversations:
            return
        stated = {fact.conv for fact in commit.facts}
        zones = commit.zones
        for zone, now in zones.items():
            of = self._conversations.get(zone)
            if of is None:
                continue
            if zone in stated or now.merged is not None or now.floor != of.common.zone.floor:
                del self._conversations[zone]
                continue
            of.common = msgspec.structs.replace(of.common, zone=now)
        entries = commit.entries
        for change in commit.changes:
            if change.kind == Kind.ENTRY:
                of = self._conversations.get(change.zone)
                if of is not None:
                    self._added(of, entries.get(change.object))

    def _added(self, of: _Conversation, entry: Entry | None) -> None:
        """Follow an entry that set no facts."""
        if entry is None or entry.kind == EntryKind.MAIL:  # its sender may be a new member
            self._conversations.pop(of.common.zone.id, None)
            return
        if entry.kind == EntryKind.AMENDMENT:
            if entry.rel in _WORDY:
                of.words = entry.seq
            return
        if entry.nr is None:
            return
        common = of.common
        alerts = entry.alert_nr - 1 if entry.alert_nr else common.zone.alert_nr
        of.placed[entry.nr] = (common.show_nr, alerts)
        if len(of.placed) > RECENT:
            del of.placed[next(iter(of.placed))]
        if entry.alert_nr:
            of.alerts[entry.alert_nr] = entry.nr
            if len(of.alerts) > RECENT:
                del of.alerts[next(iter(of.alerts))]
        if b'"mentions"' in entry.body:
            of.words = entry.seq
        of.common = msgspec.structs.replace(
            common, show_nr=entry.nr, alerting_nr=entry.nr if entry.alert_nr else common.alerting_nr
        )

    def _touch(self, zone: ZoneId, seq: Seq) -> None:
        self._touched[zone] = seq
        self._touched.move_to_end(zone)
        if len(self._touched) > TOUCHED:
            _, oldest = self._touched.popitem(last=False)
            self._forgot = max(self._forgot, oldest)

    def _forget(self, commit: Commit) -> None:
        """A commit of which only the changes are known: all that it may concern is read again."""
        for change in commit.changes:
            self._conversations.pop(change.zone, None)
        self._sides.clear()


def _mention_known(of: _Conversation, side: _Side) -> bool:
    """Whether the first unread mention is the one that was found: reading on up to it changes nothing."""
    read = side.subscription.read_nr
    if side.mention_at is None or side.mention_at[1] != of.words or side.mention_at[0] > read:
        return False
    return side.mention == 0 or side.mention > read


_WORDY: Final = frozenset({Rel.EDIT, Rel.DELETE, Rel.ERASE})
"""Amendments by which mentions come and go."""
