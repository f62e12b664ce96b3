"""Markup: what people type becomes XML by which every client can show it, and rebuild what was typed."""

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.protocols.fleep.markup.source import to_source, words

from syncline.protocols.fleep.markup import EMPTY, clean, to_xml, with_files
from syncline.protocols.fleep.markup.emoticons import KINDS

LONGEST = 307_200
"""Characters that web clients let people type."""

PIECES = (
    *("*", "_", ">", "<", "<<", ">>", "&", '"', "'", ":::", "-- ", "---", "@ann", "(y)", ":)", "X("),
    *("http://", "www.", "x.org", "mailto://a@b.c", ".", ",", ")", "(", " ", "  ", "\t", "\n", "\n\n"),
    *(
        "word",
        "On Monday Bob wrote:",
        "From: ",
        "Original Message",
        "\x00",
        "\x0b",
        "\r\n",
        "\ud800",
        "\uffff",
    ),
)
TYPED = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text()


def inner(text: str, *, email: bool = False) -> str:
    """The XML of a text of one paragraph, without the frame."""
    xml = to_xml(text, email=email)
    assert xml.startswith("<msg><p>")
    assert xml.endswith("</p></msg>")
    return xml[8:-10]


@given(TYPED, st.booleans())
@example(">\n\n-- \n>", False)
@example("*_a_* *_b*_", False)
def test_it_is_always_well_formed_and_says_every_word(text: str, email: bool) -> None:
    """Whatever is typed: an XML parser reads it, and no word is lost or added."""
    xml = to_xml(text, email=email)
    assert ElementTree.fromstring(xml).tag == "msg"
    if not email:
        said = re.sub(r"\s", "", to_source(xml))
        assert said == re.sub(r"\s", "", clean(text))


@given(TYPED)
@example("a\n\n\n:::\nx\n:::\n\n\nb\n> c\n\n> d\ne\n\n")
def test_clients_can_rebuild_what_was_typed(text: str) -> None:
    """Prefixes and suffixes give the source back, but for blanks in blank lines and line ends at the end."""

    def comparable(source: str) -> str:
        return re.sub(r"(?m)^[ \t]+$", "", source).rstrip(" \t\n")

    assert comparable(to_source(to_xml(text))) == comparable(clean(text))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("*bold* and _italic_", '<b flp="*" fls="*">bold</b> and <i flp="_" fls="_">italic</i>'),
        ("*_both_*", '<b flp="*" fls="*"><i flp="_" fls="_">both</i></b>'),
        ("*more words*, here", '<b flp="*" fls="*">more words</b>, here'),
        ("*a _b* c_", '<b flp="*" fls="*">a _b</b> c_'),
        ("2*3*4 and a_b_c", "2*3*4 and a_b_c"),
        ("* point", "* point"),
        ("*open\nclosed*", "*open<br/>closed*"),
        ("name: ____ ****", "name: ____ ****"),
        ("one * two *", "one * two *"),
    ],
)
def test_markers_start_a_word_and_end_one(typed: str, expected: str) -> None:
    """Bold and italic within one line; everything else that has stars in it stays as it is."""
    assert inner(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("one\ntwo", "one<br/>two"),
        ("one\n\ntwo", "one</p><p>two"),
        ("one\n\n\ntwo", "one<br/></p><p>two"),
        ("one\n  \ntwo", "one</p><p>two"),
        ("\none", "<br/>one"),
        ("one\n", "one"),
        ("one\r\ntwo", "one<br/>two"),
    ],
)
def test_lines_and_paragraphs(typed: str, expected: str) -> None:
    """A line end is a break, a blank line another paragraph."""
    assert inner(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("> a\n> b", "<q>&gt; a<br/>&gt; b</q>"),
        ("see\n> a\nyes", "see<br/><q>&gt; a<br/></q>yes"),
        ("> a\n\n> b\n\nyes", "<q>&gt; a<br/><br/>&gt; b</q></p><p>yes"),
        ("Bob wrote:\n> a\nyes", "<q>Bob wrote:<br/>&gt; a<br/></q>yes"),
        ("hi\n\nBob wrote:\n\n> a", "hi</p><p><q>Bob wrote:<br/><br/>&gt; a</q>"),
        ("hi\nBob wrote:\n> a", "hi<br/>Bob wrote:<br/><q>&gt; a</q>"),
        ("Bob wrote:\nsomething", "Bob wrote:<br/>something"),
        ("bye\n-- \nAnn\n\n*Boss*", 'bye<br/><q>-- <br/>Ann<br/><br/><b flp="*" fls="*">Boss</b></q>'),
        (
            "fyi\n\n--- Forwarded message ---\nx\n\ny",
            "fyi</p><p><q>--- Forwarded message ---<br/>x<br/><br/>y</q>",
        ),
        ("From: Ann\nhi", "<q>From: Ann<br/>hi</q>"),
        (">>>>> deep", "<q>&gt;&gt;&gt;&gt;&gt; deep</q>"),
    ],
)
def test_quotes(typed: str, expected: str) -> None:
    """Quoted lines, with the header above them; a signature and a mail sent on are quotes to the end."""
    assert inner(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (":::\n*a* :)\n\n  b\n:::", '<pre flp=":::&#10;" fls=":::">*a* :)\n\n  b\n</pre>'),
        (":::\na\n:::\nb", '<pre flp=":::&#10;" fls=":::&#10;">a\n</pre>b'),
        (":::\na\n:::\n\nb", '<pre flp=":::&#10;" fls=":::">a\n</pre></p><p>b'),
        ("so\n:::\n> a", 'so<br/><pre flp=":::&#10;">&gt; a\n</pre>'),
        ("> q\n:::\na\n:::", '<q>&gt; q<br/></q><pre flp=":::&#10;" fls=":::">a\n</pre>'),
        (":::", ":::"),
        ("a ::: b", "a ::: b"),
    ],
)
def test_code(typed: str, expected: str) -> None:
    """Between lines of three colons nothing is markup; the lines themselves are kept as attributes."""
    assert inner(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (":) yes", '<emo kind="esmile">:)</emo> yes'),
        ("no :(", 'no <emo kind="esad">:(</emo>'),
        (":)no", ":)no"),
        ("max(x)", "max(x)"),
        ("(y)((bug))", '<emo kind="eup">(y)</emo><emo kind="ebug">((bug))</emo>'),
        ("(Beer)(BEER)(nothing)", '<emo kind="ebeer">(Beer)</emo>(BEER)(nothing)'),
        ("*:D*", '<b flp="*" fls="*"><emo kind="elaugh">:D</emo></b>'),
    ],
)
def test_emoticons(typed: str, expected: str) -> None:
    """Faces need white space or the end after them; names in brackets stand anywhere."""
    assert inner(typed) == expected


@pytest.mark.parametrize("spelling", sorted(KINDS))
def test_every_spelling_is_recognised(spelling: str) -> None:
    """All that the table has."""
    assert inner(f"so {spelling} it") == f'so <emo kind="{KINDS[spelling]}">{spelling}</emo> it'


def test_rules_are_for_mails_only() -> None:
    """A line of dashes is a rule in a mail, and what was typed in a chat."""
    assert inner("a\n-----\nb", email=True) == "a<hr/>b"
    assert inner("a\n-----\nb") == "a<br/>-----<br/>b"


def test_the_header_of_a_reply_opens_a_quote_to_the_end_in_mails() -> None:
    """Many mail programs quote without signs. In a chat the same line is what somebody says."""
    typed = "thanks\n\nOn 3 May, Bob wrote:\nlunch?\n\nBob"
    assert inner(typed, email=True) == "thanks</p><p><q>On 3 May, Bob wrote:<br/>lunch?<br/><br/>Bob</q>"
    assert "<q>" not in to_xml(typed)


def test_what_is_no_character_is_dropped_or_replaced() -> None:
    """Control characters go, lone surrogates become the replacement character; tabs stay."""
    assert inner("a\x00\x08b\x0b\x1f\tc\ud800\uffff") == "ab\tc\ufffd\ufffd"


@pytest.mark.parametrize("typed", ["", " ", "\n\n", "\x00", "\t \r\n"])
def test_nothing_typed_is_the_empty_message(typed: str) -> None:
    """The form that clients take as empty."""
    assert to_xml(typed) == EMPTY == "<msg><p/></msg>"


def test_files_stand_after_the_text() -> None:
    """A message of files only has no paragraph; a deleted one has its key alone."""
    file = ("K1", 'a & "b".txt', False)
    assert with_files(to_xml("see"), [file]) == ('<msg><p>see</p><file key="K1">a &amp; "b".txt</file></msg>')
    assert with_files(EMPTY, [("K0", "old", True), file]) == (
        '<msg><file key="K0" is_deleted="true"/><file key="K1">a &amp; "b".txt</file></msg>'
    )
    assert with_files(EMPTY, []) == EMPTY


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "*",
            "_",
            "<",
            "((((",
            ">>>>",
            "\n",
            ">\n",
            "*a ",
            "*a*\n",
            ":::\n",
            ":",
            "-",
            "http://",
            "http://a<<",
        ),
        *(
            "www.",
            "*_",
            "_*a ",
            "x wrote:\n> a\n\n",
            "[",
            "http://(",
            "mailto://a",
            " \n",
            ">\na\n",
            "From: ",
        ),
    ],
)
def test_hostile_texts_cost_as_their_length(piece: str) -> None:
    """300,000 characters of anything: quadratic work would take minutes, linear work takes a tenth of a
    second (a busy machine gets much more)."""
    text = (piece * (LONGEST // len(piece) + 1))[:LONGEST]
    began = time.process_time()
    xml = to_xml("http://" + text)
    ElementTree.fromstring(to_xml(text, email=True))
    assert time.process_time() - began < 5
    assert xml.startswith("<msg>")


def test_words_of_a_message() -> None:
    """What the helper of these tests says of a message, so that it can be trusted."""
    assert words(to_xml("*one* two\n\n> three")) == ["one", "two", ">", "three"]
