"""The list of recent changes in words that people would use, and times as they say them."""

from typing import Any

import msgspec
import pytest
from tests.web.conftest import Site

from syncline.core.entries import Entry
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning
from syncline.web.pages import ago, machine_time, when
from syncline.web.recent import Recent, recent
from syncline.web.wording import listed, said

SECOND, HOUR, DAY = 1000, 3600 * 1000, 24 * 3600 * 1000
NOW = 1_780_000_000_000


def line(change: Recent) -> str:
    """A line as it is read."""
    return f"{change.who} {change.did} {change.where}"


@pytest.fixture
async def planning(site: Site) -> tuple[Id, ZoneId]:
    """Bo, and his conversation `Planning` with Ann."""
    bo = await site.services.accounts.add("bo@example.org", name="Bo")
    begin = Beginning(Preset.FLEEP, name="Planning", members=[site.account.id])
    return bo.id, (await site.services.conversations.create(bo.id, begin)).value.conv


async def read(site: Site) -> list[str]:
    """What stands on Ann's page, newest first."""
    return [line(change) for change in await recent(site.services.store, site.account.id)]


async def test_each_act_is_told_in_words(site: Site, planning: tuple[Id, ZoneId]) -> None:
    """Who did what where; oneself is You."""
    bo, conv = planning
    talk, ann = site.services.conversations, site.account.id
    cleo = (await site.services.accounts.add("cleo@example.org", name="Cleo")).id
    sent = (await talk.send(bo, conv, msgspec.json.encode({"text": "When do we meet?"}))).value.entry
    assert sent is not None
    await talk.send(ann, conv, msgspec.json.encode({"text": "At noon."}))
    await talk.amend(bo, conv, sent, Rel.EDIT, {"text": "Where do we meet?"})
    await talk.amend(ann, conv, sent, Rel.REACTION, {"key": "👍"})
    await talk.amend(ann, conv, sent, Rel.PIN)
    await talk.amend(bo, conv, sent, Rel.TASK, {"state": "done"})
    await talk.add(bo, conv, [cleo])
    await talk.kick(bo, conv, [cleo])
    await talk.set_name(bo, conv, "Plans")
    await talk.amend(bo, conv, sent, Rel.DELETE)
    changes = await recent(site.services.store, ann)
    assert [line(change) for change in changes] == [
        "Bo deleted a message in Plans",
        "Bo renamed Plans",
        "Bo removed Cleo from Plans",
        "Bo added Cleo to Plans",
        "Bo finished a task in Plans",
        "You pinned a message in Plans",
        "You reacted with 👍 in Plans",
        "Bo edited a message in Plans",
        "You wrote in Plans",
        "Bo deleted a message in Plans",
        "Bo began Plans",
    ]
    assert "meet" not in "".join(change.text for change in changes), "a deleted message is told no more"


async def test_an_edit_is_shown_as_it_reads_now(site: Site, planning: tuple[Id, ZoneId]) -> None:
    """In the line of the message as in that of its edit."""
    bo, conv = planning
    talk = site.services.conversations
    sent = (await talk.send(bo, conv, msgspec.json.encode({"text": "lgo"}))).value.entry
    assert sent is not None
    await talk.amend(bo, conv, sent, Rel.EDIT, {"text": "log"})
    changes = await recent(site.services.store, site.account.id)
    assert [change.text for change in changes][:2] == ["log", "log"]


async def test_a_reaction_to_what_one_may_not_see_tells_only_that_somebody_reacted(site: Site) -> None:
    """Promise 5: who joins later learns nothing of earlier messages by what is done to them."""
    talk = site.services.conversations
    bo = (await site.services.accounts.add("bo@example.org", name="Bo")).id
    closed = msgspec.json.encode({"history_visibility": "joined"})
    conv = (await talk.create(bo, Beginning(name="Old"))).value.conv
    await talk.set_fact(bo, conv, "m.room.history_visibility", closed)
    sent = (await talk.send(bo, conv, msgspec.json.encode({"text": "before her time"}))).value.entry
    assert sent is not None
    await talk.add(bo, conv, [site.account.id])
    await talk.amend(bo, conv, sent, Rel.REACTION, {"key": "secret"})
    changes = await recent(site.services.store, site.account.id)
    # (the beginning is from before the rule)
    assert [line(change) for change in changes] == [
        "Bo reacted in Old",
        "Bo added you to Old",
        "Bo began Old",
    ]
    assert "".join(change.text for change in changes) == ""


async def test_what_people_do_not_see_is_not_listed(site: Site, planning: tuple[Id, ZoneId]) -> None:
    """Silent entries take no nr, and no line."""
    bo, conv = planning
    content = msgspec.json.encode({"anything": 1})
    await site.services.conversations.set_fact(bo, conv, "org.example.custom", content)
    assert await read(site) == ["Bo began Planning"]


async def test_a_conversation_without_a_name_is_called_by_who_is_in_it(site: Site) -> None:
    """As chat apps do."""
    talk, ann = site.services.conversations, site.account.id
    await talk.create(ann, Beginning())
    people = [(await site.services.accounts.add(f"p{n}@example.org", name=f"P{n}")).id for n in range(5)]
    await talk.create(ann, Beginning(members=people[:1]))
    await talk.create(ann, Beginning(members=people))
    assert await read(site) == [
        "You began a conversation with P0, P1, P2 and 2 others",
        "You began a conversation with P0",
        "You began a conversation of your own",
    ]


async def test_an_erased_account_is_named_no_more(site: Site, planning: tuple[Id, ZoneId]) -> None:
    """Its id stays, its name does not."""
    bo, conv = planning
    await site.services.conversations.send(bo, conv, msgspec.json.encode({"text": "hello"}))
    await site.services.accounts.erase(bo)
    assert not [one for one in await read(site) if "Bo" in one]


def entry(kind: EntryKind, body: Any, **more: Any) -> Entry:
    """An entry with this body."""
    return Entry(Id(9), ZoneId(Id(8)), Seq(7), Nr(1), kind, Id(1), 0, msgspec.json.encode(body), **more)


@pytest.mark.parametrize("kind", list(EntryKind))
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 5, "act": ["add"], "persons": "all", "type": {}, "content": 3, "from": 1, "subject": None},
        {"act": "add", "persons": 5, "key": 1, "state": 2, "subject": "", "text": ""},
        {"act": "kick", "persons": [[], "x"], "type": "m.room.topic"},
        {"act": "invented", "persons": [1.5, None, {}], "type": "m.room.name", "content": {"name": 7}},
    ],
)
def test_nothing_that_a_body_may_hold_breaks_the_page(kind: EntryKind, body: dict[str, Any]) -> None:
    """Bodies are what clients sent, or what an erase left."""
    target = entry(EntryKind.MESSAGE, body)
    for rel in Rel if kind is EntryKind.AMENDMENT else [None]:
        words = said(entry(kind, body, rel=rel, target=Id(3)), target, lambda _: "Bo")
        assert words.did


def test_a_mail_is_told_by_its_sender_and_subject() -> None:
    """The sender of a mail is no person here yet."""
    body = {"from": [["Bo Ek", "bo@example.org"]], "subject": "Tickets", "snippet": "Two\nof them"}
    words = said(entry(EntryKind.MAIL, body), None, lambda _: "?")
    assert (words.who, words.did, words.text) == ("Bo Ek", "sent a mail to", "Tickets – Two of them")


def test_long_texts_are_cut_and_names_counted() -> None:
    """One line is one line."""
    words = said(entry(EntryKind.MESSAGE, {"text": "a\n" * 5000}), None, lambda _: "?")
    assert len(words.text) == 200
    assert listed([]) == ""
    assert listed(["Bo"]) == "Bo"
    assert listed(["Bo", "Cleo"], 1) == "Bo, Cleo and 1 other"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (-5 * SECOND, "just now"),
        (59 * SECOND, "just now"),
        (60 * SECOND, "1 minute ago"),
        (HOUR - 1, "59 minutes ago"),
        (2 * HOUR, "2 hours ago"),
        (DAY, "1 day ago"),
        (7 * DAY, "21 May 2026"),
        (-2 * DAY, "30 May 2026"),
    ],
)
def test_times_are_told_as_people_say_them(before: int, words: str) -> None:
    """The date from a week on, and for a clock that runs ahead."""
    assert ago(NOW - before, NOW) == words


@pytest.mark.parametrize("at", [-(10**18), 10**18, 0])
def test_no_date_that_a_mail_claims_breaks_the_page(at: int) -> None:
    """Mails have dates in the year 70000."""
    assert when(at).endswith("UTC")
    assert machine_time(at).endswith("Z")
    assert ago(at)
