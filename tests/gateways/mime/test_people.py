"""Senders, recipients, dates and ids as they really stand in mails."""

import pytest

from syncline.core.mail import Address
from syncline.core.threads import MOST_REFS
from syncline.gateways.mime.addresses import MOST, addresses
from syncline.gateways.mime.dates import LAST, read_date
from syncline.gateways.mime.mail import read_mail


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"alice@wonder.org", ["<alice@wonder.org>"]),
        (b"Alice Liddell <alice@wonder.org>", ["Alice Liddell <alice@wonder.org>"]),
        (b'"Doe, Jane" <jane@d.com>', ["Doe, Jane <jane@d.com>"]),
        (b'"A \\"B\\" C" <a@b.org>', ['"A \\"B\\" C" <a@b.org>']),
        (b"a@b.org (Ann (the first) Bee)", ["Ann (the first) Bee <a@b.org>"]),
        (b"a@b.org, b@c.org; c@d.org", ["<a@b.org>", "<b@c.org>", "<c@d.org>"]),
        (b"friends: a@b.org, Bob <b@c.org>;, c@d.org", ["<a@b.org>", "Bob <b@c.org>", "<c@d.org>"]),
        (b"undisclosed-recipients:;", []),
        (b"=?utf-8?q?Caf=C3=A9=2C_Inc_=3Cx=3E?= <a@b.org>", ["Café, Inc <x> <a@b.org>"]),
        (b"caf\xe9 <a@b.org>", ["café <a@b.org>"]),
        (b"Ann a@b.org", ["Ann <a@b.org>"]),
        (b"Ann <a@b.org", ["Ann <a@b.org>"]),
        (b"<a@b.org", ["<a@b.org>"]),
        (b"'Ann' <a@b.org>", ["Ann <a@b.org>"]),
        (b"a@b.org <a@b.org>", ["<a@b.org>"]),
        (b"<>", []),
        (b"root", ["<root>"]),
        (b"Nobody at all", ["Nobody at all <>"]),
        (b"", []),
        (b",,;,", []),
        (b'"never ends <a@b.org>', ["never ends <a@b.org>"]),
        (b"user+tag@ex\xc3\xa4mple.org", ["<user+tag@exämple.org>"]),
    ],
)
def test_addresses_in_every_form(value: bytes, shown: list[str]) -> None:
    """Groups, comments, quotes, encoded words with commas in them, missing brackets."""
    assert [str(one) for one in addresses([value])] == shown


def test_the_number_of_addresses_is_bounded() -> None:
    """A header of a million addresses is a bomb for whoever shows it."""
    assert len(addresses([b"a@b.org," * (MOST + 10)])) == MOST


@pytest.mark.parametrize("piece", [b"(", b'"', b"<", b"\\", b"a ", b"=?", b"=?utf-8?q?", b"a@", b":", b'"\\'])
def test_a_huge_header_takes_time_as_its_length(piece: bytes) -> None:
    """A megabyte of any of them is read at once (the test would time out)."""
    value = piece * (1_000_000 // len(piece))
    raw = b"".join(
        b"%s: %s\n" % (name, value) for name in (b"From", b"To", b"Subject", b"References", b"Message-ID")
    )
    assert read_mail(raw + b"Content-Type: text/plain; name=" + value + b"\n\nx").size > 5_000_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"Sun, 03 Apr 2011 07:48:11 +0000", 1301816891),
        (b"Sun, 3 Apr 2011 09:48:11 +0200 (CEST)", 1301816891),
        (b"3 Apr 11 07:48 GMT", 1301816880),
        (b"Sun Apr  3 07:48:11 2011", 1301816891),
        (b"Sun, 03 Apr 2011 07:48:11", 1301816891),
        (b"Sun, 99 Apr 2011 07:48:11 +0000", None),
        (b"Sun, 03 Apr 20110000 07:48:11 +0000", None),
        (b"Mon, 01 Jan 1900 00:00:00 +0000", 0),
        (b"Fri, 31 Dec 9999 23:59:59 -1200", LAST // 1000),
        (b"yesterday", None),
        (b"\xff\0", None),
        (b"", None),
        (b"1 " * 5000, None),
    ],
)
def test_dates_in_every_form(value: bytes, seconds: int | None) -> None:
    """Read leniently and kept where calendars can show them."""
    assert read_date(value) == (None if seconds is None else seconds * 1000)


def test_a_mail_without_a_readable_date_has_that_of_the_server_that_took_it() -> None:
    """The newest Received stands first."""
    received = b"Received: by a; Sun, 3 Apr 2011 07:48:11 +0000\nReceived: by b; 2 Apr 2011 07:48:11 +0000\n"
    assert read_mail(received + b"Date: soon\n\nx").date == 1301816891000
    assert read_mail(b"Subject: x\n\nx").date is None


@pytest.mark.parametrize(
    ("value", "id"),
    [
        (b"<a@b>", "a@b"),
        (b"<a@b> (added by x) <c@d>", "a@b"),
        (b"a@b", "a@b"),
        (b"<a\n b@c>", "ab@c"),
        (b"<\xff@c>", "ÿ@c"),
    ],
)
def test_the_message_id_is_the_first_in_brackets(value: bytes, id: str) -> None:
    assert read_mail(b"Message-ID: " + value + b"\n\nx").message_id == id


@pytest.mark.parametrize("header", [b"", b"Message-ID:\n", b"Message-ID: <>\n", b"Message-ID: < >\n"])
def test_a_mail_without_id_gets_one_made_of_its_bytes(header: bytes) -> None:
    """Importing it twice finds it again; another mail has another id."""
    raw = header + b"Subject: s\n\nx"
    assert read_mail(raw).message_id == read_mail(raw).message_id
    assert read_mail(raw).message_id != read_mail(raw + b"y").message_id


def test_an_endless_id_is_cut_and_stays_its_own() -> None:
    one, other = (
        read_mail(b"Message-ID: <" + b"x" * 5000 + end + b"@y>\n\n").message_id for end in (b"1", b"2")
    )
    assert one != other
    assert len(one) == len(other) <= 1000


@pytest.mark.parametrize(
    ("references", "reply", "refs"),
    [
        (b"<a@x> <b@x>", b"", ("a@x", "b@x")),
        (b"<a@x> <b@x>", b"<b@x>", ("a@x", "b@x")),
        (b"<a@x> <b@x>", b"<a@x>", ("a@x", "b@x")),
        (b"<a@x> <b@x>", b"<c@x>", ("a@x", "b@x", "c@x")),
        (b"", b"<c@x> <d@x>", ("c@x", "d@x")),
        (b"<a@x>", b"<c@x> <a@x>", ("c@x", "a@x")),
        (b"<a@x> <own@x> <b@x>", b"", ("a@x", "b@x")),
        (b"<a@x> <b@x> <a@x>", b"", ("b@x", "a@x")),
        (b"<a@x>,<b@x>\n\t<c@x>", b"", ("a@x", "b@x", "c@x")),
        (b"<a@x <b@x>", b"", ("b@x",)),
        (b"<a@x><b@x", b"", ("a@x",)),
        (b"a@x b@x", b"", ("a@x", "b@x")),
        (b"", b"Your message of Monday <a@x>", ("a@x",)),
        (b"", b'Ann\'s message of "Mon, 1 Jan" <a@x>', ("a@x",)),
        (b"<>", b"<own@x>", ()),
    ],
)
def test_references_say_whom_a_mail_answers(references: bytes, reply: bytes, refs: tuple[str, ...]) -> None:
    """Heliotrope reference 2.5 rule 1: a new In-Reply-To is the nearest parent; broken ones are tolerated."""
    raw = b"Message-ID: <own@x>\nReferences: " + references + b"\nIn-Reply-To: " + reply + b"\n\nx"
    assert read_mail(raw).refs == refs


def test_of_an_endless_chain_the_root_and_the_nearest_stay() -> None:
    chain = [f"{number}@x" for number in range(MOST_REFS * 2)]
    raw = b"References: " + " ".join(f"<{one}>" for one in chain).encode() + b"\n\nx"
    assert list(read_mail(raw).refs) == [chain[0], *chain[-(MOST_REFS - 1) :]]


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        (b"From: Ann <ann@b.org>", False),
        (b"From: no-reply@b.org", True),
        (b"From: list-bounces@b.org", True),
        (b"From: Postmaster <postmaster@b.org>", True),
        (b"From: ann=b.org@c.org", True),
        (b"From: Ann Reply <ann@b.org>", False),
        (b"From: ann@b.org\nList-Post: <mailto:l@b.org>", True),
        (b"From: ann@b.org\nX-Mailing-List: l", True),
        (b"From: ann@b.org\nList-Id: <l.b.org>", True),
    ],
)
def test_programs_are_told_from_people(header: bytes, automatic: bool) -> None:
    """Heliotrope reference 2.7: only people become contacts."""
    assert read_mail(header + b"\n\nx").automatic is automatic


def test_a_mail_without_from_is_from_its_sender_field() -> None:
    read = read_mail(b"Sender: Ann <a@b.org>\nTo: b@c.org\nBcc: d@e.org\n\nx")
    assert read.senders == (Address("Ann", "a@b.org"),)
    assert read.bcc == (Address("", "d@e.org"),)
    assert read_mail(b"Subject: s\n\nx").senders == ()
