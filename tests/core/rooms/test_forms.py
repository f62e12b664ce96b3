"""Forms: what each amendment makes of an entry, and that any prefix of them can be made again."""

from typing import Any

import msgspec
import pytest

from syncline.core.entries import ERASED, Entry
from syncline.core.errors import Invalid
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.core.rooms.forms import Form, amended, deleted, erased, parse_body, replayed, shared, stood

CONV = ZoneId(Id(1))
ALICE, BOB = Id(1001), Id(1002)


def entry(body: Any, rel: Rel | None = None, *, id: int = 50, author: Id = BOB) -> Entry:
    """An entry with this body."""
    kind = EntryKind.MESSAGE if rel is None else EntryKind.AMENDMENT
    encoded = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Entry(Id(id), CONV, Seq(id), Nr(id), kind, author, 7, encoded, rel=rel)


def after(form: Form, rel: Rel, body: Any = None, **more: Any) -> Form:
    """The form after one amendment."""
    return amended(form, entry({} if body is None else body, rel, **more))


def test_an_edit_replaces_the_content_and_keeps_the_rest() -> None:
    form = after({"text": "a", "pin": {"by": 1}, "lock": {}}, Rel.EDIT, {"content": {"text": "b"}})
    assert form == {"text": "b", "pin": {"by": 1}, "edited": {"by": BOB, "at": 7}}


def test_a_deletion_leaves_the_type_and_who_did_it() -> None:
    form = after({"type": "t", "text": "a", "pin": {}, "reactions": {}}, Rel.DELETE, {"reason": "r"})
    assert form == {"type": "t", "deleted": {"by": BOB, "at": 7, "reason": "r"}}
    assert deleted(form)


def test_pinned_and_once_pinned_entries_are_shared() -> None:
    plain: Form = {"text": "a"}
    pinned = after(plain, Rel.PIN, {"weight": 2})
    unpinned = after(pinned, Rel.UNPIN)
    assert [shared(one) for one in (plain, pinned, unpinned)] == [False, True, True]
    assert pinned["pin"] == {"by": BOB, "at": 7, "weight": 2}
    assert unpinned == {"text": "a", "archived": "pin", "stood": {"pin": True}}
    again = after(unpinned, Rel.PIN)
    assert "archived" not in again
    assert [stood(one, "pin") for one in (plain, pinned, unpinned, again)] == [False, False, True, True]


def test_a_task_keeps_what_is_not_given() -> None:
    form = after({}, Rel.TASK, {"state": "todo", "assignees": [1]})
    form = after(form, Rel.TASK, {"state": "done"})
    assert form["task"] == {"by": BOB, "at": 7, "state": "done", "assignees": [1]}
    assert after(form, Rel.TASK, {"state": None}) == {"archived": "task", "stood": {"task": "done"}}


def test_reactions_come_and_go_by_person() -> None:
    form = after({}, Rel.REACTION, {"key": "+"}, id=60, author=ALICE)
    form = after(form, Rel.REACTION, {"key": "+"}, id=61, author=BOB)
    assert form["reactions"] == {"+": {"1001": 60, "1002": 61}}
    form = after(form, Rel.UNREACT, {"key": "+", "redacts": 60}, author=BOB)
    assert form["reactions"] == {"+": {"1002": 61}}
    assert after(form, Rel.UNREACT, {"key": "+", "redacts": 61}) == {"reactions": {}}


def test_the_beginning_grows_by_members() -> None:
    assert after({"members": [1]}, Rel.MEMBERS, {"persons": [2, 3]}) == {"members": [1, 2, 3]}


@pytest.mark.parametrize("rel", list(Rel))
def test_an_erased_amendment_is_no_obstacle(rel: Rel) -> None:
    """An old reader's form is made again after an erase: every body may be `{}` by then."""
    amended({}, entry(ERASED, rel))


def test_the_form_at_any_time_is_the_fold_of_what_came_before() -> None:
    first = entry({"text": "a"})
    steps = [
        entry({"content": {"text": "b"}}, Rel.EDIT, id=51),
        entry({}, Rel.PIN, id=52),
        entry({"content": {"text": "c"}}, Rel.EDIT, id=53),
    ]
    assert replayed(first, []) == first
    assert msgspec.json.decode(replayed(first, steps[:2]).current) == {
        "text": "b",
        "edited": {"by": BOB, "at": 7},
        "pin": {"by": BOB, "at": 7},
    }
    assert msgspec.json.decode(replayed(first, steps).current)["text"] == "c"


def test_only_an_overwritten_entry_counts_as_erased() -> None:
    assert not erased(entry({}))
    assert erased(msgspec.structs.replace(entry(ERASED), form=b'{"deleted":{}}'))


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b'"x"', b"{", b"\xff", b'{"pin":{}}', b'{"deleted":1}'])
def test_nobody_sends_what_is_no_object_or_what_amendments_write(body: bytes) -> None:
    """Threat: a message that says of itself that it is pinned, and so may be edited by anybody."""
    with pytest.raises(Invalid):
        parse_body(body)
