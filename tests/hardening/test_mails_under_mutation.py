"""Threat: a mail made, or broken on its way, to stop whoever reads it. None raises, no byte is lost."""

import hashlib
from typing import Final

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncline.core.mail import ReadMail
from syncline.core.threads import MOST_REFS
from syncline.gateways.mime.dates import LAST
from syncline.gateways.mime.html import safe_html
from syncline.gateways.mime.mail import read_mail, texts_of
from syncline.gateways.mime.opening import open_mail
from syncline.gateways.mime.quoting import quoted

HEAD: Final = (
    b"Received: from a.example by b.example; Sun, 3 Apr 2011 07:48:11 +0000\n"
    b'From: =?utf-8?q?Caf=C3=A9=2C?= "Ann \\"Bee" <ann@a.example>\nTo: friends: b@c.org, (x) C <c@d.org>;\n'
    b"Date: Sun, 03 Apr 2011 07:48:11 +0200 (CEST)\nMessage-ID: <m1@a.example>\n"
    b"References: <r1@x>\n <r2@x>\nIn-Reply-To: <r3@x>\n"
    b"Subject: =?iso-8859-1?b?6eg=?=\n =?koi8-r?q?=C1?= caf\xc3\xa9\n"
)
SEEDS: Final = (
    HEAD + b"\nHello Bob,\n\nOn Monday you wrote:\n> quoted\n\n-----BEGIN PGP MESSAGE-----\n",
    HEAD
    + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
    + b"Content-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain; charset=utf-8\n"
    + b"Content-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 =\nx\n"
    + b"--c\nContent-Type: text/html; charset=windows-1252\n\n"
    + b"<p style='color:red'>caf\xe9<br><img src=cid:p@x></p>\n"
    + b"--c--\n--b\nContent-Type: image/png; name*0*=utf-8''a%20; name*1=b.png\nContent-ID: <p@x>\n"
    + b"Content-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQ=\n--b\nContent-Type: message/rfc822\n\n"
    + b"Subject: inner\n\ninner text\n--b--\n",
    HEAD.replace(b"\n", b"\r\n")
    + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s\x1b(B\r\n",
    HEAD + b"Content-Type: text/plain; charset=utf-7\n\n+2AA- +AGEA-\n",
    HEAD
    + b"Content-Type: multipart/signed; boundary=s\n\n--s\n\nsigned\n--s\n"
    + b'Content-Type: application/pgp-signature; name="sig.asc"\n\nxxx\n--s--\n',
    HEAD + b"Content-Type: text/html; charset=utf-16\n\n" + "<p>grün</p>".encode("utf-16"),
)
PIECES: Final = (
    *(b"", b"\n", b"\r", b"\r\n\r\n", b"\n \n", b"\0", b"\xff", b"\xed\xa0\x80", b"\x1b$B", b"+2AA-"),
    *(b'"', b"(", b"<", b">", b"=?", b"?=", b"=", b";", b":", b"--", b"--b\n", b"%", b"*", b"@"),
    *(b"charset=", b"boundary=", b"base64", b"From "),
)

Edit = tuple[str, int, int, bytes]
edits = st.lists(
    st.tuples(
        st.sampled_from(("flip", "delete", "insert", "double", "line away", "line twice", "swap", "cut")),
        st.integers(0, 5000),
        st.integers(0, 255),
        st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)),
    ),
    min_size=1,
    max_size=8,
)


def edited(raw: bytes, edit: Edit) -> bytes:
    """One thing that can happen to a mail."""
    act, place, number, piece = edit
    at = place % (len(raw) + 1)
    lines = raw.splitlines(keepends=True) or [b""]
    line = place % len(lines)
    match act:
        case "flip":
            return raw[:at] + bytes([number]) + raw[at + 1 :]
        case "delete":
            return raw[:at] + raw[at + number :]
        case "insert":
            return raw[:at] + piece + raw[at:]
        case "double":
            return raw[: at + number] + raw[at:]
        case "line away":
            return b"".join(lines[:line] + lines[line + 1 :])
        case "line twice":
            return b"".join([*lines[:line], lines[line] * (2 + number % 3), *lines[line + 1 :]])
        case "swap":
            other = number % len(lines)
            lines[line], lines[other] = lines[other], lines[line]
            return b"".join(lines)
        case _:
            return raw[:at] if number % 2 else raw[at:]


@given(seed=st.sampled_from(SEEDS), changes=edits)
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mutated_mail_is_read_and_none_of_its_bytes_is_lost(seed: bytes, changes: list[Edit]) -> None:
    """2,000 mails with bytes flipped, deleted, inserted and doubled, and lines taken away and repeated."""
    raw = seed
    for change in changes:
        raw = edited(raw, change)
    read = read_mail(raw)
    assert read.hash == hashlib.sha256(raw).digest()
    assert read.size == len(raw)
    assert read.message_id
    assert len(read.refs) <= MOST_REFS
    assert read.message_id not in read.refs
    assert len(read.snippet) <= 100
    assert read.date is None or 0 <= read.date <= LAST
    packed = msgspec.json.encode((read, texts_of(raw)))
    assert b"\\u0000" not in packed
    assert msgspec.json.decode(packed, type=tuple[ReadMail, object])[0] == read
    assert read_mail(raw) == read
    opened = open_mail(raw)
    for prefer in ("text/html", "text/plain"):
        leaves = opened.leaves(prefer)
        assert leaves
        for leaf in leaves:
            shown = leaf.text if leaf.is_text else (leaf.filename or "") + (leaf.cid or "") + leaf.type
            assert "\0" not in shown
            shown.encode()
            assert leaf.size == len(leaf.data)
            safe_html(shown, pictures={}, remote=True).html.encode()
            assert "\n".join(block.text for block in quoted(shown)) == shown
    if read.kept_raw:
        assert leaves[0].data == raw
