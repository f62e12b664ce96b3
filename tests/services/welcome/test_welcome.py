"""The support contact and its welcome."""

import asyncio

import msgspec
import pytest

from syncline.core.entries import Entry
from syncline.core.ids import Id, Nr, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.rooms.rules import Membership
from syncline.services.accounts import Accounts, Passwords
from syncline.services.conversations.access import membership
from syncline.services.people import Contact, People
from syncline.services.welcome import Welcome, support_account
from syncline.services.welcome.support import find_support
from syncline.store.contract import Store

NAME = "Test Support"


@pytest.fixture
def accounts(store: Store) -> Accounts:
    """Accounts that nobody signs in to."""
    return Accounts(store, Passwords())


@pytest.fixture
def welcome(store: Store) -> Welcome:
    """The welcome of a server with a port in its name."""
    return Welcome(store, name=NAME, place="chat.example.org:8080")


async def _support(store: Store) -> Id | None:
    async with store.view() as view:
        return await find_support(view)


async def _only_other(store: Store, account: Id) -> Contact:
    found = [each for each in await People(store).contacts(account) if each.person != account]
    assert len(found) == 1
    return found[0]


async def _entries(store: Store, conv: ZoneId) -> list[Entry]:
    async with store.view() as view:
        found = [await view.entry_by_nr(conv, Nr(nr)) for nr in (1, 2, 3)]
    return [each for each in found if each is not None]


async def test_a_fresh_account_knows_support_alone(
    store: Store, accounts: Accounts, welcome: Welcome
) -> None:
    """A contact with a name, and with a conversation of two that nobody else is in."""
    ann = await accounts.add("ann@example.org")
    await welcome.greet(ann.id)
    contact = await _only_other(store, ann.id)
    profile = await People(store).get(contact.person)
    assert (profile.name, profile.service, profile.account) == (NAME, True, True)
    assert profile.email == "syncline-support@chat.example.org"
    assert contact.person == await _support(store)
    assert contact.dialog is not None
    async with store.view() as view:
        assert await membership(view, contact.dialog, ann.id) is Membership.JOIN
        assert await membership(view, contact.dialog, contact.person) is Membership.JOIN


async def test_the_welcome_is_one_unread_message(store: Store, accounts: Accounts, welcome: Welcome) -> None:
    """Message 1 makes the conversation, message 2 greets and alerts; the account has read neither."""
    ann = await accounts.add("ann@example.org")
    await welcome.greet(ann.id)
    conv = (await _only_other(store, ann.id)).dialog
    assert conv is not None
    made, greeting = await _entries(store, conv)
    assert (made.kind, made.alert_nr) == (EntryKind.CREATE, 0)
    assert (greeting.kind, greeting.alert_nr) == (EntryKind.MESSAGE, 1)
    assert "chat.example.org" in msgspec.json.decode(greeting.body)["text"]
    async with store.view() as view:
        subscription = await view.subscription(ann.id, conv)
    assert subscription is None or subscription.read_nr == 0


async def test_everybody_is_welcomed_once_by_the_same(
    store: Store, accounts: Accounts, welcome: Welcome
) -> None:
    """After a restart too, and when two clients sign in at the same moment."""
    ann, bob = await accounts.add("ann@example.org"), await accounts.add("bob@example.org")
    again = Welcome(store, name="Another", place="chat.example.org")
    await asyncio.gather(welcome.greet(ann.id), again.greet(ann.id), welcome.greet(bob.id))
    head = store.head
    for each in (welcome, again, Welcome(store, name=NAME, place="chat.example.org")):
        await each.greet(ann.id)
        await each.greet(bob.id)
    assert store.head == head
    first, second = await _only_other(store, ann.id), await _only_other(store, bob.id)
    assert first.person == second.person
    assert first.dialog != second.dialog


async def test_a_server_may_do_without(store: Store, accounts: Accounts) -> None:
    """Then nothing is made at all."""
    ann = await accounts.add("ann@example.org")
    head = store.head
    await Welcome(store, name=NAME, place="localhost", enabled=False).greet(ann.id)
    assert store.head == head


async def test_support_greets_itself_not(store: Store, welcome: Welcome) -> None:
    """However it came to sign in."""
    support = await store.write(lambda tx: support_account(tx, name=NAME, place="localhost"))
    head = store.head
    await welcome.greet(support.value)
    assert store.head == head


async def test_nobody_loses_an_account_to_support(store: Store, accounts: Accounts, welcome: Welcome) -> None:
    """Who has its address keeps it."""
    ann = await accounts.add("syncline-support@chat.example.org")
    await welcome.greet(ann.id)
    assert (await _only_other(store, ann.id)).person == await _support(store) != ann.id


async def test_an_erased_support_is_made_anew(store: Store, accounts: Accounts, welcome: Welcome) -> None:
    """For those who come later."""
    ann, bob = await accounts.add("ann@example.org"), await accounts.add("bob@example.org")
    await welcome.greet(ann.id)
    before = await _support(store)
    assert before is not None
    await accounts.erase(before)
    assert await _support(store) is None
    await welcome.greet(bob.id)
    assert (await _only_other(store, bob.id)).person == await _support(store) != before


@pytest.mark.parametrize("place", ["localhost", "[::1]:8080", "10.0.0.1:80"])
async def test_support_has_an_address_under_any_name(store: Store, accounts: Accounts, place: str) -> None:
    """A server's name may be what mail does not know."""
    ann = await accounts.add("ann@example.org")
    await Welcome(store, name=NAME, place=place).greet(ann.id)
    assert await _support(store) is not None
