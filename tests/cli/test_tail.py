"""`syncline tail` as an account: the real /changes, through the socket, in process, or from elsewhere."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.cli.tailing import Fields, Tail, Workspace, led_to


@pytest.fixture
def place(data: Path, tmp_path: Path, run: Run) -> Iterator[Workspace]:
    """The workspace, not served yet."""
    place = Workspace(data, tmp_path / "server.log", run)
    yield place
    place.stop(kill=True)


Start = Callable[..., Tail]


@pytest.fixture
def tail() -> Iterator[Start]:
    """Start tails that end with their test."""
    tails: list[Tail] = []

    def start(*arguments: str, stdin: str = "") -> Tail:
        tails.append(Tail(*arguments, stdin=stdin))
        return tails[-1]

    yield start
    for each in tails:
        if each.process.returncode is None:
            each.end()


def rows(out: str) -> list[Fields]:
    """What --json printed; fails unless every line is one."""
    return [json.loads(line) for line in out.removesuffix("\n").split("\n")]


def of(shown: list[Fields], conv: str) -> list[tuple[str, str]]:
    """Kind and act of the rows of a conversation, in order."""
    return [(row["kind"], row["act"]) for row in shown if conv.endswith(f"/{row['zone']}")]


def test_an_account_is_shown_what_it_sees(place: Workspace, tail: Start) -> None:
    """Joining, an edit, leaving, what was said meanwhile, coming back: its rows make what a new client gets.

    Nothing of a conversation without it, nor between leaving and coming back; no hidden kind.
    """
    place.start()
    bo = tail("--account", "bo@example.org", "--since", "0")
    alone = place.conversation("ann")
    place.say("ann", alone, "for my eyes only")
    conv = place.conversation("ann", "bo")
    typo = place.say("ann", conv, "helo")
    place.edit("ann", conv, typo, "hello")
    shown = bo.until('"rel":"edit"')
    assert of(shown, conv)[0] == ("zone", "entered")
    assert shown[-1]["body"]["form"]["text"] == "hello"

    place.post("ann", f"{conv}/members", act="kick", persons=[place.ids["bo"]])
    left = len(bo.until('"act":"left"'))
    place.say("ann", conv, "bo is away")
    place.post("ann", f"{conv}/members", act="add", persons=[place.ids["bo"]])
    place.say("ann", conv, "bo is back")
    shown = bo.until("bo is back")
    assert of(shown[left:], conv)[0] == ("zone", "entered")
    assert of(shown, alone) == []
    assert "eyes only" not in json.dumps(shown)
    assert {row["kind"] for row in shown}.isdisjoint({"token", "credential", "grant", "session"})
    assert led_to(shown, place.ids["bo"]) == place.held_by_a_new_client("bo")
    assert bo.end() == (130, "")


@pytest.mark.parametrize("source", ["socket", "remote"])
def test_the_cursor_outlives_restarts(place: Workspace, tail: Start, source: str) -> None:
    """A stop in good order, and a kill: what was written around them comes, each row once, none missing."""
    place.start()
    conv = place.conversation("ann", "bo")
    arguments = {
        "socket": ("--account", "bo@example.org"),
        "remote": ("--url", place.url, "--token-file", "-"),
    }[source]
    bo = tail(*arguments, "--since", "0", stdin=f"{place.tokens['bo']}\n")
    said = []
    for turn, kill in enumerate((False, True)):
        said += [f"before {turn}", f"after {turn}"]
        place.say("ann", conv, said[-2])
        bo.until(said[-2])
        place.stop(kill=kill)
        place.start()
        place.say("ann", conv, said[-1])
        bo.until(said[-1])
    entries = [row for row in bo.rows if row["kind"] == "entry"]
    assert [row["body"]["body"]["text"] for row in entries if row["body"]["kind"] == "message"] == said
    assert len({row["seq"] for row in entries}) == len(entries)
    assert of(bo.rows, conv).count(("zone", "entered")) == 1
    assert led_to(bo.rows, place.ids["bo"]) == place.held_by_a_new_client("bo")
    code, words = bo.end()
    assert code == 130
    assert words == "" or "aiting" in words


def test_the_operators_tail_outlives_restarts_too(place: Workspace, tail: Start) -> None:
    """The whole log: every seq once, whoever may see it."""
    place.start()
    log = tail("--since", "0")
    place.say("ann", place.conversation("ann"), "before")
    log.until("before")
    place.stop()
    place.start()
    place.say("bo", place.conversation("bo"), "after")
    log.until("after")
    seqs = [row["seq"] for row in log.rows]
    assert seqs == list(range(1, len(seqs) + 1))
    assert log.end()[0] == 130


def test_a_remote_reader_ends_with_its_token(place: Workspace, tail: Start, run: Run, tmp_path: Path) -> None:
    """Revoked while it follows: it does not come back for ever, but says why it may not."""
    place.start()
    file = tmp_path / "token"
    file.write_text(place.tokens["ann"] + "\n")
    ann = tail("--url", f"{place.url}/", "--token-file", str(file))
    conv = place.conversation("bo", "ann")
    ann.until('"entered"')
    id = run("token", "list", "ann@example.org").out.split("\t")[0]
    assert run("token", "revoke", id).code == 0
    place.say("bo", conv, "not for this token")
    code, words = ann.ended()
    assert code == 1
    assert "not for this token" not in json.dumps(ann.rows)
    assert "This token is not known." in words.splitlines()[-1]


def test_without_a_server_the_same_is_read_in_process(place: Workspace, run: Run) -> None:
    """Nothing is made or stored for it: the log stays as it was. The cursor that it says goes on there."""
    before = run("tail", "--since", "0", "--no-follow", "--json").out
    said = run("tail", "--account", "ann@example.org", "--since", "0", "--no-follow", "--json")
    assert said.code == 0
    assert {row["kind"] for row in rows(said.out)} == {"profile", "contact"}
    cursor = said.err.split("`")[1].removeprefix("--since ")
    again = run("tail", "--account", "ann", "--since", cursor, "--no-follow")
    assert (again.out, again.err) == ("", said.err)
    assert run("tail", "--since", "0", "--no-follow", "--json").out == before
    place.start()
    conv = place.conversation("ann")
    place.say("ann", conv, "news")
    place.stop()
    later = run("tail", "--account", "ann@example.org", "--since", cursor, "--no-follow", "--json")
    assert of(rows(later.out), conv)[0] == ("zone", "entered")
    assert "news" in later.out


def test_lines_are_for_people(place: Workspace, run: Run) -> None:
    """seq, time, zone, act, kind, id, nr and what was said, shortened, on one line that no terminal obeys.

    With --json the same text is whole, and still on one line, of the log as of /changes.
    """
    place.start()
    conv = place.conversation("ann")
    strange = "one\u2028two\u0085three\n\u009b31m " + "long " * 50
    typo = place.say("ann", conv, "helo")
    entry = place.say("ann", conv, strange)
    place.edit("ann", conv, typo, "hello")
    shown = run("tail", "--account", "ann@example.org", "--no-follow").out
    message, edit = [line for line in shown.split("\n") if " nr " in line][-2:]
    assert re.match(r"[0-9]+  20[0-9-]{8} [0-9:]{8}  zone ", message)
    zone = conv.rpartition("/")[2]
    assert f'  zone {zone}  add entry {entry["entry"]} nr {entry["nr"]}  message {{"text":"one two' in message
    assert message.endswith("…")
    assert message.isprintable()
    assert f'  edit of {typo["entry"]} {{"content":{{"text":"hello"}}}}' in edit
    for arguments in (["--account", "ann@example.org"], []):
        told = run("tail", *arguments, "--since", "0", "--no-follow", "--json").out
        bodies = [row["body"].get("body", row["body"]) for row in rows(told) if row["kind"] == "entry"]
        assert strange in [body.get("text") for body in bodies]


def test_a_cursor_that_cannot_be_starts_anew(place: Workspace, run: Run) -> None:
    """From a future that a restore took back: everything comes, and it is said that nothing else counts."""
    whole = run("tail", "--account", "ann", "--since", "0", "--no-follow").out
    said = run("tail", "--account", "ann", "--since", "999999", "--no-follow")
    assert said.out == whole
    assert "everything follows anew" in said.err.splitlines()[0]


def test_a_restore_is_no_reason_to_begin_anew(place: Workspace, run: Run, tmp_path: Path) -> None:
    """The newest changes after a jump of 2^32 seqs: 20 before them is a place where nobody can stand."""
    assert run("backup", str(tmp_path / "b.tar")).code == 0
    new = ("--data", str(tmp_path / "new"))
    assert run("restore", str(tmp_path / "b.tar"), *new).code == 0
    assert run("token", "create", "ann@example.org", *new).code == 0
    said = run("tail", "--account", "ann", "--no-follow", *new)
    assert said.code == 0
    assert "anew" not in said.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--url", "http://127.0.0.1:1", "--account", "ann"], "--account"),
        (["--url", "http://127.0.0.1:1"], "--token-file"),
        (["--token-file", "token"], "--url"),
        (["--url", "example.org", "--token-file", "token"], "https://"),
        (["--url", "http://ann:secret@example.org", "--token-file", "token"], "leave them out"),
        (["--url", "http://127.0.0.1:1", "--token-file", "empty"], "first line of empty"),
        (["--since", "5.1.2"], "--account"),
    ],
)
def test_misuse_is_said(run: Run, tmp_path: Path, arguments: list[str], named: str) -> None:
    """One sentence, exit code 2; a token on the command line would be seen by others, so there is no way."""
    (tmp_path / "token").write_text("x" * 64)
    (tmp_path / "empty").touch()
    said = run("tail", *arguments)
    assert (said.code, said.out) == (2, "")
    assert named in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("path", ["", "/healthz", "/nowhere"])
def test_what_is_no_syncline_is_said_at_once(place: Workspace, run: Run, tmp_path: Path, path: str) -> None:
    """A wrong address is not waited for: exit code 1 and a sentence."""
    (tmp_path / "token").write_text("x" * 64)
    if path:
        place.start()
    said = run("tail", "--url", place.url + path, "--token-file", "token")
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ([], True),
        ([], False),
        (["--account", "ann@example.org"], True),
        (["--account", "ann@example.org"], False),
        (["--url", "{url}", "--token-file", "token"], True),
    ],
)
def test_a_pipe_that_wants_no_more_ends_it_quietly(
    place: Workspace, tmp_path: Path, source: list[str], served: bool
) -> None:
    """`syncline tail | head -1`: no word on stderr, whatever was still open inside."""
    place.start()
    conv = place.conversation("ann", "bo")
    for _ in range(4):
        place.say("ann", conv, "x" * 50_000)  # more than a pipe holds: it has to meet the closed end
    if not served:
        place.stop()
    (tmp_path / "token").write_text(place.tokens["ann"])
    command = [sys.executable, "-m", "syncline", "tail", *(each.format(url=place.url) for each in source)]
    with subprocess.Popen(
        [*command, "--json", "--since", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tailing:
        assert tailing.stdout is not None
        assert tailing.stderr is not None
        assert tailing.stdout.readline()
        tailing.stdout.close()
        said = tailing.stderr.read()
    assert (tailing.returncode, said) == (0, "")
