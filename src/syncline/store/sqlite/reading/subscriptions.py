"""Reading accounts' private side of conversations."""

from collections.abc import Sequence

from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.objects import Subscription
from syncline.store.sqlite.reading.base import Reading, bound

SUBSCRIPTION = "account, conv, seq, read_nr, read_alert, body"


class SubscriptionReading(Reading):
    """Subscriptions at one moment."""

    __slots__ = ()

    async def subscription(self, account: Id, conv: ZoneId) -> Subscription | None:
        """An account's private side of a conversation."""
        row = self._one(
            f"SELECT {SUBSCRIPTION} FROM subscription WHERE account = ? AND conv = ?", (account, conv)
        )
        return None if row is None else Subscription(*row)

    async def subscriptions(
        self, account: Id, *, after: Seq = START, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Subscription]:
        """An account's subscriptions changed after a seq, in seq order."""
        rows = self._all(
            f"""SELECT {SUBSCRIPTION} FROM subscription WHERE account = ? AND seq > ? AND seq <= ?
            ORDER BY seq LIMIT ?""",
            (account, after, bound(until), bound(limit)),
        )
        return [Subscription(*row) for row in rows]
