"""The ledger of /changes: nothing of the protocol without a row, no row whose test is gone."""

import re
from pathlib import Path

from syncline.protocols.changes import ROUTES, conversations, rows
from syncline.protocols.changes.conversations import AMENDMENTS

ROOT = Path(__file__).parents[2]
LEDGER = (ROOT / "docs/coverage/changes.md").read_text()
PAGE = (ROOT / "docs/changes.md").read_text()
ROW = re.compile(r"^\| (.+?) \| (.+) \|$", re.MULTILINE)


def ledger() -> dict[str, list[str]]:
    """What has a row, and the tests it names."""
    found = {what: re.findall(r"`([^`]+)`", tests) for what, tests in ROW.findall(LEDGER)}
    return {what: tests for what, tests in found.items() if tests}


def test_every_call_has_a_row_and_is_described() -> None:
    """A route without proof is a claim."""
    calls = {f"`{method} {route.path}`" for route in ROUTES for method in route.methods}
    assert calls <= ledger().keys()
    assert all(route.path in PAGE for route in ROUTES)


def test_every_field_has_a_row_and_is_described() -> None:
    """Fields are taken from the structs that are encoded and decoded, so none can be forgotten."""
    page = ("changes", "next", "more", "epoch", "reset")
    wanted = {f"`{name}`" for name in (*page, *rows._Row.__struct_fields__)}
    for name, struct in (
        ("entry", rows._Entry),
        ("zone", rows._Zone),
        ("subscription", rows._Subscription),
        ("fact", rows._Fact),
    ):
        wanted |= {f"`{name}.{field}`" for field in struct.__struct_fields__}
    for asked in (
        conversations.NewConversation,
        conversations.MemberAct,
        conversations.NewMessage,
        conversations.NewAmendment,
    ):
        wanted |= {f"`{asked.__name__}.{field}`" for field in asked.__struct_fields__}
    wanted |= {f"`rel: {rel}`" for rel in AMENDMENTS}
    assert wanted <= ledger().keys()
    for what in wanted:
        name = what.strip("`").rpartition(".")[2].removeprefix("rel: ")
        assert name in PAGE, f"{name} is not described"


def test_every_test_of_the_ledger_is_there() -> None:
    """A row whose test is gone says nothing any more."""
    for what, tests in ledger().items():
        for test in tests:
            path, _, name = test.partition("::")
            source = ROOT / path
            assert source.is_file(), f"{what}: {path} is gone"
            assert f"def {name}(" in source.read_text(), f"{what}: {test} is gone"
