"""Changes of a conversation as one act: all that a call asks for, or nothing of it.

`conversation/store` can ask for everything at once; the older calls ask for one thing each.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from syncline.core.ids import Id, ZoneId
from syncline.core.rooms.rules import Membership
from syncline.protocols.fleep.conversations.people import Named, made
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.muting import mute
from syncline.protocols.fleep.serving import Call, Reply
from syncline.protocols.fleep.writing import NOTHING, Shape, Wrote, conv_sync, is_private, require_talk
from syncline.services.conversations import Answer, Request, members, once
from syncline.services.conversations.access import membership, present
from syncline.services.conversations.answers import part_of
from syncline.services.conversations.create import AT_ONCE
from syncline.services.conversations.disclosing import disclose
from syncline.services.conversations.facts import name_of, set_name
from syncline.services.conversations.managing import manage
from syncline.services.conversations.options import set_options
from syncline.services.conversations.reading import mark_read
from syncline.services.conversations.snoozing import set_alerts
from syncline.services.conversations.subscriptions import mark
from syncline.services.labels.giving import give
from syncline.services.overviews import Overview
from syncline.store.contract import Tx, Work

PERSONS: Final = ("add", "disclose", "remove")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of a conversation; what is None, or empty, stays as it is.

    First what all members see: `topic`, `options`, `managed` and admins, who comes, who is shown the history
    `since` a number, who goes. Then one's own side; `star` is the mail that a star goes to, `hide` and
    `read` are numbers. `leave` comes last.
    """

    topic: str | None = None
    options: Mapping[str, bool] = NOTHING
    managed: bool | None = None
    promote: Sequence[Named] = ()
    demote: Sequence[Named] = ()
    add: Sequence[Named] = ()
    disclose: Sequence[Named] = ()
    since: int = 1
    remove: Sequence[Named] = ()
    labels: Sequence[str] | None = None
    star: int | None = None
    alerts: str | None = None
    snooze: int | None = None
    read: int | None = None
    hide: int | None = None
    deleted: bool | None = None
    leave: bool = False

    @property
    def of_all(self) -> bool:
        """Whether it changes what all members see."""
        return self.shows_members or self.topic is not None or bool(self.options or self.disclose)

    @property
    def shows_members(self) -> bool:
        """Whether it changes members, or who may change them."""
        return (
            self.managed is not None or self.leave or any((self.promote, self.demote, self.add, self.remove))
        )


class _Did(NamedTuple):
    """What a work did; `answers` are empty when it was done before."""

    last: Answer
    answers: tuple[Answer, ...]
    added: tuple[Id, ...]


async def change(fleep: Fleep, call: Call, of: Overview, wanted: Change) -> Reply:
    """Change a conversation, and the reply of it. More than AT_ONCE persons come and go by further works."""
    if wanted.of_all:
        require_talk(of)
    own = Named(call.account)
    if own in wanted.remove:
        others = [one for one in wanted.remove if one != own]
        wanted = msgspec.structs.replace(wanted, remove=others, leave=True)
    state = wanted.topic is not None or wanted.shows_members or "list" in wanted.options
    public = wanted.read is None or not await is_private(fleep, call.account)
    entries: list[Id] = []
    added: list[Id] = []
    for place, part in enumerate(_parts(wanted)):
        work = _work(call.account, of, part, part_of(call.request(), str(place)), public=public)
        did = (await fleep.store.write(work)).value
        answers = did.answers or (did.last,)
        entries += [answer.entry for answer in answers if answer.entry is not None]
        added += did.added
    return await conv_sync(
        fleep,
        call,
        of.conv,
        Wrote(
            shape=Shape.STATE if state else Shape.FLOW,
            entries=entries,
            added=added,
            cleared=_cleared(of, wanted),
        ),
    )


def _parts(wanted: Change) -> list[Change]:
    """The same in works that concern at most AT_ONCE persons each; leaving comes last."""
    named = [(name, one) for name in PERSONS for one in getattr(wanted, name)]
    if len(named) <= AT_ONCE:
        return [wanted]
    parts = []
    for start in range(0, len(named), AT_ONCE):
        some = named[start : start + AT_ONCE]
        few = {name: [one for of, one in some if of == name] for name in PERSONS}
        first = msgspec.structs.replace(wanted, leave=False, deleted=None, **few)
        rest = msgspec.structs.replace(Change(since=wanted.since), **few)
        parts.append(first if start == 0 else rest)
    if wanted.leave or wanted.deleted is not None:
        parts.append(Change(leave=wanted.leave, deleted=wanted.deleted))
    return parts


def _work(account: Id, of: Overview, wanted: Change, request: Request | None, *, public: bool) -> Work[_Did]:
    conv = of.conv

    async def work(tx: Tx) -> _Did:
        answers: list[Answer] = []
        added: list[Id] = []

        async def act() -> Answer:
            await _common(tx, account, conv, wanted, request, answers, added)
            await _own(tx, account, conv, wanted, public=public)
            if wanted.leave:
                answers.append(await members.leave(tx, account, conv, request=part_of(request, "leave")))
            if wanted.deleted is not None:
                zone = await tx.zone(conv)
                gone = zone.nr if zone is not None and wanted.deleted else 0
                await mark(tx, account, conv, deleted_nr=int(gone))
            told = [answer for answer in answers if answer.nr is not None]
            return told[-1] if told else Answer(conv)

        last = await once(tx, account, request, act)
        return _Did(last, tuple(answers), tuple(added))

    return work


async def _common(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    wanted: Change,
    request: Request | None,
    answers: list[Answer],
    added: list[Id],
) -> None:
    """What all members see, in an order in which one thing may need another."""

    def part(name: str) -> Request | None:
        return part_of(request, name)

    if wanted.of_all:
        await present(tx, account, conv)
    if wanted.topic is not None and wanted.topic != await name_of(tx, conv):
        answers.append(await set_name(tx, account, conv, wanted.topic, request=part("topic")))
    if wanted.options:
        await set_options(tx, account, conv, dict(wanted.options), request=part("options"))
    if wanted.add:
        persons = await made(tx, account, wanted.add)
        fresh = [person for person in persons if not await _is_member(tx, conv, person)]
        if fresh:
            answers.append(await members.add(tx, account, conv, fresh, request=part("add")))
            added += fresh
    if wanted.managed is not None or wanted.promote or wanted.demote:
        promote, demote = await made(tx, account, wanted.promote), await made(tx, account, wanted.demote)
        await manage(
            tx, account, conv, managed=wanted.managed, add=promote, remove=demote, request=part("admins")
        )
    if wanted.disclose:
        shown = await made(tx, account, wanted.disclose)
        answers.append(await disclose(tx, account, conv, shown, since=wanted.since, request=part("disclose")))
    if wanted.remove:
        gone = await made(tx, account, wanted.remove)
        answers.append(await members.kick(tx, account, conv, gone, request=part("remove")))


async def _own(tx: Tx, account: Id, conv: ZoneId, wanted: Change, *, public: bool) -> None:
    """One's own side; works for one who left as well, but for reading."""
    if wanted.labels is not None:
        await give(tx, account, conv, wanted.labels, newest=wanted.star)
    if wanted.alerts is not None:
        await set_alerts(tx, account, conv, wanted.alerts)
    if wanted.snooze is not None:
        await mute(tx, account, conv, wanted.snooze)
    if wanted.read is not None:
        await mark_read(tx, account, conv, wanted.read, public=public)
    if wanted.hide is not None:
        zone = await tx.zone(conv)
        await mark(tx, account, conv, hidden_nr=min(wanted.hide, 0 if zone is None else zone.nr))


async def _is_member(tx: Tx, conv: ZoneId, person: Id) -> bool:
    return await membership(tx, conv, person) is Membership.JOIN


def _cleared(of: Overview, wanted: Change) -> dict[str, Any]:
    """What this call emptied, which a client that merges has to be told."""
    cleared: dict[str, Any] = {}
    if wanted.labels is not None:
        cleared["labels"] = []
    if wanted.hide == 0:
        cleared["hide_message_nr"] = 0
    if wanted.read is not None and of.mention_nr:
        cleared["my_message_nr"] = 0
    if wanted.deleted is not None:
        cleared["is_deleted"] = wanted.deleted
        if not wanted.deleted:
            cleared["delete_message_nr"] = 0
    return cleared
