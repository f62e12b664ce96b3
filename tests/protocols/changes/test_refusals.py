"""Who may ask, and how a wrong question is answered."""

import pytest
from tests.protocols.changes.place import Place
from tests.protocols.changes.test_writing import said

from syncline.core.deltas import Place as Stand
from syncline.core.errors import Invalid
from syncline.core.ids import Seq
from syncline.protocols.changes.asking import read_ask
from syncline.protocols.changes.cursors import read_cursor, tag_of, write_cursor
from syncline.server.limiter import Limiter
from syncline.store.contract import Store

CALLS = (
    ("GET", "/changes"),
    ("GET", "/conversations/1000"),
    ("POST", "/conversations"),
    ("POST", "/conversations/1000/members"),
    ("POST", "/conversations/1000/entries"),
    ("POST", "/conversations/1000/entries/1000/amendments"),
)


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_every_call_wants_a_token(place: Place, method: str, path: str) -> None:
    """None, a wrong one, another scheme: the same answer, and the way to get one right."""
    ann = await place.client("ann")
    for header in (b"", b"Bearer x", b"Bearer " + b"x" * 64, b"Basic YTpi", b"Bearer \xff" + b"x" * 63):
        answer = await ann.http.request(method, path, headers={b"Authorization": header})
        assert said(answer) == (401, "unauthorized", None)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["error"]["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("path", [path for method, path in CALLS if method == "POST"])
async def test_no_page_of_another_site_changes_anything(place: Place, path: str) -> None:
    """Even with a token: what is for pages elsewhere says so, and this protocol is for scripts."""
    ann = await place.client("ann")
    head = place.store.head
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await ann.http.post(path, json={}, headers=headers)
        assert said(answer) == (403, "forbidden", None)
    assert place.store.head == head


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_every_call_wants_its_scope(place: Place, method: str, path: str) -> None:
    """Reading needs `read`, writing `write`; neither is part of the other."""
    other = "write" if method == "GET" else "read"
    ann = await place.client("ann", [other])
    assert said(await ann.http.request(method, path)) == (403, "insufficient_scope", None)


async def test_a_closed_account_is_let_in_nowhere(place: Place) -> None:
    """Deactivating reaches tokens that are in memory."""
    ann = await place.client("ann")
    await ann.caught_up()
    await place.accounts.close(ann.id)
    assert (await ann.get("/changes")).status_code == 401


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "x"}, "since"),
        ({"since": "1.2"}, "since"),
        ({"since": "-5"}, "since"),
        ({"since": "9" * 30}, "since"),
        ({"since": "9" * 19}, "since"),
        ({"since": "\u0661"}, "since"),
        ({"wait": "soon"}, "wait"),
        ({"wait": "-1"}, "wait"),
        ({"wait": "nan"}, "wait"),
        ({"wait": "inf"}, "wait"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"kind": "token"}, "kind"),
        ({"kind": "entry,"}, "kind"),
    ],
)
async def test_a_wrong_parameter_is_named(place: Place, query: dict[str, str], field: str) -> None:
    """No parameter is guessed at."""
    ann = await place.client("ann")
    assert said(await ann.get("/changes", **query)) == (400, "invalid", field)


async def test_what_is_empty_or_unknown_is_as_if_it_were_not_there(place: Place) -> None:
    """`since=` is the beginning; parameters of later versions are ignored."""
    ann = await place.client("ann")
    assert (await ann.get("/changes", since="", future="x")).json() == await ann.changes()


def test_longer_waits_are_shortened() -> None:
    """Proxies cut idle connections after 60 seconds; a client that asks for more gets what there is."""
    assert read_ask(b"wait=600", tag="").wait == 55
    assert read_ask(b"wait=1%2E5", tag="").wait == 1.5


async def test_an_account_asks_only_so_often(store: Store) -> None:
    """The one limiter, in this protocol's shape."""
    place = Place(store, Limiter(account_rate=0.001, account_burst=2))
    ann = await place.client("ann")
    answers = [await ann.get("/changes") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert said(answers[-1])[1] == "too_many_requests"
    assert int(answers[-1].headers["Retry-After"]) > 0
    await place.close()


@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("place_", [Stand(Seq(0)), Stand(Seq(7)), Stand(Seq(9), Seq(7), Seq(3))])
def test_cursors_come_back_as_they_went(place_: Stand, more: bool) -> None:
    """What is written is read again; a cut page counts only in its epoch."""
    tag = tag_of("epoch")
    text = write_cursor(place_, more=more, tag=tag)
    assert read_cursor(text, tag=tag) == place_
    assert read_cursor(text, tag=tag_of("restored")) == (None if more else place_)


def test_a_cursor_may_have_leading_zeros() -> None:
    """Clients that keep cursors in fields of one width send them so."""
    assert read_cursor("0000000012", tag="") == Stand(Seq(12))
    with pytest.raises(Invalid):
        read_cursor("12 ", tag="")
