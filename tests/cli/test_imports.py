"""`syncline import`: all mails of all sources, each once, with a summary that adds up."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import httpx
import pytest
from tests.cli.conftest import Run, Serving
from tests.cli.mailbox import mailbox
from tests.gateways.imports.mailboxes import mail, mbox, tar, zipped

from syncline.gateways.imports.found import Found
from syncline.gateways.imports.reading import Reading
from syncline.gateways.imports.workers import Workers
from syncline.store.sqlite.lock import read_owner

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"

REPLY = "In-Reply-To: <one@example.org>\n"
OTHER_COPY = mail("one").replace(b"Text of", b"The text of")


@pytest.fixture
def ann(run: Run) -> None:
    """The only account."""
    assert run("account", "add", "ann@example.org").code == 0


@pytest.mark.usefixtures("ann")
def test_a_mailbox_is_taken_in(run: Run, data: Path, tmp_path: Path) -> None:
    """Messages, copies with other bytes, the same bytes again, and what is no mail: the summary adds up."""
    (tmp_path / "box.mbox.gz").write_bytes(
        gzip.compress(mbox(mail("one"), mail("two", REPLY), mail("one"), OTHER_COPY, mail("three")))
    )
    (tmp_path / "odd.eml").write_bytes(b"\n\nno head at all\n")
    ran = run("import", "mbox", str(tmp_path / "box.mbox.gz"), str(tmp_path / "odd.eml"))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "6 mails read: 3 messages, 2 copies, 1 kept raw, as they cannot be understood; 3 threads.\n"
    )
    one, two, three, odd = mailbox(data)
    assert [kept.subject for kept in (one, two, three)] == ["one", "two", "three"]
    assert one.raws == (mail("one"), OTHER_COPY)
    assert odd.raws == (b"\n\nno head at all\n",)
    assert one.thread == two.thread != three.thread
    assert {kept.labels for kept in (one, two, three, odd)} == {("inbox",)}
    assert {kept.state for kept in (one, two, three, odd)} == {("unread",)}
    assert run("verify").code == 0


@pytest.mark.usefixtures("ann")
def test_a_second_run_takes_only_what_is_new(run: Run, data: Path, tmp_path: Path) -> None:
    """An archive that grew is imported again; labels and states that changed meanwhile are left alone."""
    box = tmp_path / "box"
    box.write_bytes(mbox(mail("one"), OTHER_COPY))
    assert run("import", "mbox", str(box)).err == "2 mails read: 1 message, 1 copy; 1 thread.\n"
    before = mailbox(data)
    box.write_bytes(mbox(mail("one"), OTHER_COPY, mail("two", REPLY)))
    again = run("import", "mbox", str(box), "--labels", "late")
    assert again.err == "3 mails read: 1 message, 0 copies, 2 there already; 1 thread.\n"
    assert run("import", "mbox", str(box)).err == "3 mails read: 0 messages, 0 copies, 3 there already.\n"
    one, two = mailbox(data)
    assert one._replace(labels=()) == before[0]._replace(labels=())
    assert two.labels == ("inbox", "late")


@pytest.mark.usefixtures("ann")
def test_what_is_there_already_is_not_read_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large import that was cut off goes on in seconds: workers get only what is not there.

    But for the first batches, which they get while the owner is still being found.
    """
    box = tmp_path / "box"
    box.write_bytes(mbox(mail("one"), mail("two"), mail("three")))
    assert run("import", "mbox", str(box)).code == 0
    box.write_bytes(mbox(mail("one"), mail("two"), mail("three"), mail("four")))
    monkeypatch.setattr("syncline.gateways.imports.batches.BATCH", 1)
    monkeypatch.setattr(Reading.__init__, "__kwdefaults__", {"ahead": 1})
    read: list[int] = []

    def counted(workers: Workers, batch: Sequence[Found]) -> Future[bytes]:
        read.append(len(batch))
        return given(workers, batch)

    given = Workers.read
    monkeypatch.setattr(Workers, "read", counted)
    again = run("import", "mbox", str(box))
    assert again.err == "4 mails read: 1 message, 0 copies, 3 there already; 1 thread.\n"
    assert read == [1, 0, 0, 1]


@pytest.mark.usefixtures("ann")
def test_folders_flags_and_labels_come_along(run: Run, data: Path, tmp_path: Path) -> None:
    """What was read stays read, what was filed stays filed, whichever command brings it."""
    for name in ("Maildir/cur/1.a:2,S", "Maildir/.Work/cur/2.b:2,FS"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(mail(name[-6]))
    gmail = mail("g", "X-Gmail-Labels: =?UTF-8?Q?Archived,Opened,K=C3=BCche?=\n")
    (tmp_path / "t.mbox").write_bytes(mbox(gmail))
    (tmp_path / "easy.tar.xz").write_bytes(tar({"easy-ham-1/e.eml": mail("e")}, "w:xz"))
    assert run("import", "maildir", str(tmp_path / "Maildir"), "--labels", "old, (x)").code == 2
    assert run("import", "maildir", str(tmp_path / "Maildir"), "--labels", "old").code == 0
    assert run("import", "mbox", str(tmp_path / "t.mbox"), str(tmp_path / "easy.tar.xz")).code == 0
    assert run("import", "eml", str(tmp_path / "t.mbox"), "--no-inbox").code == 0
    assert [(kept.labels, kept.state) for kept in mailbox(data)] == [
        (("inbox", "old"), ()),
        (("Work", "old"), ("starred",)),
        (("Küche",), ()),
        (("easy-ham-1", "inbox"), ("unread",)),
    ]


@pytest.mark.usefixtures("ann")
def test_a_dry_run_counts_and_writes_nothing(run: Run, data: Path, tmp_path: Path) -> None:
    """The numbers are those of the run that follows it."""
    box = tmp_path / "box"
    box.write_bytes(mbox(mail("one"), mail("one"), OTHER_COPY, mail("two")))
    dry = run("import", "mbox", str(box), "--dry-run")
    assert dry.err == "4 mails read: 2 messages, 2 copies. Nothing was written.\n"
    assert mailbox(data) == []
    assert run("import", "mbox", str(box)).err == "4 mails read: 2 messages, 2 copies; 2 threads.\n"
    dry = run("import", "mbox", str(box), "--dry-run")
    assert dry.err == "4 mails read: 0 messages, 0 copies, 4 there already. Nothing was written.\n"


def test_whose_mails_they_are(run: Run, data: Path, tmp_path: Path) -> None:
    """Nobody, the only one, or one of several, who must be named: a sentence says what to do."""
    box = tmp_path / "box"
    box.write_bytes(mbox(mail("one")))
    assert "There is no store" in run("import", "mbox", str(box)).err
    run("account", "add", "gone@example.org")
    run("account", "close", "gone@example.org")
    assert "syncline account add" in run("import", "mbox", str(box)).err
    run("account", "add", "ann@example.org")
    run("account", "add", "bo@example.org")
    several = run("import", "mbox", str(box))
    assert (several.code, several.err.count("\n")) == (1, 1)
    assert "--account" in several.err
    assert "ann@example.org, bo@example.org" in several.err
    assert run("import", "mbox", str(box), "--account", "bo@example.org").code == 0
    assert [len(mailbox(data, f"{who}@example.org")) for who in ("ann", "bo")] == [0, 1]


@pytest.mark.usefixtures("ann")
def test_what_could_not_be_read_is_said(run: Run, data: Path, tmp_path: Path) -> None:
    """Each file by name, the exit code 1; what was whole is in."""
    (tmp_path / "torn.gz").write_bytes(gzip.compress(mbox(mail("one"), mail("two")) * 500)[:-30])
    (tmp_path / "a.zip").write_bytes(zipped({"a.eml": mail("three"), "readme": b"This is no mail.\n"}))
    ran = run("import", "mbox", str(tmp_path / "torn.gz"), str(tmp_path / "a.zip"))
    assert ran.code == 1
    torn, readme, summary = ran.err.splitlines()
    assert torn.startswith(f"{tmp_path}/torn.gz: it ends in the middle")
    assert readme.startswith(f"readme in {tmp_path}/a.zip")
    assert "3 messages" in summary
    assert len(mailbox(data)) == 3
    nothing = run("import", "mbox")
    assert (nothing.code, nothing.err.count("\n")) == (2, 1)


def test_an_import_through_a_running_server(serving: Serving, run: Run, tmp_path: Path) -> None:
    """The server writes; the command reads standard input; both hold the same mails afterwards."""
    box = tmp_path / "box"
    box.write_bytes(mbox(*(mail(f"n{turn}") for turn in range(300))))
    command = [sys.executable, "-m", "syncline", "import", "mbox", "-", "--account", "ann@example.org"]
    with box.open("rb") as file:
        done = subprocess.run(
            [*command, "--data", str(serving.data)], stdin=file, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "300 mails read: 300 messages, 0 copies; 300 threads.\n")
    again = run("import", "mbox", str(box), "--account", "ann@example.org")
    assert again.err == "300 mails read: 0 messages, 0 copies, 300 there already.\n"
    assert serving.process.poll() is None


@pytest.mark.usefixtures("ann")
def test_ctrl_c_ends_all_of_it(data: Path, tmp_path: Path) -> None:
    """No traceback, no process left, and the next run goes on; also while it waits for standard input."""
    command = [sys.executable, "-m", "syncline", "import", "mbox", "-", "--data", str(data)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        running.stdin.write(mbox(*(mail(f"n{turn}") for turn in range(500))))
        running.stdin.flush()
        give_up = time.monotonic() + 20
        while not _children(running.pid) and time.monotonic() < give_up:
            time.sleep(0.02)
        time.sleep(0.5)
        workers = _children(running.pid)
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(20) == 130
        assert running.stderr.read() == b""
    assert len(workers) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def _children(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(
    ("file", "summary"),
    [
        ("usrp-users-1500.mbox.gz", "1,500 mails read: 1,495 messages, 5 copies; 422 threads.\n"),
        ("spamassassin.tar.xz", "6,046 mails read: 6,046 messages, 0 copies"),
    ],
)
def test_real_mailboxes(file: str, summary: str, run: Run) -> None:
    """Known numbers: none lost, none twice, and threads by references only."""
    if not CORPORA.is_dir():
        pytest.skip("there is no ../shared/corpora beside the project")
    ran = run("import", "mbox", str(CORPORA / file))
    assert ran.code == 0
    assert ran.err.startswith(summary)


def test_a_batch_that_is_none_is_refused(serving: Serving) -> None:
    """A command of another version, or one killed in the middle: a sentence, and nothing is written."""
    owner = read_owner(serving.data)
    assert owner is not None
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=str(owner["socket"])), base_url="http://owner"
    ) as client:
        for query, body in (
            ("account=1&before=0", b""),
            ("account=1&before=0", b"\xff\xff\xff\x7fshort"),
            ("account=1&before=0", b"\x04\0\0\0junk"),
            ("account=x&before=0", b"\x01\0\0\0\x90"),
            ("before=0", b"\x01\0\0\0\x90"),
        ):
            refused = client.post(f"/import?{query}", content=body)
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")
