"""Leaving for good, and second local names."""

import pytest

from syncline.core.errors import Deactivated, Invalid, NotFound, Taken
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms.rules import Membership
from syncline.services.accounts import Accounts, Sessions
from syncline.services.conversations import Conversations
from syncline.services.conversations.access import membership
from syncline.services.conversations.create import Beginning
from syncline.services.people import People
from syncline.store.contract import Store


async def _standing(store: Store, conv: ZoneId, person: Id) -> Membership:
    async with store.view() as view:
        return await membership(view, conv, person)


async def test_who_closes_his_account_leaves_everywhere(
    store: Store, accounts: Accounts, sessions: Sessions
) -> None:
    """His conversations, his invitations and his sessions; what others have stays theirs."""
    conversations = Conversations(store)
    ann = (await accounts.add("ann@example.org", password="correct horse")).id
    bob = (await accounts.add("bob@example.org")).id
    pair = await sessions.create_pair(ann, 60_000)
    joined = (await conversations.create(bob, Beginning(members=[ann]))).value.conv
    own = (await conversations.create(ann, Beginning(members=[bob]))).value.conv
    asked = (await conversations.create(bob, Beginning(invited=[ann]))).value.conv
    left = (await conversations.create(bob, Beginning(members=[ann]))).value.conv
    await conversations.leave(ann, left)
    await accounts.leave(ann)
    for conv in (joined, own, asked, left):
        assert await _standing(store, conv, ann) is Membership.LEAVE
        assert await _standing(store, conv, bob) is Membership.JOIN
    with pytest.raises(Deactivated):
        await accounts.sign_in("ann@example.org", "correct horse")
    assert sessions.known_pair(pair.token, pair.ticket) is None
    assert (await People(store).get(ann)).closed


async def test_leaving_finishes_what_a_crash_left(store: Store, accounts: Accounts) -> None:
    """Done again, it writes no second leave."""
    conversations = Conversations(store)
    ann = (await accounts.add("ann@example.org")).id
    conv = (await conversations.create(ann, Beginning())).value.conv
    await conversations.leave(ann, conv)
    await accounts.leave(ann)
    head = store.head
    await accounts.leave(ann)
    assert store.head == head


async def test_who_never_was_cannot_leave(accounts: Accounts) -> None:
    """There is nothing to close."""
    with pytest.raises(NotFound):
        await accounts.leave(Id(5))


async def test_a_second_name_leads_to_the_account(store: Store, accounts: Accounts) -> None:
    """Beside the first one, which stays for ever; a newer one takes its place."""
    people = People(store)
    ann = (await accounts.add("ann@example.org")).id
    bob = (await accounts.add("bob@example.org")).id
    await accounts.set_alias(ann, "Annie")
    assert (await accounts.by_local("annie")).id == (await accounts.by_local("ann")).id == ann
    assert (await people.get(ann)).alias == "annie"
    head = store.head
    await accounts.set_alias(ann, "annie")
    assert store.head == head
    for taken in ("annie", "ann"):
        with pytest.raises(Taken):
            await accounts.set_alias(bob, taken)
    with pytest.raises(Invalid):
        await accounts.set_alias(ann, "no name")
    await accounts.set_alias(ann, "ann.a")
    with pytest.raises(NotFound):
        await accounts.by_local("annie")
    await accounts.set_alias(ann, "ann")
    assert (await people.get(ann)).alias is None
    await accounts.set_alias(bob, "ann.a")


async def test_an_erase_frees_the_second_name(accounts: Accounts) -> None:
    """Somebody else may take it."""
    ann = (await accounts.add("ann@example.org")).id
    await accounts.set_alias(ann, "annie")
    await accounts.erase(ann)
    with pytest.raises(NotFound):
        await accounts.by_local("annie")
    assert (await accounts.add("bob@example.org", local="annie")).local == "annie"
