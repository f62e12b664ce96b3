"""The ledger of Heliotrope's API: nothing of it without a row, no row without a test or a reason."""

import re
from pathlib import Path

import msgspec
from tests.protocols.heliotrope.place import MESSAGE, MESSAGEINFO, THREADINFO

from syncline.core import errors
from syncline.protocols.heliotrope import bodies, shapes
from syncline.protocols.heliotrope.errors import SAID
from syncline.protocols.heliotrope.plugged import ROUTES

ROOT = Path(__file__).parents[2]
LEDGER = (ROOT / "docs/coverage/heliotrope.md").read_text()
PAGE = (ROOT / "docs/heliotrope.md").read_text()
ROW = re.compile(r"^\| (.+?) \| (.+) \|$", re.MULTILINE)
NOT_YET = "not yet: "

PARAMETERS = {
    "contacts": ("prefix", "num"),
    "search": ("q", "start", "num", "sort", "strict"),
    "count": ("q", "strict"),
    "thread labels": ("labels",),
    "thread state": ("state",),
    "message": ("mime_type_pref", "only_infos"),
    "message state": ("state",),
    "part": ("mime_type_pref",),
    "raw": ("copy",),
    "add": ("message", "message_base64", "labels", "state", "extra"),
    "bounce": ("message", "force_recipients"),
}


def ledger() -> dict[str, str]:
    """What has a row, and what it says."""
    return {what: shown for what, shown in ROW.findall(LEDGER) if what not in ("what", "---")}


def all_shapes() -> list[type[msgspec.Struct]]:
    """Everything that this protocol answers with."""
    found = [one for one in vars(shapes).values() if isinstance(one, type)]
    return [one for one in found if issubclass(one, msgspec.Struct) and one is not msgspec.Struct]


def test_every_call_has_a_row_and_is_described() -> None:
    """A route without proof is a claim."""
    calls = {f"`{method} {route.path}`" for route in ROUTES for method in route.methods}
    assert calls <= ledger().keys()
    for route in ROUTES:
        path = route.path.replace("{id}", "ID").replace("{part}", "N")
        assert f"**`{route.methods[0]} {path}`**" in PAGE, path


def test_every_key_has_a_row_and_is_described() -> None:
    """Keys are taken from the structs that are encoded, so none can be forgotten."""
    assert len(all_shapes()) > 15
    for shape in all_shapes():
        for key in shapes.keys(shape):
            assert f"`{shape.__name__}.{key}`" in ledger(), (shape, key)
            assert f"`{key}`" in PAGE or f'"{key}":' in PAGE, f"{key} is not described"


def test_the_key_sets_are_those_of_the_reference() -> None:
    """As the wiki and the original show them, written down a second time for the tests."""
    assert set(shapes.keys(shapes.Threadinfo)) == THREADINFO
    assert set(shapes.keys(shapes.Messageinfo)) == MESSAGEINFO
    assert {*shapes.keys(shapes.Messageinfo), *shapes.keys(shapes.Whole)} == MESSAGE


def test_every_parameter_has_a_row_and_is_described() -> None:
    """All that a query or a body may say."""
    for call, names in PARAMETERS.items():
        for name in names:
            assert f"{call} `{name}`" in ledger(), (call, name)
            assert f"`{name}`" in PAGE


def test_every_error_has_a_row_and_is_described() -> None:
    """Those with a status of their own, and those that are said with status 200."""
    codes = {
        *SAID,
        *(error.code for error in (errors.Missing, errors.Invalid, errors.NotFound, errors.TooLarge)),
        *(error.code for error in (errors.Unauthorized, errors.WrongPassword, errors.Deactivated)),
        *(error.code for error in (errors.ScopeMissing, errors.Forbidden, errors.TooMany)),
    }
    for code in codes:
        assert f"`{code}`" in ledger(), code
        assert f"`{code}`" in PAGE, code


def test_the_limits_are_those_described() -> None:
    """Numbers in the page are the code's."""
    assert bodies.LARGEST_JSON == 2 << 20
    assert "| a JSON body | 2 MB;" in PAGE
    assert bodies.LARGEST_EXTRA == 16 << 10
    assert "up to 16 KB" in PAGE


def test_every_defect_of_the_original_has_a_row() -> None:
    """Section 11 of the reference lists 26."""
    for number in range(1, 27):
        assert any(what.startswith(f"11.{number} ") for what in ledger()), number


def test_every_row_names_tests_that_are_there_or_says_why_not() -> None:
    """A row whose test is gone says nothing any more."""
    for what, shown in ledger().items():
        proof, _, reason = shown.partition(NOT_YET)
        tests = re.findall(r"`([^`]+::[^`]+)`", proof)
        assert tests or len(reason) > 10, f"{what}: neither a test nor a reason"
        for test in tests:
            path, _, name = test.partition("::")
            source = ROOT / path
            assert source.is_file(), f"{what}: {path} is gone"
            assert f"def {name}(" in source.read_text(), f"{what}: {test} is gone"
