"""What other programs wrote into mails: read or not, starred, labels."""

import pytest

from syncline.gateways.imports.found import NOWHERE, Place
from syncline.gateways.imports.noted import noted

MAILDIR = Place(labels=("Lists",), state=("starred",), inbox=False)


def test_a_mail_that_says_nothing_is_new() -> None:
    """Like the original: `inbox` and `unread`."""
    assert noted(b"Subject: a\n\n", NOWHERE) == Place(("inbox",), ("unread",), True)


@pytest.mark.parametrize(
    ("head", "state"),
    [
        (b"Status: RO", ()),
        (b"Status: O", ("unread",)),
        (b"Status: RO\nX-Status: F", ("starred",)),
        (b"X-Status: AFD\r\nStatus: R\r", ("starred", "deleted")),
        (b"status: R\nx-status: T", ("draft",)),
        (b"X-Mozilla-Status: 0005", ("starred",)),
        (b"X-Mozilla-Status: 0008", ("unread", "deleted")),
        (b"X-Mozilla-Status: what", ("unread",)),
        (b"Subject: Status: R", ("unread",)),
        (b"Subject: a\n\nStatus: R", ("unread",)),
    ],
)
def test_headers_of_mbox_programs_are_states(head: bytes, state: tuple[str, ...]) -> None:
    """mutt, pine, Dovecot and Thunderbird keep them in the head; the text is not looked at."""
    assert noted(head + b"\n\nText\n", NOWHERE).state == state


@pytest.mark.parametrize(
    ("value", "labels", "state"),
    [
        (b"Inbox,Unread", ("inbox",), ("unread",)),
        (b"Archived,Opened", (), ()),
        (b"Inbox,Important,Starred,My Work", ("My Work", "inbox"), ("starred",)),
        (b'Inbox,"A, B",Opened', ("A, B", "inbox"), ()),
        (b"=?UTF-8?Q?Inbox,Rechnungen_f=C3=BCr_2020?=", ("Rechnungen für 2020", "inbox"), ()),
        (b"Sent,Category\n Personal", ("Category Personal",), ("sent",)),
        (b"=?x-none?Q?Inbox?=", ("inbox",), ()),
        (b"=?utf-8?B?broken*?=", ("=?utf-8?B?broken*?=",), ()),
        (b"", (), ()),
    ],
)
def test_gmail_labels_are_believed(value: bytes, labels: tuple[str, ...], state: tuple[str, ...]) -> None:
    """A mail that Gmail had archived does not come back into the inbox, and what was read stays read."""
    found = noted(b"Subject: a\nX-Gmail-Labels: " + value + b"\n\nText", NOWHERE)
    assert (found.labels, found.state) == (labels, state)


def test_keywords_are_labels() -> None:
    """Those that programs use for themselves are not."""
    head = b"X-Keywords: work, Tax $Forwarded NonJunk\nX-Mozilla-Keys: $label1 later\n\n"
    assert noted(head, NOWHERE).labels == ("work", "Tax", "later", "inbox")


def test_a_maildir_knows_better() -> None:
    """Its flags are the state, whatever stale headers say; its folder is the label."""
    assert noted(b"Status: O\n\n", MAILDIR) == Place(("Lists",), ("starred",), False)


def test_what_the_person_wants() -> None:
    """`--labels` adds, `--no-inbox` leaves the inbox out, also for a mail that Gmail had in it."""
    assert noted(b"A: b\n\n", MAILDIR, labels=("old",)).labels == ("Lists", "old")
    assert noted(b"X-Gmail-Labels: Inbox\n\n", NOWHERE, labels=("old",), inbox=False).labels == ("old",)


def test_any_bytes_do() -> None:
    """Not a header in it, or nothing but a header that never ends."""
    for raw in (b"", b"\0\xff", b"X-Gmail-Labels: " + b'"' * 5000, b"X-Keywords: " + b"a\n " * 100_000):
        noted(raw, NOWHERE)
