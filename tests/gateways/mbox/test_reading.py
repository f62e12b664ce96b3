"""Mbox files: each mail once, with its own bytes; however broken, none is lost and none stops the import."""

import gzip
from pathlib import Path

import pytest

from syncline.gateways.mbox.batches import BATCH, batches
from syncline.gateways.mbox.mail import SNIPPET, read_mail
from syncline.gateways.mbox.reading import mails

HEAD = b"From ann@example.org Thu Jan  1 00:00:00 2026\n"


def test_mails_are_cut_at_separators_only(tmp_path: Path) -> None:
    """A text with a line `From me` is one mail, and a quoted line comes back as it was written."""
    file = tmp_path / "in.mbox"
    file.write_bytes(
        HEAD + b"Subject: a\n\nFrom me to you\n>From here\n>>From there\n\n" + HEAD + b"Subject: b\n\nend"
    )
    assert list(mails(file)) == [
        b"Subject: a\n\nFrom me to you\nFrom here\n>From there\n",
        b"Subject: b\n\nend",
    ]


def test_gzip_is_seen_by_its_first_bytes(tmp_path: Path) -> None:
    """Archives are often named without an ending."""
    file = tmp_path / "archive"
    file.write_bytes(gzip.compress(HEAD + b"Subject: a\n\ntext\n"))
    assert list(mails(file)) == [b"Subject: a\n\ntext\n"]


def test_a_torn_archive_gives_what_it_holds_and_then_says_so(tmp_path: Path) -> None:
    """Half a download must not look like a whole one."""
    file = tmp_path / "torn.gz"
    whole = gzip.compress(b"".join(HEAD + b"Subject: %d\n\ntext\n\n" % turn for turn in range(1000)))
    file.write_bytes(whole[:-20])
    found = mails(file)
    assert next(found) == b"Subject: 0\n\ntext\n"
    with pytest.raises(EOFError):
        list(found)


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    """Nothing in, nothing out."""
    (tmp_path / "empty").touch()
    assert list(mails(tmp_path / "empty")) == []


def test_batches_are_bounded_and_in_order(tmp_path: Path) -> None:
    """The owner of the store takes bites that it can swallow."""
    file = tmp_path / "in.mbox"
    file.write_bytes(b"".join(HEAD + b"Subject: %d\n\ntext\n\n" % turn for turn in range(BATCH * 2 + 1)))
    heard: list[int] = []
    got = list(batches(file, read=heard.append))
    assert [len(batch) for batch in got] == [BATCH, BATCH, 1]
    assert [mail.subject for batch in got for mail in batch] == [str(turn) for turn in range(BATCH * 2 + 1)]
    assert heard[-1] == file.stat().st_size


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nHello", "Grüße", "Hello"),
        (b"Subject: =?x-unknown?q?Gr=C3=BC=C3=9Fe?=\n\n", "Grüße", ""),
        (b"Subject: =?utf-8?b?broken*?=\n\nx", None, "x"),
        (b"Subject: raw \xfc byte\n\nx", None, "x"),
        (b"Content-Type: text/html\n\n<style>p{}</style><p>Hi <b>there</b></p>", "", "Hi there"),
        (b"Content-Type: text/plain; charset=latin-1\n\n\xfc", "", "ü"),
        (b"Content-Type: text/plain; charset=nonsense\n\n\xfc", "", "\ufffd"),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<i>h</i>\n"
            b"--b\n\nplain\n--b--",
            "",
            "plain",
        ),
        (b"Content-Type: multipart/mixed; boundary=missing\n\nno parts", "", ""),
        (b"", "", ""),
        (b"\x00\xff\xfe no mail at all", "", None),
    ],
)
def test_any_bytes_are_read_as_well_as_can_be(raw: bytes, subject: str | None, text: str | None) -> None:
    """What cannot be understood is shown with replacements; the raw bytes are kept as they are."""
    mail = read_mail(raw)
    assert mail.raw == raw
    assert mail.message_id
    assert subject is None or mail.subject == subject
    assert text is None or mail.text == text
    for shown in (mail.subject, mail.sender, mail.text, mail.message_id):
        shown.encode()  # no half characters that JSON could not hold


@pytest.mark.parametrize(
    "date", [b"nonsense", b"Thu, 99 Foo 2026 10:00", b"Mon, 1 Jan 999999 00:00:00 +0000", b""]
)
def test_a_date_that_is_none_is_none(date: bytes) -> None:
    """Old programs wrote anything into Date."""
    assert read_mail(b"Date: " + date + b"\n\n").date is None or date.startswith(b"Mon")


def test_a_date_is_in_milliseconds() -> None:
    """With its zone."""
    assert read_mail(b"Date: Thu, 01 Jan 1970 01:00:01 +0100\n\n").date == 1000


def test_a_mail_without_an_id_gets_one_of_its_bytes() -> None:
    """The same bytes are found again, others are not."""
    one, same, other = (read_mail(raw).message_id for raw in (b"\n\nx", b"\n\nx", b"\n\ny"))
    assert one == same != other


def test_a_long_text_is_a_snippet() -> None:
    """The raw mail is beside it."""
    assert len(read_mail(b"\n" + b"word " * 10_000).text) == SNIPPET
