"""Profiles in memory: never older than the view that asks."""

from syncline.core.ids import Id
from syncline.services.accounts import Accounts, Passwords
from syncline.services.people import KnownProfiles, People
from syncline.store.contract import Store
from syncline.store.sqlite.tracing import count_statements


async def test_a_profile_is_read_once_and_follows_its_changes(store: Store) -> None:
    """Names are asked for with every message."""
    known = KnownProfiles(store)
    ann = (await Accounts(store, Passwords()).add("ann@example.org", name="Ann")).id
    assert known.known(ann) is None
    async with store.view() as view:
        assert (await known.of(view, ann)).name == "Ann"
    with count_statements() as counted:
        async with store.view() as view:
            assert (await known.of(view, ann)).name == "Ann"
    assert not [sql for sql in counted if "object" in sql]
    await People(store).update(ann, name="Anna")
    async with store.view() as view:
        assert (await known.of(view, ann)).name == "Anna"
    known.close()


async def test_what_an_old_view_says_is_not_kept(store: Store) -> None:
    """A view that was opened before a change must not bring the old name back."""
    known = KnownProfiles(store)
    ann = (await Accounts(store, Passwords()).add("ann@example.org", name="Ann")).id
    async with store.view() as old:
        await People(store).update(ann, name="Anna")
        assert (await known.of(old, ann)).name == "Ann"
    assert known.known(ann) is None
    async with store.view() as view:
        assert (await known.of(view, ann)).name == "Anna"
    known.close()


async def test_nobody_has_an_empty_profile(store: Store) -> None:
    """And memory is bounded."""
    known = KnownProfiles(store, capacity=1)
    accounts = Accounts(store, Passwords())
    ids = [(await accounts.add(f"{name}@example.org", name=name)).id for name in ("ann", "bo")]
    async with store.view() as view:
        assert (await known.of(view, Id(1))).name == ""
        for id in ids:
            await known.of(view, id)
    assert [known.known(id) is None for id in ids] == [True, False]
    known.close()
