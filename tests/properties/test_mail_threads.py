"""The order in which mails arrive is chance; what is one thread, and what is noted about it, is not."""

import asyncio
import itertools
import random
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.properties.mailbox_on_paper import Paper
from tests.services.mail.letters import Mailbox, letter, new_account

from syncline.core.mail import INBOX, MUTABLE
from syncline.core.ranges import numbers
from syncline.core.threads import Tree
from syncline.services.mail import Incoming, Mails, Status
from syncline.store.contract import Store
from syncline.store.sqlite import open_store

IDS = [f"{sign}@x" for sign in "abcdefghij"]
LABELS = [INBOX, "work", "list"]

Corpus: TypeAlias = list[Incoming]


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """A few mails over few ids: late roots and middles, missing parents, loops, copies, repeats."""
    found: Corpus = []
    for id in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=8)):
        refs = draw(st.lists(st.sampled_from(IDS), max_size=4))
        labels = draw(st.sets(st.sampled_from(LABELS)))
        state = draw(st.sets(st.sampled_from(MUTABLE)))
        found.append(letter(id, *refs, labels=labels, state=state))
        if draw(st.integers(0, 5)) == 0:
            found.append(letter(id, *refs, text="another copy"))
        if draw(st.integers(0, 5)) == 0:
            found.append(found[-1])
    return found


@contextmanager
def running() -> Iterator[Callable[[Callable[[Store], Coroutine[Any, Any, None]]], None]]:
    """Runs checks on one store; each has accounts of its own."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        store = runner.run(open_store(Path(folder) / "data"))
        yield lambda check: runner.run(check(store))
        runner.run(store.close())


async def agrees(box: Mailbox, expected: Paper) -> None:
    """All that can be asked of the mailbox, against what is on paper."""
    mails, account = box.mails, box.account
    assert await mails.size(account) == len(expected.came)
    convs = [await mails.find(account, no) for no in range(1, len(expected.came) + 1)]
    parts = [[no for no, conv in enumerate(convs, start=1) if conv == each] for each in dict.fromkeys(convs)]
    assert sorted(parts) == [list(thread.mails) for thread in expected.threads()]
    labelled: dict[str, set[int]] = {label: set() for label in LABELS}
    before = 0
    for part in parts:
        thread = await mails.thread(account, part[0])
        assert sorted(thread.mails) == part
        tree = Tree((no, expected.of(no).mail.message_id, expected.of(no).mail.refs) for no in part)
        assert thread.nodes == tuple(tree.arranged())
        assert thread.id == tree.root() or (tree.root() is None and thread.id < 0)
        assert await mails.thread_id(account, thread.conv) == thread.id
        assert await mails.find(account, thread.id) == thread.conv
        labels = {label for no in part for label in expected.of(no).labels}
        assert set(thread.labels) == labels
        for label in labels:
            labelled[label].add(thread.conv)
        for name in MUTABLE:
            marked = [no for no in part if name in expected.of(no).state]
            assert list(numbers(getattr(thread.marks, name))) == marked
    for no, one in enumerate(expected.came, start=1):
        message = await mails.message(account, no)
        assert message.body.message_id == one.mail.message_id
        assert message.body.before == before
        assert set(message.state) == set(one.state)
        before += one.mail.size
        assert await mails.raw(account, no) == one.raw
    for label, where in labelled.items():
        assert await box.labelled(label) == where
    assert await box.shown() == labelled[INBOX]


@pytest.mark.parametrize(("slice", "threads"), [(400, 50), (3, 2)], ids=["in one work", "by chains of works"])
def test_any_order_of_arrival_gives_the_same_threads_with_the_same_notes(slice: int, threads: int) -> None:
    """Late roots, late middles, loops: threads are what hangs together by ids, labels and states unite.

    Joined with 3 entries and 2 threads a work, they go through chains of works, and come to the same.
    """

    async def check(store: Store, corpus: Corpus) -> None:
        box = Mailbox(Mails(store), store, await new_account(store))
        expected = Paper()
        old_ids: dict[int, int] = {}
        for one in corpus:
            status, no = expected.add(one)
            head = store.head
            added = await box.add(one)
            assert (added.status, added.no) == (status, no)
            assert (store.head == head) == (status is Status.SAME), "a repeat changes nothing"
            old_ids.setdefault(added.thread, no)
        await agrees(box, expected)
        for old, no in old_ids.items():
            assert await box.mails.find(box.account, old) == await box.mails.find(box.account, no)

    with (
        patch.multiple("syncline.services.mail.joining", SLICE=slice, THREADS=threads),
        patch.multiple("syncline.services.mail.chains", SLICE=slice, THREADS=threads),
        running() as run,
    ):

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(corpora(), st.randoms(use_true_random=False))
        @example([letter("z@x", *IDS[:8]), *(letter(id) for id in IDS[:8])][::-1], random.Random(1))
        def holds(corpus: Corpus, chance: random.Random) -> None:
            for _ in range(2):
                run(lambda store: check(store, corpus))
                chance.shuffle(corpus)

        holds()


def test_an_import_in_batches_is_the_same_as_one_by_one() -> None:
    """`take` cuts batches into works as it likes; numbers, copies and threads come out as with `add`."""

    async def check(store: Store, corpus: Corpus, cuts: Sequence[int]) -> None:
        box = Mailbox(Mails(store), store, await new_account(store))
        expected = Paper()
        places = [0, *sorted(cut % (len(corpus) + 1) for cut in cuts), len(corpus)]
        for start, end in itertools.pairwise(places):
            found = await box.take(corpus[start:end])
            assert [(one.status, one.no) for one in found] == [expected.add(one) for one in corpus[start:end]]
        await agrees(box, expected)
        head = store.head
        assert {one.status for one in await box.take(corpus)} <= {Status.SAME}
        assert store.head == head
        assert all(await box.mails.known(box.account, [one.mail.hash for one in corpus]))

    with running() as run:

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(corpora(), st.lists(st.integers(0, 20), max_size=3))
        def holds(corpus: Corpus, cuts: list[int]) -> None:
            run(lambda store: check(store, corpus, cuts))

        holds()
