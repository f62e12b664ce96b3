"""Whatever mails came, were joined, labelled and erased: a query finds what a reader of every mail finds."""

import asyncio
import itertools
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.search.brute import Paper
from tests.services.search.desk import Desk, settle_in
from tests.services.search.letters import DAY, Letter

from syncline.core.ids import Id
from syncline.core.mail import IMMUTABLE, MUTABLE
from syncline.services.search import Order, typed
from syncline.services.search.language import And, Every, Label, Not, Nothing, Or, Query, Term
from syncline.store.sqlite import open_store

IDS = [f"{sign}@x" for sign in "abcdefgh"]
LABELS = ["inbox", "work", "my label"]
PEOPLE = ["Ana Ruiz ana@north.example", "ben@south.example", "Cém Öz cem@east.example", ""]
WORDS = ["budget", "Budget", "draft", "e-mail", "me,", "v2.1", "naïve", "東京都", "京", "&"]
FIELDS = [
    "body",
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "id",
    "list",
    "filename",
    "has",
    "is",
    "in",
    "nonsense",
]

texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
people = st.lists(st.sampled_from(PEOPLE[:3]), max_size=2).map(tuple)


@st.composite
def letters(draw: st.DrawFn) -> list[Letter]:
    """A few letters that answer one another, or letters that never came."""
    return [
        Letter(
            id,
            subject=draw(texts),
            sender=draw(st.sampled_from(PEOPLE)),
            to=draw(people),
            cc=draw(people),
            bcc=draw(people),
            text=draw(texts),
            files=draw(st.sampled_from(["", "plan.pdf"])),
            lists=draw(st.sampled_from(["", "work.lists.example"])),
            refs=tuple(draw(st.lists(st.sampled_from(IDS), max_size=2))),
            at=draw(st.integers(0, 3)) * 400 * DAY,
            states=tuple(draw(st.sets(st.sampled_from(IMMUTABLE), max_size=1))),
        )
        for id in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=8))
    ]


def _joined(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    some = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return some.map(And) | some.map(Or) | parts.map(Not)


words = st.sampled_from([*WORDS, "bud*", "ana", "pdf", "cem", "東*", *LABELS[:2], *MUTABLE, "attachment"])
leaves: st.SearchStrategy[Query] = (
    st.builds(Term, st.sampled_from(FIELDS), words.map(lambda word: (word,)))
    | st.builds(
        Term, st.sampled_from(FIELDS), st.lists(words, min_size=1, max_size=2).map(tuple), st.just(True)
    )
    | st.builds(
        Term,
        st.sampled_from(["date", "before", "after"]),
        st.sampled_from(["1970", "1971-02", "1971..1972", "1972..", "soon"]).map(lambda word: (word,)),
    )
    | st.builds(Label, st.sampled_from([*LABELS, *MUTABLE, "attachment", "unknown"]))
    | st.just(Every())
)
queries = st.just(Nothing()) | st.recursive(leaves, _joined, max_leaves=6)

acts = st.tuples(
    st.sampled_from(["relabel", "thread", "message", "erase"]),
    st.integers(1, 8),
    st.sets(st.sampled_from(LABELS)),
    st.sets(st.sampled_from(MUTABLE)),
)


@contextmanager
def running() -> Iterator[Callable[[Callable[[Desk], Coroutine[Any, Any, None]]], None]]:
    """Runs checks at one desk; each has an account of its own, so all others are strangers there."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        store = runner.run(open_store(Path(folder) / "data"))

        async def opened() -> Desk:
            return Desk(store, Path(folder))

        desk = runner.run(opened())
        yield lambda check: runner.run(check(desk))
        runner.run(desk.closed())
        runner.run(store.close())


def test_a_query_finds_what_a_reader_of_every_mail_finds() -> None:
    """Hits, order and count, by arrival and by date; pages together are the whole; strangers see nothing."""
    accounts = itertools.count(5000)
    with running() as run:

        @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(
            letters(),
            st.lists(
                st.tuples(st.sets(st.sampled_from(LABELS)), st.sets(st.sampled_from(MUTABLE))),
                min_size=8,
                max_size=8,
            ),
            st.lists(acts, max_size=5),
            st.lists(queries, min_size=5, max_size=12),
        )
        def check(
            came: list[Letter],
            notes: list[tuple[set[str], set[str]]],
            done: list[tuple[str, int, set[str], set[str]]],
            asked: list[Query],
        ) -> None:
            account = Id(next(accounts))

            async def play(desk: Desk) -> None:
                await settle_in(desk.store, account)
                for letter, (labels, state) in zip(came, notes, strict=False):
                    await desk.add(letter, account=account, labels=sorted(labels), state=sorted(state))
                erased = await act(desk, account, len(came), done)
                paper = await Paper.of(desk.mails, account, came, erased)
                for query in asked:
                    await compare(desk, account, paper, query)

            run(play)

        check()


async def act(
    desk: Desk, account: Id, size: int, done: list[tuple[str, int, set[str], set[str]]]
) -> set[int]:
    """Do what is asked with the mails that there are; returns the erased ones."""
    erased: set[int] = set()
    for what, no, labels, state in done:
        if no > size or no in erased:
            continue
        match what:
            case "relabel":
                await desk.mails.relabel(account, no, labels)
            case "thread":
                await desk.mails.set_thread_state(account, no, state)
            case "message":
                await desk.mails.set_message_state(account, no, state)
            case "erase":
                await desk.erase(no, account)
                erased.add(no)
    return erased


async def compare(desk: Desk, account: Id, paper: Paper, query: Query) -> None:
    """The index against paper."""
    text = typed(query)
    for order in Order:
        found = await desk.search.threads(account, text, num=100, order=order)
        assert list(found) == paper.found(query, order), text
        pages = [
            await desk.search.threads(account, text, start=at, num=1, order=order)
            for at in range(len(found) + 1)
        ]
        assert sum(pages, ()) == found
    assert await desk.search.count(account, text) == len(found)
