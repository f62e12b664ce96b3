"""Accounts: one commit each, unique names, sign-in that tells nothing."""

import pytest

from syncline.core.errors import Deactivated, Invalid, NotFound, Taken, WrongPassword
from syncline.core.ids import DIRECTORY, Id, ZoneId
from syncline.core.kinds import Kind, Space, ZoneKind
from syncline.services.accounts import ALL_ACCOUNTS, Accounts, Passwords, Role, Sessions
from syncline.services.people import contacts_of, person_of, profile_of
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx


async def test_an_account_is_made_whole_in_one_commit(store: Store, accounts: Accounts) -> None:
    """Zone, profile, credential and contact with oneself stand together: nobody sees half an account."""
    heard: list[Commit] = []
    store.watch(heard.append)
    ann = await accounts.add("ann@example.org", name="Ann", password="correct horse", role=Role.ADMIN)
    assert len(heard) == 1
    assert {change.kind for change in heard[0].changes} >= {Kind.PROFILE, Kind.CREDENTIAL, Kind.CONTACT}
    async with store.view() as view:
        zone = await view.zone(ZoneId(ann.id))
        profile = await profile_of(view, ann.id)
        contacts = await contacts_of(view, ann.id)
    assert zone is not None
    assert (zone.kind, zone.owner) == (ZoneKind.ACCOUNT, ann.id)
    assert (profile.name, profile.email, profile.local, profile.account) == (
        "Ann",
        "ann@example.org",
        "ann",
        True,
    )
    assert [contact.person for contact in contacts] == [ann.id]


async def test_an_account_is_found_by_id_address_and_local_name(accounts: Accounts) -> None:
    """However the address is typed: blanks and letter case do not make another person."""
    ann = await accounts.add("Ann@Example.ORG", name="Ann", local="ann.b")
    assert ann.email == "ann@example.org"
    assert await accounts.get(ann.id) == ann
    assert await accounts.by_email("  ANN@example.org ") == ann
    assert await accounts.by_local("Ann.B") == ann
    for missing in (accounts.get(Id(7)), accounts.by_email("bob@example.org"), accounts.by_local("bob")):
        with pytest.raises(NotFound):
            await missing


async def test_an_address_and_a_local_name_belong_to_one_account(store: Store, accounts: Accounts) -> None:
    """The second one is refused and leaves no trace in the log."""
    await accounts.add("ann@example.org", local="ann")
    head = store.head
    with pytest.raises(Taken) as same_address:
        await accounts.add("ANN@example.org", local="other")
    with pytest.raises(Taken) as same_name:
        await accounts.add("other@example.org", local="ANN")
    assert (same_address.value.field, same_name.value.field) == ("email", "local")
    assert store.head == head
    with pytest.raises(NotFound):
        await accounts.by_email("other@example.org")


@pytest.mark.parametrize(
    "email", ["", "ann", "@example.org", "ann@", "a b@example.org", "a@b@c", "ann@-x", f"{'a' * 65}@b"]
)
async def test_what_is_no_address_gets_no_account(accounts: Accounts, email: str) -> None:
    """A mistake on the command line is said, not stored."""
    with pytest.raises(Invalid):
        await accounts.add(email)


async def test_without_a_local_name_a_free_one_like_the_address_is_taken(accounts: Accounts) -> None:
    """Everybody can sign in with Matrix, which knows local names only."""
    names = [
        (await accounts.add(email)).local
        for email in ("ann@a.example", "ann@b.example", "Jörg@c.example", "_@d.example")
    ]
    assert names == ["ann", "ann2", "jorg", "user"]


@pytest.mark.parametrize("local", ["", "_bot", "a b", "ä", "a:b", "@ann", "x" * 129])
async def test_a_local_name_keeps_to_the_grammar_of_matrix(accounts: Accounts, local: str) -> None:
    """A name that no Matrix client could write would lock its owner out."""
    with pytest.raises(Invalid):
        await accounts.add("ann@example.org", local=local)


async def test_a_person_known_from_mail_becomes_the_account(store: Store, accounts: Accounts) -> None:
    """The id stays: old mails and the new account show one person."""

    async def mail(tx: Tx) -> Id:
        return await person_of(tx, "ann@example.org", "Ann B.")

    person = (await store.write(mail)).value
    ann = await accounts.add("ann@example.org")
    assert (ann.id, ann.name) == (person, "Ann B.")
    async with store.view() as view:
        profiles = await view.objects(DIRECTORY, [Kind.PROFILE])
    assert len(profiles) == 1


async def test_all_accounts_are_listed_closed_ones_included(store: Store, accounts: Accounts) -> None:
    """The term that others use for enumerating says the same."""
    made = [(await accounts.add(f"a{number}@example.org")).id for number in range(3)]
    await accounts.close(made[1])
    listed = await accounts.list()
    assert [account.id for account in listed] == made
    assert [account.closed is None for account in listed] == [True, False, True]
    async with store.view() as view:
        assert list(await view.find(Space.ACCOUNT, ALL_ACCOUNTS)) == made


async def test_lists_go_on_beyond_one_page(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is just full is not the end."""
    monkeypatch.setattr("syncline.services.accounts.accounts.PAGE", 2)
    for number in range(4):
        await accounts.add(f"a{number}@example.org")
    assert len(await accounts.list()) == 4


async def test_one_password_signs_in_by_address_and_by_local_name(accounts: Accounts) -> None:
    """Fleep sends the address, Matrix the local name."""
    ann = await accounts.add("ann@example.org", local="annie", password="pässword")
    assert await accounts.sign_in("ANN@example.org", "pässword") == ann
    assert await accounts.sign_in("annie", "pa\u0308ssword") == ann, "composed otherwise, it is the same"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ann@example.org", "wrong"),
        ("ann@example.org", ""),
        ("ann@example.org", "x" * 5000),
        ("nobody@example.org", "right"),
        ("nobody", "right"),
        ("tokens@example.org", "right"),
        ("", ""),
    ],
)
async def test_a_failed_sign_in_never_says_what_was_wrong(
    accounts: Accounts, login: str, password: str
) -> None:
    """Unknown, without a password, mistyped: one answer, so that nobody learns who has an account."""
    await accounts.add("ann@example.org", password="right")
    await accounts.add("tokens@example.org")
    with pytest.raises(WrongPassword) as refused:
        await accounts.sign_in(login, password)
    assert refused.value.message == "The login or the password is wrong."


async def test_only_the_owner_learns_that_an_account_was_closed(accounts: Accounts) -> None:
    """With a wrong password a closed account is like none."""
    ann = await accounts.add("ann@example.org", password="right")
    await accounts.close(ann.id)
    with pytest.raises(Deactivated):
        await accounts.sign_in("ann", "right")
    with pytest.raises(WrongPassword):
        await accounts.sign_in("ann", "wrong")


async def test_closing_twice_is_closing_once(store: Store, accounts: Accounts) -> None:
    """The time of closing stays, and nothing is written."""
    ann = await accounts.add("ann@example.org")
    await accounts.close(ann.id)
    closed, head = (await accounts.get(ann.id)).closed, store.head
    await accounts.close(ann.id)
    assert ((await accounts.get(ann.id)).closed, store.head) == (closed, head)


async def test_a_new_password_ends_the_old_one_and_all_sessions(
    accounts: Accounts, sessions: Sessions
) -> None:
    """Who changes a stolen password wants the thief out, and to stay in himself."""
    ann = await accounts.add("ann@example.org", password="first password")
    mine, thief = await sessions.create(ann.id), await sessions.create(ann.id)
    await sessions.authenticate(thief)
    link = await sessions.link(ann.id)
    keep = (await sessions.authenticate(mine)).session
    with pytest.raises(WrongPassword):
        await accounts.change_password(ann.id, "not it", "second password")
    with pytest.raises(Invalid):
        await accounts.change_password(ann.id, "first password", "short")
    await accounts.change_password(ann.id, "first password", "second password", keep=keep)
    assert await accounts.sign_in("ann", "second password") == ann
    with pytest.raises(WrongPassword):
        await accounts.sign_in("ann", "first password")
    assert (await sessions.authenticate(mine)).account == ann.id
    assert sessions.known(thief) is None
    for gone in (sessions.authenticate(thief), sessions.redeem(link)):
        with pytest.raises(Exception, match=r"ended|expired"):
            await gone


async def test_a_hash_of_old_cost_is_renewed_when_its_owner_signs_in(
    store: Store, accounts: Accounts
) -> None:
    """Raising the cost reaches everybody in time, without asking for new passwords."""
    ann = await accounts.add("ann@example.org", password="right")
    stronger = Passwords(memory_kib=16, rounds=1)
    later = Accounts(store, stronger)
    await later.sign_in("ann", "right")
    head = store.head
    await later.sign_in("ann", "right")
    assert store.head == head, "the second time there is nothing to renew"
    assert await accounts.sign_in("ann", "right") == ann
    stronger.close()


async def test_a_role_can_change(accounts: Accounts) -> None:
    """An agent becomes an admin without losing anything else."""
    ann = await accounts.add("ann@example.org", password="right")
    assert ann.role is Role.AGENT
    assert (await accounts.set_role(ann.id, Role.ADMIN)).role is Role.ADMIN
    assert (await accounts.sign_in("ann", "right")).role is Role.ADMIN
