"""Threads hang together by references alone, and no mail is ever missing from one or in it twice."""

import itertools
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.core.threads import Node, Tree, parents

Mail = tuple[int, str, tuple[str, ...]]
"""Number, Message-ID, references."""


class Slow(NamedTuple):
    """A node of the model: a mail's number or None, and what lies below."""

    no: int | None
    below: list["Slow"]


def slow_forest(mails: Iterable[Mail]) -> list[Slow]:
    """Heliotrope reference 2.5 read word by word, with recursion and without short cuts."""
    numbers: dict[str, int] = {}
    known: list[str] = []
    parent: dict[str, str] = {}
    children: list[tuple[str, str]] = []

    def above(id: str) -> list[str]:
        return [id, *(above(parent[id]) if id in parent else [])]

    for no, own, refs in mails:
        numbers[own] = no
        chain = [own]
        for id in reversed(refs):
            if id not in chain:
                chain.append(id)
        known += chain
        for child, up in itertools.pairwise(chain):
            if child not in parent and child not in above(up):
                parent[child] = up
                children.append((up, child))

    def shown(id: str) -> Slow | None:
        below = [one for up, child in children if up == id and (one := shown(child)) is not None]
        if id in numbers:
            return Slow(numbers[id], below)
        return below[0] if len(below) == 1 else Slow(None, below) if below else None

    return [top for id in dict.fromkeys(known) if id not in parent and (top := shown(id)) is not None]


def listed(forest: Sequence[Slow]) -> list[Node]:
    """The model's forest as a thread lists it."""
    tops = list(forest) if len(forest) < 2 else [Slow(None, list(forest))]

    def walk(node: Slow, depth: int) -> list[Node]:
        return [Node(node.no, depth), *(one for child in node.below for one in walk(child, depth + 1))]

    return [one for top in tops for one in walk(top, 0)]


def shape(tree: Tree) -> list[tuple[int | None, int]]:
    """A thread as number and depth."""
    return [(node.no, node.depth) for node in tree.arranged()]


IDS = st.sampled_from("abcdefgh")


@st.composite
def corpora(draw: st.DrawFn) -> list[Mail]:
    """Some mails over few ids: missing parents, loops, ids named twice, a mail that answers itself."""
    ids = draw(st.lists(IDS, unique=True, max_size=7))
    return [(no, id, tuple(draw(st.lists(IDS, max_size=5)))) for no, id in enumerate(ids, start=1)]


@given(corpora())
def test_a_tree_is_what_the_slow_reading_says(mails: list[Mail]) -> None:
    """Parents, depths, the order of children, and where a mail that never came is shown."""
    tree = Tree(mails)
    forest = slow_forest(mails)
    assert tree.arranged() == listed(forest)
    assert tree.root() == (forest[0].no if len(forest) == 1 else None)
    assert len(tree) == len(mails)


@given(corpora(), st.randoms(use_true_random=False))
def test_every_mail_is_there_once_whatever_came_first(mails: list[Mail], chance: random.Random) -> None:
    """Any order of arrival: all of them, none twice, and nothing but them has a number."""
    chance.shuffle(mails)
    mails = [(no, id, refs) for no, (_, id, refs) in enumerate(mails, start=1)]
    nodes = Tree(mails).arranged()
    assert sorted(node.no for node in nodes if node.no is not None) == list(range(1, len(mails) + 1))
    depths = [node.depth for node in nodes]
    assert not depths or depths[0] == 0
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(depths))


@given(corpora())
def test_a_mail_that_never_came_is_shown_only_where_it_joins_others(mails: list[Mail]) -> None:
    """With one child, the child takes its place; a node for nothing would be a riddle."""
    nodes = Tree(mails).arranged()
    for at, node in enumerate(nodes):
        if node.no is None:
            below = []
            for one in nodes[at + 1 :]:
                if one.depth <= node.depth:
                    break
                below += [one] if one.depth == node.depth + 1 else []
            assert len(below) >= 2


@given(corpora())
def test_asking_changes_nothing(mails: list[Mail]) -> None:
    """A tree is kept in memory and asked between mails; it must be the one that was never asked."""
    asked = Tree()
    for mail in mails:
        asked.root()
        asked.arranged()
        asked.add(*mail)
    assert asked.arranged() == Tree(mails).arranged()


def test_the_nearest_reference_is_the_parent() -> None:
    """References name the way from the root; the last one is what is answered."""
    assert parents("c", ["a", "b"]) == [("c", "b"), ("b", "a")]
    assert parents("c", ["a", "b", "a"]) == [("c", "a"), ("a", "b")]
    assert parents("c", ["c", "a", "c"]) == [("c", "a")]
    assert shape(Tree([(1, "a", ()), (2, "b", ("a",)), (3, "c", ("a", "b"))])) == [(1, 0), (2, 1), (3, 2)]


def test_the_first_mail_that_names_a_parent_wins() -> None:
    """A later mail with other references does not move what is known."""
    tree = Tree([(1, "b", ("a",)), (2, "c", ("x", "b")), (3, "a", ())])
    assert shape(tree) == [(3, 0), (1, 1), (2, 2)]
    assert tree.root() == 3


def test_of_two_mails_that_answer_each_other_the_later_is_the_root() -> None:
    """As the original does it; a loop must end somewhere."""
    tree = Tree([(1, "a", ("b",)), (2, "b", ("a",))])
    assert shape(tree) == [(2, 0), (1, 1)]
    assert tree.root() == 2


def test_a_late_root_and_a_late_middle_take_their_places() -> None:
    """Before they came, a node stood for the root, and the middle's child in the middle's place."""
    tree = Tree([(1, "b", ("a",)), (2, "d", ("a", "c"))])
    assert shape(tree) == [(None, 0), (1, 1), (2, 1)]
    assert tree.root() is None
    tree.add(3, "c", ("a",))
    assert shape(tree) == [(None, 0), (1, 1), (3, 1), (2, 2)]
    tree.add(4, "a", ())
    assert shape(tree) == [(4, 0), (1, 1), (3, 1), (2, 2)]
    assert tree.root() == 4


def test_a_mail_without_anything_is_a_tree_and_nothing_is_none() -> None:
    """The smallest ones."""
    assert shape(Tree()) == []
    assert Tree().root() is None
    assert shape(Tree([(1, "a", ())])) == [(1, 0)]
    assert Tree([(7, "a", ("never", "came"))]).root() == 7


LONG = 10_000


def linked(no: int) -> Mail:
    """A link of a long chain."""
    return no, f"m{no}", () if no == 1 else (f"m{no - 1}",)


@pytest.mark.parametrize("order", ["forwards", "backwards", "shuffled"])
def test_a_chain_of_10000_takes_a_second_in_any_order(order: str) -> None:
    """Each mail answers the one before it; programs that walk such a chain by recursion fall over."""
    arrival = list(range(1, LONG + 1))
    if order == "backwards":
        arrival.reverse()
    elif order == "shuffled":
        random.Random(7).shuffle(arrival)
    mails = [(no, *linked(id)[1:]) for no, id in enumerate(arrival, start=1)]
    began = time.process_time()
    tree = Tree(mails)
    nodes = tree.arranged()
    assert time.process_time() - began < 1
    assert [node.depth for node in nodes] == list(range(LONG))
    assert [arrival[(node.no or 0) - 1] for node in nodes] == list(range(1, LONG + 1))
    assert tree.root() == arrival.index(1) + 1


def chain_below(end: str) -> Callable[[int], tuple[Mail, Mail]]:
    """Two mails each: one that names an unknown parent, and that parent, which answers `end`."""
    return lambda no: ((no, f"y{no}", (f"x{no}",)), (no + 1, f"x{no}", (end,)))


def test_late_middles_at_the_end_of_a_long_chain_cost_no_walk_each() -> None:
    """Looking for a loop must not go up 5,000 mails for each of 10,000: that held the loop for a second."""
    tree = Tree(linked(no) for no in range(1, 5001))
    below = chain_below("m5000")
    began = time.process_time()
    for no in range(5001, 15_001, 2):
        for mail in below(no):
            tree.add(*mail)
    assert time.process_time() - began < 0.5
    assert len(tree.arranged()) == len(tree) == 15_000


def test_ten_thousand_mails_that_never_came_need_no_recursion() -> None:
    """One mail with long references, and one below the last of them."""
    refs = tuple(f"m{no}" for no in range(LONG))
    tree = Tree([(1, "top", refs), (2, "other", refs)])
    assert shape(tree) == [(None, 0), (1, 1), (2, 1)]
