"""Labels in memory: never older than the view that asks."""

from syncline.services.accounts import Accounts, Passwords
from syncline.services.labels.known import KnownLabels
from syncline.services.labels.service import Labels
from syncline.store.contract import Store


async def test_labels_follow_their_changes(store: Store) -> None:
    """Each list record names its labels' ids."""
    known, labels = KnownLabels(store), Labels(store)
    ann = (await Accounts(store, Passwords()).add("ann@example.org", name="Ann")).id
    async with store.view() as view:
        assert await known.of(view, ann) == {}
    assert known.known(ann) == {}
    async with store.view() as old:
        made = await labels.store(ann, name="work")
        assert known.known(ann) is None
        assert await known.of(old, ann) == {}
    assert known.known(ann) is None
    async with store.view() as view:
        found = await known.of(view, ann)
    assert {name: label.id for name, label in found.items()} == {"work": made.id}
    await labels.store(ann, id=made.id, name="home")
    async with store.view() as view:
        assert list(await known.of(view, ann)) == ["home"]
    known.close()


async def test_memory_is_bounded(store: Store) -> None:
    """The account that was asked for longest ago is read again."""
    known = KnownLabels(store, accounts=1)
    accounts = Accounts(store, Passwords())
    ids = [(await accounts.add(f"{name}@example.org", name=name)).id for name in ("ann", "bo")]
    async with store.view() as view:
        for id in ids:
            await known.of(view, id)
    assert [known.known(id) is None for id in ids] == [True, False]
    known.close()
