"""Streams: the records that an answer holds, in the order in which clients can take them.

A conversation comes before all that lies in it, and before it the contacts of those it names (Fleep
reference 4.2, points 6 and 7).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from syncline.core.entries import Entry
from syncline.core.errors import NotFound
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.core.rooms.forms import read_form
from syncline.protocols.fleep.contacting import contact_record
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.previews import lost_previews, previews
from syncline.protocols.fleep.records.conv import Convs, Init, missing_names
from syncline.protocols.fleep.records.message import message
from syncline.protocols.fleep.texts import is_long, told
from syncline.services.conversations import Sight
from syncline.services.conversations.options import options_of
from syncline.services.conversations.paging import last_message
from syncline.services.conversations.reading import alerts_upto
from syncline.services.conversations.visibility import as_seen
from syncline.services.overviews import Overview, shown_sight
from syncline.services.people import Profile
from syncline.services.previews import previews_of
from syncline.services.sync import Pace
from syncline.store.contract import View

NEAR = 16
"""Entries looked at to find the one before."""

AMENDMENTS = 1000


class Stream:
    """The records of one answer in the making, at one moment of the store."""

    def __init__(self, fleep: Fleep, view: View, account: Id, base: str, *, edits: bool = False) -> None:
        """Begin an empty stream for an account that reaches the server at `base`.

        `edits` adds `is_edit` to messages, for clients of 2014 and 2015 (reference 3.3).
        """
        self.base = base
        self.edits = edits
        self.fleep = fleep
        self.view = view
        self.account = account
        self.names = fleep.names
        self.convs = Convs(fleep.names, fleep.host, base)
        self.records: list[dict[str, Any]] = []
        self._pace = Pace()
        self._profile = fleep.names.person(account)
        self._contacts: set[Id] = set()
        self._shown: dict[Id, Entry] = {}
        """messages that were told, as the account may know them"""

    # conversations

    async def flow(self, of: Overview, *, told: bool = True) -> dict[str, Any]:
        """A conversation in the shape of small changes."""
        return self.convs.flow(of, await self.fleep.labels.of(self.view, self.account), told=told)

    async def state(self, of: Overview, *, told: bool = True) -> dict[str, Any]:
        """A conversation with topic and members."""
        labels = await self.fleep.labels.of(self.view, self.account)
        return self.convs.state(of, labels, await self._names_of(of), told=told)

    async def init(self, mode: Init, of: Overview, *, forward: int = 0, backward: int = 0) -> dict[str, Any]:
        """A conversation anew. `forward`, `backward`: fw_ and bw_message_nr of what comes with it."""
        labels = await self.fleep.labels.of(self.view, self.account)
        profiles = await self._names_of(of)
        return self.convs.init(mode, of, labels, profiles, forward=forward, backward=backward)

    async def _names_of(self, of: Overview) -> dict[Id, Profile]:
        return {id: await self.fleep.profiles.of(self.view, id) for id in missing_names(of.common)}

    async def overview(self, conv: ZoneId) -> Overview | None:
        """The account's overview of a conversation, None if its chat clients do not have it."""
        try:
            return await self.fleep.overviews.of(self.view, self.account, conv)
        except NotFound:
            return None

    # contacts

    async def contacts(self, persons: Iterable[Id]) -> None:
        """Add the contacts of these persons, each once, without the account's own."""
        for person in persons:
            if person != self.account and person not in self._contacts:
                self._contacts.add(person)
                self.records.append(await contact_record(self.fleep, self.view, self.account, person))
                await self._pace.rest()

    # messages

    async def sight(self, of: Overview) -> Sight:
        """How the account sees a conversation: nothing up to where it took it off its list."""
        return await shown_sight(self.view, of)

    async def message(
        self, seen: Sight, entry: Entry, *, flow: int = 0, before: Entry | None = None
    ) -> dict[str, Any] | None:
        """A message, or (with `flow`) a revision of it; None if it is none, or not to be seen.

        `entry` as it is stored or as it is seen; `before`: the message before it, if that is known.
        """
        shown = await as_seen(self.view, seen, entry, board=entry.seq >= seen.zone.floor)
        if shown is None or shown.nr is None or shown.kind == EntryKind.AMENDMENT:
            return None
        self._shown[shown.id] = shown
        text = await self.fleep.mail_texts.text(shown) if is_long(shown) else None
        previous, alerts = await self._place(seen, shown, before)
        form = read_form(shown.current)
        author = shown.author if shown.author is not None else seen.zone.owner or self.account
        record = message(
            self.names,
            shown,
            told(shown, self.names, mail_text=text),
            form,
            profile=self._profile,
            author=author,
            previous=previous,
            alerts=alerts,
            newest=await self._newest(seen, shown),
            flow=flow,
        )
        if self.edits:
            record["is_edit"] = "revision_message_nr" in record
        return record

    async def revision(self, seen: Sight, amendment: Entry) -> dict[str, Any] | None:
        """What an amendment's nr is told by: its target's newest form, or (design rule 2) an unchanged
        revision of a message that the account does see, so that a client that counts goes on."""
        target = None if amendment.target is None else await self.view.entry(amendment.target)
        record = None if target is None else await self.message(seen, target, flow=amendment.nr or 0)
        if record is not None:
            return record
        near = await self.last_shown(seen, amendment.seq)
        return None if near is None else await self.message(seen, near, flow=amendment.nr or 0)

    async def last_shown(self, seen: Sight, before: Seq) -> Entry | None:
        """The newest message before a seq that the account sees."""
        return await last_message(self.view, seen, before)

    async def told(self, seen: Sight, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        """The records of these entries in the order of their nrs: messages, and revisions for amendments."""
        found = []
        for entry in entries:
            if entry.nr is None:
                continue
            if entry.kind == EntryKind.AMENDMENT:
                record = await self.revision(seen, entry)
            else:
                record = await self.message(seen, entry)
            if record is not None:
                found.append(record)
                found += await self.previews(record, entry)
            await self._pace.rest()
        return found

    async def previews(self, record: dict[str, Any], entry: Entry) -> list[dict[str, Any]]:
        """The previews of the links in a message that was told by this record."""
        lost = await self._lost_previews(record, entry) if entry.rel in (Rel.EDIT, Rel.DELETE) else []
        if "<a " not in record["message"]:  # nearly all messages have no link
            return lost
        shown = self._shown.get(entry.id if entry.target is None else entry.target)
        if shown is None or shown.author is None or shown.nr != record["message_nr"]:
            return lost
        options = await options_of(self.view, entry.conv)
        found = await previews_of(self.view, shown.id)
        return [
            *lost,
            *previews(self.names, shown, shown.author, found, off=bool(options.get("previews_off"))),
        ]

    async def _lost_previews(self, record: dict[str, Any], amendment: Entry) -> list[dict[str, Any]]:
        """What an edit or deletion took from a message: clients that merge still show its previews."""
        shown = None if amendment.target is None else self._shown.get(amendment.target)
        if shown is None or shown.author is None or shown.nr != record["message_nr"]:
            return []
        edits = await self.view.related(shown, Rel.EDIT, limit=AMENDMENTS)
        forms = [read_form(shown.body), *(read_form(edit.body).get("content", {}) for edit in edits)]
        return lost_previews(self.names, shown, shown.author, forms)

    async def _place(self, seen: Sight, entry: Entry, before: Entry | None) -> tuple[int, int]:
        """The nr of the message that is seen before one, and how many alerting entries came before it."""
        previous = before or await self.last_shown(seen, entry.seq)
        number = 0 if previous is None or previous.nr is None else previous.nr
        if entry.alert_nr:
            return number, 0
        known = self.fleep.overviews.place_of(entry)
        if known is not None:
            return number, known[1]
        return number, await alerts_upto(self.view, seen.zone, (entry.nr or 1) - 1)

    async def _newest(self, seen: Sight, entry: Entry) -> Entry | None:
        if entry.form is None:
            return None
        for limit in (NEAR, AMENDMENTS):  # the newest is nearly always among the last few
            amendments = await self.view.related(entry, limit=limit, newest=True)
            shown = [one for one in amendments if one.nr is not None and seen.covers(one.seq)]
            if shown or len(amendments) < limit:
                return shown[-1] if shown else None
        return None
