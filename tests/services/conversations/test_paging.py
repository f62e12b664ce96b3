"""Pages by number: what is shown, in order, however much lies between that is not."""

from collections.abc import Sequence

import msgspec
import pytest
from tests.services.conversations.town import Town

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Sight
from syncline.services.conversations.paging import (
    last_message,
    messages_after,
    messages_before,
    numbered_after,
)
from syncline.services.conversations.visibility import sight


class Pages:
    """A conversation with a past that its reader sees in parts."""

    def __init__(self, town: Town, ann: Id, conv: ZoneId) -> None:
        self.town, self.ann, self.conv = town, ann, conv

    async def say(self, count: int = 1) -> None:
        """Messages."""
        for _ in range(count):
            await self.town.say(self.ann, self.conv, "said")

    async def silent(self, count: int) -> None:
        """Entries without a number."""
        for number in range(count):
            content = msgspec.json.encode({"v": number})
            await self.town.talk.set_fact(self.ann, self.conv, f"x.{number}", content)

    async def edits(self, count: int) -> None:
        """Amendments of one more message."""
        entry = await self.town.say(self.ann, self.conv, "said")
        for number in range(count):
            await self.town.talk.amend(self.ann, self.conv, entry, Rel.EDIT, {"text": f"{number}"})


@pytest.fixture
async def pages(town: Town) -> Pages:
    """ann's conversation."""
    (ann,) = await town.people("Ann")
    return Pages(town, ann, await town.conversation(ann))


def nrs(entries: Sequence[Entry]) -> list[int]:
    """Their numbers."""
    return [int(entry.nr or 0) for entry in entries]


async def shown(town: Town, account: Id, conv: ZoneId) -> tuple[list[int], list[int]]:
    """All numbers that an account sees, and those of messages, found the slow way."""
    async with town.store.view() as view:
        seen = await sight(view, account, conv)
        every = [one for one in await view.entries(conv) if one.nr is not None and seen.covers(one.seq)]
    return nrs(every), nrs([one for one in every if one.kind != EntryKind.AMENDMENT])


async def check(town: Town, account: Id, conv: ZoneId) -> None:
    """From every number, forward and back, in pages of several sizes: the same as the slow way."""
    every, messages = await shown(town, account, conv)
    async with town.store.view() as view:
        seen = await sight(view, account, conv)
        for nr in (-1, 0, *range(1, seen.zone.nr + 2), seen.zone.nr + 1000):
            for limit in (1, 3):
                found = nrs(await numbered_after(view, seen, nr, limit=limit))
                assert found == [one for one in every if one > nr][:limit]
                part = await messages_after(view, seen, nr, limit=limit)
                wanted = [one for one in messages if one > nr]
                assert nrs(part.entries) == wanted[:limit]
                assert part.more or len(wanted) <= limit
                assert not [one for one in wanted[limit:] if one <= part.place]
                part = await messages_before(view, seen, nr, limit=limit)
                wanted = [one for one in messages if one < nr]
                assert nrs(part.entries) == wanted[-limit:]
                assert part.more or len(wanted) <= limit
                assert not [one for one in wanted[:-limit] if one >= part.place]
                if part.next is not None:
                    assert nrs([part.next]) == wanted[-limit - 1 : -limit]
        await _check_last(seen, messages, town, conv)


async def _check_last(seen: Sight, messages: list[int], town: Town, conv: ZoneId) -> None:
    async with town.store.view() as view:
        for entry in await view.entries(conv):
            last = await last_message(view, seen, Seq(entry.seq))
            until = [
                one.nr
                for one in await view.entries(conv, before=entry.seq)
                if one.nr is not None and int(one.nr) in messages
            ]
            assert (last.nr if last is not None else None) == (until[-1] if until else None)


async def test_pages_are_what_is_shown_among_much_that_is_not_counted(pages: Pages) -> None:
    """Runs of silent entries, longer than any statement reads, and of amendments."""
    await pages.say(3)
    await pages.silent(70)
    await pages.edits(40)
    await pages.silent(40)
    await pages.say(2)
    await pages.silent(300)
    await pages.edits(3)
    await pages.silent(35)
    await check(pages.town, pages.ann, pages.conv)


async def test_pages_pass_over_what_an_account_may_not_see(pages: Pages) -> None:
    """Before it came, and between its memberships, silent runs at the edges of what it sees included."""
    (bo, cy) = await pages.town.people("Bo", "Cy")
    talk = pages.town.talk
    await pages.say(4)
    await pages.edits(3)
    await pages.silent(40)
    await talk.add(pages.ann, pages.conv, [bo])
    await pages.silent(40)
    await pages.say(3)
    await talk.leave(bo, pages.conv)
    await pages.silent(40)
    await pages.edits(3)
    await talk.add(pages.ann, pages.conv, [bo])
    await pages.silent(40)
    await pages.say(2)
    await talk.add(pages.ann, pages.conv, [cy])
    await talk.disclose(bo, pages.conv, [cy], since=11)
    await pages.say(2)
    for account in (bo, cy, pages.ann):
        await check(pages.town, account, pages.conv)


async def test_one_who_left_gets_pages_of_what_he_saw(pages: Pages) -> None:
    """Nothing after his leaving, from whatever number he asks."""
    (bo,) = await pages.town.people("Bo")
    await pages.town.talk.add(pages.ann, pages.conv, [bo])
    await pages.say(4)
    await pages.town.talk.leave(bo, pages.conv)
    await pages.silent(40)
    await pages.say(4)
    await check(pages.town, bo, pages.conv)


@pytest.mark.parametrize("preset", [Preset.FLEEP, Preset.PRIVATE])
async def test_joined_nr_is_where_reading_back_ends(town: Town, preset: Preset) -> None:
    """Where one came in, or as far back as the history was open, or was disclosed to one."""
    ann, bo = await town.people("Ann", "Bo")
    conv = await town.conversation(ann, preset=preset)
    for _ in range(5):
        await town.say(ann, conv, "said")
    await town.talk.add(ann, conv, [bo])
    assert (await town.talk.reading(bo, conv)).joined_nr == (7 if preset is Preset.FLEEP else 1)
    for since in (5, 3, 4):
        await town.talk.disclose(ann, conv, [bo], since=since)
        _, messages = await shown(town, bo, conv)
        assert (await town.talk.reading(bo, conv)).joined_nr == messages[0]
    assert messages[0] == (3 if preset is Preset.FLEEP else 1)
    assert (await town.talk.reading(bo, conv)).begin_nr == 7
