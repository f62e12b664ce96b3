"""The kit's part about subscriptions."""

from syncline.core.ids import Nr, Seq
from syncline.core.kinds import Kind, ZoneKind
from syncline.core.objects import Subscription
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, open_account, open_zone


class SubscriptionKit(Opening):
    """Subscriptions."""

    async def test_a_subscription_lies_in_its_accounts_zone(self, store: Store) -> None:
        """A label wakes its owner and nobody else: the conversation's head does not move."""
        account = await open_account(store)
        convs = [await open_zone(store, ZoneKind.CONVERSATION, account) for _ in range(3)]
        heads = store.head

        async def work(tx: Tx) -> None:
            for place, conv in enumerate(convs):
                await tx.subscribe(Subscription(account, conv, Seq(0), Nr(place), place, b'{"a":1}'))

        await store.write(work)

        async def again(tx: Tx) -> None:
            await tx.subscribe(Subscription(account, convs[0], Seq(0), Nr(9), 8, b"{}"))

        seq = (await store.write(again)).seq
        newest = Subscription(account, convs[0], seq, Nr(9), 8, b"{}")
        async with store.view() as view:
            assert await view.subscription(account, convs[0]) == newest
            assert await view.subscription(convs[0], convs[0]) is None
            found = await view.subscriptions(account)
            assert [one.conv for one in found] == [convs[1], convs[2], convs[0]]
            assert await view.subscriptions(account, after=Seq(heads + 2), limit=1) == [found[1]]
            assert await view.subscriptions(account, until=Seq(seq - 1)) == found[:2]
            assert await view.subscriptions(account, after=seq) == []
            assert [zone.head for zone in await view.zones(convs)] == [0, 0, 0]
            change = await view.change(seq)
            assert change is not None
            assert (change.zone, change.kind, change.object, change.actor) == (
                account,
                Kind.SUBSCRIPTION,
                convs[0],
                account,
            )
