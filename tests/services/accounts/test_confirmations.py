"""Accounts and passwords that wait for a proof of the address."""

import pytest

from syncline.core.errors import (
    Closed,
    Deactivated,
    Gone,
    Invalid,
    Missing,
    NotFound,
    Taken,
    TooMany,
    Unauthorized,
    WrongPassword,
)
from syncline.core.ids import DIRECTORY
from syncline.core.kinds import Kind
from syncline.services.accounts import Accounts, Passwords, Registration, Sessions
from syncline.services.accounts.confirmations import Confirmations, Notice
from syncline.services.accounts.pending import TRIES, Purpose
from syncline.services.people import person_of
from syncline.store.contract import Store, Tx

PASSWORD = "correct horse"


class Post:
    """A messenger that keeps what it was given."""

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self.sent: list[Notice] = []

    async def bring(self, notice: Notice) -> None:
        """Keep it."""
        self.sent.append(notice)

    @property
    def link(self) -> str:
        """The newest link."""
        return self.sent[-1].proof.link

    @property
    def code(self) -> str:
        """The newest code."""
        return self.sent[-1].proof.code


@pytest.fixture
def post() -> Post:
    """A messenger for the test."""
    return Post()


def _confirmations(
    store: Store, passwords: Passwords, post: Post, registration: Registration = Registration.OPEN
) -> Confirmations:
    return Confirmations(store, passwords, post, registration=registration)


@pytest.fixture
def confirmations(store: Store, passwords: Passwords, post: Post) -> Confirmations:
    """Confirmations where everybody may register."""
    return _confirmations(store, passwords, post)


async def test_an_account_is_made_once_its_link_is_followed(
    accounts: Accounts, confirmations: Confirmations, post: Post
) -> None:
    """Not before: anybody could say that the address is his."""
    await confirmations.register("Ann@Example.org", name="Ann", password=PASSWORD)
    assert post.sent[0].purpose == Purpose.REGISTER
    with pytest.raises(WrongPassword):
        await accounts.sign_in("ann@example.org", PASSWORD)
    made = await confirmations.confirm(post.link)
    assert (made.email, made.name, made.local) == ("ann@example.org", "Ann", "ann")
    assert (await accounts.sign_in("ann@example.org", PASSWORD)).id == made.id


async def test_a_link_is_used_once(confirmations: Confirmations, post: Post) -> None:
    """The second time it says so, and a new registration says that there is an account."""
    await confirmations.register("ann@example.org", password=PASSWORD)
    await confirmations.confirm(post.link)
    with pytest.raises(Gone, match=r"Link has already been used\."):
        await confirmations.confirm(post.link)
    with pytest.raises(Gone):
        await confirmations.check(post.link)
    with pytest.raises(Taken, match="Account already active"):
        await confirmations.register("ann@example.org", password=PASSWORD)
    with pytest.raises(Taken, match="Account already active"):
        await confirmations.prove("ann@example.org", post.code)


async def test_a_code_proves_the_address_too(confirmations: Confirmations, post: Post) -> None:
    """Name, password and local name may come with the confirmation; the mail's own link is worthless then."""
    await confirmations.register("ann@example.org")
    link = await confirmations.prove(" ANN@example.org", f" {post.code} ")
    with pytest.raises(NotFound):
        await confirmations.confirm(post.link, password=PASSWORD)
    with pytest.raises(Missing):
        await confirmations.confirm(link)
    with pytest.raises(Invalid):
        await confirmations.confirm(link, password=PASSWORD, local="no name")
    made = await confirmations.confirm(link, name="Ann", password=PASSWORD, local="ann.a")
    assert (made.name, made.local) == ("Ann", "ann.a")


async def test_few_codes_may_be_tried(store: Store, confirmations: Confirmations, post: Post) -> None:
    """A million are soon tried by a program; after the last one the right code is refused, too."""
    await confirmations.register("ann@example.org")
    wrong = "000000" if post.code != "000000" else "000001"
    for _ in range(TRIES - 1):
        with pytest.raises(Invalid):
            await confirmations.prove("ann@example.org", wrong)
    with pytest.raises(TooMany):
        await confirmations.prove("ann@example.org", wrong)
    head = store.head
    with pytest.raises(TooMany):
        await confirmations.prove("ann@example.org", post.code)
    assert store.head == head
    await confirmations.register("ann@example.org")
    assert await confirmations.prove("ann@example.org", post.code)


async def test_a_code_of_nobody_is_wrong(confirmations: Confirmations) -> None:
    """An address that never asked has no code."""
    with pytest.raises(Invalid):
        await confirmations.prove("nobody@example.org", "123456")


async def test_a_proved_address_is_given_to_who_proved_it(
    store: Store, confirmations: Confirmations, post: Post
) -> None:
    """Somebody known from mails becomes the account: whoever reads its mail is that person."""

    async def work(tx: Tx) -> int:
        return await person_of(tx, "ann@example.org", "Ann")

    person = (await store.write(work)).value
    await confirmations.register("ann@example.org", password=PASSWORD)
    assert (await confirmations.confirm(post.link)).id == person


async def test_each_registration_keeps_its_own_password(
    accounts: Accounts, confirmations: Confirmations, post: Post
) -> None:
    """Who registers somebody else's address again does not put his password into the other's link."""
    await confirmations.register("ann@example.org", password=PASSWORD)
    link = post.link
    await confirmations.register("ann@example.org", password="another one")
    await confirmations.confirm(link)
    assert (await accounts.sign_in("ann@example.org", PASSWORD)).email == "ann@example.org"
    with pytest.raises(Taken, match="Account already active"):
        await confirmations.confirm(post.link)


async def test_the_setting_of_registration_is_held(
    store: Store, passwords: Passwords, accounts: Accounts, post: Post
) -> None:
    """Closed: only by an invite of the operator. The invite is used up by the account, not by the asking."""
    closed = _confirmations(store, passwords, post, Registration.CLOSED)
    with pytest.raises(Closed):
        await closed.register("ann@example.org", password=PASSWORD)
    with pytest.raises(Closed):
        await closed.register("ann@example.org", password=PASSWORD, invite="no invite")
    assert post.sent == []
    code = await accounts.invite("ann@example.org")
    await closed.register("ann@example.org", password=PASSWORD, invite=code)
    await closed.register("ann@example.org", password=PASSWORD, invite=code)
    assert (await closed.confirm(post.link)).email == "ann@example.org"
    with pytest.raises(Closed):
        await closed.register("bob@example.org", password=PASSWORD, invite=code)


async def test_what_expired_is_cleared_away(
    store: Store, confirmations: Confirmations, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registering and never confirming leaves no heap, and an expired link opens nothing."""
    with monkeypatch.context() as patch:
        patch.setattr("syncline.services.accounts.confirmations.LIFETIME", -1)
        for number in range(3):
            await confirmations.register(f"ann{number}@example.org", password=PASSWORD)
    with pytest.raises(NotFound):
        await confirmations.confirm(post.link)
    await confirmations.register("bob@example.org", password=PASSWORD)
    async with store.view() as view:
        assert len(await view.objects(DIRECTORY, [Kind.PENDING])) == 1


@pytest.mark.parametrize("password", ["short", "x" * 2000])
async def test_a_password_must_be_bearable(
    store: Store, confirmations: Confirmations, post: Post, password: str
) -> None:
    """It is refused at once, and nothing is written or sent."""
    head = store.head
    with pytest.raises(Invalid):
        await confirmations.register("ann@example.org", password=password)
    assert (store.head, post.sent) == (head, [])


async def test_a_reset_sets_a_new_password_once(
    accounts: Accounts, sessions: Sessions, confirmations: Confirmations, post: Post
) -> None:
    """And ends all sessions: whoever stole the old password is out."""
    ann = await accounts.add("ann@example.org", password="the old one")
    secret = await sessions.create(ann.id)
    await confirmations.reset("ANN@example.org")
    assert post.sent[-1].purpose == Purpose.RESET
    assert (await confirmations.set_password(post.link, PASSWORD)).id == ann.id
    assert (await accounts.sign_in("ann@example.org", PASSWORD)).id == ann.id
    with pytest.raises(WrongPassword):
        await accounts.sign_in("ann@example.org", "the old one")
    with pytest.raises(Unauthorized):
        await sessions.authenticate(secret)
    with pytest.raises(Gone):
        await confirmations.set_password(post.link, PASSWORD)


async def test_a_link_is_good_for_its_own_purpose(
    accounts: Accounts, confirmations: Confirmations, post: Post
) -> None:
    """A registration's link sets nobody's password, a reset's makes no account."""
    await confirmations.register("ann@example.org", password=PASSWORD)
    with pytest.raises(NotFound):
        await confirmations.set_password(post.link, PASSWORD)
    await accounts.add("bob@example.org")
    await confirmations.reset("bob@example.org")
    with pytest.raises(NotFound):
        await confirmations.confirm(post.link, password=PASSWORD)


async def test_who_has_no_account_resets_nothing(
    accounts: Accounts, confirmations: Confirmations, post: Post
) -> None:
    """Neither an unknown address nor a closed account."""
    with pytest.raises(NotFound, match="Account not found!"):
        await confirmations.reset("nobody@example.org")
    bob = await accounts.add("bob@example.org")
    await accounts.close(bob.id)
    with pytest.raises(Deactivated):
        await confirmations.reset("bob@example.org")
    assert post.sent == []


async def test_nothing_stored_leads_in(store: Store, confirmations: Confirmations, post: Post) -> None:
    """Whoever reads the store finds no link, no code and no password; a used one says nothing at all."""
    await confirmations.register("ann@example.org", name="Ann", password=PASSWORD)
    for _ in range(2):
        async with store.view() as view:
            bodies = b"".join(each.body for each in await view.objects(DIRECTORY, [Kind.PENDING]))
        for secret in (post.link, post.code, PASSWORD):
            assert secret.encode() not in bodies
        if b"used" not in bodies:
            await confirmations.confirm(post.link)
    assert b"ann" not in bodies.lower()


async def test_an_erase_takes_what_waits(
    store: Store, accounts: Accounts, confirmations: Confirmations, post: Post
) -> None:
    """A reset that was asked for goes with the account."""
    ann = await accounts.add("ann@example.org")
    await confirmations.reset("ann@example.org")
    await accounts.erase(ann.id)
    with pytest.raises(NotFound):
        await confirmations.set_password(post.link, PASSWORD)
