"""The life of one conversation, number by number, as Fleep's own read test has it (fleep.md 4.6)."""

from dataclasses import dataclass

import msgspec
from tests.services.conversations.town import Town, form

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.services.conversations import Reading


@dataclass
class Numbers:
    """What the table says of one member; None: it says nothing."""

    read: int
    unread: int | None = None
    inbox: int | None = None
    last: int | None = None
    last_alert: int | None = None
    show: int | None = None
    member: int | None = None
    joined: int | None = None
    begin: int | None = None
    marked: bool | None = None

    def check(self, found: Reading) -> None:
        """Compare every number that is given."""
        for name, field in (
            ("read", "read_nr"),
            ("unread", "unread"),
            ("inbox", "inbox_nr"),
            ("last", "last_nr"),
            ("last_alert", "last_alert"),
            ("show", "show_nr"),
            ("member", "member_nr"),
            ("joined", "joined_nr"),
            ("begin", "begin_nr"),
            ("marked", "marked_unread"),
        ):
            wanted = getattr(self, name)
            if wanted is not None:
                assert getattr(found, field) == wanted, name


async def test_every_number_in_the_life_of_a_conversation(town: Town) -> None:
    a, b, c = await town.people("Alice", "Bob", "Carol")

    async def expect(account: Id, numbers: Numbers) -> None:
        numbers.check(await town.talk.reading(account, conv))

    conv: ZoneId = await town.conversation(a, b, c, name="read test")
    zone = await town.zone(conv)
    assert (zone.nr, zone.alert_nr, zone.joined) == (1, 0, 3)
    await expect(a, Numbers(read=1, unread=0, inbox=1, last=1, show=1, joined=1, begin=1, member=1))
    for member in (b, c):
        await expect(member, Numbers(read=0, unread=0, inbox=1, last=1, joined=1, begin=1, member=1))

    sent = [await town.entry(await town.say(a, conv, f"message {n}")) for n in (1, 2, 3)]
    assert [(one.nr, one.alert_nr) for one in sent] == [(2, 1), (3, 2), (4, 3)]
    await expect(a, Numbers(read=4, inbox=4, unread=0))
    for member in (b, c):
        await expect(member, Numbers(read=0, last=4, inbox=2, unread=3))

    found = (await town.talk.mark_read(b, conv, 4)).value
    Numbers(read=4, inbox=4, unread=0, marked=False).check(found)
    found = (await town.talk.mark_read(c, conv)).value
    Numbers(read=4, unread=0, inbox=4, marked=False).check(found)
    found = (await town.talk.mark_read(c, conv, 1)).value
    Numbers(read=1, inbox=2, unread=3, marked=True).check(found)
    assert (await town.zone(conv)).nr == 4, "read positions take no nr"

    left = await town.entry((await town.talk.leave(c, conv)).value.entry)
    assert (left.nr, left.alert_nr, left.kind) == (5, 0, EntryKind.MEMBER)
    gone = Numbers(read=5, unread=0, last=5, member=5, show=5, last_alert=3, marked=False)
    found = await town.talk.reading(c, conv)
    gone.check(found)
    assert not found.present
    assert await town.standing(conv, c) == "leave"

    after = await town.entry(await town.say(a, conv, "without Carol"))
    assert (after.nr, after.alert_nr) == (6, 4)
    await expect(c, gone)
    assert after.id not in [entry.id for entry in await town.seen(c, conv)]

    back = await town.entry((await town.talk.add(a, conv, [c])).value.entry)
    assert (back.nr, back.alert_nr, form(back)) == (7, 0, {"act": "add", "persons": [c]})
    await expect(c, Numbers(read=6, unread=0, inbox=7, last=7))
    last = await town.entry(await town.say(a, conv, "welcome back"))
    assert (last.nr, last.alert_nr) == (8, 5)
    await expect(a, Numbers(read=8, last=8, inbox=8, last_alert=5, unread=0))
    await expect(
        c, Numbers(read=6, unread=1, inbox=8, joined=1, begin=7, member=7, last=8, show=8, last_alert=5)
    )
    nrs = [entry.nr for entry in await town.seen(c, conv)]
    assert nrs == [1, 2, 3, 4, 5, 7, 8], "the earlier membership, and all from the add on"


async def test_adding_to_a_conversation_with_nothing_in_it_revises_its_beginning(town: Town) -> None:
    a, b, c, d = await town.people("Alice", "Bob", "Carol", "Dave")
    conv = await town.conversation(a, name="members")
    first = await town.talk.add(a, conv, [b])
    second = await town.talk.add(b, conv, [c])
    amendment = await town.entry(first.value.entry)
    assert (amendment.nr, amendment.rel, amendment.alert_nr) == (2, Rel.MEMBERS, 0)
    assert second.value.nr == 3
    start = await town.entry(amendment.target)
    assert (start.nr, start.kind) == (1, EntryKind.CREATE)
    assert form(start)["members"] == [b, c]
    found = await town.talk.reading(b, conv)
    Numbers(read=0, unread=0, joined=1, begin=1, member=1, last=3, show=1, inbox=1).check(found)
    assert [entry.nr for entry in await town.seen(c, conv)] == [1, 2, 3]
    assert (await town.zone(conv)).joined == 3

    await town.say(a, conv, "now it holds something")
    added = await town.entry((await town.talk.add(a, conv, [d])).value.entry)
    assert (added.nr, added.kind) == (5, EntryKind.MEMBER)
    assert [entry.nr for entry in await town.seen(d, conv)] == [5]


async def test_silent_entries_take_no_nr(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    levels = await town.fact(conv, "m.room.power_levels")
    levels["users"][str(b)] = 50
    silent = await town.entry(
        (await town.talk.set_fact(a, conv, "m.room.power_levels", msgspec.json.encode(levels))).value.entry
    )
    assert silent.nr is None
    message = await town.entry(await town.say(a, conv, "next"))
    assert message.nr == 2
    named = (await town.talk.set_name(b, conv, "topic")).value
    assert named.nr == 3
    before = await town.zone(conv)
    assert before.bumped == (await town.entry(named.entry)).seq


async def test_own_messages_are_read_only_if_all_before_was(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    await town.say(a, conv, "one")
    await town.say(b, conv, "answer without reading")
    found = await town.talk.reading(b, conv)
    assert (found.read_nr, found.unread, found.inbox_nr) == (0, 2, 2)
    found = await town.talk.reading(a, conv)
    assert (found.read_nr, found.unread, found.inbox_nr) == (2, 1, 3)


async def test_a_send_writes_for_its_author_only(town: Town) -> None:
    """Promise: nothing is written per member per message."""
    people = await town.people(*(f"P{n}" for n in range(10)))
    conv = await town.conversation(people[0], *people[1:])
    head = town.store.head
    await town.say(people[0], conv, "to all")
    zones = [zone for zone, _ in await town.changes(head)]
    assert sorted(zones) == sorted([conv, people[0]])
