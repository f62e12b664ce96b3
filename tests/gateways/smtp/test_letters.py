"""What is sent is what was written, less Bcc: bytes that a signature covers stay as they are."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.gateways.smtp.letters import SLICE, letter, without_bcc

ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
NAMES = st.sampled_from([b"To", b"Bcc", b"bCC", b"Resent-Bcc", b"Subject", b"X-Bcc", b"Bcc-Not", b"Bcc "])
PIECES = st.lists(
    st.sampled_from(
        [b"\r", b"\n", b"\r\n", b".", b"..", b"Bcc: x", b" fold", b"a: b", b"\xff", b"text", b"\0"]
    )
)


def arrived(parts: tuple[bytes, ...]) -> bytes:
    """What a relay makes of the parts (RFC 5321, 4.5.2)."""
    lines = b"".join(parts).split(b"\r\n")
    assert lines.pop() == b""
    return b"".join((line[1:] if line.startswith(b".") else line) + b"\r\n" for line in lines)


def normal(raw: bytes) -> bytes:
    """All line ends as CRLF, the last one there."""
    ended = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return ended if ended.endswith(b"\r\n") else ended + b"\r\n"


@given(st.one_of(st.binary(max_size=300), PIECES.map(b"".join)))
def test_any_bytes_arrive_as_they_were_but_for_line_ends_and_bcc(raw: bytes) -> None:
    """Dots at the start of a line, lone CRs, NULs, an end without a line end."""
    made = letter(raw)
    assert arrived(made.parts) == normal(without_bcc(raw))
    assert made.size == len(normal(without_bcc(raw)))
    assert not any(line == b"." for line in b"".join(made.parts).split(b"\r\n")), "would end the mail early"


@pytest.mark.parametrize("around", [b"\r\n.", b"\r.", b"\n.", b"\r\n\r\n"])
def test_nothing_is_lost_where_a_long_mail_is_cut_into_slices(around: bytes) -> None:
    """Line ends and dots that lie over the cut."""
    for shift in range(-4, 4):
        raw = b"A: b\n\n" + b"x" * (SLICE - 6 + shift) + around + b"rest"
        assert arrived(letter(raw).parts) == normal(raw)


@given(
    st.lists(
        st.tuples(NAMES, st.lists(st.sampled_from([b"a@b.c", b"more,", b"", b"\xff"]), min_size=1), ENDS)
    )
)
def test_bcc_goes_with_its_folded_lines_and_nothing_else_does(
    headers: list[tuple[bytes, list[bytes], bytes]],
) -> None:
    """Whoever was copied in secret stays secret; the rest of the head keeps each byte, as does the body."""
    body = b"\nBcc: this is text\n\tso is this\r\n"
    written = [
        (name, (end + b"\t").join([name + b": " + value[0], *value[1:]]) + end)
        for name, value, end in headers
    ]
    raw = b"".join(text for _, text in written) + body
    kept = b"".join(text for name, text in written if name.strip().lower() not in (b"bcc", b"resent-bcc"))
    if headers and headers[-1][2] == b"\r":
        return  # its CR and the LF of the empty line would be one line end
    assert without_bcc(raw) == kept + body


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b"", b""),
        (b"Bcc: a@b.c", b""),
        (b"Bcc: a@b.c\n\nbody", b"\nbody"),
        (b"A: b\rBcc: hidden behind a lone CR\r\rx", b"A: b\r\rx"),
        (b"From x\nno header\nBCC\t: a@b.c\n b\n\nBcc: body", b"From x\nno header\n\nBcc: body"),
        (b"Bcc: a\n \nBcc: b\nTo: c\n\n", b"To: c\n\n"),
        (b" begins folded\nBcc: a\n\n", b" begins folded\n\n"),
        (b"\nBcc: body\n", b"\nBcc: body\n"),
    ],
)
def test_bcc_goes_however_it_is_written(raw: bytes, sent: bytes) -> None:
    """Odd heads are where a leak would hide."""
    assert without_bcc(raw) == sent


@pytest.mark.parametrize(
    ("raw", "eight_bit", "wide_head"),
    [
        (b"A: b\n\nplain", False, False),
        (b"A: b\n\n\xc3\xa9", True, False),
        (b"A: \xc3\xa9\n\nplain", True, True),
        (b"A: \xe9\n\nplain", True, False),
        (b"Bcc: \xc3\xa9\nA: b\n\nplain", False, False),
    ],
)
def test_what_a_mail_needs_of_the_relay_is_read_from_its_bytes(
    raw: bytes, eight_bit: bool, wide_head: bool
) -> None:
    """8BITMIME for any 8-bit byte, SMTPUTF8 for UTF-8 in the head."""
    made = letter(raw)
    assert (made.eight_bit, made.wide_head) == (eight_bit, wide_head)


@pytest.mark.parametrize("unit", [b"x" * 78 + b"\r\n", b"\n", b"\r", b".\n", b"Bcc: a\n", b"x"])
def test_a_mail_of_1_mb_is_made_ready_in_time(unit: bytes) -> None:
    """No form of mail makes the time grow faster than its size."""
    began = time.process_time()
    letter(unit * ((1 << 20) // len(unit)))
    assert time.process_time() - began < 5
