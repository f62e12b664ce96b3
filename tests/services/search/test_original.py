"""The 42 queries of the reference's fixture (Heliotrope reference 3.6), in both readings."""

import pytest
from tests.services.search.desk import ANA as ANA_ID
from tests.services.search.desk import Desk
from tests.services.search.letters import Letter

from syncline.core.errors import BadQuery

ANA = "ana ruiz ana@north.example"
BEN = "ben cho ben@south.example"
CEM = "cem oz cem@east.example"

LETTERS = (
    (
        Letter(
            "1@x",
            "quarterly budget review",
            ANA,
            (BEN,),
            whole="ana ruiz quarterly budget review please send the draft budget by friday. "
            "see http://wiki.example/q3?x=1 for the plan",
        ),
        ("inbox", "work"),
        ("starred",),
    ),
    (
        Letter(
            "2@x",
            "re: quarterly budget review",
            BEN,
            (ANA,),
            whole="ben cho the draft budget is attached. total is 5. e-mail me, thanks!",
        ),
        ("inbox", "work"),
        ("unread",),
    ),
    (
        Letter("3@x", "lunch on friday?", BEN, (CEM,), whole="ben cho pizza or sushi? the usual place, noon"),
        (),
        (),
    ),
    (
        Letter(
            "4@x",
            "weekly digest",
            "robot noreply@lists.example",
            ("team team@lists.example",),
            whole="robot budget cuts and sushi prices: the final budget draft (v2.1) is out",
        ),
        ("spam",),
        ("unread",),
    ),
    (
        Letter("5@x", "pizza party", CEM, (ANA,), whole="cem oz pizza party friday at noon. plan b: sushi"),
        ("inbox",),
        (),
    ),
    (Letter("6@x", "plan", ANA, (BEN,), whole="ana ruiz the last words end here"), (), ()),
)

BOTH = {
    "budget": [4, 2, 1],
    "budget draft": [4, 2, 1],
    '"draft budget"': [2, 1],
    '"budget draft"': [4],
    "budget OR pizza": [5, 4, 3, 2, 1],
    "pizza OR sushi friday": [5],
    "friday pizza OR sushi": [5],
    "pizza or sushi": [3],
    "budget AND draft": [4],
    "-budget": [6, 5, 3],
    "budget -spam": [4, 2, 1],
    "budget -~spam": [2, 1],
    "~inbox": [5, 2, 1],
    "~inbox ~unread": [2],
    "~inbox -~unread": [5, 1],
    "~inbox -~deleted -~spam -~muted": [5, 2, 1],
    "~unread OR ~starred": [4, 2, 1],
    "-(~inbox OR ~spam)": [6, 3],
    "*": [6, 5, 4, 3, 2, 1],
    "-*": [],
    "subject:budget": [2, 1],
    "subject:(budget OR pizza)": [5, 2, 1],
    "subject:(budget review)": [2, 1],
    'subject:"budget review"': [2, 1],
    "-subject:budget": [6, 5, 4, 3],
    "from:ben": [3, 2],
    "from:ben@south.example": [3, 2],
    "from:(ben OR cem) pizza": [5, 3],
    "to:ana -from:ben": [5],
    'to:"ana ruiz"': [5, 2],
    "from:ana ~work budget": [1],
    '("draft budget" OR "pizza party") ~inbox': [5, 2, 1],
    "--pizza": [5, 3],
    '"last words" from:ana': [6],
    "friday": [5, 1],
    "v2.1": [4],
    "e-mail": [2],
    'noon "pizza party"': [5],
    "~starred subject:budget -from:ben": [1],
    "": [],
    "  ": [],
    "* pizza": [5, 3],
    "FROM:ben": [],
    "~Inbox": [],
    "nonsense:budget": [],
    "subject : pizza": [5],
    "- budget": [6, 5, 3],
    "~ inbox": [5, 2, 1],
    "-(budget OR pizza)": [6],
    "-pizza -budget": [6],
    "budget OR -pizza": [6, 4, 2, 1],
    "budget OR ~inbox": [5, 4, 2, 1],
    "-~inbox -budget": [6, 3],
    "from:ben OR ~spam -budget": [3],
    "subject:(from:ben)": [],
    "BUDGET": [4, 2, 1],
}
"""Rows 1-36, 39, 40 and 42, and some more: the same answers as the original."""

PLAIN = {
    "friday.": [5, 1],
    "mail": [2],
    "-mail": [6, 5, 4, 3, 1],
    "http": [1],
    "me,": [2],
    "sushi?": [5, 4, 3],
    "piz*": [5, 3],
    "5": [2],
    "5.": [2],
}
"""The rest of rows 35, 37 and 38: a query's words are cut as the texts are."""

STRICT = {"friday.": [], "mail": [], "http": [], "me,": [], "sushi?": [], "piz*": [], "5": [], "5.": [2]} | {
    "-mail": [6, 5, 4, 3, 2, 1]
}

WRONG = ("pizza OR", '"pizza', "(pizza", "a:b:c", "subject:~inbox", "subject:-x", '""', "()", "x ()")


@pytest.fixture
async def full(desk: Desk) -> Desk:
    """The six mails, added in order."""
    for letter, labels, state in LETTERS:
        await desk.add(letter, labels=labels, state=state)
    return desk


@pytest.mark.parametrize("strict", [False, True], ids=["plain", "strict"])
async def test_queries_find_what_the_original_finds(full: Desk, strict: bool) -> None:
    """Hits and their order, newest added first; the count is their number."""
    rows = BOTH | (STRICT if strict else PLAIN)
    for query, hits in rows.items():
        assert await full.ids(query, strict=strict) == hits, query
        assert await full.search.count(ANA_ID, query, strict=strict) == len(hits), query


@pytest.mark.parametrize("query", WRONG)
async def test_a_query_without_sense_is_refused_with_its_place(full: Desk, query: str) -> None:
    """Row 41; the original dies of `()`."""
    for strict in (False, True):
        with pytest.raises(BadQuery) as refused:
            await full.ids(query, strict=strict)
        assert 0 <= refused.value.position <= len(query)
        with pytest.raises(BadQuery):
            await full.search.count(ANA_ID, query, strict=strict)


async def test_strict_dates_are_one_word_of_seconds(full: Desk) -> None:
    """The original indexed a mail's date as one number."""
    await full.add(Letter("7@x", "dated", at=1_301_816_891_000))
    assert await full.ids("date:1301816891", strict=True) == [7]
    assert await full.ids("date:130181689", strict=True) == []
    assert await full.ids("date:2011", strict=True) == []
    assert await full.ids("date:2011") == [7]
