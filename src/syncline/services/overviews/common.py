"""The side of a conversation that is the same for all who see it now."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import ERASED, Entry, Fact
from syncline.core.ids import Id, Nr, Seq
from syncline.core.kinds import EntryKind, Rel
from syncline.core.mail import read_body
from syncline.core.rooms import facts as names
from syncline.core.rooms.levels import ADMIN
from syncline.core.rooms.rules import Membership, rules_of
from syncline.core.zones import Zone
from syncline.services.sync.pace import Pace
from syncline.store.contract import View

NEAR: Final = 16
MOST_NEAR: Final = 256
"""Entries looked at beside a place before a longer walk, and the most that a step of that looks at."""

CORRESPONDENTS: Final = 200
"""Mails of a thread whose senders count as its members: the first ones, so that it never changes."""

GROWN: Final = 1000
"""Amendments of a beginning that are looked at."""

OPTIONS: Final = names.OPTIONS
"""Fact: what members may switch for a conversation as a whole, by name (see `Options`)."""

BOARD: Final = names.BOARD
"""Fact: what the boards of a conversation hold or held: `{"tasks": true, "archive": true}`."""

_TYPES: Final = (
    names.CREATE,
    names.MEMBER,
    names.NAME,
    names.POWER_LEVELS,
    names.PINNED,
    OPTIONS,
    BOARD,
)


class Options(msgspec.Struct, frozen=True, omit_defaults=True):
    """Switches of a conversation; None: never set.

    `autojoin`: whoever has the link may join. `disclose`: new members see the history. `previews_off`:
    links get no previews. `list`: shown as a list (Fleep's `is_list`). `done_off`: no notes about tasks.
    """

    autojoin: bool | None = None
    disclose: bool | None = None
    previews_off: bool | None = None
    list: bool | None = None
    done_off: bool | None = None


class Common(msgspec.Struct, frozen=True, gc=False):
    """One moment of a conversation. Numbers are nrs, `shown_names` are those at which members joined.

    `name_nr`: the nr of the change that last set the name, or grew the beginning. `show_nr`: the newest
    entry that is no amendment. `alerting_nr`: the newest that alerts, 0 for none. `admins` only where the
    others may not change members (managed). `mail`: a thread of its owner's mails.
    """

    zone: Zone
    creator: Id | None
    made_at: int
    name: str
    name_nr: int
    members: tuple[Id, ...]
    shown_names: tuple[str, ...]
    leavers: tuple[Id, ...]
    invited: tuple[Id, ...]
    admins: tuple[Id, ...]
    managed: bool
    pinned: bool
    tasks: bool
    task_archive: bool
    options: Options
    mail: bool
    show_nr: int
    alerting_nr: int


async def read_common(view: View, zone: Zone, *, at: Seq | None = None) -> Common:
    """The common side of a conversation now, or as it was right after a seq (`zone` as of now, too)."""
    if zone.owner is not None:
        return await _mails(view, zone)
    facts = await view.state(zone.id, at=at, types=_TYPES)
    by_type: dict[str, dict[str, Any]] = {}
    for fact in facts:
        if not fact.name:
            by_type[fact.type] = msgspec.json.decode(fact.content)
    standing: dict[str, list[tuple[Id, str]]] = {"join": [], "leave": [], "invite": []}
    pace = Pace()
    for fact in facts:
        if fact.type == names.MEMBER:
            content = msgspec.json.decode(fact.content)
            where = _STANDING.get(content.get("membership"))
            if where is not None:
                shown = content.get("displayname")
                known = shown if isinstance(shown, str) else ""
                standing[where].append((names.person_of(fact.name), known))
        await pace.rest()
    rules = rules_of(fact for fact in facts if fact.type != names.MEMBER)
    managed = rules.managed
    admins = tuple(id for id, _ in standing["join"] if rules.level(id) >= ADMIN) if managed else ()
    begin = await view.entry_by_nr(zone.id, Nr(1))
    board = by_type.get(BOARD, {})
    name = by_type.get(names.NAME, {}).get("name")
    return Common(
        zone=zone,
        creator=rules.creators[0] if rules.creators else None,
        made_at=0 if begin is None else begin.at,
        name=name if isinstance(name, str) else "",
        name_nr=await _name_nr(view, begin, facts, at),
        members=tuple(id for id, _ in standing["join"]),
        shown_names=tuple(shown for _, shown in standing["join"]),
        leavers=tuple(id for id, _ in standing["leave"]),
        invited=tuple(id for id, _ in standing["invite"]),
        admins=admins,
        managed=managed,
        pinned=bool(by_type.get(names.PINNED, {}).get("pinned")),
        tasks=bool(board.get("tasks")),
        task_archive=bool(board.get("archive")),
        options=_options(by_type.get(OPTIONS, {})),
        mail=False,
        show_nr=await newest_nr(view, zone, at=at),
        alerting_nr=await _alerting_nr(view, zone),
    )


_STANDING: Final = {
    Membership.JOIN.value: "join",
    Membership.INVITE.value: "invite",
    Membership.LEAVE.value: "leave",
    Membership.BAN.value: "leave",
}


def _options(content: dict[str, Any]) -> Options:
    try:
        return msgspec.convert(content, Options)
    except msgspec.ValidationError:  # somebody set the fact by hand
        return Options()


async def _name_nr(view: View, begin: Entry | None, facts: Sequence[Fact], at: Seq | None) -> int:
    fact = next((one for one in facts if one.type == names.NAME and not one.name), None)
    if fact is not None and (begin is None or fact.entry != begin.id):
        entry = await view.entry(fact.entry)
        return 1 if entry is None or entry.nr is None else entry.nr
    if begin is None or begin.form is None:
        return 1
    grown = await view.related(begin, Rel.MEMBERS, limit=GROWN)
    return max((one.nr or 1 for one in grown if at is None or one.seq <= at), default=1)


async def newest_nr(view: View, zone: Zone, *, at: Seq | None = None) -> int:
    """The nr of the newest entry that people see and that is no amendment."""
    before = None if at is None else Seq(at + 1)
    limit = NEAR
    while near := await view.entries(zone.id, before=before, limit=limit, newest=True):
        limit = min(2 * limit, MOST_NEAR)
        for entry in reversed(near):
            if entry.nr is not None and entry.kind != EntryKind.AMENDMENT:
                return entry.nr
        before = near[0].seq
    return 0


async def _alerting_nr(view: View, zone: Zone) -> int:
    found = await view.entry_by_alert(zone.id, zone.alert_nr) if zone.alert_nr else None
    return 0 if found is None else found.nr or 0


async def _mails(view: View, zone: Zone) -> Common:
    """A thread of mails holds no facts: its subject is the first mail's, its members are who wrote it."""
    first = await view.entries(zone.id, limit=CORRESPONDENTS)
    owner = zone.owner
    authors = dict.fromkeys(entry.author for entry in first if entry.author not in (None, owner))
    members = (*(() if owner is None else (owner,)), *(one for one in authors if one is not None))
    root = next((entry for entry in first if entry.kind == EntryKind.MAIL and entry.body != ERASED), None)
    facts = await view.state(zone.id, types=(names.NAME, names.PINNED, OPTIONS, BOARD))
    content = {fact.type: msgspec.json.decode(fact.content) for fact in facts if not fact.name}
    board = content.get(BOARD, {})
    return Common(
        zone=zone,
        creator=owner,
        made_at=first[0].at if first else 0,
        name="" if root is None else read_body(root.body).subject,
        name_nr=1,
        members=members,
        shown_names=("",) * len(members),
        leavers=(),
        invited=(),
        admins=(),
        managed=False,
        pinned=bool(content.get(names.PINNED, {}).get("pinned")),
        tasks=bool(board.get("tasks")),
        task_archive=bool(board.get("archive")),
        options=_options(content.get(OPTIONS, {})),
        mail=True,
        show_nr=await newest_nr(view, zone),
        alerting_nr=await _alerting_nr(view, zone),
    )
