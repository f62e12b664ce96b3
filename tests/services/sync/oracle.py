"""Who may see what, written from the promises and not from the delta: naive, in memory, in its own clock.

Every act ticks. A range of a grant is a range of ticks, so nothing here depends on how the store counts.
"""

from typing import Any

from tests.properties.mailbox_on_paper import Paper

from syncline.core.ids import Id, ZoneId
from syncline.core.mail import MUTABLE

Text = tuple[str, str]
"""(what it says, how it stands: "" | "deleted" | "erased")"""


class Thing:
    """An entry, as the oracle remembers it."""

    def __init__(self, id: Id, tick: int, text: str, target: Id | None) -> None:
        self.id = id
        self.tick = tick
        self.first = text
        self.target = target
        self.history: list[tuple[int, Text]] = [(tick, (text, ""))]
        self.erased = False


class Grants:
    """The grants of one account for one zone: [first tick, last tick or None], alive or not."""

    def __init__(self) -> None:
        self.spans: list[list[int | None]] = []
        self.alive: list[list[int | None]] = []

    def covers(self, tick: int) -> bool:
        return any(s[0] <= tick and (s[1] is None or tick <= s[1]) for s in self.spans if s[0] is not None)

    @property
    def open(self) -> bool:
        return any(span[1] is None for span in self.alive)


class Oracle:
    """All that was done so far."""

    def __init__(self) -> None:
        self.tick = 0
        self.entries: dict[ZoneId, dict[Id, Thing]] = {}
        self.grants: dict[tuple[Id, ZoneId], Grants] = {}
        self.places: dict[Id, dict[ZoneId, None]] = {}
        self.bodies: dict[Id, str] = {}
        self.state: dict[ZoneId, dict[tuple[str, str], str]] = {}
        self.past: dict[ZoneId, list[tuple[int, tuple[str, str], str]]] = {}
        self.subscriptions: dict[Id, dict[ZoneId, int]] = {}
        self.contacts: dict[Id, dict[Id, Id]] = {}
        self.profiles: dict[Id, str] = {}
        self.floors: dict[ZoneId, int] = {}
        self.papers: dict[Id, Paper] = {}

    def ticks(self) -> int:
        self.tick += 1
        return self.tick

    def add(self, conv: ZoneId, id: Id, text: str, target: Id | None = None) -> None:
        self.entries.setdefault(conv, {})[id] = Thing(id, self.ticks(), text, target)

    def amend(self, conv: ZoneId, target: Id, text: str | None, standing: str) -> None:
        thing = self.entries[conv][target]
        now = thing.history[-1][1]
        thing.history.append((self.tick, (now[0] if text is None else text, standing)))

    def erase(self, conv: ZoneId, target: Id) -> None:
        self.entries[conv][target].erased = True

    def fact(self, conv: ZoneId, type: str, name: str, value: str) -> None:
        self.state.setdefault(conv, {})[type, name] = value
        self.past.setdefault(conv, []).append((self.tick, (type, name), value))

    def grant(self, account: Id, zone: ZoneId, first: int | None, last: int | None) -> None:
        tick = self.ticks()
        held = self.grants.setdefault((account, zone), Grants())
        span: list[int | None] = [tick if first is None else first, last]
        held.spans.append(span)
        held.alive.append(span)

    def end(self, account: Id, zone: ZoneId) -> None:
        held = self.grants.get((account, zone))
        if held is None or not held.alive:
            return
        tick = self.ticks()
        for span in held.alive:
            if span[1] is None:
                span[1] = tick
        held.alive.clear()

    def _text(self, held: Grants, thing: Thing) -> Text:
        """The newest form while a grant is open; else what the covered amendments made of it."""
        if thing.erased:
            return ("", "erased")
        seen = thing.history[0][1]
        for tick, text in thing.history[1:]:
            if held.open:
                seen = text
            elif held.covers(tick):
                # a reader of a closed range sees this amendment's own doing, not what others did between
                seen = (text[0] if text[1] == "" else "", text[1])
        return seen

    def _state(self, held: Grants, zone: ZoneId) -> dict[tuple[str, str], str]:
        if held.open:
            return dict(self.state.get(zone, {}))
        ends = [s[1] for s in held.spans if s[0] is not None and s[1] is not None and s[0] <= s[1]]
        end = max(ends, default=0)
        return {name: value for tick, name, value in self.past.get(zone, []) if tick <= end}

    def sees(self, account: Id) -> dict[str, Any]:
        """All that an account may see now."""
        zones: dict[ZoneId, Any] = {}
        for (holder, zone), held in self.grants.items():
            if holder != account or not held.alive:
                continue
            floor = self.floors.get(zone, 0)
            zones[zone] = {
                "entries": {
                    thing.id: self._text(held, thing)
                    for thing in self.entries.get(zone, {}).values()
                    if held.covers(thing.tick) and thing.tick >= floor
                },
                "objects": {
                    id: self.bodies[id] for id, places in self.places.items() if held.open and zone in places
                },
                "state": self._state(held, zone),
            }
        own = ZoneId(account)
        known = self.contacts.get(account, {})
        return {
            "zones": zones,
            "own": {id: self.bodies[id] for id, places in self.places.items() if own in places},
            "subscriptions": dict(self.subscriptions.get(account, {})),
            "profiles": {
                person: self.profiles[person] for person in known.values() if person in self.profiles
            },
            **self._mails(self.papers[account]),
        }

    def _mails(self, paper: Paper) -> dict[str, Any]:
        """What an account sees of its mails: threads in the inbox, notes about all, and who wrote."""
        return {
            "threads": paper.shown(),
            "notes": sorted(
                (thread.labels, *(paper.marked(thread, state) for state in MUTABLE))
                for thread in paper.threads()
            ),
            "correspondents": sorted(paper.known()),
        }
