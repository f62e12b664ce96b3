"""The address book: everybody who wrote, found by the beginning of name or address (reference 1.3, 2.7)."""

from tests.services.search.desk import ANA, BEN, Desk
from tests.services.search.letters import DAY, Letter

NOON = 1_700_000_000_000


async def names(desk: Desk, prefix: str, num: int | None = None) -> list[str]:
    """The addresses found."""
    return [one.mail for one in await desk.search.contacts(ANA, prefix, num)]


async def test_contacts_are_found_by_beginnings_newest_first(desk: Desk) -> None:
    """Of the name or of the address, not in the middle; whatever case and accents."""
    await desk.add(
        Letter("1@x", sender="Jürgen Öz j@one.example", at=NOON),
        Letter("2@x", sender="ana Ruiz Ana@two.example", at=NOON + DAY),
        Letter("3@x", sender="nobody@jupiter.example", at=NOON - DAY),
        Letter("4@x", sender="Ωmega Test jan@three.example", at=NOON - 2 * DAY),
    )
    everybody = ["Ana@two.example", "j@one.example", "nobody@jupiter.example", "jan@three.example"]
    assert await names(desk, "") == everybody
    assert await names(desk, "j") == ["j@one.example", "jan@three.example"]
    assert await names(desk, "JURG") == await names(desk, "jür") == ["j@one.example"]
    assert await names(desk, "ANA") == ["Ana@two.example"]
    assert await names(desk, "ω") == ["jan@three.example"]
    assert await names(desk, "ruiz") == await names(desk, "one") == await names(desk, "jz") == []
    assert await names(desk, "", 2) == everybody[:2]
    assert await names(desk, "nobody@jup/") == []
    assert [one.name for one in await desk.search.contacts(ANA, "j", None)] == ["Jürgen Öz", "Ωmega Test"]
    assert await desk.search.contacts(BEN, "", None) == []


async def test_an_address_stands_once_with_its_newest_name(desk: Desk) -> None:
    """Newest by the mail's date, not by arrival; spelled as there."""
    await desk.add(
        Letter("1@x", sender="New Name BEN@x.example", at=NOON),
        Letter("2@x", sender="Old Name ben@x.example", at=NOON - DAY),
    )
    (found,) = await desk.search.contacts(ANA, "", None)
    assert (found.name, found.mail) == ("New Name", "BEN@x.example")
    assert await names(desk, "old") == []
    await desk.add(Letter("3@x", sender="Older Name ben@x.example", at=NOON - 2 * DAY))
    assert await names(desk, "old") == []
    await desk.erase(1)
    (found,) = await desk.search.contacts(ANA, "", None)
    assert (found.name, found.mail) == ("Old Name", "ben@x.example")
    await desk.erase(2)
    await desk.erase(3)
    assert await desk.search.contacts(ANA, "", None) == []


async def test_a_date_in_the_future_counts_as_the_arrival(desk: Desk) -> None:
    """Else a wrong clock would keep its owner at the top for years."""
    far = 4_000_000_000_000
    await desk.add(
        Letter("1@x", sender="wrong@x.example", at=far),
        Letter("2@x", sender="right@x.example", at=far - DAY),
    )
    assert await names(desk, "") == ["right@x.example", "wrong@x.example"]


async def test_machines_are_no_contacts_and_whom_one_writes_to_is(desk: Desk) -> None:
    """Automatic mail adds nobody; mail that the owner sent adds those it went to."""
    await desk.add(Letter("1@x", sender="list@x.example", automatic=True))
    await desk.add(Letter("2@x", sender="friend@x.example", to=("me me@x.example",)))
    assert await names(desk, "") == ["friend@x.example"]
    to, cc, bcc = ("To to@x.example",), ("Cc cc@x.example",), ("Bcc bcc@x.example",)
    await desk.add(Letter("3@x", sender="me@x.example", to=to, cc=cc, bcc=bcc, states=("sent",)))
    assert set(await names(desk, "")) == {
        "friend@x.example",
        "me@x.example",
        "to@x.example",
        "cc@x.example",
        "bcc@x.example",
    }


async def test_what_is_no_address_is_no_contact(desk: Desk) -> None:
    """Undisclosed recipients, broken headers."""
    await desk.add(Letter("1@x", sender="Somebody undisclosed-recipients"), Letter("2@x"))
    assert await names(desk, "") == []
