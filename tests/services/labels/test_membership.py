"""Which labels a conversation has."""

import pytest
from msgspec.structs import replace
from tests.services.labels.desk import Desk

from syncline.services.labels import Standing, System, by_name, in_system, label_names_and_ids

PLAIN = Standing()


async def test_names_are_those_that_people_gave_and_ids_have_one_to_one_as_well(desk: Desk) -> None:
    for name in ("b", "a", "gone"):
        await desk.put(name=name)
    await desk.put(name="gone", index=-1)
    known = by_name(await desk.all())
    names = ("b", "a", "gone", "never made", "inbox", "SPAM", "Unread")
    given = label_names_and_ids(Standing(names=names, starred=True, direct=True, unread=True), known)
    assert given.names == ("starred", "Spam", "a", "b")
    assert given.systems == (System.STARRED, System.DIRECT, System.SPAM)
    assert [label.name for label in given.own] == ["a", "b"]


async def test_a_label_that_is_being_renamed_stands_under_both_names(desk: Desk) -> None:
    label = await desk.put(name="new")
    known = by_name([replace(label, body=replace(label.body, was="old"))])
    for name in ("old", "new"):
        assert label_names_and_ids(Standing(names=(name,)), known).names == ("new",)


def test_nothing_given_is_nothing_told() -> None:
    given = label_names_and_ids(PLAIN, {})
    assert (given.names, given.systems, given.own) == ((), (), ())


@pytest.mark.parametrize(
    ("standing", "belongs"),
    [
        (PLAIN, {System.RECENT}),
        (Standing(names=("starred",)), {System.STARRED}),
        (Standing(starred=True), {System.STARRED}),
        (Standing(names=("Spam",), muted=True), {System.SPAM, System.MUTED}),
        (Standing(unread=True), {System.RECENT, System.UNREAD}),
        (Standing(muted=True), {System.MUTED}),
        (Standing(hidden=True), {System.ARCHIVED}),
        (Standing(direct=True), {System.RECENT, System.DIRECT}),
        (Standing(email=True), {System.RECENT, System.EMAIL}),
    ],
)
def test_system_labels_hold_what_stands_so(standing: Standing, belongs: set[System]) -> None:
    assert {number for number in System if in_system(number, standing)} == belongs
