"""Contacts: what only one account says of a person."""

import pytest

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import ZoneKind
from syncline.services.conversations.create import Beginning, create
from syncline.services.people import Card, Contact, People, Rank, know, person_of
from syncline.store.contract import Store, Tx


async def _person(store: Store, email: str) -> Id:
    return (await store.write(lambda tx: person_of(tx, email))).value


async def _account(store: Store, email: str) -> Id:
    async def work(tx: Tx) -> Id:
        person = await person_of(tx, email)
        tx.open_zone(ZoneKind.ACCOUNT, owner=person, id=ZoneId(person))
        return person

    return (await store.write(work)).value


async def _met(store: Store) -> tuple[Id, Id]:
    """Ann, who knows Bob."""
    ann, bob = await _account(store, "ann@example.org"), await _account(store, "bob@example.org")
    await store.write(lambda tx: know(tx, ann, bob))
    return ann, bob


async def _talk(store: Store, account: Id, *others: Id, name: str | None = None) -> ZoneId:
    begin = Beginning(members=others, name=name)
    return (await store.write(lambda tx: create(tx, account, begin))).value.conv


async def test_a_private_name_is_seen_by_one_account(store: Store) -> None:
    """Bob is called Robert by Ann, and by nobody else; an empty name takes it away."""
    people = People(store)
    ann, bob = await _met(store)
    described = await people.describe(ann, bob, name=" Robert\n", phone="+372 5")
    assert described == Contact(bob, name="Robert", phone="+372 5")
    assert await people.contact(ann, bob) == described
    assert (await people.get(bob)).name == ""
    assert await people.describe(ann, bob, name="") == Contact(bob, name="", phone="+372 5")
    cid = await _person(store, "cid@example.org")
    assert await people.describe(ann, cid, name="", phone="") == Contact(cid)


async def test_what_changes_nothing_writes_nothing(store: Store) -> None:
    """Nobody is woken for it."""
    people = People(store)
    ann, bob = await _met(store)
    await people.describe(ann, bob, name="Robert")
    await people.hide(ann, [bob])
    await people.unlist(ann, bob)
    head = store.head
    await people.describe(ann, bob, name="Robert")
    await people.describe(ann, bob)
    assert await people.hide(ann, [bob]) == []
    await people.unlist(ann, bob)
    assert store.head == head


async def test_a_stranger_is_no_contact(store: Store) -> None:
    """Until he is described; somebody who never was cannot be."""
    people = People(store)
    ann, eve = await _account(store, "ann@example.org"), await _account(store, "eve@example.org")
    for act in (people.unlist(ann, eve), people.contact(ann, eve), people.describe(ann, Id(9), name="E")):
        with pytest.raises(NotFound):
            await act
    await people.describe(ann, eve, name="E")
    assert await people.contact(ann, eve) == Contact(eve, name="E")


async def test_hidden_are_those_who_were_not(store: Store) -> None:
    """Strangers and oneself are passed over."""
    people = People(store)
    ann, bob = await _met(store)
    eve = await _account(store, "eve@example.org")
    await store.write(lambda tx: know(tx, ann, ann))
    assert await people.hide(ann, [bob, eve, ann, bob]) == [bob]
    assert (await people.contact(ann, bob)).hidden


async def test_an_import_makes_persons(store: Store) -> None:
    """In the order given, many of them too; the names are the importer's own."""
    people = People(store)
    ann, bob = await _met(store)
    await people.hide(ann, [bob])
    cards = [Card(f"p{number}@example.org", name=f"P {number}") for number in range(70)]
    cards.append(Card("BOB@example.org", name="Robert", phone="5"))
    persons = await people.bring(ann, cards)
    assert len(set(persons)) == 71
    assert persons[-1] == bob
    assert await people.contact(ann, bob) == Contact(bob, name="Robert", phone="5", imported=True)
    assert await people.contact(ann, persons[3]) == Contact(persons[3], name="P 3", imported=True)
    assert (await people.get(persons[3])).name == ""
    head = store.head
    assert await people.bring(ann, cards) == persons
    assert store.head == head


async def test_a_bad_import_imports_nobody(store: Store) -> None:
    """One wrong address, and it can be given again as a whole."""
    ann = await _account(store, "ann@example.org")
    head = store.head
    with pytest.raises(Invalid):
        await People(store).bring(ann, [Card("bob@example.org"), Card("no address")])
    assert store.head == head


async def test_the_newest_conversation_of_two_is_theirs(store: Store) -> None:
    """For both; one with a name or with more people is not."""
    people = People(store)
    ann, bob = await _met(store)
    cid = await _account(store, "cid@example.org")
    await _talk(store, ann, bob)
    newest = await _talk(store, bob, ann)
    await _talk(store, ann, bob, name="Plans")
    await _talk(store, ann, bob, cid)
    assert (await people.contact(ann, bob)).dialog == newest
    assert (await people.contact(bob, ann)).dialog == newest
    assert (await people.contact(ann, cid)).dialog is None


async def test_a_stranger_of_a_dialog_is_known_from_it(store: Store) -> None:
    """Written once, with the conversation in it."""
    people = People(store)
    ann, bob = await _account(store, "ann@example.org"), await _account(store, "bob@example.org")
    conv = await _talk(store, ann, bob)
    assert await people.contact(bob, ann) == Contact(ann, dialog=conv)
    eve = await _person(store, "eve@example.org")
    conv = await _talk(store, ann, eve)
    assert await people.contact(ann, eve) == Contact(eve, dialog=conv)


@pytest.mark.parametrize(
    ("contact", "rank"),
    [
        (Contact(Id(1)), Rank.MET),
        (Contact(Id(1), name="Bob"), Rank.MET),
        (Contact(Id(1), dialog=ZoneId(Id(2))), Rank.MET),
        (Contact(Id(1), name="Bob", dialog=ZoneId(Id(2))), Rank.DESCRIBED),
        (Contact(Id(1), phone="5", dialog=ZoneId(Id(2))), Rank.DESCRIBED),
        (Contact(Id(1), imported=True), Rank.IMPORTED),
        (Contact(Id(1), name="Bob", imported=True, hidden=True), Rank.HIDDEN),
    ],
)
def test_contacts_have_a_rank(contact: Contact, rank: Rank) -> None:
    """Imported before described and talked to, before met, before hidden."""
    assert contact.rank is rank
