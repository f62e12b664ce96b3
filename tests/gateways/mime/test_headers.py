"""Header fields come from the raw bytes: whatever a program wrote, people read what was meant."""

import time
import tracemalloc

import pytest

from syncline.gateways.mime.headers import Headers, cut
from syncline.gateways.mime.mail import read_mail
from syncline.gateways.mime.opening import open_mail
from syncline.gateways.mime.params import parameters


def subject(value: bytes, more: bytes = b"") -> str:
    """The subject that a mail with this raw value has."""
    return read_mail(b"From: a@b.org\n" + more + b"Subject: " + value + b"\n\ntext\n").subject


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?caf=C3=A9_noir?=", "café noir"),
        (b"=?UTF-8?B?Y2Fmw6k=?=", "café"),
        (b"=?utf-8?B?Y2Fmw6k?=", "café"),
        (b"=?utf-8?B?Y2Fm*w6k=?=", "café"),
        (b"=?utf-8?b?ww==?= =?utf-8?b?qQ==?=", "é"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?utf-8?q?caf=C3?=\n =?utf-8?q?=A9?=", "café"),
        (b"=?iso-8859-1?q?a?= =?utf-8?q?=C3=A9?=", "aé"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"x=?utf-8?q?=C3=A9?=y", "xéy"),
        (b"=?utf-8*fr?q?=C3=A9t=C3=A9?=", "été"),
        (b"=?utf-8?q?a blank?=", "a blank"),
        (b"=?utf-8?q?bad=ZZ?=", "bad=ZZ"),
        (b"=?no-such-set?q?=C3=A9?=", "é"),
        (b"=?unknown-8bit?q?caf=E9?=", "café"),
        (b"=?utf-8?q?never ends", "=?utf-8?q?never ends"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        (b"caf\xc3\xa9 =?utf-8?q?=C3=A9?=", "café é"),
        (b"\x1b$B$3$s\x1b(B", "こん"),
        (b"a\0b", "a b"),
        (b"=?utf-7?q?+2AA-?=", "�"),
        (b"folded\n over\n\tlines", "folded over lines"),
        (b"", ""),
    ],
)
def test_a_subject_says_what_was_meant(value: bytes, meant: str) -> None:
    """RFC 2047 with its usual breaches, RFC 6532, raw bytes of other charsets."""
    assert subject(value) == meant


def test_raw_bytes_are_read_in_the_charset_of_the_mail() -> None:
    """A Russian mailer of the nineties declares its charset for the text only."""
    more = b"Content-Type: text/plain; charset=koi8-r\n"
    assert subject("привет".encode("koi8-r"), more) == "привет"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_may_end_in_any_way(end: bytes) -> None:
    raw = b"From: a@b.org\nSubject: one\n two\n\nbody\n".replace(b"\n", end)
    read = read_mail(raw)
    assert (read.subject, read.snippet) == ("one two", "body")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"From a@b Thu Jan  1 00:00:00 1970\nSubject: s\n\nbody", "body"),
        (b">From a@b Thu Jan  1 00:00:00 1970\nSubject: s\n\nbody", "body"),
        (b"\n\nSubject: s\n\nbody", "body"),
        (b"Subject: s\nHello Bob, all is well\nsee you", "Hello Bob, all is well see you"),
        (b"Subject: s\n>From me\nTo: a@b.org\n\nbody", "body"),
        (b"Subject: s\nnot a field at all\nTo: a@b.org\n\nbody", "body"),
        (b"X-Report: a\n   \n more\nSubject: s\n\nbody", "body"),
        (b"Subject : s\n\nbody", "body"),
        (b"Subject: s", ""),
    ],
)
def test_a_torn_header_block_still_gives_its_fields_and_the_text(raw: bytes, shown: str) -> None:
    """Envelope lines, a missing empty line, a line that is no field, a line of blanks within."""
    read = read_mail(raw)
    assert (read.subject, read.snippet, read.kept_raw) == ("s", shown, False)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\0\xff\xfe", b"just some words\n\nand more", b": no name\n\nx"]
)
def test_what_is_no_mail_is_kept_raw_with_all_its_bytes(raw: bytes) -> None:
    """Nothing is refused, and nothing of it is hidden from the reader."""
    read = read_mail(raw)
    assert read.kept_raw
    assert read.size == len(raw)
    assert read.message_id.endswith("@no-message-id.invalid")
    (leaf,) = open_mail(raw).leaves()
    assert leaf.data == raw


def test_fields_are_found_in_any_case_and_all_of_them() -> None:
    headers = Headers(cut(b"RECEIVED: a\nReceived: b\n\n", 0, 26).fields)
    assert headers.all("received") == ["a", "b"]
    assert headers.get("received") == "a"
    assert "received" in headers
    assert headers.get("x-none") is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b'text/plain; name="a b.txt"', "a b.txt"),
        (b"text/plain; name=a.txt; x=y", "a.txt"),
        (b'text/plain; NAME="quo\\"te.txt"', 'quo"te.txt'),
        (b'text/plain; name="semi;colon.txt"', "semi;colon.txt"),
        (b"text/plain; name*=utf-8''%e2%82%ac.txt", "€.txt"),
        (b"text/plain; name*0*=iso-8859-1''caf%E9; name*1=\" noir\"; name*2*=%21.txt", "café noir!.txt"),
        (b'text/plain; name*1="b.txt"; name*0="a"', "ab.txt"),
        (b'text/plain; name="=?utf-8?q?=E2=82=AC=22.txt?="', '€".txt'),
        (b'text/plain; name="caf\xe9.txt"', "café.txt"),
        (b'text/plain; name="caf\xc3\xa9.txt"', "café.txt"),
        (b'text/plain; name="never ends.txt', "never ends.txt"),
        (b"text/plain; name*=bad''%zz.txt", "%zz.txt"),
        (b"text/plain; name*0*=x'y; name*99999=z", "x'y"),
    ],
)
def test_parameters_in_every_form(value: bytes, name: str) -> None:
    """RFC 2231, encoded words where none may be, raw bytes, missing quotes."""
    assert parameters(value)["name"] == name


def test_the_first_of_two_parameters_counts() -> None:
    """Two boundaries are a trick to show a scanner other parts than the reader."""
    assert parameters(b"multipart/mixed; boundary=a; boundary=b")["boundary"] == "a"


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("Tue, 06 May 103 10:00:00 +0000", 1052215200),
        ("Sat, 1 Jan 100 00:00:00 GMT", 946684800),
        ("2003-05-06T10:00:00Z", 1052215200),
        ("2003-05-06 12:00:00 +0200", 1052215200),
        ("2003-05-06", 1052179200),
        ("06 May 2003", 1052179200),
        ("=?utf-8?Q?Tue=2C_06_May_2003_10=3A00=3A00_+0000?=", 1052215200),
    ],
)
def test_dates_that_no_standard_allows_are_understood(date: str, day: int) -> None:
    """Programs that met the year 2000 unprepared, and those that write dates as databases do: without a date
    a mail of twenty years ago would be of today."""
    mail = read_mail(f"From: a@example.org\nDate: {date}\n\n".encode())
    assert mail.date == day * 1000


def test_a_question_mark_within_an_encoded_word_is_text() -> None:
    """It should be encoded there, and some programs do not; a word that has no end costs no time."""
    mail = read_mail(b"From: a@example.org\nSubject: =?utf-8?Q?what?_now=3F?= =?utf-8?Q?_yes?=\n\n")
    assert mail.subject == "what? now? yes"
    begun = time.monotonic()
    read_mail(b"From: a@example.org\nSubject: " + b"=?a?q?x?" * 30_000 + b"\n\n")
    assert time.monotonic() - begun < 5


def test_a_mark_of_an_editor_before_a_mail_is_no_part_of_it() -> None:
    """A file saved by an editor of Windows begins with the three bytes of a BOM."""
    mail = read_mail(b"\xef\xbb\xbfSubject: kept\nFrom: a@example.org\n\n\xef\xbb\xbftext\n")
    assert (mail.subject, mail.snippet, mail.kept_raw) == ("kept", "text", False)


def test_a_head_without_end_takes_no_memory_without_end() -> None:
    """Mails of nothing but fields, of one field in a million lines, and of lines that are no fields."""
    for head in (b"X: y\n" * 600_000, b"To: " + b"a@b,\n " * 600_000 + b"\n", b"From x\n" * 600_000):
        tracemalloc.start()
        mail = read_mail(b"Subject: kept\nFrom: a@example.org\n" + head + b"\ntext\n")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert mail.subject == "kept"
        assert peak < 150_000_000
