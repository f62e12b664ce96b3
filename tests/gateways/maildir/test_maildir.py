"""Maildirs: names of files and folders tell flags, order and labels."""

from pathlib import Path

import pytest

from syncline.gateways.maildir.flags import state_of
from syncline.gateways.maildir.folders import files_of, folder_name, is_maildir


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("1.host", ("unread",)),
        ("1.host:2,", ("unread",)),
        ("1.host:2,S", ()),
        ("1.host:2,FRS", ("starred",)),
        ("1.host:2,FT", ("unread", "starred", "deleted")),
        ("1.host:2,DS", ("draft",)),
        ("1.host;2,S", ()),
        ("1.host!2,S", ()),
        ("1.host,S=312,W=320:2,S", ()),
        ("1.host:2,Sab", ()),
        ("1.host:1,S", ("unread",)),
    ],
)
def test_flags_become_states(name: str, state: tuple[str, ...]) -> None:
    """What was read stays read; letters of Dovecot's keywords and other marks say nothing."""
    assert state_of(name) == state


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ((), ""),
        ((".Lists",), "Lists"),
        ((".Lists.python",), "Lists/python"),
        (("Lists", "python"), "Lists/python"),
        (("home", "ann", "Maildir", ".Sent"), "Sent"),
        (("home", "ann", "Maildir"), ""),
        ((".maildir", "Lists"), "Lists"),
        (("mail", ".Old..Stuff."), "Old/Stuff"),
    ],
)
def test_folders_of_both_layouts_have_one_name(parts: tuple[str, ...], name: str) -> None:
    """Maildir++ has dots where others have directories."""
    assert folder_name(parts) == name


def test_files_come_in_the_order_of_delivery(tmp_path: Path) -> None:
    """`cur` and `new` together, by the time in the name, not letter by letter; `tmp` was never delivered."""
    for box, name in (
        ("cur", "1000.b:2,S"),
        ("new", "999.a"),
        ("cur", "oddly"),
        ("tmp", "1.x"),
        ("new", ".h"),
    ):
        (tmp_path / box).mkdir(exist_ok=True)
        (tmp_path / box / name).touch()
    assert [file.name for file in files_of(tmp_path)] == ["oddly", "999.a", "1000.b:2,S"]
    assert is_maildir(tmp_path)
    assert not is_maildir(tmp_path / "cur")
