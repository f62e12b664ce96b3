"""What a call brings: read tolerantly, refused by its name, and decoded only when it is asked for."""

import tracemalloc
from typing import Any

import pytest

from syncline.core.errors import Invalid, SynclineError, TooLarge
from syncline.protocols.fleep.fields import LARGEST_LIST, MOST_OBJECTS, Fields

MEGABYTES = 4 << 20


def given(value: str) -> Fields:
    """Fields with one of this JSON."""
    return Fields.parse(b'{"x": %b}' % value.encode())


@pytest.mark.parametrize(
    ("value", "number"),
    [("5", 5), ('"5"', 5), ('" -5 "', -5), ("5.0", 5), ("-0.0", 0), (f"{(1 << 63) - 1}", (1 << 63) - 1)],
)
def test_numbers_may_be_written_in_some_ways(value: str, number: int) -> None:
    """Digits in a text are a number, as some clients send them."""
    assert given(value).number("x") == number


@pytest.mark.parametrize(
    "value", ['"--5"', '"-"', '"5-"', '"1_0"', '""', '"٣"', "1.5", "true", "[5]", "{}", "1e19", f'"{9**30}"']
)
def test_what_is_no_number_is_refused_by_its_name(value: str) -> None:
    """Never an error of the server's own."""
    with pytest.raises(Invalid) as refused:
        given(value).number("x")
    assert refused.value.field == "x"


@pytest.mark.parametrize("value", ["1e308", "-1e17", "1" + "0" * 300, "1" + "0" * 500, '"5"', "true", "[]"])
def test_a_weight_is_a_number_that_leaves_room_beside_it(value: str) -> None:
    """After 1e308 no other could come."""
    with pytest.raises(Invalid) as refused:
        given(value).weight("x")
    assert refused.value.field == "x"


def test_null_is_not_given() -> None:
    """For every type, and for the question whether something was."""
    fields = given("null")
    found = [read("x") for read in (fields.text, fields.number, fields.flag, fields.texts, fields.objects)]
    assert found == [None] * 5
    assert not fields.has("x")
    assert fields.raw("x") is None


def test_lists_are_lists_of_what_they_should_hold() -> None:
    """Texts, and objects that are fields themselves."""
    assert given('["a", "b"]').texts("x") == ["a", "b"]
    (one,) = given('[{"y": [1, {"z": null}], "n": 3}]').objects("x") or []
    assert (one.number("n"), one.raw("y")) == (3, [1, {"z": None}])
    for value in ('["a", 1]', '"a"', "5", "{}", "[null]"):
        with pytest.raises(Invalid):
            given(value).texts("x")
        with pytest.raises(Invalid):
            given(value).objects("x")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("[" + ",".join(['"a"'] * LARGEST_LIST) + "]", Fields.texts),
        ("[" + ",".join(['"a"'] * LARGEST_LIST) + "]", Fields.raw),
        ("[" + ",".join(["{}"] * (MOST_OBJECTS + 1)) + "]", Fields.objects),
        ("[" * 200 + "]" * 200, Fields.raw),
    ],
)
def test_there_is_an_end_to_lists(value: str, read: Any) -> None:
    """TooLarge, with the name."""
    with pytest.raises(TooLarge) as refused:
        read(given(value), "x")
    assert refused.value.field == "x"


@pytest.mark.parametrize("body", [b"[]", b"5", b"{", b'{"x": \xff}', b"x", b'{"x":' * 3000])
def test_a_body_is_one_object(body: bytes) -> None:
    """Else it is the body that is wrong."""
    with pytest.raises(SynclineError) as refused:
        Fields.parse(body)
    assert refused.value.field == "body"


def test_what_nobody_asks_for_is_not_taken_apart() -> None:
    """A million empty lists made the loop stand still for three seconds."""
    body = b'{"a": [%b], "x": 1}' % b",".join([b"[]"] * (MEGABYTES // 3))
    tracemalloc.start()
    try:
        assert Fields.parse(body).number("x") == 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000  # each of the lists would take 56 bytes
