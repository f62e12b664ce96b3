"""What a mail says: its states, its snippet, and the words that it is found by."""

import pytest
from tests.gateways.mime.test_structure import HTML, PDF, PLAIN, multipart

from syncline.core.mail import Words
from syncline.core.words import GAP
from syncline.gateways.mime.mail import read_mail, texts_of
from syncline.gateways.mime.snippet import snippet
from syncline.gateways.mime.texts import ATTACHED

FROM = b"From: Ann Bee <ann@north.example>\n"
PICTURE = b'Content-Type: image/png; name="logo.png"\nContent-ID: <x@y>\n\npng'
SIGNATURE = b'Content-Type: application/pgp-signature; name="signature.asc"\n\nsig'


@pytest.mark.parametrize(
    ("raw", "states"),
    [
        (b"\nplain", ()),
        (multipart("mixed", PLAIN, PDF), ("attachment",)),
        (multipart("mixed", PLAIN, multipart("mixed", PLAIN, PDF, boundary="c")), ("attachment",)),
        (multipart("related", HTML, PICTURE), ()),
        (multipart("mixed", HTML, PICTURE), ("attachment",)),
        (multipart("alternative", PLAIN, multipart("mixed", HTML, PDF, boundary="c")), ("attachment",)),
        (multipart("signed", PLAIN, SIGNATURE), ("signed",)),
        (
            multipart("signed", multipart("mixed", PLAIN, PDF, boundary="c"), SIGNATURE),
            ("attachment", "signed"),
        ),
        (b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\n\nx', ("signed",)),
        (b"Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data\n\nx", ("encrypted",)),
        (b"Content-Type: application/pkcs7-mime\n\nx", ("encrypted",)),
        (multipart("encrypted", PLAIN, b"Content-Type: application/octet-stream\n\nx"), ("encrypted",)),
        (b"\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nhi", ("signed",)),
        (b"\n-----BEGIN PGP MESSAGE-----\n\nhQ", ("encrypted",)),
        (b"\n> -----BEGIN PGP MESSAGE-----\n", ()),
        (b"Content-Disposition: attachment; filename=a.txt\n\nx", ("attachment",)),
    ],
)
def test_a_mail_shows_its_states_by_itself(raw: bytes, states: tuple[str, ...]) -> None:
    """Signatures and the pictures of an HTML text are no attachments; S/MIME and PGP in the text count."""
    assert read_mail(FROM + raw).states == states


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello there Bob,\nhow are you?", "Hello there Bob, how are you?"),
        ("\n\nOn Monday Bob wrote:\n> quoted\n  > more\n\nfine thanks", "fine thanks"),
        ("Bob said:\n----- rule -----\nyes\n> kept", "yes > kept"),
        ("> only\n> quotes", ""),
        ("", ""),
        ("x" * 300, "x" * 100),
        (">\n" * 600 + "too far", ""),
    ],
)
def test_a_snippet_is_the_beginning_of_what_the_writer_said(text: str, shown: str) -> None:
    """Heliotrope reference 2.6."""
    assert snippet(text) == shown


def test_the_snippet_of_an_html_mail_is_its_text() -> None:
    assert read_mail(FROM + multipart("mixed", PDF, HTML)).snippet == "html"
    assert read_mail(FROM + multipart("alternative", HTML, PLAIN)).snippet == "plain"
    assert read_mail(FROM + multipart("mixed", PDF)).snippet == ""


def columns(raw: bytes) -> Words:
    """The words of a mail from Ann Bee."""
    return read_mail(FROM + raw).words


def test_every_column_has_its_words() -> None:
    head = (
        b"To: Ben <ben@south.example>\nCc: c@c.org\nBcc: d@d.org\nSubject: The Plan\nMessage-ID: <m1@x.org>\n"
    )
    found = columns(head + b"List-Id: <talk.x.org>\n" + multipart("mixed", PLAIN, PDF))
    assert found.sender == "ann bee ann north example"
    assert found.recipients == f"ben ben south example {GAP} c c org {GAP} d d org"
    assert (found.cc, found.bcc) == ("c c org", "d d org")
    assert (found.subject, found.files, found.lists, found.ids) == (
        "the plan",
        "a pdf",
        "talk x org",
        "m1 x org",
    )
    said = [found.sender, found.recipients, "the plan", "plain", "a pdf"]
    assert found.body == f" {GAP} ".join(said)


def test_no_phrase_reaches_from_one_address_into_the_next() -> None:
    """notmuch: a phrase must not span address parts."""
    raw = b"To: Ben Cho <b@x.org>, Cem Oz <c@x.org>\n\nx"
    assert f"org {GAP} cem" in columns(raw).recipients
    assert f"<b@x.org> {GAP} Cem Oz".replace("<", "").replace(">", "") in texts_of(FROM + raw).recipients


def test_the_same_columns_uncut_keep_every_letter() -> None:
    """For searches that compare as the original does; a private character in a mail is no gap."""
    raw = f"Subject: It's 5.\ue000 {GAP}!\n\nE-mail ME,\n  thanks".encode()
    found = texts_of(FROM + raw)
    assert found.subject == "It's 5.   !"
    assert found.body.endswith("E-mail ME,\n  thanks")
    assert GAP not in found.subject


@pytest.mark.parametrize(
    ("raw", "word", "there"),
    [
        (multipart("alternative", PLAIN, b"Content-Type: text/html\n\nonlyhtml"), "onlyhtml", False),
        (
            multipart("mixed", PLAIN, b"Content-Type: text/plain; name=n.txt\n\nsecretword"),
            "secretword",
            True,
        ),
        (
            multipart("mixed", PLAIN, b"Content-Type: text/html; name=n.html\n\n<p>secretword"),
            "secretword",
            True,
        ),
        (
            multipart("mixed", PLAIN, b"Content-Type: application/json; name=n.json\n\nsecretword"),
            "secretword",
            False,
        ),
        (b"Content-Type: text/html\n\n<p title=attribute>seen<script>code</script>", "attribute", False),
        (b"Content-Type: text/html\n\n<p title=attribute>seen<script>code</script>", "code", False),
        (b"Content-Type: text/html\n\n<p>se<b>en</b></p>", "seen", True),
        (b"\n42 \xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "привет", True),
        (b"\n42", "42", True),
    ],
)
def test_words_that_are_found_and_words_that_are_not(raw: bytes, word: str, there: bool) -> None:
    """Attachments of text are; attributes, scripts and the other alternative are not; numbers and every
    script are, undeclared UTF-8 too (Heliotrope reference 11)."""
    assert (word in columns(raw).body.split()) is there


def test_attached_text_is_read_as_far_as_the_cap() -> None:
    """A megabyte of numbers slowed other indexes down (reference 7)."""
    long = b"Content-Type: text/csv; name=n.csv\n\n" + b"number1 " * (ATTACHED // 4)
    found = columns(multipart("mixed", PLAIN, long, b"Content-Type: text/plain; name=m.txt\n\nbeyond"))
    assert len(found.body) < ATTACHED + 1000
    assert "beyond" not in found.body
    assert "m txt" in found.files
