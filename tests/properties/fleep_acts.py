"""Random acts on conversations, done through the services as any protocol would do them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from tests.properties.mail_acts import ACTS as MAIL_ACTS
from tests.properties.mail_acts import Post
from tests.protocols.fleep.naive import Line
from tests.protocols.fleep.place import Client, Place

from syncline.core.errors import SynclineError
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning
from syncline.services.conversations.snoozing import snooze
from syncline.services.hooks import Posted
from syncline.services.overviews.common import OPTIONS
from syncline.store.sqlite import open_store

NAMES: Final = ("ann", "bo", "cy")
LABELS: Final = ("plans", "starred", "Spam", "two words")
TEXTS: Final = (
    "hello",
    "*bold* :)",
    "@ann look",
    "https://a.example",
    "<&>",
    "> said\nso",
    ":::\ncode\n:::",
    "",
)
BURST: Final = 13
"""Messages at once: more than a page of a walk holds."""

Body = dict[str, Any]


class World:
    """A server over a store, three people on it, and what there is to act on."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.accounts: list[Id] = []
        self.lines: list[Line] = []
        self.convs: list[ZoneId] = []
        self.entries: dict[ZoneId, list[Id]] = {}
        self.hooks: dict[ZoneId, list[Id]] = {}
        self.place: Place
        self.post: Post
        self.serial = 0

    async def begin(self) -> None:
        """Make the server and the accounts, and sign each in once."""
        self.place = Place(await open_store(self.directory))
        for name in NAMES:
            client = await self.place.user(name)
            self.accounts.append(client.account)
            self.lines.append(Line(client.http, client.token, client.ticket))
        self.post = Post(self.place.store, self.accounts)

    async def restart(self) -> None:
        """Close everything and open it again: sessions, horizons and what clients hold stay good."""
        await self.end()
        self.place = Place(await open_store(self.directory))
        for account, line in zip(self.accounts, self.lines, strict=True):
            again = Client(self.place.app, account, "", (line.token or "", line.ticket or ""))
            self.place.clients.append(again)
            line.http = again.http
        self.post.reopen(self.place.store)

    async def rebuild(self) -> None:
        """Throw away what can be made again, and make it again."""
        readers = self.place.services.readers
        for name in readers.projections:
            await readers.rebuild(name)

    async def end(self) -> None:
        """Let go of everything."""
        await self.place.close()
        await self.place.store.close()

    async def do(self, act: int, a: int, b: int, c: int) -> None:
        """One act; what somebody may not do leaves no trace, and is done by nobody."""
        with suppress(SynclineError):
            await ACTS[act % len(ACTS)](self, a, b, c)

    def account(self, choice: int) -> Id:
        """Somebody."""
        return self.accounts[choice % len(self.accounts)]

    def conv(self, choice: int) -> ZoneId:
        """Some conversation; the newer ones more often."""
        if not self.convs:
            raise Nothing("There is no conversation yet.")
        return self.convs[-1 - choice % min(len(self.convs), 4 if choice % 3 else 100)]

    def entry(self, conv: ZoneId, choice: int) -> Id:
        """Some message."""
        known = self.entries.get(conv)
        if not known:
            raise Nothing("There is no message yet.")
        return known[-1 - choice % len(known)]

    def text(self, choice: int) -> Body:
        """Something to say."""
        self.serial += 1
        return {"text": f"{TEXTS[choice % len(TEXTS)]} {self.serial}"}

    async def send(self, account: Id, conv: ZoneId, body: Body, **options: Any) -> None:
        """Say something."""
        said = await self.place.services.conversations.send(
            account, conv, msgspec.json.encode(body), **options
        )
        if said.value.entry is not None and not options.get("silent"):
            self.entries.setdefault(conv, []).append(said.value.entry)


class Nothing(SynclineError):
    """There is nothing to act on."""


Act = Callable[[World, int, int, int], Awaitable[None]]
ACTS: list[Act] = []


def act(function: Act) -> Act:
    """List an act."""
    ACTS.append(function)
    return function


@act
async def create(world: World, a: int, b: int, c: int) -> None:
    """A conversation: with a topic or none, alone, with one, with all; open to the history or not."""
    presets = (Preset.PRIVATE, Preset.PRIVATE, Preset.PUBLIC)
    begin = Beginning(
        preset=presets[c % len(presets)],
        name=None if b % 3 == 0 else f"topic {world.serial}",
        members=[one for place, one in enumerate(world.accounts) if b >> place & 1],
    )
    made = await world.place.services.conversations.create(world.account(a), begin)
    world.convs.append(made.value.conv)
    if c % 2:
        await world.send(world.account(a), made.value.conv, world.text(c))


@act
async def send(world: World, a: int, b: int, c: int) -> None:
    """A message, now and then of a kind that takes no number."""
    await world.send(world.account(b), world.conv(a), world.text(c), silent=c % 7 == 0)


@act
async def send_many(world: World, a: int, b: int, c: int) -> None:
    """More than a page."""
    conv = world.conv(a)
    for place in range(BURST if c % 4 == 0 else 3):
        await world.send(world.account(b + place * (c % 2)), conv, world.text(c + place))


@act
async def mention(world: World, a: int, b: int, c: int) -> None:
    """A message that is for somebody."""
    body = {**world.text(c), "mentions": [world.account(c)]}
    await world.send(world.account(b), world.conv(a), body)


@act
async def amend(world: World, a: int, b: int, c: int) -> None:
    """Edit, delete, react, take back, pin, unpin, task, lock, erase."""
    conv = world.conv(a)
    rel, body = AMENDMENTS[c % len(AMENDMENTS)]
    if rel is Rel.EDIT:
        body = world.text(c)
    await world.place.services.conversations.amend(
        world.account(b), conv, world.entry(conv, c // 16), rel, body
    )


AMENDMENTS: Final[tuple[tuple[Rel, Body], ...]] = (
    (Rel.EDIT, {}),
    (Rel.EDIT, {}),
    (Rel.DELETE, {}),
    (Rel.REACTION, {"key": "+1"}),
    (Rel.UNREACT, {"key": "+1"}),
    (Rel.PIN, {}),
    (Rel.PIN, {"weight": 7.5}),
    (Rel.UNPIN, {}),
    (Rel.TASK, {"state": "todo"}),
    (Rel.TASK, {"state": "done"}),
    (Rel.TASK, {"state": None}),
    (Rel.LOCK, {"on": True}),
    (Rel.LOCK, {"on": False}),
    (Rel.ERASE, {}),
)


@act
async def amend_again(world: World, a: int, b: int, c: int) -> None:
    """Amendments come in numbers."""
    for place in range(4):
        await world.do(ACTS.index(amend), a, b + place, c + 16 * place + place)


@act
async def members(world: World, a: int, b: int, c: int) -> None:
    """Add, leave, remove, invite, join, come back, show the history."""
    conv, by, whom = world.conv(a), world.account(b), world.account(b + 1 + c % 2)
    acts = world.place.services.conversations
    match c // 2 % 8:
        case 0 | 1:
            await acts.add(by, conv, [whom])
        case 2:
            await acts.leave(by, conv)
        case 3:
            await acts.kick(by, conv, [whom])
        case 4:
            await acts.invite(by, conv, [whom])
        case 5:
            await acts.join(whom, conv)
        case 6:
            await acts.disclose(by, conv, [whom], since=1 + c % 5)
        case _:
            await acts.leave(whom, conv)
            await acts.add(by, conv, [whom])


@act
async def facts(world: World, a: int, b: int, c: int) -> None:
    """The name, the topic, and facts that people do not see."""
    conv, by = world.conv(a), world.account(b)
    acts = world.place.services.conversations
    match c % 4:
        case 0 | 1:
            await acts.set_name(by, conv, "" if c % 3 == 0 else f"named {c}")
        case 2:
            await acts.set_fact(by, conv, "m.room.topic", msgspec.json.encode({"topic": f"about {c}"}))
        case _:
            await acts.set_fact(by, conv, "org.example.fact", msgspec.json.encode({"v": c}))


@act
async def read(world: World, a: int, b: int, c: int) -> None:
    """Read positions forward and back, with and without a receipt; receipts alone."""
    conv, by = world.conv(a), world.account(b)
    acts = world.place.services.conversations
    match c % 4:
        case 0:
            await acts.mark_read(by, conv)
        case 1:
            await acts.mark_read(by, conv, c // 4 % 20, public=bool(c % 8))
        case 2:
            await acts.mark_read(by, conv, 1)
        case _:
            await acts.put_receipt(by, conv, world.entry(conv, c))


@act
async def private(world: World, a: int, b: int, c: int) -> None:
    """Hide, show, delete from the list, mute, alert."""
    conv, by = world.conv(a), world.account(b)
    acts = world.place.services.conversations
    match c % 5:
        case 0:
            await acts.hide(by, conv)
        case 1:
            await acts.hide(by, conv, hidden=False)
        case 2:
            reading = await acts.reading(by, conv)
            await acts.mark(by, conv, deleted_nr=reading.last_nr)
        case 3:
            await acts.mark(by, conv, alerts=("default", "never", "passive")[c // 5 % 3])
        case _:
            await acts.mark(by, conv, muted_until=-1 if c % 2 else 0)


@act
async def options(world: World, a: int, b: int, c: int) -> None:
    """Switches of a conversation, and a snooze with an end."""
    conv, by = world.conv(a), world.account(b)
    acts = world.place.services.conversations
    if c % 3 == 0:
        await world.place.store.write(lambda tx: snooze(tx, by, conv, 3600))
        return
    switches = {"autojoin": bool(c % 2), "previews_off": bool(c % 5)}
    await acts.set_fact(by, conv, OPTIONS, msgspec.json.encode(switches))


@act
async def hook(world: World, a: int, b: int, c: int) -> None:
    """A hook is made, renamed, written through, dropped."""
    conv, by, hooks = world.conv(a), world.account(b), world.place.services.hooks
    known = world.hooks.setdefault(conv, [])
    if not known or c % 4 == 0:
        known.append((await hooks.create(by, conv, name=f"hook {c}")).value.hook.id)
        return
    id = known[c % len(known)]
    match c % 4:
        case 1:
            await hooks.configure(by, conv, id, name=f"renamed {c}")
        case 2:
            await hooks.post(id, Posted(f"from outside {c}", sender="CI"))
        case _:
            await hooks.drop(by, conv, id)


@act
async def label(world: World, a: int, b: int, c: int) -> None:
    """Labels of a conversation, and labels themselves: made, renamed, moved, removed."""
    by, labels = world.account(b), world.place.services.labels
    if c % 2:
        await labels.give(by, world.conv(a), [one for place, one in enumerate(LABELS) if c >> place & 2])
        return
    known = [one for one in await labels.list(by) if one.id is not None]
    if not known or c % 3 == 0:
        await labels.store(by, name=LABELS[c % len(LABELS)])
        return
    id = known[c % len(known)].id
    match c // 2 % 3:
        case 0:
            await labels.store(by, id=id, name=f"label {c}")
        case 1:
            await labels.store(by, id=id, index=-1)
        case _:
            await labels.store(by, id=id, left_pane=bool(c % 4))


@act
async def person(world: World, a: int, b: int, c: int) -> None:
    """A name that all see, and one that somebody else is given in private."""
    people = world.place.services.people
    if c % 2:
        await people.update(world.account(a), name=f"Name {c}")
    else:
        await people.describe(world.account(a), world.account(b), name=f"Called {c}")


@act
async def mail(world: World, a: int, b: int, c: int) -> None:
    """Mails come, join threads, enter the inbox and leave it."""
    before = set(world.post.convs)
    await MAIL_ACTS[c % len(MAIL_ACTS)](world.post, world.account(a), b, c, a)
    world.convs += sorted(world.post.convs - before)
