"""How the mails of one thread hang together: a tree by references only (Heliotrope reference 2.5).

Which mails are one thread is decided elsewhere, by shared ids; here they get parents. A link from a mail to
the nearest id it answers to, and from each further reference to the next, stands if the child has no parent
yet: the first mail that says so wins. A link that would close a loop is left out, so that of two mails that
answer each other the later one is the root.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

MOST_REFS: Final = 1000
"""References of one mail that are followed: its first and the nearest ones. Longer chains were seen in
mails made to break programs; the cut is made from the mail alone, so that the order of arrival stays free."""


class Node(NamedTuple):
    """A place in a thread: a mail's number, or None for one that others refer to but that never came."""

    no: int | None
    depth: int


def parents(message_id: str, refs: Sequence[str]) -> list[tuple[str, str]]:
    """The links (child, parent) that one mail asks for, nearest first; repeated ids are dropped."""
    chain = list(dict.fromkeys((message_id, *reversed(refs))))
    return list(pairwise(chain))


class Tree:
    """The tree of one thread. Add its mails in the order of their numbers."""

    def __init__(self, mails: Iterable[tuple[int, str, Sequence[str]]] = ()) -> None:
        """Begin with these mails: number, Message-ID, references."""
        self._numbers: dict[str, int] = {}
        self._above: dict[str, str] = {}
        """The parent of each id that has one, or a short cut past it: a long way up is gone once only."""
        self._children: dict[str, list[str]] = {}
        self._roots: dict[str, None] = {}
        for no, message_id, refs in mails:
            self.add(no, message_id, refs)

    def __len__(self) -> int:
        """How many mails there are."""
        return len(self._numbers)

    def add(self, no: int, message_id: str, refs: Sequence[str]) -> None:
        """Add a mail that came after all others here."""
        self._numbers[message_id] = no
        self._know(message_id)
        for child, parent in parents(message_id, refs):
            self._know(child)
            self._know(parent)
            if child in self._roots and self._top(parent) != child:
                self._above[child] = parent
                self._children[parent].append(child)
                del self._roots[child]

    def _know(self, id: str) -> None:
        if id not in self._children:
            self._children[id] = []
            self._roots[id] = None

    def _top(self, id: str) -> str:
        """The root above an id, or itself."""
        top = id
        while (above := self._above.get(top)) is not None:
            top = above
        while (above := self._above.get(id)) is not None and above != top:
            self._above[id] = top
            id = above
        return top

    def root(self) -> int | None:
        """The number of the mail at the top; None where several lie below one that never came."""
        tops = self._tops()
        return self._numbers.get(tops[0]) if len(tops) == 1 else None

    def arranged(self) -> list[Node]:
        """All mails, parents before children; children in the order in which they became known.

        A mail that never came is a node of its own if two or more of its children stand in the tree; with
        one the child takes its place. Several tops lie below a node for what would join them.
        """
        places: dict[str, str | None] = {}
        tops = self._tops(places)
        found: list[Node] = []
        depth = 0
        if len(tops) > 1:
            found.append(Node(None, 0))
            depth = 1
        stack = [(top, depth) for top in reversed(tops)]
        while stack:
            id, depth = stack.pop()
            found.append(Node(self._numbers.get(id), depth))
            shown = [one for child in self._children[id] if (one := self._shown(child, places)) is not None]
            stack += [(child, depth + 1) for child in reversed(shown)]
        return found

    def _tops(self, places: dict[str, str | None] | None = None) -> list[str]:
        """The ids at depth 0."""
        known: dict[str, str | None] = {} if places is None else places
        return [top for root in self._roots if (top := self._shown(root, known)) is not None]

    def _shown(self, id: str, places: dict[str, str | None]) -> str | None:
        """Which id stands in an id's place: itself, its one child in its stead, or None for nothing.

        Walks through ids that never came only, without recursion: a chain of them can be long.
        """
        stack = [id]
        while stack:
            at = stack[-1]
            if at in self._numbers:
                places[at] = at
            elif at not in places:
                missing = [child for child in self._children[at] if child not in places]
                if missing:
                    stack += missing
                    continue
                living = [one for child in self._children[at] if (one := places[child]) is not None]
                places[at] = living[0] if len(living) == 1 else at if living else None
            stack.pop()
        return places[id]
