"""Quoted text is folded: what the writer added must stay in sight."""

import time

import pytest

from syncline.gateways.mime.quoting import quoted


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("just\nmine", []),
        ("mine\n> quote\n>> deeper\nmine", ["> quote\n>> deeper"]),
        ("mine\n\nOn Monday, Bob wrote:\n> quote\nmine", ["On Monday, Bob wrote:\n> quote"]),
        ("On Monday, 3 April 2011 at 07:48\nBob <b@x.org> wrote:\n\n> quote", None),
        ("> a\n\n> b\nmine", ["> a\n\n> b"]),
        (
            "mine\n-----Original Message-----\nFrom: a@b.org\nSent: now\n\ntheirs\nmore",
            ["-----Original Message-----\nFrom: a@b.org\nSent: now\n\ntheirs\nmore"],
        ),
        (
            "----- Original Message -----\nFrom: a@b.org\n\n> theirs\n\nmine",
            ["----- Original Message -----\nFrom: a@b.org\n\n> theirs"],
        ),
        (
            "mine\n________________________________\nFrom: a@b.org\nSubject: s\n\ntheirs",
            ["________________________________\nFrom: a@b.org\nSubject: s\n\ntheirs"],
        ),
        ("mine\n_______________________________________________\nUSRP-users mailing list", []),
        ("Bob wrote:\nno quote follows", []),
        ("", []),
    ],
)
def test_quotes_are_told_from_answers(text: str, folded: list[str] | None) -> None:
    """Lines with `>`, rules above a whole mail (Zimbra quotes below its rule), `… wrote:` before a quote."""
    blocks = quoted(text)
    assert "\n".join(block.text for block in blocks) == text
    assert [block.text for block in blocks if block.is_quote] == ([text] if folded is None else folded)


def test_a_text_of_many_quotes_takes_time_as_its_length() -> None:
    """A mail of 200,000 lines, each a possible beginning of a quote."""
    text = "-----Original Message-----\nFrom: x\n> y\nBob wrote:\n\n" * 40_000
    begun = time.process_time()
    assert "\n".join(block.text for block in quoted(text)) == text
    assert time.process_time() - begun < 5
