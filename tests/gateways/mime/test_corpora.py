"""Every mail of two real mailboxes is read: none fails, none is lost, nothing in it cannot be stored."""

import msgspec

from syncline.core.mail import ReadMail
from syncline.gateways.mime.mail import read_mail
from syncline.gateways.mime.opening import open_mail


def test_a_mailing_list_of_1500_mails(usrp: list[bytes]) -> None:
    """1,495 Message-IDs, all with a sender, a date and, nearly all, a snippet."""
    found = [read_mail(raw) for raw in usrp]
    assert len(found) == 1500
    assert len({read.message_id for read in found}) == 1495
    assert not [read for read in found if read.kept_raw or not read.senders or read.date is None]
    assert sum(not read.snippet for read in found) < 30
    assert all(read.automatic for read in found)
    assert sum("attachment" in read.states for read in found) == 58


def test_6046_mails_a_third_of_them_spam(spam: list[bytes]) -> None:
    """Broken charsets, boundaries, dates and encodings of their time: all have their own id and a date."""
    found = [read_mail(raw) for raw in spam]
    assert len({read.message_id for read in found}) == len(found) == 6046
    assert sum(read.message_id.endswith("@no-message-id.invalid") for read in found) == 2
    assert not [read for read in found if read.kept_raw or read.date is None]
    assert sum(not read.senders for read in found) == 2


def test_all_that_was_read_can_be_stored_and_all_parts_opened(mails: list[bytes]) -> None:
    """Every field is valid UTF-8 without NUL (every third mail: their parts are many)."""
    for raw in mails[::3]:
        read = read_mail(raw)
        packed = msgspec.json.encode(read)
        assert b"\\u0000" not in packed
        assert msgspec.json.decode(packed, type=ReadMail) == read
        assert read.size == len(raw)
        leaves = open_mail(raw).leaves()
        assert leaves
        for leaf in leaves:
            leaf.text.encode() if leaf.is_text else leaf.data
