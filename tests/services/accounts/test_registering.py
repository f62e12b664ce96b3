"""Registration: closed, by invite, or open."""

import pytest

from syncline.core.errors import Closed, Forbidden, Invalid, Taken
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.services.accounts import Accounts, Passwords, Registration, Role
from syncline.services.accounts.auth import secret_key
from syncline.services.people import person_of
from syncline.store.contract import Store, Tx

GOOD = "a good password"


@pytest.fixture
def inviting(store: Store, passwords: Passwords) -> Accounts:
    """Accounts where every account may invite."""
    return Accounts(store, passwords, registration=Registration.INVITE)


@pytest.fixture
def open_to_all(store: Store, passwords: Passwords) -> Accounts:
    """Accounts where everybody may register."""
    return Accounts(store, passwords, registration=Registration.OPEN)


async def test_registration_is_closed_unless_said_otherwise(store: Store, accounts: Accounts) -> None:
    """A fresh server lets no stranger in, and keeps nothing of the try."""
    head = store.head
    for invite in (None, "guessed"):
        with pytest.raises(Closed):
            await accounts.register("eve@example.org", GOOD, "Eve", invite=invite)
    assert store.head == head


async def test_who_registers_has_no_role_in_the_crm(open_to_all: Accounts) -> None:
    """Customers' records are for those whom the operator named."""
    ann = await open_to_all.register("ann@example.org", GOOD, "Ann", local="annie")
    assert (ann.role, ann.name, ann.local) == (Role.NONE, "Ann", "annie")
    assert await open_to_all.sign_in("annie", GOOD) == ann


async def test_a_password_of_ones_own_has_eight_characters(open_to_all: Accounts) -> None:
    """Nobody is there to warn who chooses his own."""
    with pytest.raises(Invalid) as short:
        await open_to_all.register("ann@example.org", "seven77", "Ann")
    assert short.value.field == "password"


async def test_an_invite_makes_one_account(inviting: Accounts) -> None:
    """A link that was passed on is used up; what was refused on the way uses nothing up."""
    ann = await inviting.add("ann@example.org")
    code = await inviting.invite(by=ann.id)
    with pytest.raises(Taken):
        await inviting.register("ann@example.org", GOOD, "Ann", invite=code)
    bob = await inviting.register("bob@example.org", GOOD, "Bob", invite=code)
    assert bob.role is Role.NONE
    with pytest.raises(Closed):
        await inviting.register("eve@example.org", GOOD, "Eve", invite=code)
    with pytest.raises(Closed):
        await inviting.register("eve@example.org", GOOD, "Eve")


async def test_an_invite_for_an_address_is_for_no_other(inviting: Accounts) -> None:
    """However the address is typed."""
    code = await inviting.invite("bob@example.org")
    with pytest.raises(Closed):
        await inviting.register("eve@example.org", GOOD, "Eve", invite=code)
    assert (await inviting.register("Bob@Example.org", GOOD, "Bob", invite=code)).email == "bob@example.org"


async def test_an_invite_expires(store: Store, inviting: Accounts) -> None:
    """After its time the key leads nowhere."""
    code = await inviting.invite("bob@example.org")

    async def age(tx: Tx) -> None:
        bound = await tx.key(Space.INVITE, secret_key(code))
        assert bound is not None
        await tx.bind(Space.INVITE, secret_key(code), bound.object, expires=tx.now - 1, replace=True)

    await store.write(age)
    with pytest.raises(Closed):
        await inviting.register("bob@example.org", GOOD, "Bob", invite=code)


async def test_where_registration_is_closed_only_admins_and_the_operator_invite(
    accounts: Accounts, inviting: Accounts
) -> None:
    """An invite of theirs is their word; one that an agent gave before it was closed is not."""
    root = await accounts.add("root@example.org", role=Role.ADMIN)
    agent = await accounts.add("agent@example.org")
    with pytest.raises(Closed):
        await accounts.invite(by=agent.id)
    early = await inviting.invite(by=agent.id)
    with pytest.raises(Closed):
        await accounts.register("eve@example.org", GOOD, "Eve", invite=early)
    for number, by in enumerate((root.id, None)):
        code = await accounts.invite(by=by, role=Role.AGENT)
        made = await accounts.register(f"bob{number}@example.org", GOOD, "Bob", invite=code)
        assert made.role is Role.AGENT


async def test_nobody_gives_a_role_that_is_not_his_to_give(inviting: Accounts) -> None:
    """An agent's friend does not come in as an admin."""
    agent = await inviting.add("agent@example.org")
    for role in (Role.AGENT, Role.ADMIN):
        with pytest.raises(Forbidden):
            await inviting.invite(by=agent.id, role=role)


async def test_an_address_known_here_is_not_given_to_whoever_claims_it(
    store: Store, open_to_all: Accounts
) -> None:
    """Mails and invitations of that person would be his: only an invite to just this address proves it."""

    async def mail(tx: Tx) -> Id:
        return await person_of(tx, "boss@example.org", "Boss")

    boss = (await store.write(mail)).value
    agent = await open_to_all.add("agent@example.org")
    anybody = await open_to_all.invite()
    friendly = await open_to_all.invite("boss@example.org", by=agent.id)
    for invite in (None, anybody, friendly):
        with pytest.raises(Taken):
            await open_to_all.register("boss@example.org", GOOD, "Eve", invite=invite)
    proven = await open_to_all.invite("boss@example.org")
    assert (await open_to_all.register("boss@example.org", GOOD, "", invite=proven)).id == boss


async def test_who_has_an_account_is_not_invited(inviting: Accounts) -> None:
    """The operator is told, before a link that cannot work is sent."""
    await inviting.add("ann@example.org")
    with pytest.raises(Taken):
        await inviting.invite("Ann@example.org")
