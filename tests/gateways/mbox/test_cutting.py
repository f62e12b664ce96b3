"""Mbox files: each mail once, with its own bytes, however carelessly the file was written."""

import io
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncline.core.errors import TooLarge
from syncline.gateways.mbox import cutting
from syncline.gateways.mbox.cutting import begins, mails

FROM = b"From ann@example.org Thu Jan  1 00:00:00 2026\n"


def cut(data: bytes, piece: int = 1 << 20, large: int = cutting.LARGE) -> list[bytes]:
    """The mails of a file that comes in pieces of this size."""
    file = io.BytesIO(data)
    return list(mails(lambda size: file.read(min(size, piece)), large=large))


def test_mails_are_cut_at_separators_only() -> None:
    """A text with a line `From me` is one mail, and a quoted line comes back as it was written."""
    assert cut(
        FROM + b"Subject: a\n\nFrom me to you\n>From here\n>>From there\n\n" + FROM + b"Subject: b\n\nend"
    ) == [b"Subject: a\n\nFrom me to you\nFrom here\n>From there\n", b"Subject: b\n\nend"]


def test_only_one_sign_is_taken_from_a_quoted_line() -> None:
    """mboxrd adds one `>` to `From `, `>From ` …; so one comes off, and only where `From ` follows."""
    text = b">From a\n>>>From b\n> From c\n>Fromage\n"
    assert cut(FROM + b"A: b\n\n" + text) == [b"A: b\n\nFrom a\n>>From b\n> From c\n>Fromage\n"]


def test_line_ends_of_either_kind_separate() -> None:
    """Files from Windows have CRLF, also before and in the separators; the mails keep theirs."""
    crlf = (FROM + b"Subject: a\n\ntext\n\n" + FROM + b"Subject: b\n\n>From x\n\n").replace(b"\n", b"\r\n")
    assert cut(crlf) == [b"Subject: a\r\n\r\ntext\r\n", b"Subject: b\r\n\r\nFrom x\r\n"]
    mixed = FROM + b"Subject: a\n\ntext\n\r\n" + FROM.replace(b"\n", b"\r\n") + b"Subject: b\n\n"
    assert cut(mixed) == [b"Subject: a\n\ntext\n", b"Subject: b\n"]


def test_the_empty_line_at_the_end_is_the_files() -> None:
    """The last mail of a file is the same bytes after another one was appended, so it is known again."""
    one = FROM + b"Subject: a\n\ntext\n\n"
    assert cut(one) == cut(one + FROM + b"Subject: b\n\n\n")[:1] == [b"Subject: a\n\ntext\n"]
    assert cut(FROM + b"Subject: a\n\ntext") == [b"Subject: a\n\ntext"]
    assert cut(FROM + b"Subject: a\n\ntext\n") == [b"Subject: a\n\ntext\n"]


@pytest.mark.parametrize(
    "line",
    [
        b"From ann@example.org Thu Jan  1 00:00:00 2026",
        b"From - Thu Jan 01 00:00:00 2026",
        b"From ???@??? Thu Jan 01 00:00:00 1998",
        b"From ann@example.org  Thu, 1 Jan 2026 00:00:00 +0100 (CET)",
        b"From ann at example.org  Thu Jan  1 00:00:00 2026",
        b"From MAILER-DAEMON Thu Jan  1 00:00:00 2026",
        b"From ann Thu Jan  1 00:00 CET 2026 remote from tartu",
        b"From ann@example.org 2026-01-01T00:00:00Z",
        b"From ann@example.org",
        b"From ann@example.org no date at all",
        b"From ann@example.org Xxx Foo 99 99:99:99 0000",
        b"From ann 0 0 00:00:00 0",
        b'From "Ann, of Tartu"@example.org Thu Jan  1 00:00:00 2026',
        b"From  Thu Jan  1 00:00:00 2026",
    ],
)
def test_separators_of_all_kinds_are_known(line: bytes) -> None:
    """Forty years of programs wrote them; a date that is none counts where a sender and a header are."""
    data = FROM + b"Subject: a\n\ntext\n\n" + line + b"\nSubject: b\n\n"
    assert cut(data) == [b"Subject: a\n\ntext\n", b"Subject: b\n"]
    assert begins(line + b"\nSubject: b\n")


@pytest.mark.parametrize(
    "text",
    [
        b"text\nFrom bo@example.org Thu Jan  1 00:00:00 2026\nSubject: not after an empty line\n",
        b"text\n\nFrom bo@example.org Thu Jan  1 00:00:00 2026\nno header follows\n",
        b"text\n\nFrom bo@example.org Thu Jan  1 00:00:00 2026\n\nnor here\n",
        b"text\n\nFrom now on until 12:30\nNote: bring a pen\n",
        b"text\n\nFrom: bo@example.org\nSubject: a quoted head\n",
        b"text\n\nFrom Monday to Friday\nHours: nine to five\n",
        b"text\n\nFrom the desk of Bo\nDate: today\n",
        b"text\n\n>From bo@example.org Thu Jan  1 00:00:00 2026\nSubject: quoted\n",
        b"text\n\n From bo@example.org Thu Jan  1 00:00:00 2026\nSubject: indented\n",
        b"text\n\nfrom bo@example.org Thu Jan  1 00:00:00 2026\nSubject: small\n",
        b"text\n\nFrom bo@example.org Thu Jan  1 00:00:00 2026",
    ],
)
def test_lines_like_separators_stay_in_their_text(text: bytes) -> None:
    """Texts hold them, unquoted, and half a mail would be lost in the next one."""
    mail = b"Subject: a\n\n" + text
    (found,) = cut(FROM + mail)
    assert found == mail.replace(b">From", b"From")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from([b"", b"text", b"From me", b">From x", FROM.strip(), b"A: b", b"\r", b"Fro"]),
            max_size=8,
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 40),
    st.booleans(),
)
def test_the_pieces_in_which_a_file_comes_do_not_matter(
    texts: list[list[bytes]], piece: int, crlf: bool
) -> None:
    """A separator across two reads is one; and what a careful writer wrote comes back byte for byte."""
    wanted = [b"Subject: x\n\n" + b"".join(line + b"\n" for line in lines) for lines in texts]
    data = b"".join(FROM + re.sub(rb"(?m)^(>*From )", rb">\1", mail) + b"\n" for mail in wanted)
    if crlf:
        data, wanted = (data.replace(b"\n", b"\r\n"), [mail.replace(b"\n", b"\r\n") for mail in wanted])
    assert cut(data, piece) == cut(data) == wanted


@pytest.mark.parametrize("piece", [100, 5000, 1 << 20])
def test_a_large_mail_is_cut_like_any_other(piece: int) -> None:
    """It is gathered apart; separators in and after it count as ever, its last empty line is the file's."""
    inside = b"text\n\nFrom me\n" * 3000
    wanted = [b"A: b\n\n" + inside + b"end of %d\n" % turn for turn in range(3)]
    wanted.insert(1, b"Subject: small\n\ntext\n")
    data = b"".join(FROM + raw + b"\n" for raw in wanted)
    assert cut(data, piece, large=10_000) == wanted
    crlf = data.replace(b"\n", b"\r\n")
    assert cut(crlf, piece, large=10_000) == [raw.replace(b"\n", b"\r\n") for raw in wanted]
    assert cut(data[len(FROM) :], piece, large=10_000) == wanted


def test_what_stands_before_the_first_separator() -> None:
    """Empty lines are nothing; anything else is kept, as nothing of a file may be lost."""
    assert cut(b"\n\r\n" + FROM + b"A: b\n\nx\n") == [b"A: b\n\nx\n"]
    assert cut(b"Subject: first\n\ntext\n\n" + FROM + b"A: b\n\n") == [b"Subject: first\n\ntext\n", b"A: b\n"]
    assert cut(b"") == cut(b"\n\n") == []


def test_one_mail_at_a_time_is_in_memory() -> None:
    """A mailbox of any size is read in the memory of its largest mail."""
    mail = FROM + b"Subject: x\n\n" + b"x" * 500_000 + b"\n\n"
    pieces = [mail] * 40
    held = 0
    for raw in mails(lambda _: pieces.pop() if pieces else b""):
        held = max(held, sys.getsizeof(raw))
    assert held < 600_000


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_mails_without_an_empty_line_between_are_told_apart(ends: bytes) -> None:
    """Some programs leave none; the whole mailbox would be one mail, and the others lost in it."""
    one = b"Received: by host; Thu, 1 Jan 2026\nSubject: a\n\ntext\n".replace(b"\n", ends)
    separator = FROM.replace(b"\n", ends)
    assert cut((separator + one) * 3) == [one] * 3
    quoted = one + b"> said Bo:\n" + FROM + b"and no head follows\n"
    assert cut(separator + quoted) == [quoted]


def test_what_is_whole_before_a_torn_end_is_given() -> None:
    """Half a download holds whole mails up to its end; only the one that it ends in is left out."""
    mail = FROM + b"Subject: a\n\ntext\n\n"
    pieces = [mail * 5 + FROM + b"Subject: half"]

    def read(size: int) -> bytes:
        if pieces:
            return pieces.pop()
        raise OSError("torn")

    found: list[bytes] = []
    with pytest.raises(OSError, match="torn"):
        found.extend(mails(read))
    assert found == [b"Subject: a\n\ntext\n"] * 5


@pytest.mark.parametrize("piece", [1000, 1 << 20])
def test_a_mail_that_is_too_large_takes_no_other_with_it(piece: int) -> None:
    """It is told and passed over; those behind it come."""
    small = FROM + b"Subject: a\n\ntext\n\n"
    large = FROM + b"Subject: large\n\n" + b"x\n" * 1_500_000 + b"\n"
    file = io.BytesIO(small + large + small + small + large)
    told: list[TooLarge] = []
    found = mails(lambda most: file.read(min(most, piece)), most=100_000, large=20_000, left_out=told.append)
    assert list(found) == [b"Subject: a\n\ntext\n"] * 3
    assert len(told) == 2


def test_a_mail_beyond_all_measure_is_refused() -> None:
    """A file without separators may be anything, of any size."""
    with pytest.raises(TooLarge, match="more than 0 MB"):
        list(mails(io.BytesIO(FROM + b"A: b\n\n" + b"x" * 3_000_000).read, most=100_000))
    assert cutting.MOST >= 150 << 20


def test_a_real_list_archive(corpora: Path) -> None:
    """1,500 mails of a mailing list, with quoted mails, patches and attachments in them."""
    import gzip

    with gzip.open(corpora / "usrp-users-1500.mbox.gz") as file:
        assert sum(1 for _ in mails(file.read)) == 1500
