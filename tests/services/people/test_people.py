"""Persons: one per address, each with one profile, known by those who met."""

import pytest

from syncline.core.errors import Gone, Invalid, NotFound
from syncline.core.ids import DIRECTORY, Hash, Id, ZoneId
from syncline.core.kinds import Kind, ZoneKind
from syncline.services.people import (
    Card,
    People,
    Profile,
    know,
    knows,
    person_of,
    profile_of,
    put_profile,
)
from syncline.services.people import contacts as module
from syncline.store.contract import Store, Tx


async def _person(store: Store, email: str, name: str = "") -> Id:
    async def work(tx: Tx) -> Id:
        return await person_of(tx, email, name)

    return (await store.write(work)).value


async def _account(store: Store, email: str) -> Id:
    async def work(tx: Tx) -> Id:
        person = await person_of(tx, email)
        tx.open_zone(ZoneKind.ACCOUNT, owner=person, id=ZoneId(person))
        return person

    return (await store.write(work)).value


async def test_one_address_is_one_person(store: Store) -> None:
    """The second mail of a sender finds the first one's person, and writes nothing."""
    ann = await _person(store, "Ann@Example.org", "Ann")
    head = store.head
    assert await _person(store, "ann@example.org", "Somebody") == ann
    assert store.head == head
    assert await _person(store, "bob@example.org") != ann
    assert await People(store).by_email("ANN@example.org") == Profile(
        person=ann, name="Ann", email="ann@example.org"
    )


async def test_two_senders_in_one_work_are_one_person(store: Store) -> None:
    """A mail names its sender several times; a work sees what it wrote."""

    async def work(tx: Tx) -> tuple[Id, Id]:
        return await person_of(tx, "ann@example.org"), await person_of(tx, "ANN@example.org")

    first, second = (await store.write(work)).value
    assert first == second


async def test_a_name_fills_in_and_is_not_replaced(store: Store) -> None:
    """What a forged sender calls somebody does not rename him everywhere."""
    ann = await _person(store, "ann@example.org")
    await _person(store, "ann@example.org", "  Ann\n\tB. ")
    await _person(store, "ann@example.org", "Eve")
    assert (await People(store).get(ann)).name == "Ann B."


@pytest.mark.parametrize("email", ["", "  ", "\n"])
async def test_nothing_is_not_an_address(store: Store, email: str) -> None:
    """All mails without a sender would become one person."""
    with pytest.raises(Invalid):
        await _person(store, email)


@pytest.mark.parametrize("email", ["no address at all", "\ud800@example.org", "x" * 10_000])
async def test_a_broken_sender_is_a_person_too(store: Store, email: str) -> None:
    """No mail is lost because of who sent it."""
    person = await _person(store, email, "\udcff\0")
    assert await _person(store, email) == person
    assert (await People(store).get(person)).person == person


async def test_an_account_knows_a_person_once(store: Store) -> None:
    """The second meeting writes nothing; knowing is not mutual by itself."""
    ann, bob = await _account(store, "ann@example.org"), await _account(store, "bob@example.org")

    async def meet(tx: Tx) -> Id | None:
        return await know(tx, ann, bob)

    contact = (await store.write(meet)).value
    head = store.head
    assert (await store.write(meet)).value == contact
    assert store.head == head
    async with store.view() as view:
        assert await knows(view, ann, bob)
        assert not await knows(view, bob, ann)
    assert [each.person for each in await People(store).contacts(ann)] == [bob]


async def test_more_contacts_than_are_read_at_once_come_in_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest change last, none twice and none left out."""
    monkeypatch.setattr(module, "PAGE", 2)
    ann = await _account(store, "ann@example.org")
    people = People(store)
    persons = await people.bring(ann, [Card(f"p{number}@example.net") for number in range(6)])
    await people.describe(ann, persons[1], name="One")
    found = [each.person for each in await people.contacts(ann)]
    assert found[-6:] == [persons[0], *persons[2:], persons[1]]
    assert len(found) == len(set(found))


async def test_a_person_without_account_keeps_no_contacts(store: Store) -> None:
    """It has no zone that they could lie in, and nobody who would see them."""
    ann, bob = await _account(store, "ann@example.org"), await _person(store, "bob@example.org")

    async def meet(tx: Tx) -> Id | None:
        return await know(tx, bob, ann)

    assert (await store.write(meet)).value is None


async def test_a_profile_changes_in_part(store: Store) -> None:
    """One protocol's keys stay while another changes the name; the same again wakes nobody."""
    people = People(store)
    ann = await _person(store, "ann@example.org", "Ann")
    await people.update(ann, extra={"matrix": {"keys": 1}, "fleep": 2})
    await people.update(ann, name=" Ann\nB. ")
    head = store.head
    profile = await people.update(ann, name="Ann B.")
    assert store.head == head
    assert (profile.name, profile.extra) == ("Ann B.", {"matrix": {"keys": 1}, "fleep": 2})
    assert (await people.update(ann, extra={"fleep": None})).extra == {"matrix": {"keys": 1}}
    async with store.view() as view:
        assert len(await view.objects(DIRECTORY, [Kind.PROFILE])) == 1


async def test_a_picture_lives_as_long_as_a_profile_names_it(store: Store) -> None:
    """The old one's bytes go when a new one comes."""
    people = People(store)
    ann = await _person(store, "ann@example.org")
    old, new = await store.blobs.put(b"old picture"), await store.blobs.put(b"new picture")
    await people.update(ann, avatar=old.hex())
    await people.update(ann, avatar=new.hex())
    async with store.view() as view:
        profile = await profile_of(view, ann)
    assert profile.avatar == new.hex()
    assert await store.blobs.get(Hash(new)) == b"new picture"
    for wrong in ("https://example.org/me.png", "ab"):
        with pytest.raises(Invalid):
            await people.update(ann, avatar=wrong)
    assert (await people.update(ann, avatar="")).avatar is None


async def test_an_erased_person_stays_erased(store: Store) -> None:
    """A client that still holds the old profile cannot write it back."""
    ann = await _person(store, "ann@example.org", "Ann")

    async def erase(tx: Tx) -> None:
        await put_profile(tx, Profile(person=ann, erased=True))

    await store.write(erase)
    with pytest.raises(Gone):
        await People(store).update(ann, name="Ann")


async def test_who_is_not_there_is_not_found(store: Store) -> None:
    """By id or by address."""
    people = People(store)
    for missing in (people.get(Id(7)), people.by_email("x@example.org"), people.update(Id(7), name="x")):
        with pytest.raises(NotFound):
            await missing
