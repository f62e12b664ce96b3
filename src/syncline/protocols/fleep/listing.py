"""Which conversations a label has, newest first, a page at a time."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import NO_ID, Id, Seq
from syncline.core.kinds import Space
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.conv import standing
from syncline.protocols.fleep.records.label import END
from syncline.services.conversations.subscriptions import Private, label_term, private_of
from syncline.services.labels import RECENT, Label, System, in_system, label_named, label_of, system_label
from syncline.services.overviews import Listed, Overview, listed
from syncline.services.sync.pace import Pace
from syncline.store.contract import View

PAGE: Final = 25
"""Conversations of one page."""

SLICE: Final = 1000
"""Conversations of a label read at once: about 0.3 ms."""

NO_LABEL: Final = "There is no such label."


class Page(msgspec.Struct, frozen=True):
    """Some conversations in the order that the list had right after `at`, and the last of them.

    `more`: another page follows.
    """

    at: Seq
    convs: tuple[Overview, ...] = ()
    last: Listed | None = None
    more: bool = False


class Cursor(msgspec.Struct, frozen=True):
    """A place in a list: the last conversation sent, and its time (ms). `of`: the list's id, or its owner's.

    `at`: the seq by which the list was begun. All its pages keep the order of then: an earlier cursor gives
    the earlier page again, and what moves up meanwhile is not missed.
    """

    of: str
    time: int
    conversation_id: str
    at: int


class Position(NamedTuple):
    """Where a page begins: after this conversation (see `Key`), in the list right after `at`."""

    order: tuple[int, int]
    at: Seq


Key: TypeAlias = Callable[[Listed], tuple[int, int]]


def list_order(one: Listed) -> tuple[int, int]:
    """As lists are sorted: by time."""
    return one.order


def seq_order(one: Listed) -> tuple[int, int]:
    """By the seq of what moved it up last: for cursors that are one number."""
    return one.bumped, one.conv


_read_cursor: Final = msgspec.json.Decoder(Cursor).decode


def cursor_text(names: Names, of: str, last: Listed, at: Seq) -> str:
    """A cursor as clients send it back."""
    return msgspec.json.encode(Cursor(of, last.bumped_at, names.conv(last.conv), at)).decode()


def place_of(names: Names, of: str, given: Any) -> Position | None:
    """The place that a client sent; None: the start.

    Raises Invalid for what is no cursor, NotFound for one of another list or of somebody else.
    """
    if given is not None and not isinstance(given, str):
        raise Invalid("sync_cursor is the text that came with the last page.", field="sync_cursor")
    if given is None or given.strip() in ("", END):
        return None
    try:
        cursor = _read_cursor(given)
    except msgspec.MsgspecError as error:
        raise Invalid("sync_cursor is the text that came with the last page.", field="sync_cursor") from error
    if cursor.of != of:
        raise NotFound("This cursor belongs to another list.", field="sync_cursor")
    return Position((cursor.time, names.conv_of(cursor.conversation_id)), Seq(cursor.at))


async def label_by_id(names: Names, view: View, account: Id, text: str) -> Label:
    """An account's label by its label_id, a removed one too; raises NotFound."""
    try:
        return await system_label(view, account, names.system_label_of(account, text))
    except NotFound:
        pass
    try:
        return await label_of(view, account, names.label_of(text))
    except NotFound:
        raise NotFound(NO_LABEL, field="label_id") from None


async def label_by_name(view: View, account: Id, name: str) -> Label:
    """An account's label by its name; raises NotFound, also for one that was removed."""
    found = await label_named(view, account, name)
    if found is None or found.removed:
        raise NotFound(NO_LABEL, field="label")
    return found


async def page_of(
    fleep: Fleep,
    view: View,
    account: Id,
    label: Label | None = None,
    *,
    after: Position | None = None,
    key: Key = list_order,
    limit: int = PAGE,
) -> Page:
    """The conversations of a label (None: all) after a place, newest first, at most `limit`.

    The place is what `key` says of the last one before it. Which ones have the label is asked of now; what
    the account deleted from its list is left out. Costs the number of its conversations, in slices.
    """
    at = view.head if after is None else min(after.at, view.head)
    belongs = await _belonging(fleep, view, account, label)
    most = RECENT if label is not None and _number(label) is System.RECENT else None
    found: list[tuple[Listed, Overview]] = []
    pace = Pace()
    all = await listed(view, account, at=at)
    await pace.rest()
    for one in sorted(all, key=key, reverse=True):
        await pace.rest()
        # of the twenty in Recent all are counted, also those that went out with an earlier page
        passed = after is not None and key(one) >= after.order
        if passed and most is None:
            continue
        overview = await belongs(one)
        if overview is None:
            continue
        if most is not None:
            if most == 0:
                break
            most -= 1
            if passed:
                continue
        if len(found) == limit:
            return _page(at, found, more=True)
        found.append((one, overview))
    return _page(at, found, more=False)


def _page(at: Seq, found: Sequence[tuple[Listed, Overview]], *, more: bool) -> Page:
    return Page(at, tuple(overview for _, overview in found), found[-1][0] if found else None, more)


class _Belonging:
    """Whether a conversation has a label: cheap reads first, its overview only where they do not say no."""

    def __init__(
        self, fleep: Fleep, view: View, account: Id, number: System | None, among: Sequence[Id] | None
    ) -> None:
        self._fleep = fleep
        self._view = view
        self._account = account
        self._number = number
        self._among = None if among is None else frozenset(among)

    async def __call__(self, one: Listed) -> Overview | None:
        if self._among is not None and one.conv not in self._among:
            return None
        if self._number is not None and not await self._may(one, self._number):
            return None
        try:
            overview = await self._fleep.overviews.of(self._view, self._account, one.conv)
        except NotFound:
            return None  # it is on the list as that was begun, and gone since
        if overview.deleted:
            return None
        if self._number is None:
            return overview
        email = self._number is System.EMAIL and await has_address_only(self._fleep, self._view, overview)
        return overview if in_system(self._number, standing(overview, email=email)) else None

    async def _may(self, one: Listed, number: System) -> bool:
        """What zone and subscription alone say: False only where the label is out of the question."""
        if number in (System.RECENT, System.EMAIL):
            return True
        if number is System.DIRECT:
            zone = await self._view.zone(one.conv)
            return zone is not None and zone.owner is None and (one.left or zone.joined == 2)
        subscription = await self._view.subscription(self._account, one.conv)
        if number is System.UNREAD:
            zone = await self._view.zone(one.conv)
            return zone is not None and zone.alert_nr > (subscription.read_alert if subscription else 0)
        return _ASKED[number](private_of(subscription))


_ASKED: Final[dict[System, Callable[[Private], bool]]] = {
    System.STARRED: lambda private: bool(private.labels or (private.marks and private.marks.starred)),
    System.SPAM: lambda private: bool(private.labels),
    System.MUTED: lambda private: private.alerts == "never" or private.muted_until != 0,
    System.ARCHIVED: lambda private: private.hidden_nr > 0,
}


async def has_address_only(fleep: Fleep, view: View, of: Overview) -> bool:
    """Whether some member of a conversation is only an e-mail address: those of mail threads are."""
    for person in of.others:
        if not (await fleep.profiles.of(view, person)).account:
            return True
    return of.common.mail


async def _belonging(fleep: Fleep, view: View, account: Id, label: Label | None) -> _Belonging:
    if label is None:
        return _Belonging(fleep, view, account, None, None)
    number = _number(label)
    among: Sequence[Id] | None = None
    if number is None:
        among = [] if label.removed else await _labelled(view, account, label)
    return _Belonging(fleep, view, account, number, among)


async def _labelled(view: View, account: Id, label: Label) -> list[Id]:
    """The conversations with an own label; while it is being renamed, those with its former name as well.

    Archived mails are among them and may be many, so they are read in slices.
    """
    pace = Pace()
    found: list[Id] = []
    for name in filter(None, (label.name, label.body.was)):
        after = NO_ID
        while some := await view.find(Space.LABELLED, label_term(account, name), after=after, limit=SLICE):
            found += some
            after = some[-1]
            await pace.rest()
    return found


def _number(label: Label) -> System | None:
    return None if label.system is None else label.system.number
