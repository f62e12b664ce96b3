"""Texts of strangers on our pages: tamed, cut, linked, and never more than text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncline.core.errors import NotFound
from syncline.core.mail import Address
from syncline.services.search.parsing import parse
from syncline.web.mail.links import number, search_path, sender_query, thread_path
from syncline.web.mail.people import of_address, of_text
from syncline.web.mail.plain import NO_SUBJECT, Piece, clean, linked, subject_line, tame
from syncline.web.mail.words import size_words


def test_a_name_cannot_turn_the_direction_of_what_stands_beside_it() -> None:
    """`exe` shown as `gpj` by a right-to-left override is an old trick with file names."""
    assert tame("photo\u202egpj.exe") == "photogpj.exe"
    assert tame("a\u2066b\u2069c\x00d\x1b[31m") == "abcd[31m"
    assert tame(" two\nlines\tand tabs ") == "two lines and tabs"


def test_halves_of_surrogate_pairs_do_not_break_a_page() -> None:
    """No page can be encoded with them; they come from mails that were decoded leniently."""
    clean("x\ud800y").encode()


def test_a_subject_is_cut_at_80_characters_and_an_empty_one_is_said() -> None:
    assert len(subject_line("x" * 200)) == 80
    assert subject_line("  \u202e ") == NO_SUBJECT


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("see https://example.org/a.", ["https://example.org/a"]),
        ("(http://example.org/x_(y))", ["http://example.org/x_(y)"]),
        ("<https://example.org/?a=1&b=2>,", ["https://example.org/?a=1&b=2"]),
        ("javascript:alert(1) data:text/html,x ftp://x HTTPS://UP.example/", ["HTTPS://UP.example/"]),
        ('https://example.org/" onclick="x', ["https://example.org/"]),
        ("nothing here", []),
    ],
)
def test_web_addresses_in_texts_become_links_and_nothing_else_does(text: str, addresses: list[str]) -> None:
    pieces = linked(text)
    assert [piece.href for piece in pieces if piece.href] == addresses
    assert "".join(piece.text for piece in pieces) == text


@given(st.text(max_size=300))
def test_a_text_with_links_is_still_the_same_text(text: str) -> None:
    pieces = linked(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.href is None or piece.href.lower().startswith("http") for piece in pieces)
    assert pieces != (Piece(""),)


@given(name=st.text(max_size=30), mail=st.text(alphabet=st.characters(exclude_characters="<>"), max_size=30))
def test_a_person_is_read_back_from_what_the_search_writes(name: str, mail: str) -> None:
    """`Name <mail>`, with whatever stands in names."""
    person = of_text(str(Address(name, mail)))
    assert (person.name, person.mail) == (name, mail)


@example(mail=":-")
@example(mail="OR")
@example(mail='"a OR b"@x')
@given(mail=st.text(max_size=40))
def test_the_search_that_a_person_leads_to_can_always_be_read(mail: str) -> None:
    """Addresses are strangers' words: quotes, brackets and operators in them must not make a syntax error."""
    query = sender_query(mail)
    if query is not None:
        parse(query)


def test_a_person_without_name_or_address_is_still_somebody() -> None:
    assert of_address(Address("", "")).shown == "(nobody)"
    assert of_address(Address("", "")).path is None
    assert of_address(Address("Bo", "bo@x")).path == "/search?q=from%3Abo%40x"
    assert of_text("no brackets").mail == "no brackets"


def test_addresses_of_pages_quote_what_stands_in_a_query() -> None:
    assert search_path("~inbox") == "/search?q=~inbox"
    assert search_path('a"b&c=d#e', start=20) == "/search?q=a%22b%26c%3Dd%23e&start=20"
    assert thread_path(-5, q="~inbox", start=20) == "/thread/-5?q=~inbox&start=20"
    assert thread_path(5) == "/thread/5"


@pytest.mark.parametrize("given_", ["", "x", "1.5", "--1", "²", "9" * 19, "1 ", "+1", "0x1"])
def test_what_is_no_number_names_no_mail(given_: str) -> None:
    with pytest.raises(NotFound):
        number(given_, "There is no such message.")
    assert number("-7", "") == -7


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (9949, "9.9 KB"),
        (9950, "10 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (23_400_000, "23 MB"),
        (10**13, "10000 GB"),
    ],
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert size_words(size) == words
