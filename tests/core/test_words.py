"""Cutting texts into words: what is typed is found, in every script, however long the text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.core.words import GAP, LONGEST, asked, cut, folded, strict_cut, words

TEXTS = st.text(max_size=80) | st.lists(
    st.sampled_from(
        [
            "Straße",
            "naïve",
            "東京都",
            "東",
            "한국어",
            "e\u0301te\u0301",
            "a_b",
            "v2.1",
            "don't",
            " ",
            "\n",
            "-",
            "हिन्दी",
        ]
    )
).map("".join)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, World! (v2.1)", "hello world v2 1"),
        ("snake_case stays two", "snake case stays two"),
        ("Ana Ruiz <ana@north.example>", "ana ruiz ana north example"),
        ("total is 5. and 1,000", "total is 5 and 1 000"),
        ("Straße ÉTÉ e\u0301te\u0301 Ångström", "strasse ete ete angstrom"),
        ("Łódź smørrebrød œuvre", "lodz smorrebrod oeuvre"),
        ("Ёжик и йод", "ежик и йод"),
        ("ΌΣΟΣ όσος", "οσοσ οσοσ"),
        ("ﬁne ½ ①", "fine 1 2 1"),
        ("naïve—dash “quoted”", "naive dash quoted"),
        ("हिन्दी ภาษาไทย", "हिन्दी ภาษาไทย"),
        ("שָׁלוֹם", "שלום"),
        ("Silben\u00adtrennung", "silbentrennung"),
        ("", ""),
        ("!? --", ""),
    ],
)
def test_words_are_letters_and_digits_without_case_and_accents(text: str, found: str) -> None:
    """Marks that are letters in their script stay."""
    assert words(text) == found


def test_runs_of_chinese_japanese_and_korean_become_pairs() -> None:
    """Each character begins one word, so pairs and single characters can be asked for."""
    assert cut("東京都 abc東京 木") == ["東京", "京都", "都", "abc", "東京", "京", "木"]
    assert cut("한국어 ﾃｽﾄ") == ["한국", "국어", "어", "テス", "スト", "ト"]


@pytest.mark.parametrize("text", ["東京都庁", "abc東京", "x 東京", "한국어를"])
def test_any_part_of_such_a_run_is_found(text: str) -> None:
    """Whatever piece of it somebody types."""
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            piece = text[start:end]
            if piece.strip() and not piece[0].isascii() and not piece[-1].isascii():
                assert stands(text, piece), piece
    assert not stands(text, "京東")


def stands(text: str, piece: str) -> bool:
    """Whether a text is found by a piece, as the index does it."""
    wanted, prefix = asked(piece)
    known = cut(text)
    last = len(wanted) - 1
    return any(
        all(
            known[at + i].startswith(one) if prefix and i == last else known[at + i] == one
            for i, one in enumerate(wanted)
        )
        for at in range(len(known) - last)
    )


@given(TEXTS)
def test_a_text_is_found_by_itself(text: str) -> None:
    """Queries are cut as texts are."""
    if asked(text).words:
        assert stands(text, text)


@given(TEXTS)
def test_cutting_again_changes_nothing_but_pairs(text: str) -> None:
    """Words are made of letters, digits and marks, are short, and never the gap."""
    found = cut(text)
    assert all(0 < len(word) <= LONGEST for word in found)
    assert GAP not in " ".join(found)
    assert not any(one in " ".join(found) for one in "\"'_-*:\n")
    assert words(text) == " ".join(found)


def test_the_gap_is_no_part_of_any_text() -> None:
    """No phrase reaches over it, and nobody can ask for it."""
    assert cut(f"a{GAP}b") == ["a", "b"]
    assert not asked(GAP).words


def test_endless_words_are_cut() -> None:
    """The same in texts and in queries, plain or not."""
    assert cut("x" * 1000) == ["x" * LONGEST]
    assert cut("é" * 1000) == ["e" * LONGEST]


def test_a_star_asks_for_beginnings() -> None:
    """Of the last word; a single character of a script without blanks is one by itself."""
    assert asked("piz", prefix=True) == (("piz",), True)
    assert asked("東") == (("東",), True)
    assert asked("東京", prefix=True) == (("東京",), False)
    assert asked("") == ((), False)


def test_folding_keeps_what_stands_between_words() -> None:
    """For the beginnings of names and addresses."""
    assert folded("Jürgen O'Neil <J@x.Example>") == "jurgen o'neil <j@x.example>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("is 5. e-mail me, thanks! (v2.1)", ["is", "5.", "e-mail", "me", "thanks", "v2.1"]),
        ("-3 5.5 _under_ [ticket-1] #12 x--y", ["-3", "5.5", "under", "ticket-1", "12", "x--y"]),
        ("http://a.b/c?d=e, you're user+tag@ex.org", ["http://a.b/c?d=e", "you're", "user+tag@ex.org"]),
        ("<ana@x> 10:30 2011-03-04", ["ana@x", "10:30", "2011-03-04"]),
        ("Naïve—Dash ÉTÉ", ["naïve—dash", "ÉtÉ"]),
        ("a " + "x" * 51 + " b " + "é" * 26, ["a", "b"]),
        ("x" * 50, ["x" * 50]),
    ],
)
def test_the_originals_words(text: str, found: list[str]) -> None:
    """Heliotrope reference 3.4: punctuation inside is kept, a number keeps its dot."""
    assert strict_cut(text) == found


def test_a_large_text_is_cut_in_the_blink_of_an_eye() -> None:
    """A mail of megabytes holds nobody up: linear, and about ten million words a second where it is plain."""
    text = "The quick brown fox; jumps-over the lazy dog. " * 20_000
    start = time.process_time()
    assert len(cut(text)) == 180_000
    assert time.process_time() - start < 1.0
