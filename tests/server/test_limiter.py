"""The one limiter: fair in the long run, generous at once, and never a way to lock others out."""

import tracemalloc

import pytest

from syncline.core.errors import TooMany
from syncline.core.ids import Id
from syncline.core.rates import network
from syncline.server.limiter import Limiter


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_each_address_and_account_has_its_own_bucket() -> None:
    """One that asks too much is told how long to wait, and others feel nothing."""
    limiter = Limiter(address_rate=1, address_burst=1, account_rate=1, account_burst=1, clock=Clock())
    limiter.address("192.0.2.1")
    limiter.account(Id(1))
    with pytest.raises(TooMany) as caught:
        limiter.address("192.0.2.1")
    assert caught.value.retry_after == pytest.approx(1.0)
    with pytest.raises(TooMany):
        limiter.account(Id(1))
    limiter.address("192.0.2.2")
    limiter.account(Id(2))


def test_an_ipv6_network_is_one_client_and_loopback_none() -> None:
    """Everybody has 2^64 addresses; everybody behind an undeclared proxy has one."""
    assert network("2001:db8::1") == network("2001:db8::ffff:1")
    assert network("2001:db8::1") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == "192.0.2.1"
    assert network("127.0.0.1") is None
    assert network("::1") is None
    limiter = Limiter(address_rate=1, address_burst=1, clock=Clock())
    for _ in range(100):
        limiter.address("127.0.0.1")


def test_guesses_of_a_password_are_held_and_a_right_one_costs_nothing() -> None:
    """Ten tries, then one in ten seconds; who signs in rightly all day is never held."""
    clock = Clock()
    limiter = Limiter(guess_rate=0.1, guess_burst=10, clock=clock)
    for _ in range(100):
        limiter.guess("ann@example.org", "192.0.2.1")
        limiter.guessed("ann@example.org", "192.0.2.1")
    for _ in range(10):
        limiter.guess("Ann@example.org ", "192.0.2.1")
    with pytest.raises(TooMany):
        limiter.guess("ann@example.org", "192.0.2.1")
    clock.now += 10
    limiter.guess("ann@example.org", "192.0.2.1")


def test_guesses_from_elsewhere_do_not_lock_the_owner_out() -> None:
    """The bucket is of the login and the network together."""
    limiter = Limiter(guess_rate=0.1, guess_burst=3, clock=Clock())
    for _ in range(3):
        limiter.guess("ann", "198.51.100.1")
    with pytest.raises(TooMany):
        limiter.guess("ann", "198.51.100.1")
    limiter.guess("ann", "192.0.2.1")


@pytest.mark.parametrize("login", ["ann@example.org.", "ANN@Example.org", " ann@example.org.. "])
def test_one_login_is_one_however_it_is_spelled(login: str) -> None:
    """All of these sign the same account in."""
    limiter = Limiter(guess_rate=0.1, guess_burst=1, clock=lambda: 0.0)
    limiter.guess("ann@example.org", "192.0.2.1")
    with pytest.raises(TooMany):
        limiter.guess(login, "192.0.2.1")


def test_a_login_of_any_length_takes_no_room() -> None:
    """A hundred thousand of 60 KB each would be 6 GB."""
    limiter = Limiter(guess_rate=1e9, guess_burst=1e9)
    tracemalloc.start()
    for number in range(50):
        limiter.guess(f"{number}" + "x" * 60_000, "192.0.2.1")
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 60_000


def test_one_network_that_tries_many_logins_is_held_too() -> None:
    """One common password for a thousand logins is the other way to guess."""
    limiter = Limiter(guess_rate=0.1, guess_burst=10, clock=Clock())
    for number in range(50):
        limiter.guess(f"user{number}", "198.51.100.1")
    with pytest.raises(TooMany):
        limiter.guess("user50", "198.51.100.1")


def test_a_rate_of_zero_means_no_limit() -> None:
    """As `server.rate_limits = false` makes it."""
    limiter = Limiter(address_rate=0, account_rate=0, guess_rate=0)
    for _ in range(5000):
        limiter.address("192.0.2.1")
        limiter.account(Id(1))
        limiter.guess("a", "192.0.2.1")
