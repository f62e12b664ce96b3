"""The query language: what is typed, what it means, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.core.errors import BadQuery
from syncline.services.search import debugged, parse, typed
from syncline.services.search.days import Span, days
from syncline.services.search.language import And, Every, Label, Not, Or, Query, Term
from syncline.services.search.parsing import MOST_CHARACTERS, MOST_DEPTH, MOST_TERMS

WORDS = st.from_regex(r'[^\s()"\-~:*][^\s()":]{0,5}', fullmatch=True).filter(lambda word: word != "OR")


def _joined(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    some = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return some.map(And) | some.map(Or) | parts.map(Not)


QUERIES: st.SearchStrategy[Query] = st.recursive(
    st.builds(Term, st.just("body") | WORDS, WORDS.map(lambda word: (word,)))
    | st.builds(
        Term, st.just("body") | WORDS, st.lists(WORDS, min_size=1, max_size=3).map(tuple), st.just(True)
    )
    | st.builds(Label, WORDS)
    | st.builds(Label, st.lists(WORDS, min_size=2, max_size=3).map(" ".join))
    | st.just(Every()),
    _joined,
    max_leaves=10,
)


@given(QUERIES)
def test_what_is_typed_out_is_read_back(query: Query) -> None:
    """Every query can be written down and parsed to the same."""
    assert parse(typed(query)) == query


@given(st.text(max_size=60) | st.text('ab:~-*"() OR', max_size=30))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    """Nothing else can come out of typing."""
    place, query = -1, None
    try:
        query = parse(text)
    except BadQuery as refused:
        place = refused.position
    assert 0 <= place <= len(text) if query is None else parse(typed(query)) == query


def test_the_debug_notation_is_the_originals() -> None:
    """Heliotrope reference 3.2."""
    query = parse('a b OR "c d" -~x')
    assert debugged(query) == '(AND body:"a" (OR body:"b" (PHRASE body:"c" body:"d")) (NOT ~x))'
    assert debugged(parse("*")) == "<EVERY>"
    assert debugged(parse("")) == "<EMPTY>"


def test_the_outermost_field_holds_for_all_inside() -> None:
    """Even for what has a field of its own; labels have none."""
    assert typed(parse('subject:(a from:b "c d" ~e)')) == 'subject:a subject:b subject:"c d" ~e'


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ("a" * (MOST_CHARACTERS + 1), MOST_CHARACTERS),
        ("(" * (MOST_DEPTH + 1) + "a" + ")" * (MOST_DEPTH + 1), MOST_DEPTH),
        ("-" * (MOST_DEPTH + 1) + "a", MOST_DEPTH),
        ("a " * (MOST_TERMS + 1), 2 * MOST_TERMS),
        ("budget OR", 9),
        ('x "y', 4),
        ('"a OR b"', 3),
        ('"x: y"', 2),
        ("OR a", 0),
    ],
)
def test_limits_and_mistakes_are_named_by_place(query: str, position: int) -> None:
    """Deep or endless queries cost nothing."""
    with pytest.raises(BadQuery) as refused:
        parse(query)
    assert refused.value.position == position


DAY = 86_400_000
NEW_YEAR_1971 = 365 * DAY


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1970", (0, NEW_YEAR_1971)),
        ("1970-01", (0, 31 * DAY)),
        ("1970-1-2", (DAY, 2 * DAY)),
        ("1970/12", (334 * DAY, NEW_YEAR_1971)),
        ("1970-02..1970-12-31", (31 * DAY, NEW_YEAR_1971)),
        ("1971..", (NEW_YEAR_1971, None)),
        ("..1970", (None, NEW_YEAR_1971)),
        ("1000000000", (1_000_000_000_000, 1_000_000_001_000)),
        ("1970-13", None),
        ("1970-02-30", None),
        ("9999", None),
        ("..", None),
        ("yesterday", None),
        ("٢٠٢٤", None),
    ],
)
def test_dates_are_years_months_days_and_ranges(text: str, span: Span | None) -> None:
    """In UTC; what is no date finds nothing."""
    assert days(text) == span
