"""The stable forms: users' scripts depend on what each command takes, prints and returns."""

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

COMMANDS = [
    ["serve"],
    *(["account", each] for each in ("add", "list", "invite", "link", "close", "erase", "password")),
    *(["token", each] for each in ("create", "list", "revoke")),
    ["tail"],
    *(["import", each] for each in ("mbox", "maildir", "eml")),
    ["verify"],
    ["rebuild"],
    ["doctor"],
    ["backup"],
    ["restore"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(run: Run, command: list[str]) -> None:
    """--help says what it does, gives an example, and names the two options that all take."""
    shown = run(*command, "--help")
    assert shown.code == 0
    assert "Example" in shown.out
    assert "--data" in shown.out
    assert "--config" in shown.out


def test_nothing_heavy_is_loaded_to_show_help() -> None:
    """`syncline --help` takes under 0.3 s: what a command needs is loaded when it runs."""
    said = subprocess.run(
        [sys.executable, "-c", "import sys, syncline.cli; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"starlette", "httpx", "apsw", "uvicorn", "uvloop", "asyncio", "rich", "argon2", "syncline.store"}
    assert not heavy & set(said.stdout.split())


def test_accounts_from_the_first_to_the_last_day(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added, listed, given a password, closed."""
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    added = run(
        "account",
        "add",
        "ann@example.org",
        "--name",
        "Ann",
        "--local",
        "ann",
        "--password-stdin",
        "--role",
        "admin",
    )
    assert added.code == 0, added.err
    assert run("account", "add", "bo@example.org").code == 0
    rows = [json.loads(line) for line in run("account", "list", "--json").out.splitlines()]
    assert [(row["email"], row["local"], row["name"], row["role"], row["closed"]) for row in rows] == [
        ("ann@example.org", "ann", "Ann", "admin", False),
        ("bo@example.org", "bo", "bo", "agent", False),
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("another horse battery\n"))
    assert run("account", "password", "bo@example.org", "--password-stdin").code == 0
    assert run("account", "close", "bo").code == 0
    assert run("account", "list").out.splitlines()[1].endswith("closed")
    assert run("account", "erase", "bo@example.org", "--yes").code == 0


def test_links_are_all_that_is_printed(run: Run) -> None:
    """An invite and a sign-in link are pasted into mails by scripts."""
    run("account", "add", "ann@example.org")
    assert run("account", "invite").out.startswith("http://127.0.0.1:8080/register?code=")
    assert run("account", "link", "ann@example.org").out.startswith("http://127.0.0.1:8080/login/link?code=")


def test_a_token_is_64_characters_and_nothing_else_on_stdout(run: Run) -> None:
    """TOKEN=$(syncline token create …) must hold the token; the list never shows a secret."""
    run("account", "add", "ann@example.org")
    made = run("token", "create", "ann@example.org", "--scopes", "read,sync")
    assert len(made.out) == 65
    assert made.out.endswith("\n")
    listed = run("token", "list", "ann@example.org")
    id, account, scopes, _ = listed.out.strip().split("\t")
    assert (account, scopes) == ("ann@example.org", "read,sync")
    assert made.out.strip() not in listed.out
    assert run("token", "revoke", id).code == 0
    assert run("token", "list").out == ""


def test_options_stand_where_one_likes(run: Run, tmp_path: Path) -> None:
    """--data after the subcommand, before it, or with an equals sign: the same workspace."""
    place = str(tmp_path / "elsewhere")
    assert run("account", "add", "ann@example.org", "--data", place).code == 0
    for arguments in (["--data", place, "account", "list"], [f"--data={place}", "account", "list"]):
        assert run(*arguments).out.startswith("1"), arguments
    assert run("account", "list").out == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["accont", "list"], "account"),
        (["account", "add"], "EMAIL"),
        (["account", "add", "a@b.example", "--rle", "agent"], "--role"),
        (["token", "revoke", "twelve"], "twelve"),
        (["account", "erase", "a@b.example"], "--yes"),
    ],
)
def test_misuse_is_one_sentence_and_exit_code_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], named: str
) -> None:
    """A typing error is answered with what was meant."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = run(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert named.lower() in said.err.lower()
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "next_step"),
    [
        (["token", "create", "nobody@example.org"], "syncline account list"),
        (["account", "add", "a@b.example", "--role", "king"], "admin, agent or none"),
        (["verify", "--data", "nowhere"], "--data"),
        (["restore", "nothing.tar", "--data", "new"], "syncline backup"),
        (["import", "mbox", "nothing.mbox", "--account", "a@b.example"], "path"),
        (["account", "list", "--config", "nothing.toml"], "nothing.toml"),
        (["tail", "--data", "nowhere"], "syncline serve"),
        (["account", "list", "--data", "nowhere"], "--data"),
        (["token", "list", "--data", "nowhere"], "--data"),
        (["account", "close", "a@b.example", "--data", "nowhere"], "--data"),
    ],
)
def test_failure_is_one_sentence_that_names_the_next_step(
    run: Run, arguments: list[str], next_step: str
) -> None:
    """Exit code 1, nothing on stdout, never a traceback."""
    assert run("account", "add", "ann@example.org").code == 0
    said = run(*arguments)
    assert said.code == 1
    assert said.out == ""
    assert next_step in said.err
    assert "Traceback" not in said.err
    assert said.err.count("\n") == 1


def test_a_mistyped_directory_is_not_made(run: Run, tmp_path: Path) -> None:
    """`account list --data /var/lib/synclin` shows no empty list, and leaves no empty store behind."""
    assert run("account", "list", "--data", str(tmp_path / "typo")).code == 1
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["token", "revoke", "9" * 30],
        ["account", "close", "9" * 30],
        ["tail", "--no-follow", "--since", "9" * 30],
        ["account", "add", "b@example.org", "--name", "\udcff\udcfe"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_what_no_store_can_hold_is_refused_with_a_sentence(run: Run, arguments: list[str]) -> None:
    """Numbers beyond 64 bits, and bytes that are no text."""
    assert run("account", "add", "a@example.org").code == 0
    said = run(*arguments)
    assert said.code in (1, 2)
    assert "unexpected" not in said.err
    assert said.err.count("\n") == 1


def test_a_terminal_without_unicode_is_shown_what_it_can(run: Run, data: Path) -> None:
    """LC_ALL=C without Python's UTF-8 mode, or an old Latin-1 terminal: no name is an error."""
    assert run("account", "add", "jo@example.org", "--name", "J\u00f6 \u2603").code == 0
    said = subprocess.run(
        [sys.executable, "-m", "syncline", "account", "list", "--data", str(data)],
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    assert b"J\\xf6 \\u2603" in said.stdout


def test_an_unexpected_error_is_a_sentence_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a fault of ours shows no traceback, but says how to get one."""
    monkeypatch.setattr("syncline.cli.owner.settings", lambda _where: 1 / 0)
    said = run("account", "list")
    assert said.code == 1
    assert "SYNCLINE_TRACEBACK=1" in said.err
    assert "Traceback" not in said.err


def test_a_backup_is_verified_where_it_comes_back(run: Run, tmp_path: Path) -> None:
    """backup prints the file, restore makes a store of it; the old one stays as it was."""
    run("account", "add", "ann@example.org")
    made = run("backup", str(tmp_path))
    assert made.code == 0, made.err
    file = made.out.strip()
    assert Path(file).is_file()
    back = run("restore", file, "--data", str(tmp_path / "new"))
    assert back.code == 0, back.err
    assert "All is well" in back.err
    assert run("account", "list", "--data", str(tmp_path / "new")).out == run("account", "list").out
    assert run("restore", file, "--data", str(tmp_path / "new")).code == 1


def test_verify_says_each_damage_on_a_line_and_fails(run: Run, data: Path) -> None:
    """Exit code 1 wakes the operator's timer; the lines say where to look."""
    import apsw

    run("account", "add", "ann@example.org")
    assert run("verify").code == 0
    with apsw.Connection(str(data / "store.db")) as store:
        store.execute("UPDATE zone SET head = head + 1 WHERE kind = 1")
    store.close()
    said = run("verify")
    assert said.code == 1
    assert said.out.startswith("heads_are_newest_changes: zone ")
    assert said.out.count("\n") == 1


def test_tail_begins_where_it_is_told(run: Run) -> None:
    """--since 0 shows the whole log, a seq what came after it."""
    run("account", "add", "ann@example.org")
    whole = run("tail", "--since", "0", "--no-follow").out.splitlines()
    assert whole[0].startswith("1  ")
    assert run("tail", "--since", "2", "--no-follow").out.splitlines() == whole[2:]
    assert run("tail", "--no-follow").out.splitlines() == whole[-20:]


def test_tail_shows_no_secret(run: Run) -> None:
    """Bodies of credentials and tokens hold hashes: the operator's screen is no place for them."""
    run("account", "add", "ann@example.org")
    run("token", "create", "ann@example.org")
    shown = run("tail", "--since", "0", "--no-follow", "--json").out
    for line in map(json.loads, shown.splitlines()):
        if line["kind"] in ("token", "credential", "session", "invite"):
            assert line["body"] == {}


def test_doctor_looks_at_everything_and_finds_this_machine_fit(run: Run) -> None:
    """One line for each look; BAD would be the exit code."""
    said = run("doctor")
    assert [line.split("\t")[1] for line in said.out.splitlines()] == [
        "open files",
        "flush",
        "clock",
        "disk",
        "data",
        "port",
        "TLS",
        "relay",
    ]
    assert said.code == (1 if "BAD" in said.out else 0)


def test_rebuild_makes_projections_again(run: Run) -> None:
    """With none registered it says so."""
    run("account", "add", "ann@example.org")
    assert run("rebuild").code == 0


def test_verify_looks_at_a_store_that_cannot_be_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing disk is mounted read-only, and that is when one wants to know what is on it."""
    run("account", "add", "ann@example.org")
    real = os.open

    def read_only(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY) and str(path).endswith("owner.lock"):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", read_only)
    assert run("verify").code == 0
    refused = run("account", "list")
    assert (refused.code, refused.out) == (1, "")
    assert "cannot be written" in refused.err


def test_an_invite_can_give_a_role(run: Run) -> None:
    """Accounts that people make themselves have none, unless the operator says otherwise."""
    assert run("account", "invite", "cleo@example.org", "--role", "agent").code == 0
    refused = run("account", "invite", "--role", "boss")
    assert refused.code == 1
    assert "admin, agent or none" in refused.err
