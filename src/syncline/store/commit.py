"""A commit: one work's changes with everything that they carry, as it goes to delivery."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from syncline.core.entries import ERASED, Entry, Fact
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Act
from syncline.core.log import Change
from syncline.core.objects import Departure, Object, Subscription
from syncline.core.zones import Grant, Zone

if TYPE_CHECKING:
    from syncline.store.batch import Batch

K = TypeVar("K")


class Commit:
    """One work after its flush: what changed, and the new things themselves.

    `complete` is False for commits by another process or before a restart: then only `changes` is filled
    and a reader must look the rest up. Not frozen because of its memo: each form is rendered once.
    """

    __slots__ = ("_memo", "_objects", "_rows", "at", "changes", "complete", "first", "seq")

    def __init__(self, changes: Sequence[Change], rows: "Batch | None" = None) -> None:
        """Hold a sealed work's rows, which nobody changes any more; without them it is not complete."""
        self.changes = changes
        self.first: Seq = changes[0].seq
        last = changes[-1]
        self.seq: Seq = last.seq
        self.at: int = last.at
        self.complete = rows is not None
        self._rows: dict[str, Any] = {} if rows is None else rows.__dict__
        self._objects: Mapping[Id, Object] | None = None
        self._memo: dict[Hashable, bytes] = {}

    @property
    def entries(self) -> Mapping[Id, Entry]:
        """The new entries, and the targets of amendments in their current form."""
        entries: Mapping[Id, Entry] = self._rows.get("entries", NOTHING)
        forms = self._rows.get("forms")
        return {**forms, **entries} if forms else entries

    @property
    def erases(self) -> bool:
        """Whether it overwrote what earlier commits carried (also where an empty body was amended)."""
        forms: Mapping[Id, Entry] = self._rows.get("forms", NOTHING)
        return any(entry.body == ERASED for entry in forms.values()) or any(
            change.act == Act.ERASE for change in self.changes
        )

    @property
    def objects(self) -> Mapping[Id, Object]:
        """The objects made or changed, in their own zone."""
        if self._objects is None:
            self._objects = _living(self._rows.get("objects"))
        return self._objects

    @property
    def shares(self) -> Mapping[tuple[Id, ZoneId], Object]:
        """The objects made or changed, as they stand in second places."""
        return _living(self._rows.get("shares"))

    @property
    def departures(self) -> Sequence[Departure]:
        """What objects left behind."""
        return cast("Sequence[Departure]", self._rows.get("departures", ()))

    @property
    def grants(self) -> Sequence[Grant]:
        """Grants given or ended, as they are now."""
        return tuple(self._rows.get("grants", NOTHING).values())

    @property
    def subscriptions(self) -> Mapping[tuple[Id, ZoneId], Subscription]:
        """Accounts' private sides of conversations, as they are now."""
        return cast("Mapping[tuple[Id, ZoneId], Subscription]", self._rows.get("subscriptions", NOTHING))

    @property
    def zones(self) -> Mapping[ZoneId, Zone]:
        """The zones written, as they are now."""
        return cast("Mapping[ZoneId, Zone]", self._rows.get("zones", NOTHING))

    @property
    def facts(self) -> Sequence[Fact]:
        """The facts set, and those that they replaced (with `until`)."""
        rows = self._rows
        return (*rows.get("facts", NOTHING).values(), *rows.get("closed", NOTHING).values())

    def once(self, key: Hashable, render: Callable[[], bytes]) -> bytes:
        """The bytes rendered under this key, rendering them only for the first reader that asks."""
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = render()
        return known


NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


def _living(rows: Mapping[K, Object | None] | None) -> Mapping[K, Object]:
    return {key: one for key, one in rows.items() if one is not None} if rows else NOTHING
