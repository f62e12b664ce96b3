"""Reading a query as the original does: its words against the raw mail's (Heliotrope reference 3.2, 3.4)."""

from collections.abc import Collection
from typing import Final

from syncline.core.mail import Words
from syncline.core.words import strict_cut
from syncline.services.search import language
from syncline.services.search.days import second
from syncline.services.search.meaning import ORIGINAL_FIELDS, TEXT_FIELDS


class StrictMail:
    """One mail with its texts as they stand, its date (ms) and the labels of its thread."""

    def __init__(self, texts: Words, date: int, labels: Collection[str]) -> None:
        """Cut nothing yet."""
        self._texts = texts
        self._date = date
        self._labels = labels
        self._cut: dict[str, list[str]] = {}

    def fits(self, query: language.Query) -> bool:
        """Whether the query finds this mail."""
        match query:
            case language.Term("date", (word,), False):
                at = second(word)
                return at is not None and at == self._date // 1000 * 1000
            case language.Term(field, words, _):
                return field in ORIGINAL_FIELDS and self._stands(
                    field, [word.translate(SMALL) for word in words]
                )
            case language.Label(name):
                return name in self._labels
            case language.Every():
                return True
            case language.Nothing():
                return False
            case language.Not(of):
                return not self.fits(of)
            case language.And(of):
                return all(map(self.fits, of))
            case language.Or(of):
                return any(map(self.fits, of))

    def _stands(self, field: str, words: list[str]) -> bool:
        """Whether these words stand in a row in a field."""
        column = TEXT_FIELDS[field]
        known = self._cut.get(column)
        if known is None:
            known = self._cut[column] = strict_cut(getattr(self._texts, column))
        size = len(words)
        return any(known[at : at + size] == words for at, word in enumerate(known) if word == words[0])


SMALL: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
"""Only A–Z become small, in texts and in queries."""
