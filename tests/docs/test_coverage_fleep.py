"""The ledger of Fleep's API: nothing of it without a row, no row without a test or a reason."""

import ast
import re
from pathlib import Path

from tests.docs.fleep_calls import CALLS as REFERENCE
from tests.docs.fleep_calls import HARNESS, OURS
from tests.protocols.fleep import keys_twice

from syncline.core import errors
from syncline.protocols.fleep import listing, serving
from syncline.protocols.fleep.errors import STATUSES, Expired, NotAvailable
from syncline.protocols.fleep.hooks import incoming
from syncline.protocols.fleep.later import LATER
from syncline.protocols.fleep.plugged import CALLS, POLLS
from syncline.protocols.fleep.polling import first, holding
from syncline.protocols.fleep.records.shapes import SHAPES
from syncline.protocols.fleep.syncing import walking

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/syncline/protocols/fleep"
LEDGER = (ROOT / "docs/coverage/fleep.md").read_text()
PAGE = (ROOT / "docs/fleep.md").read_text()
ROW = re.compile(r"^\| (.+?) \| (.+) \|$", re.MULTILINE)
NOT_YET = "not yet: "

READERS = {
    *("has", "raw", "text", "need_text", "number", "need_number"),
    *("weight", "flag", "texts", "need_texts", "objects", "request"),
}
"""Methods of `Fields` and `Call` that name what is read."""

PASSED_OVER = frozenset({"ticket", "api_version"})
"""What every call may bring."""


def ledger() -> dict[str, str]:
    """What has a row, and what it says."""
    return {what: shown for what, shown in ROW.findall(LEDGER) if what not in ("what", "---")}


def answered() -> set[str]:
    """Every call that does something, without the id at its end."""
    polls = {route.path.removeprefix("/api/") for route in POLLS}
    return {spec.path for spec in CALLS} | polls


def later() -> set[str]:
    """Every call that says what is missing."""
    return {path.removesuffix("/{id}") for path in LATER} - answered()


def read_by_the_code() -> set[str]:
    """The names of all fields that some call reads."""
    found = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in READERS
                and ast.unparse(node.func.value).endswith(("fields", "call"))
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def test_every_call_of_the_reference_is_answered() -> None:
    """By what it is for, or by what is missing; none is left to "there is no such call"."""
    assert REFERENCE.keys() - answered() - later() == set()


def test_every_call_has_a_row_and_is_described() -> None:
    """A route without proof is a claim."""
    rows = ledger()
    for path in answered() | later() | set(HARNESS):
        assert f"`{path}`" in rows, path
    for path in answered():
        assert f"**`{path}" in PAGE, path
    for path in later():
        assert f"`{path}`" in PAGE, path


def test_every_parameter_has_a_row_and_is_described() -> None:
    """Those of the reference, and all that the code reads."""
    rows = ledger()
    for path, names in (*REFERENCE.items(), *OURS.items()):
        for name in names:
            assert f"`{path}` `{name}`" in rows, (path, name)
            assert f"`{name}`" in PAGE, name
    for name in read_by_the_code() - PASSED_OVER:
        assert any(what.endswith(f" `{name}`") for what in rows), f"{name} has no row"
        assert f"`{name}`" in PAGE, f"{name} is not described"


def test_every_key_has_a_row_and_is_described() -> None:
    """Keys are taken from the encoders' own sets, so none can be forgotten."""
    assert len(SHAPES) > 20
    rows = ledger()
    for name, shape in SHAPES.items():
        for key in (shape.always | shape.may) - {"mk_rec_type"}:
            assert f"`{shape.record}.{key}`" in rows, (name, key)
            assert f"`{key}`" in PAGE, f"{key} is not described"


def test_the_key_sets_are_those_of_the_reference() -> None:
    """Each shape has what the reference gives it, and may have no key that the reference does not know."""
    for name, (record, always) in keys_twice.SHAPES.items():
        ours = SHAPES[name]
        assert ours.record == record
        assert always <= ours.always, f"{name} lacks {sorted(always - ours.always)}"
        if record in ("conv", "message"):
            assert ours.always == always, f"{name} has {sorted(ours.always - always)} as well"
    for name, shape in SHAPES.items():
        assert shape.identity == keys_twice.IDENTITY[shape.record], name
        assert set(shape.identity) <= shape.always, name
        known = {key for record, keys in keys_twice.SHAPES.values() if record == shape.record for key in keys}
        unknown = (shape.always | shape.may) - known - keys_twice.MAY[shape.record]
        assert unknown == set(), f"{name} has {sorted(unknown)}"


def test_every_error_has_a_row_and_is_described() -> None:
    """Each kind of refusal with its status, as the table says."""
    rows = ledger()
    kinds = {kind for kind, _ in STATUSES} | {Expired, NotAvailable, errors.Missing, errors.Taken}
    for kind in kinds:
        status = next(status for of, status in STATUSES if issubclass(kind, of))
        assert f"{status} `{kind.code}`" in rows, kind
        assert re.search(rf"^\| {status} \|.*`{kind.code}`", PAGE, re.MULTILINE), kind
    for code in ("405 `method_not_allowed`", "500 `internal`"):
        assert code in rows, code


def test_the_limits_are_those_described() -> None:
    """Numbers in the page are the code's."""
    assert (serving.LARGEST, serving.SMALL) == (4 << 20, 64 << 10)
    assert "| a call's body | 4 MB; 64 KB of a poll, and of what needs no session |" in PAGE
    assert (first.FIRST, first.BATCH) == (20, 50)
    assert "20 conversations, then 50" in PAGE
    assert holding.HOLD == 55
    assert "| waiting of a poll | 55 seconds |" in PAGE
    assert incoming.LARGEST_JSON == 2 << 20
    assert "| a hook's JSON | 2 MB |" in PAGE
    assert walking.PAGE == 10
    assert "| a page of a walk | 10 numbers |" in PAGE
    assert listing.PAGE == 25
    assert "25 conversations" in PAGE


def test_every_record_type_is_described_with_its_keys() -> None:
    """The page has a row for each shape, made of the same sets."""
    for name, shape in SHAPES.items():
        row = re.search(rf"^\| {re.escape(name)} \| (.+) \| (.*) \|$", PAGE, re.MULTILINE)
        assert row is not None, name
        assert set(re.findall(r"`([a-z_0-9]+)`", row[1])) == shape.always - {"mk_rec_type"}, name
        assert set(re.findall(r"`([a-z_0-9]+)`", row[2])) == shape.may, name


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
