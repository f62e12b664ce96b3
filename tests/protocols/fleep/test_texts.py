"""What a message says of an entry: type, state, tags and text, for whatever stands in it."""

from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.core.entries import ERASED, Entry
from syncline.core.errors import Unavailable
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.mail import MailBody
from syncline.gateways.mime.parsing import SMALL, Parsing
from syncline.protocols.fleep.mail_texts import LONG, LONGEST, UNREADABLE, mail_text
from syncline.protocols.fleep.texts import DELETED, STATE, MailTexts, Told, is_long, told
from syncline.store.contract import Store, Tx

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        *("text", "body", "name", "members", "invited", "act", "persons", "type", "content"),
        *("archived", "stood", "pin", "task", "deleted", "topic", "hook"),
    ]
)
FACTS = st.sampled_from(
    ["m.room.name", "m.room.topic", "syncline.hook", "add", "kick", "join", "ban", "leave"]
)
BODIES = st.dictionaries(
    KEYS | st.text(max_size=6), JSON | FACTS | st.dictionaries(KEYS, JSON, max_size=3), max_size=6
)
STATES = ("plain", "system", "deleted", "pinned", "unpinned", "todo", "done")


class Letters:
    """Names that can be read in a test."""

    def person(self, id: Id) -> str:
        """A person."""
        return f"p{id}"

    def hook_key(self, id: Id) -> str:
        """A hook."""
        return f"h{id}"


def entry(kind: EntryKind, body: dict[str, Any] | bytes, form: dict[str, Any] | None = None) -> Entry:
    """An entry with this body, and the form that amendments made of it."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    current = None if form is None else msgspec.json.encode(form)
    return Entry(Id(9), ZoneId(Id(5)), Seq(7), Nr(2), kind, Id(1), 1000, raw, current)


def said(kind: EntryKind, **body: Any) -> Told:
    """What is told of an entry with this body."""
    return told(entry(kind, body), Letters())


@given(st.sampled_from(EntryKind), BODIES)
def test_nothing_that_stands_in_an_entry_can_break_it(kind: EntryKind, body: dict[str, Any]) -> None:
    """Other protocols write what they like: it is XML or JSON or empty, of a state that clients know."""
    made = told(entry(kind, body), Letters())
    assert made.state.removeprefix(STATE) in STATES
    if made.type in ("text", "email"):
        assert made.message == "" or ElementTree.fromstring(made.message).tag == "msg"
    elif made.message:
        assert isinstance(msgspec.json.decode(made.message), dict)


def test_a_message_is_xml() -> None:
    """A plain one has no tags; what other protocols write has its text elsewhere, or none."""
    assert said(EntryKind.MESSAGE, text="*hi*") == Told(
        '<msg><p><b flp="*" fls="*">hi</b></p></msg>', "text", STATE + "plain", ()
    )
    assert said(EntryKind.MESSAGE, body="from Matrix").message == "<msg><p>from Matrix</p></msg>"
    assert said(EntryKind.MESSAGE, text="", body="no").message == "<msg><p/></msg>"
    assert said(EntryKind.MESSAGE, image="x").message == "<msg><p/></msg>"


def test_a_deleted_message_says_nothing() -> None:
    """Its tag is doubled, as the published tests compare it."""
    gone = entry(EntryKind.MESSAGE, {"text": "a"}, {"deleted": {"by": 1, "at": 2}, "pin": {}})
    assert told(gone, Letters()) == Told("", "text", STATE + "deleted", DELETED)
    erased = entry(EntryKind.MAIL, ERASED, {"deleted": {"by": 1, "at": 2}, "erased": True})
    assert told(erased, Letters(), mail_text="<msg/>") == Told("", "email", STATE + "deleted", DELETED)


@pytest.mark.parametrize(
    ("form", "state", "tags"),
    [
        ({"pin": {"by": 1}}, "pinned", ("is_shared", "pin")),
        ({"archived": "pin"}, "unpinned", ("is_archived", "is_shared", "unpin")),
        ({"task": {"state": "todo"}}, "todo", ("is_shared", "is_task", "is_todo")),
        ({"task": {"state": "done"}}, "done", ("is_shared", "is_task", "is_done")),
        ({"archived": "task"}, "todo", ("is_shared", "is_task", "is_todo", "is_archived")),
        (
            {"archived": "task", "stood": {"task": "done"}},
            "done",
            ("is_shared", "is_task", "is_done", "is_archived"),
        ),
        ({"task": {"state": "todo"}, "pin": {}}, "todo", ("is_shared", "is_task", "is_todo")),
    ],
)
def test_pins_and_tasks(form: dict[str, Any], state: str, tags: tuple[str, ...]) -> None:
    """State and tags in the order of the reference (4.6)."""
    made = told(entry(EntryKind.MESSAGE, {"text": "a"}, {"text": "b", **form}), Letters())
    assert made == Told("<msg><p>b</p></msg>", "text", STATE + state, tags)


@pytest.mark.parametrize(
    ("kind", "body", "type", "message"),
    [
        (
            EntryKind.CREATE,
            {"name": "Lunch", "members": [2, 3, 2], "invited": [4]},
            "create",
            '{"topic":"Lunch","members":["p2","p3","p4"],"org_name":null,"organisation_id":null}',
        ),
        (
            EntryKind.CREATE,
            {"name": None},
            "create",
            '{"topic":"","members":[],"org_name":null,"organisation_id":null}',
        ),
        (EntryKind.MEMBER, {"act": "add", "persons": [2, 3]}, "add", '{"members":["p2","p3"]}'),
        (EntryKind.MEMBER, {"act": "kick", "persons": [2]}, "kick", '{"members":["p2"]}'),
        (EntryKind.MEMBER, {"act": "disclose", "persons": [2], "since": 1}, "disclose", '{"members":["p2"]}'),
        (EntryKind.MEMBER, {"act": "leave", "persons": [2]}, "leave", ""),
        (
            EntryKind.MEMBER,
            {"act": "join", "persons": [2]},
            "joinV1",
            '{"org_name":null,"organisation_id":null,"sysmsg_text":"{author} joined the conversation."}',
        ),
        (
            EntryKind.MEMBER,
            {"act": "ban", "persons": [2]},
            "kickV2",
            '{"members":["p2"],"org_name":null,"organisation_id":null,'
            '"sysmsg_text":"{author} removed {members} from the conversation for good."}',
        ),
        (
            EntryKind.MEMBER,
            {"act": "invite", "persons": [2]},
            "sysmsg",
            '{"members":["p2"],"sysmsg_text":"{author} invited {members}."}',
        ),
        (
            EntryKind.STATE,
            {"type": "m.room.name", "name": "", "content": {"name": "Dîner"}},
            "topic",
            '{"topic":"Dîner"}',
        ),
        (EntryKind.STATE, {"type": "m.room.name", "name": "", "content": {}}, "topic", '{"topic":""}'),
        (
            EntryKind.STATE,
            {"type": "m.room.topic", "name": "", "content": {"topic": "where"}},
            "sysmsg",
            '{"sysmsg_text":"{author} described the conversation: where"}',
        ),
        (
            EntryKind.STATE,
            {"type": "syncline.hook", "name": "8", "content": {"act": "hook", "hook_name": "CI", "hook": 8}},
            "hook",
            '{"hook_name":"CI","hook_key":"h8"}',
        ),
        (
            EntryKind.STATE,
            {
                "type": "syncline.hook",
                "name": "8",
                "content": {"act": "unhook", "hook_name": "CI", "hook": 8},
            },
            "unhook",
            '{"hook_name":"CI","hook_key":"h8"}',
        ),
    ],
)
def test_what_the_system_tells_is_json_without_blanks(
    kind: EntryKind, body: dict[str, Any], type: str, message: str
) -> None:
    """Its keys in the reference's order: clients' tests compare the text."""
    assert told(entry(kind, body), Letters()) == Told(message, type, STATE + "system", ())


def test_members_added_to_the_beginning_stand_in_it() -> None:
    """The form that the amendment made counts, not the body."""
    grown = entry(EntryKind.CREATE, {"name": "a", "members": [2]}, {"name": "a", "members": [2, 3]})
    assert '"members":["p2","p3"]' in told(grown, Letters()).message


def letter(text: str, *, kind: str = "text/plain") -> bytes:
    """A raw mail."""
    return f"From: a@b.c\nSubject: hi\nContent-Type: {kind}; charset=utf-8\n\n{text}".encode()


def mail(raw_hash: bytes) -> Entry:
    """The entry of a raw mail."""
    return entry(EntryKind.MAIL, msgspec.json.encode(MailBody(1, "m@x", raw_hash.hex(), 10)))


async def kept(store: Store, raw: bytes) -> Entry:
    """A mail's entry, its raw bytes kept in the store."""
    hash = await store.blobs.put(raw)

    async def work(tx: Tx) -> None:
        tx.names(hash, tx.new_id())

    await store.write(work)
    return mail(hash)


def test_a_mail_says_its_own_text() -> None:
    """Plain rather than HTML, without attachments; a long one is cut, and says so."""
    assert mail_text(letter("hello\n\n-----\nbye")) == "hello\n\n-----\nbye"
    assert mail_text(letter("<p>one</p><p>two", kind="text/html")) == "one\ntwo"
    cut = mail_text(letter("x" * (LONGEST + 5)))
    assert cut.endswith("x\n\n[5 more characters of this mail are not shown here.]")
    assert cut.startswith("x" * LONGEST)
    assert mail_text(b"\xff\x00 no mail") != ""


async def test_the_texts_of_mails_are_read_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As XML with rules, off the loop; small and large ones; who asks again gets the same."""
    parsing = Parsing()
    texts = MailTexts(store, parsing)
    try:
        small = await kept(store, letter("a\n---\nb"))
        large = await kept(store, letter("c\n" + "x" * SMALL))
        assert await texts.text(small) == "<msg><p>a<hr/>b</p></msg>"
        assert (await texts.text(large)).startswith("<msg><p>c<br/>xxx")

        async def nothing(hash: bytes) -> bytes:
            raise AssertionError("it was read again")

        monkeypatch.setattr(store.blobs, "get", nothing)
        assert await texts.text(small) == "<msg><p>a<hr/>b</p></msg>"
    finally:
        await parsing.close()


async def test_a_mail_that_cannot_be_read_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are gone, or its reader died: the conversation goes on, and the next try may succeed."""
    parsing = Parsing()
    texts = MailTexts(store, parsing)

    async def dies(*args: object) -> bytes:
        raise Unavailable("the process that read this mail died")

    found = await kept(store, letter("a"))
    with monkeypatch.context() as patched:
        patched.setattr(store.blobs, "get", dies)
        assert UNREADABLE in await texts.text(found)
    assert await texts.text(found) == "<msg><p>a</p></msg>"
    assert UNREADABLE in await texts.text(mail(b"\x01" * 32))
    assert await texts.text(entry(EntryKind.MAIL, ERASED)) == "<msg><p/></msg>"
    await parsing.close()


async def test_few_characters_of_mails_are_kept(store: Store) -> None:
    """The oldest go first."""
    parsing = Parsing()
    texts = MailTexts(store, parsing, kept=100)
    for number in range(5):
        await texts.text(await kept(store, letter(f"{number}" * 30)))
    assert len(texts._texts) == 2
    assert texts._size <= 100
    await parsing.close()


async def test_very_long_messages_are_made_off_the_loop(store: Store) -> None:
    """Each form of one has a text of its own."""
    parsing = Parsing()
    texts = MailTexts(store, parsing)
    text = "*a* " * LONG
    first = entry(EntryKind.MESSAGE, {"text": text})
    edited = entry(EntryKind.MESSAGE, {"text": text}, {"text": "b " * LONG})
    assert is_long(first)
    assert not is_long(entry(EntryKind.MESSAGE, {"text": "a"}))
    assert not is_long(entry(EntryKind.CREATE, {"name": "x" * 300}))
    xml = await texts.text(first)
    assert told(first, Letters(), mail_text=xml) == told(first, Letters())
    assert (await texts.text(edited)).startswith("<msg><p>b b")
    await parsing.close()
